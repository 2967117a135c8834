"""Who changed what of one job, the newest change first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import exact_text, when_text
from desktop.jobqueue.history import changes_of
from models.changes import MANY, Change
from models.job_queue import JobQueueChange
from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import TableColumn
from ui.jobs.wording import Progress
from ui.widgets.empty_state import EmptyKind


class HistoryRow(NamedTuple):
    """One change; `id` counts from the oldest."""

    id: int
    at: datetime
    user_id: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class _Read:
    job_id: str

    def __call__(self) -> list[HistoryRow]:
        found = changes_of(self.job_id)
        return [HistoryRow(len(found) - place, *change) for place, change in enumerate(found)]


class HistoryList(LiveList):
    """The changes of one entry."""

    def __init__(self, context: PageContext, job_id: str, parent: QWidget | None = None) -> None:
        columns = (
            TableColumn("at", "When", self._at, width=152, sortable=False, tooltip=_exact),
            TableColumn("user", "User", _user, width=112, sortable=False),
            TableColumn("field", "Field", _field, width=150, sortable=False),
            TableColumn("old", "Before", _old, sortable=False),
            TableColumn("new", "After", _new, sortable=False),
        )
        super().__init__(context, columns, "History of changes", parent)
        self.job_id = job_id

    def records_changed(self, changes: Iterable[Change]) -> None:
        """Something was written, here or elsewhere."""
        table = JobQueueChange.table()
        if self.is_loaded and any(
            change.table == EVERYTHING or (change.table == table and change.record_id in (MANY, self.job_id))
            for change in changes
        ):
            self.follow()

    def reader(self) -> Callable[[], list[HistoryRow]]:
        return _Read(self.job_id)

    def describe_nothing(self) -> None:
        self.nothing.show_state(EmptyKind.ALL_DONE, "Nothing has been changed yet", icon="history")

    def _at(self, row: HistoryRow) -> Progress:
        return Progress(when_text(row.at, self.context.clock.now()))


def _exact(row: HistoryRow) -> str:
    return exact_text(row.at)


def _user(row: HistoryRow) -> Progress:
    return Progress(row.user_id)


def _field(row: HistoryRow) -> Progress:
    return Progress(row.field, "fg")


def _old(row: HistoryRow) -> Progress:
    return Progress(row.old)


def _new(row: HistoryRow) -> Progress:
    return Progress(row.new, "fg")
