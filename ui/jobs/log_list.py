"""The list of job queue log entries: one line per attempt, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import exact_text, when_text
from models.job_log_lists import LATE_MS, LogRow, LogView, log_list
from models.job_queue import JobQueueLogEntry, LogStatus
from ui.framework.context import PageContext
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.ticking_list import TickingList
from ui.jobs.wording import Progress, delay_text, log_duration, log_outcome, log_progress, object_text
from ui.widgets.empty_state import EmptyKind


@dataclass(frozen=True, slots=True)
class _Read:
    job_ids: tuple[str, ...]
    search: str
    order: str
    descending: bool
    view: LogView

    def __call__(self) -> list[LogRow]:
        return log_list(self.job_ids, self.search, self.order, view=self.view, descending=self.descending)


class LogList(TickingList):
    """Log entries.

    Args:
        job_ids: only those of these entries; none for all.
        named: with the column Description; without where the entry is known anyway.
    """

    PLURAL = "log entries"
    TABLES = frozenset({JobQueueLogEntry.table(), EVERYTHING})

    view: LogView

    def __init__(
        self,
        context: PageContext,
        job_ids: Sequence[str] = (),
        *,
        named: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, self._columns(named), "Job queue log entries", parent)
        self.job_ids = tuple(job_ids)
        self.view = LogView.ALL
        self.descending = True

    def show_jobs(self, job_ids: Sequence[str]) -> None:
        """Show the log entries of other entries; none shows all."""
        self.job_ids = tuple(job_ids)
        self.refresh()

    def renew_words(self) -> None:
        """Work out anew what depends on the time."""
        running = [row.id for row in self.table.rows.rows if row.status == LogStatus.IN_PROCESS]
        self.table.rows.renew(running)

    def reader(self) -> Callable[[], list[LogRow]]:
        return _Read(self.job_ids, self.search, self.order, self.descending, self.view)

    def describe_nothing(self) -> None:
        say = self.nothing.show_state
        if self.view is LogView.FAILED:
            say(EmptyKind.ALL_DONE, "No run has failed")
        elif self.view is LogView.RUNNING:
            say(EmptyKind.ALL_DONE, "No job is running")
        elif self.view is LogView.LATE:
            say(EmptyKind.ALL_DONE, "No run began more than a minute late")
        elif self.job_ids:
            say(EmptyKind.ALL_DONE, "This job has not run yet", icon="history")
        else:
            say(
                EmptyKind.ALL_DONE,
                "No job has run yet",
                detail="Every run of a job leaves a line here.",
                icon="history",
            )

    def _columns(self, named: bool) -> tuple[TableColumn[LogRow], ...]:
        name = TableColumn("description", "Description", _description, share=5, strong=True)
        planned = TableColumn(
            "planned", "Planned start", self._planned, width=152, from_width=1060, tooltip=_exact_planned
        )
        start = TableColumn("start", "Actual start", self._start, width=152, tooltip=_exact_start)
        ended = TableColumn("ended", "End", self._ended, width=152, hidden=True, tooltip=_exact_end)
        return (
            TableColumn("status", "Status", _status, Cell.PILL, width=126),
            *((name,) if named else ()),
            planned,
            start,
            TableColumn("delay", "Delay", _delay, width=84, from_width=820),
            TableColumn("duration", "Duration", self._duration, width=96, from_width=700),
            TableColumn("attempt", "Attempt", _attempt, width=80, from_width=960),
            TableColumn("trigger", "Trigger", _trigger, width=112, from_width=1180),
            TableColumn("result", "Result", log_outcome, Cell.PROGRESS, share=6, sortable=False),
            TableColumn("user", "User", _user, width=108, from_width=1420),
            TableColumn("host", "Host", _host, width=140, hidden=True),
            TableColumn("progress", "Progress", _progress, width=140, sortable=False, hidden=True),
            TableColumn("messages", "Messages", _messages, share=4, sortable=False, hidden=True),
            TableColumn("object", "Object run", _object, share=4, hidden=True),
            TableColumn("category", "Category", _category, width=100, hidden=True),
            ended,
        )

    def _start(self, row: LogRow) -> Progress:
        return self._when(row.started_at)

    def _planned(self, row: LogRow) -> Progress:
        return self._when(row.planned_at)

    def _ended(self, row: LogRow) -> Progress:
        return self._when(row.ended_at)

    def _when(self, moment: datetime | None) -> Progress:
        return Progress(when_text(moment, self.context.clock.now()))

    def _duration(self, row: LogRow) -> Progress:
        return Progress(log_duration(row, self.context.clock.now()))


def _status(row: LogRow) -> Progress:
    return Progress(row.status)


def _description(row: LogRow) -> Progress:
    return Progress(row.description, "fg")


def _user(row: LogRow) -> Progress:
    return Progress(row.user_id)


def _host(row: LogRow) -> Progress:
    return Progress(row.worker)


def _attempt(row: LogRow) -> Progress:
    return Progress(str(row.attempt))


def _trigger(row: LogRow) -> Progress:
    return Progress(row.trigger)


def _delay(row: LogRow) -> Progress:
    return Progress(delay_text(row), "warn" if row.delay_ms >= LATE_MS else "fg2")


def _progress(row: LogRow) -> Progress:
    return Progress(log_progress(row))


def _messages(row: LogRow) -> Progress:
    return Progress(" · ".join(row.messages.splitlines()))


def _object(row: LogRow) -> Progress:
    return Progress(object_text(row.object_type, row.codeunit))


def _category(row: LogRow) -> Progress:
    return Progress(row.category)


def _exact_start(row: LogRow) -> str:
    return exact_text(row.started_at)


def _exact_planned(row: LogRow) -> str:
    return exact_text(row.planned_at) if row.planned_at is not None else ""


def _exact_end(row: LogRow) -> str:
    return exact_text(row.ended_at) if row.ended_at is not None else ""
