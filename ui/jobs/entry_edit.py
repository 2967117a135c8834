"""What fields of a job queue entry have in common that are more than one line."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.theme import theme
from ui.widgets.labels import Label

__all__ = ["EntryEdit"]


class EntryEdit(QWidget):
    """Controls one below the other, and what was refused.

    Signals:
        saved: what was entered is in the database.
    """

    saved = Signal()

    def __init__(self, context: PageContext, job_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._context, self._job_id = context, job_id
        self.said = Label("", "caption", "err", wrap=True)
        self.said.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        theme().changed.connect(self._rescale)
        EntryEdit._rescale(self)

    def _tell(self, text: str) -> None:
        """Say why what was entered is not saved; "" takes that away."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _on_error(self, error: TaskError) -> None:
        self._tell(error.text)

    def _rescale(self) -> None:
        self._column.setSpacing(theme().px(8))
