"""Dialogs that ask for something and do it: a title, what is asked, what is wrong with it, Cancel and the verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.framework.work_dialog import WorkDialog
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.labels import Label

__all__ = ["FormDialog"]

GAP: Final = 8


class FormDialog(WorkDialog):
    """A dialog calls `arrange` once it has its widgets.

    Class attributes:
        WIDTH: the least width, in pixels at 100 %.

    Attributes:
        said: why it was not done; hidden while there is no reason.
    """

    WIDTH: ClassVar[int] = 460

    _verb_button: Button

    def __init__(self, parent: QWidget, context: PageContext, title: str) -> None:
        super().__init__(parent, context, title)
        self.setMinimumWidth(theme().px(self.WIDTH))
        self.said = Label("", "caption", "err", wrap=True)
        self.said.hide()

    def arrange(
        self,
        verb: str,
        do: Callable[[], None],
        *widgets: QWidget,
        text: str = "",
        growing: QWidget | None = None,
    ) -> Button:
        """Put everything in its place.

        Args:
            verb: on the button that does what was asked for.
            do: what that button does.
            widgets: stand one under the other.
            text: a sentence under the title.
            growing: which of the widgets takes the room that is left.
        Returns:
            the button with the verb.
        """
        px = theme().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(GAP))
        column.addWidget(Label(self.windowTitle(), "subtitle", wrap=True))
        if text:
            column.addWidget(Label(text, tone="fg2", wrap=True))
        for widget in widgets:
            column.addWidget(widget, 1 if widget is growing else 0)
        if growing is None:
            column.addStretch(1)
        column.addWidget(self.said)
        column.addSpacing(px(GAP))
        foot = DialogFoot(self, verb, do)
        column.addLayout(foot)
        self._verb_button = foot.verb_button
        return self._verb_button

    def begin(self) -> None:
        """What was entered is on its way: forget what was wrong, and take no second go."""
        self.said.hide()
        self._verb_button.setEnabled(False)

    def on_refused(self, error: TaskError) -> None:
        """Say why it was not done."""
        self._verb_button.setEnabled(True)
        self.said.setText(error.text)
        self.said.show()
