"""A few words that say why a part has no fresh values: a glyph, the reason, and Retry."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label

__all__ = ["TroubleLine"]


class TroubleLine(QWidget):
    """Hidden until there is something to say; ``title`` names the part for screen readers.

    ``retry_requested`` tells that Retry was pressed.
    """

    retry_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self._icon = IconLabel("error_circle", "err", 16, filled=True, name_for_readers="Error")
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._reason = Label("", "caption", "err", wrap=True)
        line.addWidget(self._reason, 1)
        self.retry_button = Button("Retry", "link", "arrow_clockwise", small=True)
        self.retry_button.setAccessibleName(f"Retry {title}")
        self.retry_button.clicked.connect(self.retry_requested)
        line.addWidget(self.retry_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def reason(self) -> str:
        """What is said; "" while there is nothing to say."""
        return "" if self.isHidden() else self._reason.text()

    def say(self, reason: str, *, stopped: bool = False) -> None:
        """Show the reason; "" takes it away. ``stopped``: somebody wanted it so, which is no error."""
        self._icon.set_icon("stop" if stopped else "error_circle", "fg3" if stopped else "err", filled=True)
        self._icon.setAccessibleName("" if stopped else "Error")
        self._reason.set_tone("fg2" if stopped else "err")
        self._reason.setText(reason)
        self.setVisible(bool(reason))
