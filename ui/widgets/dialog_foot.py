"""The buttons at the foot of a dialog that does something: Cancel, and the verb as the one that Return presses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.buttons import Button

__all__ = ["DialogFoot"]

GAP: Final = 8


class DialogFoot(QHBoxLayout):
    """Stands at the right; the dialog adds it below everything else.

    Args:
        dialog: Cancel rejects it.
        verb: on the button that does what the dialog is about.
        do: what that button does.
        at_left: further buttons, at the other end.

    Attributes:
        cancel_button: closes without doing anything.
        verb_button: does it.
    """

    def __init__(self, dialog: QDialog, verb: str, do: Callable[[], object], *at_left: QWidget) -> None:
        super().__init__()
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(dialog.reject)
        self.verb_button = Button(verb, "primary")
        self.verb_button.setDefault(True)
        self.verb_button.clicked.connect(do)
        self.setSpacing(theme().px(GAP))
        for widget in at_left:
            self.addWidget(widget)
        self.addStretch(1)
        self.addWidget(self.cancel_button)
        self.addWidget(self.verb_button)
