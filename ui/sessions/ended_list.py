"""The list of the child sessions that ended last, with what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.formats import DASH, duration_text, exact_text, when_text
from desktop.tasks.monitor import EndedChildSession, Ending
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.sessions.wording import codeunit_text, outcome_word, told
from ui.widgets.empty_state import EmptyKind


class EndedRow(NamedTuple):
    """One that has ended."""

    id: int
    ended: EndedChildSession


class EndedList(RowsList):
    """See the module's docstring; while the pointer rests on it, it stands still."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        self._clock = clock
        self._now: Sequence[EndedRow] = ()
        super().__init__(self._columns(), "Child sessions that ended recently", parent)

    def show_ended(self, ended: Sequence[EndedChildSession]) -> None:
        """Show these, the newest first."""
        self._now = [EndedRow(one.task_id, one) for one in ended]
        if not self.table.pointer_is_over():
            self.show_rows(self._now)

    def on_pointer_left(self) -> None:
        self.show_rows(self._now)

    def describe_nothing(self) -> None:
        self.nothing.show_state(
            EmptyKind.ALL_DONE,
            "Nothing has ended yet.",
            detail="What child sessions have done appears here, with the errors of those that failed.",
            icon="history",
        )

    def _columns(self) -> tuple[TableColumn[EndedRow], ...]:
        column = TableColumn[EndedRow]
        return (
            column("outcome", "Outcome", _outcome, Cell.PILL, 122, sortable=False),
            column("codeunit", "Codeunit", _codeunit, share=3, sortable=False, strong=True),
            column("page", "Page", _page, share=2, sortable=False),
            column("ended", "Ended", self._ended, width=112, sortable=False, tooltip=_exact_end),
            column("took", "Took", _took, width=84, sortable=False),
            column("error", "What went wrong", _error, share=4, sortable=False),
        )

    def _ended(self, row: EndedRow) -> Progress:
        return Progress(when_text(row.ended.ended_at, self._clock.now()))


def _outcome(row: EndedRow) -> Progress:
    return Progress(outcome_word(row.ended.outcome))


def _codeunit(row: EndedRow) -> Progress:
    return Progress(codeunit_text(row.ended.codeunit), "fg")


def _page(row: EndedRow) -> Progress:
    return Progress(row.ended.page)


def _took(row: EndedRow) -> Progress:
    never = row.ended.outcome is Ending.REFUSED
    return Progress(DASH if never else duration_text(row.ended.duration_ms / 1000))


def _error(row: EndedRow) -> Progress:
    return told(row.ended)


def _exact_end(row: EndedRow) -> str:
    return exact_text(row.ended.ended_at)
