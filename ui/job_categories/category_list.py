"""The list of job queue categories: how many may run, who does, and who comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.clock import Clock
from desktop.formats import count_text
from models.job_categories import CategoryRow, category_list
from models.job_queue import JobQueueCategory, ScheduledTask
from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.widgets.empty_state import EmptyKind

PAUSED, RUNNING, WAITING, FREE = "Paused", "Running", "Waiting", "Free"


@dataclass(frozen=True, slots=True)
class _Read:
    search: str
    order: str
    descending: bool
    clock: Clock

    def __call__(self) -> list[CategoryRow]:
        return category_list(self.clock.now(), self.search, self.order, descending=self.descending)


def state_of(row: CategoryRow) -> str:
    """The word for how a category stands."""
    if row.paused:
        return PAUSED
    return RUNNING if row.running else WAITING if row.waiting else FREE


class CategoryList(LiveList):
    """Categories, and under an empty list a button for the first one.

    Args:
        on_new: sets up the first category.
    """

    PLURAL = "categories"
    TABLES = frozenset({JobQueueCategory.table(), ScheduledTask.table(), EVERYTHING})

    def __init__(
        self, context: PageContext, on_new: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(context, _columns(), "Job queue categories", parent)
        self._on_new = on_new

    def reader(self) -> Callable[[], list[CategoryRow]]:
        return _Read(self.search, self.order, self.descending, self.context.clock)

    def describe_nothing(self) -> None:
        self.nothing.show_state(
            EmptyKind.FIRST_USE,
            "No categories yet",
            detail="Jobs of one category run one after the other, or as many at once as its capacity says.",
            action="New category",
            icon="tag",
        )

    def on_nothing_action(self) -> None:
        if self.nothing.kind is EmptyKind.FIRST_USE:
            self._on_new()
        else:
            super().on_nothing_action()


def _columns() -> tuple[TableColumn[CategoryRow], ...]:
    column = TableColumn[CategoryRow]
    return (
        column("code", "Code", _code, width=150, strong=True),
        column("description", "Description", _description, share=4, from_width=620),
        column("state", "State", _state, Cell.PILL, width=108),
        column("capacity", "Running", _running, width=88, tooltip=_running_tip),
        column("runs", "Runs now", _runs_now, share=4, sortable=False, from_width=760),
        column("waiting", "Waiting", _waiting, width=84, sortable=False),
        column("next", "Next", _next, share=4, sortable=False, from_width=980),
        column("planned", "Planned", _planned, width=84, sortable=False, from_width=520),
    )


def _code(row: CategoryRow) -> Progress:
    return Progress(row.code, "fg")


def _description(row: CategoryRow) -> Progress:
    if row.known:
        return Progress(row.description)
    return Progress("Not set up: one job at a time", "fg3")


def _state(row: CategoryRow) -> Progress:
    return Progress(state_of(row))


def _running(row: CategoryRow) -> Progress:
    return Progress(f"{count_text(row.running)} of {count_text(row.capacity)}")


def _running_tip(row: CategoryRow) -> str:
    jobs = "1 job" if row.running == 1 else f"{count_text(row.running)} jobs"
    verb = "runs" if row.running == 1 else "run"
    return f"{jobs} of this category {verb}; at most {count_text(row.capacity)} may at once"


def _runs_now(row: CategoryRow) -> Progress:
    more = f" and {count_text(row.running - 1)} more" if row.running > 1 else ""
    return Progress(f"{row.runs_now}{more}")


def _waiting(row: CategoryRow) -> Progress:
    return Progress(count_text(row.waiting) if row.waiting else "–", "fg2" if row.waiting else "fg3")


def _next(row: CategoryRow) -> Progress:
    if row.paused and row.waiting:
        return Progress(f"{row.next_job}, when the category goes on", "warn")
    return Progress(row.next_job)


def _planned(row: CategoryRow) -> Progress:
    return Progress(count_text(row.planned) if row.planned else "–", "fg2" if row.planned else "fg3")
