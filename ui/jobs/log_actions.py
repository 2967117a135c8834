"""What a person can do about log entries: read the error, and see where it happened."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.job_lists import LogDetails, LogRow, log_details
from models.job_queue import LogStatus
from ui.dialogs import Question, tell
from ui.framework.context import PageContext
from ui.jobs.job_actions import error_details, tell_error


class LogActions(QObject):
    """The actions of one page.

    Args:
        host: the widget over which messages open.

    Signals:
        refused: title and text of what could not be done.
    """

    refused = Signal(str, str)

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self.question: Question | None = None

    def close_actions(self) -> None:
        """The page is closed."""
        self._context.hub.forget(self)

    def show_error(self, row: LogRow) -> None:
        """Show the whole error, or what the run said when it went well."""
        self._context.hub.query(self, _Read(row), self._tell_error, self._on_error, key="error")

    def show_call_stack(self, row: LogRow) -> None:
        """Show where in the program the error was raised."""
        self._context.hub.query(self, _Read(row), self._tell_call_stack, self._on_error, key="error")

    def _tell_error(self, found: tuple[LogRow, LogDetails | None]) -> None:
        row, details = found
        if row.error:
            self.question = tell_error(self._host, row.description, row.error, details)
            return
        result = row.result or ("It is still running." if row.status == LogStatus.IN_PROCESS else row.status)
        self.question = tell(
            self._host, f"“{row.description}”", result, details=error_details("", details) if details else ""
        )

    def _tell_call_stack(self, found: tuple[LogRow, LogDetails | None]) -> None:
        row, details = found
        if details is None or not details.call_stack:
            self.refused.emit(
                "There is no call stack.",
                "The run was ended from outside, so no place in the program raised the error.",
            )
            return
        self.question = tell(
            self._host,
            f"Call stack of “{row.description}”",
            row.error,
            details=error_details(row.error, details),
            severity="err",
            open_details=True,
        )

    def _on_error(self, error: TaskError) -> None:
        self.refused.emit("That did not work.", error.text)


@dataclass(frozen=True, slots=True)
class _Read:
    row: LogRow

    def __call__(self) -> tuple[LogRow, LogDetails | None]:
        return self.row, log_details(self.row.id)
