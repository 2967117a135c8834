"""What a page's actions have in common: they work off the GUI thread, and tell the page what was refused."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from ui.dialogs import Question
from ui.framework.context import PageContext

__all__ = ["NOT_DONE", "PageActions"]

NOT_DONE: Final = "That did not work."
"""What stands above the reason when something asked for was not done."""


class PageActions(QObject):
    """The actions of one page or part.

    Args:
        host: the widget over which questions open, and with which the actions end.

    Signals:
        refused: title and text of what could not be done.

    Attributes:
        question: the question or message that was opened last.
    """

    refused = Signal(str, str)

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self.question: Question | None = None

    def close_actions(self) -> None:
        """The page is closed: it hears nothing more, and what was asked for is still done."""
        self._context.hub.forget(self)

    def _on_error(self, error: TaskError) -> None:
        self.refused.emit(NOT_DONE, error.text)
