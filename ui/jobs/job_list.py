"""The list of jobs: what runs moves its bar, what waits says why, what failed says what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.clock import Clock
from desktop.jobqueue import diagnosis
from desktop.tasks.task import TaskError
from models.changes import MANY, Change
from models.job_lists import VIEW_STATUSES, JobRow, JobView, job_list, jobs_by_id, view_counts
from models.job_queue import EntryStatus, JobQueueCategory, JobQueueEntry, Worker
from models.row_lists import MOST_ROWS
from ui.framework.context import PageContext
from ui.jobs.job_columns import job_columns
from ui.jobs.ticking_list import TickingList
from ui.jobs.wording import RUNNING, WAITING, LiveJob, Progress, progress_of
from ui.later import later
from ui.widgets.empty_state import EmptyKind

NEWS_MS = 100  # progress is shown at most ten times a second
EXPLAINED = (*WAITING, EntryStatus.ON_HOLD, EntryStatus.EXPIRED)


class Listing(NamedTuple):
    """What the list reads at once."""

    rows: list[JobRow]
    counts: dict[JobView, int]


@dataclass(frozen=True, slots=True)
class _Read:
    view: JobView
    search: str
    order: str
    descending: bool
    limit: int
    user_id: str
    owner: str
    clock: Clock

    def __call__(self) -> Listing:
        rows = job_list(
            self.view,
            self.search,
            self.order,
            descending=self.descending,
            limit=self.limit,
            user_id=self.user_id,
            owner=self.owner,
        )
        counts = view_counts(self.search, user_id=self.user_id, owner=self.owner)
        return Listing(with_reasons(rows, self.clock), counts)


@dataclass(frozen=True, slots=True)
class _ReadSome:
    ids: tuple[str, ...]
    clock: Clock

    def __call__(self) -> tuple[tuple[str, ...], list[JobRow]]:
        return self.ids, with_reasons(jobs_by_id(self.ids), self.clock)


def with_reasons(rows: Sequence[JobRow], clock: Clock) -> list[JobRow]:
    """The rows, those that wait with the diagnosis why they do."""
    reasons = diagnosis.sentences([row.id for row in rows if row.status in EXPLAINED], clock=clock)
    return [row._replace(why=reasons.get(row.id, "")) for row in rows]


class JobList(TickingList):
    """Job queue entries.

    Args:
        wide: with the columns of the page; without, those of the card on the Role Centre.
        limit: how many rows at most.
        owner: only entries of this user; empty for everybody's.

    Signals:
        counted: the number of entries by view has been read.
    """

    PLURAL = "jobs"
    TABLES = frozenset({JobQueueEntry.table(), JobQueueCategory.table(), Worker.table(), EVERYTHING})

    view: JobView

    counted = Signal(object)  # dict[JobView, int]

    def __init__(
        self,
        context: PageContext,
        *,
        wide: bool,
        limit: int = MOST_ROWS,
        owner: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._live: dict[str, LiveJob] = {}
        columns = job_columns(self._progress, context.clock, wide=wide)
        super().__init__(context, columns, "Job queue entries", parent)
        self.owner = owner
        self.view = JobView.ALL
        self.limit = limit
        self.counts: dict[JobView, int] = {}
        self._seen: dict[str, str] = {}
        self._dirty: dict[str, None] = {}
        self._reading_some = False
        self._looked_at = context.clock.now()
        self._news: dict[str, tuple[int, int, str]] = {}
        self._news_timer = later(self, NEWS_MS, self._show_news)

    # ---- what its page does

    def show_owner(self, owner: str) -> None:
        """Show only entries of this user, or everybody's."""
        self.owner = owner
        self.refresh()

    def records_changed(self, changes: Iterable[Change]) -> None:
        """Something was written, here or elsewhere: rows that are shown are read anew by their ids."""
        ours = [change for change in changes if change.table in self.TABLES]
        if not ours or not self.is_loaded:
            return
        entries = [change for change in ours if change.table == JobQueueEntry.table()]
        if len(entries) < len(ours) or any(change.record_id == MANY for change in entries):
            self.follow()
            return
        self._dirty.update(dict.fromkeys(change.record_id for change in entries))
        self._read_dirty()

    def job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        """A job has come further; shown with the next beat of one timer."""
        self._news[job_id] = (done, total, text)
        if not self._news_timer.isActive():
            self._news_timer.start()

    def mark_stopping(self, ids: Sequence[str]) -> None:
        """Say "Stopping…" at once, before the database has it."""
        rows = [row for row_id in ids if (row := self.table.rows.row_of(row_id)) is not None]
        self._take(
            [
                row._replace(status=EntryStatus.CANCELLING.value)
                for row in rows
                if row.status == EntryStatus.IN_PROCESS
            ]
        )
        self.chosen_changed.emit()

    def reread(self, ids: Iterable[str]) -> None:
        """Show again what the database has of these entries."""
        self._dirty.update(dict.fromkeys(ids))
        self._read_dirty()

    def renew_words(self) -> None:
        """Work out anew what depends on the time; what has come due since is asked why it has not begun."""
        rows, now = self.table.rows.rows, self.context.clock.now()
        self.table.rows.renew([row.id for row in rows if row.status in RUNNING])
        before, self._looked_at = self._looked_at, now
        due = [
            row.id
            for row in rows
            if row.status in WAITING and row.next_start is not None and before < row.next_start <= now
        ]
        if due:
            self.reread(due)

    # ---- what the list says

    def reader(self) -> Callable[[], Listing]:
        return _Read(
            self.view,
            self.search,
            self.order,
            self.descending,
            self.limit,
            self.context.user_id,
            self.owner,
            self.context.clock,
        )

    def rows_of(self, found: Listing) -> Sequence[JobRow]:
        self.counts = found.counts
        self._learn(found.rows)
        self.counted.emit(found.counts)
        return found.rows

    def describe_nothing(self) -> None:
        say = self.nothing.show_state
        if self.view is JobView.ALL:
            say(
                EmptyKind.FIRST_USE,
                "No jobs yet",
                detail="Imports, reports and other long work run here in the background while you go on.",
                action="Import data",
                icon="tasks_app",
            )
        elif self.view is JobView.MINE:
            say(EmptyKind.ALL_DONE, "You have no jobs", detail="What you start or schedule appears here.")
        elif self.view is JobView.RUNNING:
            say(
                EmptyKind.ALL_DONE,
                "No job is running",
                detail="What you start in the background appears here.",
            )
        elif self.view is JobView.FAILED:
            say(EmptyKind.ALL_DONE, "No failed jobs")
        elif self.view is JobView.SCHEDULED:
            say(EmptyKind.ALL_DONE, "No job is waiting")
        else:
            say(EmptyKind.ALL_DONE, "No finished jobs yet", icon="archive")

    def on_nothing_action(self) -> None:
        if self.nothing.kind is EmptyKind.FIRST_USE:
            self.context.import_file()
        else:
            super().on_nothing_action()

    # ---- how it works

    def _read_dirty(self) -> None:
        if self._dirty and not self._reading_some:
            self._reading_some = True
            ids, self._dirty = tuple(self._dirty), {}
            self.context.hub.query(
                self, _ReadSome(ids, self.context.clock), self._on_some, self._on_some_error
            )

    def _on_some(self, found: tuple[tuple[str, ...], list[JobRow]]) -> None:
        self._reading_some = False
        ids, rows = found
        moved = {row.id for row in rows if self._seen.get(row.id) != row.status}
        gone = set(ids) - {row.id for row in rows}
        self._take(rows)
        self.chosen_changed.emit()
        if any(self._concerns(row) for row in rows if row.id in moved) or gone & self._seen.keys():
            self.follow()
        self._read_dirty()

    def _on_some_error(self, error: TaskError) -> None:
        self._reading_some = False
        self.failed.emit(error)

    def _concerns(self, row: JobRow) -> bool:
        """Whether the view, or the counts beside it, are others now that this row has another status."""
        return bool(self.counts) or row.status in VIEW_STATUSES[self.view]

    def _take(self, rows: Sequence[JobRow]) -> None:
        self._learn(rows)
        self.table.rows.update_rows(rows)

    def _learn(self, rows: Sequence[JobRow]) -> None:
        for row in rows:
            self._seen[row.id] = row.status
            if row.status in RUNNING:
                self._live.setdefault(row.id, LiveJob(self.context.clock.monotonic)).begin(row)
            else:
                self._live.pop(row.id, None)

    def _show_news(self) -> None:
        news, self._news = self._news, {}
        for job_id, (done, total, text) in news.items():
            live = self._live.get(job_id)
            if live is not None:
                live.move(done, total, text)
        self.table.rows.renew(list(news))

    def _progress(self, row: JobRow) -> Progress:
        return progress_of(row, self._live.get(row.id))
