"""The list of job queue log entries: one line per attempt, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import exact_text, when_text
from models.changes import Change
from models.job_lists import LogRow, log_list
from models.job_queue import JobQueueLogEntry, LogStatus
from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress, log_duration, log_outcome
from ui.widgets.empty_state import EmptyKind

TICK_MS = 1_000


@dataclass(frozen=True, slots=True)
class _Read:
    job_id: str
    search: str
    order: str
    descending: bool
    failed_only: bool

    def __call__(self) -> list[LogRow]:
        return log_list(
            self.job_id, self.search, self.order, failed_only=self.failed_only, descending=self.descending
        )


class LogList(LiveList):
    """Log entries.

    Args:
        job_id: only those of this entry; empty for all.
        named: with the column Description; without where the entry is known anyway.
    """

    def __init__(
        self, context: PageContext, job_id: str = "", *, named: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, self._columns(named), "Job queue log entries", parent)
        self.job_id = job_id
        self.failed_only = False
        self.descending = True
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.renew_words)

    def show_job(self, job_id: str) -> None:
        """Show the log entries of another entry; "" shows all."""
        self.job_id = job_id
        self.refresh()

    def show_failed(self, failed_only: bool) -> None:
        """Show only attempts that failed or were interrupted, or all."""
        if failed_only != self.failed_only:
            self.failed_only = failed_only
            self.refresh()

    def records_changed(self, changes: Iterable[Change]) -> None:
        """Something was written, here or elsewhere."""
        if self.is_loaded and any(
            change.table in (JobQueueLogEntry.table(), EVERYTHING) for change in changes
        ):
            self.follow()

    def renew_words(self) -> None:
        """Work out anew what depends on the time."""
        running = [row.id for row in self.table.rows.rows if row.status == LogStatus.IN_PROCESS]
        self.table.rows.renew(running)

    def reader(self) -> Callable[[], list[LogRow]]:
        return _Read(self.job_id, self.search, self.order, self.descending, self.failed_only)

    def rows_of(self, found: list[LogRow]) -> Sequence[LogRow]:
        return found

    def describe_nothing(self) -> None:
        say = self.nothing.show_state
        if self.search:
            say(EmptyKind.NO_MATCH, f"No log entries match “{self.search}”", action="Clear search")
        elif self.failed_only:
            say(EmptyKind.ALL_DONE, "No run has failed")
        elif self.job_id:
            say(EmptyKind.ALL_DONE, "This job has not run yet", icon="history")
        else:
            say(
                EmptyKind.ALL_DONE,
                "No job has run yet",
                detail="Every run of a job leaves a line here.",
                icon="history",
            )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def _columns(self, named: bool) -> tuple[TableColumn[LogRow], ...]:
        name = TableColumn("description", "Description", _description, share=5, strong=True)
        start = TableColumn("start", "Start", self._start, width=152, tooltip=_exact_start)
        return (
            TableColumn("status", "Status", _status, Cell.PILL, width=126),
            *((name,) if named else ()),
            TableColumn("user", "User", _user, width=112, from_width=1080),
            start,
            TableColumn("duration", "Duration", self._duration, width=104, sortable=False, from_width=700),
            TableColumn("attempt", "Attempt", _attempt, width=80, from_width=780),
            TableColumn("result", "Result", log_outcome, Cell.PROGRESS, share=6, sortable=False),
        )

    def _start(self, row: LogRow) -> Progress:
        return Progress(when_text(row.started_at, self.context.clock.now()))

    def _duration(self, row: LogRow) -> Progress:
        return Progress(log_duration(row, self.context.clock.now()))


def _status(row: LogRow) -> Progress:
    return Progress(row.status)


def _description(row: LogRow) -> Progress:
    return Progress(row.description, "fg")


def _user(row: LogRow) -> Progress:
    return Progress(row.user_id)


def _attempt(row: LogRow) -> Progress:
    return Progress(str(row.attempt))


def _exact_start(row: LogRow) -> str:
    return exact_text(row.started_at)
