"""What a person can do about log entries: read the error, see where it happened, and delete what is old."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal

from desktop.formats import count_text
from desktop.jobqueue.retention import delete_log_entries
from models.job_lists import JobRow, jobs_by_id
from models.job_log_lists import LogDetails, LogRow, log_details
from models.job_queue import LogStatus
from ui.dialogs import ask_first, tell
from ui.framework.context import Notice
from ui.jobs.job_errors import ErrorActions, error_details, tell_error
from ui.jobs.record_pages import record_page

OLD_DAYS = 7


class LogActions(ErrorActions):
    """The actions of one page.

    Signals:
        changed: log entries were deleted.
    """

    changed = Signal()

    def show_error(self, row: LogRow) -> None:
        """Show the whole error, or what the run said when it went well."""
        self._context.hub.query(self, _Read(row), self._tell_error, self._on_error, key="error")

    def show_call_stack(self, row: LogRow) -> None:
        """Show where in the program the error was raised."""
        self._context.hub.query(self, _Read(row), self._tell_call_stack, self._on_error, key="error")

    def open_record(self, row: LogRow) -> None:
        """Open what the entry of this attempt works on."""
        self._context.hub.query(self, _ReadJob(row.job_id), self._on_job, self._on_error, key="record")

    def delete(self, days: int | None) -> None:
        """Delete log entries, after asking.

        Args:
            days: only those of runs that ended longer ago; None for all.
        """
        which = "all log entries" if days is None else f"the log entries older than {days} days"
        self.question = ask_first(
            self._host,
            f"Delete {which}?",
            "Those of every job are meant. This cannot be undone. Runs in process keep theirs.",
            "Delete",
            partial(self._delete, days),
        )

    def _delete(self, days: int | None) -> None:
        work = partial(delete_log_entries, days, clock=self._context.clock)
        self._context.hub.write(self, work, self._on_deleted, self._on_error)

    def _on_deleted(self, number: int) -> None:
        entries = "1 log entry was" if number == 1 else f"{count_text(number)} log entries were"
        self._context.notify(Notice(f"{entries} deleted" if number else "There was no log entry to delete"))
        self.changed.emit()

    def _on_job(self, rows: list[JobRow]) -> None:
        page, arguments = record_page(rows[0]) if rows else ("", {})
        if page:
            self._context.navigate(page, **arguments)
        elif rows:
            self.refused.emit("There is no record to show.", "The job does not work on a single record.")
        else:
            self.refused.emit("There is no record to show.", "The job queue entry has been deleted.")

    def _tell_error(self, found: tuple[LogRow, LogDetails | None]) -> None:
        row, details = found
        if row.error:
            self.question = tell_error(self._host, row.description, row.error, details)
            return
        result = row.result or ("It is still running." if row.status == LogStatus.IN_PROCESS else row.status)
        self.question = tell(
            self._host, f"“{row.description}”", result, details=error_details("", details) if details else ""
        )


@dataclass(frozen=True, slots=True)
class _Read:
    row: LogRow

    def __call__(self) -> tuple[LogRow, LogDetails | None]:
        return self.row, log_details(self.row.id)


@dataclass(frozen=True, slots=True)
class _ReadJob:
    job_id: str

    def __call__(self) -> list[JobRow]:
        return jobs_by_id([self.job_id])
