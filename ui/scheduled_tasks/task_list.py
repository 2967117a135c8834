"""The list of scheduled tasks: what runs first, then what is due first, and whatever nobody has made ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import exact_text, when_text
from models.job_queue import ScheduledTask, Worker
from models.task_lists import TaskListing, TaskRow, TaskView, task_list
from ui.framework.context import PageContext
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.ticking_list import TickingList
from ui.jobs.wording import Progress, codeunit_text
from ui.widgets.empty_state import EmptyKind

STOPPING, RUNNING, NOT_READY = "Stopping", "Running", "Not ready"
WAITING, SCHEDULED = "Waiting", "Scheduled"


@dataclass(frozen=True, slots=True)
class _Read:
    view: TaskView
    search: str
    order: str
    descending: bool

    def __call__(self) -> TaskListing:
        return task_list(self.view, self.search, self.order, descending=self.descending)


class TaskList(TickingList):
    """Scheduled tasks.

    Signals:
        counted: the number of tasks by view has been read.
    """

    PLURAL = "scheduled tasks"
    TABLES = frozenset({ScheduledTask.table(), Worker.table(), EVERYTHING})

    view: TaskView

    counted = Signal(object)  # dict[TaskView, int]

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, self._columns(), "Scheduled tasks", parent)
        self.view = TaskView.ALL

    def renew_words(self) -> None:
        """Work out anew what depends on the time."""
        self.table.rows.renew([row.id for row in self.table.rows.rows if not row.running])

    def state_of(self, row: TaskRow) -> str:
        """The word for how a task stands."""
        if row.running:
            return STOPPING if row.stopping else RUNNING
        if not row.is_ready:
            return NOT_READY
        return WAITING if row.is_due or row.not_before <= self.context.clock.now() else SCHEDULED

    def reader(self) -> Callable[[], TaskListing]:
        return _Read(self.view, self.search, self.order, self.descending)

    def rows_of(self, found: TaskListing) -> Sequence[TaskRow]:
        self.counted.emit(found.counts)
        return found.rows

    def describe_nothing(self) -> None:
        say = self.nothing.show_state
        if self.view is TaskView.RUNNING:
            say(EmptyKind.ALL_DONE, "No task is running")
        elif self.view is TaskView.NOT_READY:
            say(EmptyKind.ALL_DONE, "Every task may run")
        else:
            say(
                EmptyKind.ALL_DONE,
                "No task is scheduled",
                detail="A job queue entry that is set to Ready has one, until its run has ended.",
                icon="calendar_clock",
            )

    def _columns(self) -> tuple[TableColumn[TaskRow], ...]:
        column = TableColumn[TaskRow]
        return (
            column("state", "State", self._state, Cell.PILL, width=126),
            column("what", "Codeunit", _what, share=5, strong=True),
            column("entry", "Job queue entry", _entry, share=4, sortable=False),
            column("user", "User", _user, width=104, from_width=640),
            column("when", "Not before", self._when, width=150, tooltip=_exact_when),
            column("ready", "Ready", _ready, width=76, sortable=False, from_width=700),
            column("note", "Note", self._note, share=5, sortable=False, from_width=900),
            column("failure", "On failure", _failure, share=3, sortable=False, from_width=1240),
        )

    def _state(self, row: TaskRow) -> Progress:
        return Progress(self.state_of(row))

    def _when(self, row: TaskRow) -> Progress:
        return Progress(when_text(row.not_before, self.context.clock.now()))

    def _note(self, row: TaskRow) -> Progress:
        """Why it has not begun, or where it runs."""
        state = self.state_of(row)
        if row.trouble and not row.running:
            times = "once" if row.tries == 1 else f"{row.tries} times"
            return Progress(f"Put off {times}: {row.trouble}", "warn")
        if state == STOPPING:
            return Progress("Stopping…")
        if state == RUNNING:
            return Progress(f"On {row.worker}" if row.worker else "")
        if state == NOT_READY:
            return Progress("Waits until it is set ready")
        if state == WAITING:
            return Progress(
                f"Waits in category {row.category}" if row.category else "Waits for a free worker"
            )
        return Progress("")


def _what(row: TaskRow) -> Progress:
    return Progress(_numbered(row.codeunit), "fg")


def _entry(row: TaskRow) -> Progress:
    return Progress(row.job or ("–" if not row.job_id else row.job_id))


def _user(row: TaskRow) -> Progress:
    return Progress(row.user_id)


def _exact_when(row: TaskRow) -> str:
    return exact_text(row.not_before)


def _ready(row: TaskRow) -> Progress:
    return Progress("Yes" if row.is_ready else "No", "fg2" if row.is_ready else "warn")


def _failure(row: TaskRow) -> Progress:
    return Progress(_numbered(row.failure_codeunit) if row.failure_codeunit else "–", "fg3")


def _numbered(codeunit: str) -> str:
    """A codeunit under a title that says what it is: "60 Recalculate customer balances"."""
    return codeunit_text(codeunit).removeprefix("Codeunit ")
