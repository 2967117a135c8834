"""The list of what runs now; it is shown twice a second, and keeps still under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.formats import exact_text, when_text
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.sessions.session_rows import ENDED, SessionRow, without_client
from ui.sessions.wording import codeunit_text, running_text, time_left
from ui.widgets.empty_state import EmptyKind
from ui.widgets.labels import Label

NOTHING: Final = "Nothing runs in the background right now."


class SessionList(RowsList):
    """See the module's docstring."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        self._clock = clock
        self._now: Sequence[SessionRow] = ()
        super().__init__(self._columns(), "Sessions that run now", parent)
        self.hint = Label(NOTHING, "body", "fg2", parent=self.table.viewport())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_sessions(self, rows: Sequence[SessionRow]) -> None:
        """Show these. Under the pointer none moves: those that are over stay until it leaves, new ones come below."""
        self._now = rows
        if self.table.pointer_is_over():
            rows = self._in_their_places(rows)
        self.show_rows(rows)
        self._place_hint()
        self.chosen_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_hint()

    def on_pointer_left(self) -> None:
        self.show_rows(self._now)
        self._place_hint()
        self.chosen_changed.emit()

    def describe_nothing(self) -> None:
        self.nothing.show_state(EmptyKind.ALL_DONE, NOTHING)

    def _place_hint(self) -> None:
        """Under the window's own row stands the sentence that nothing else runs."""
        view, rows = self.table.viewport(), self.table.rows.rows
        self.hint.setVisible(not without_client(rows))
        top = self.table.rowViewportPosition(len(rows) - 1) + self.table.rowHeight(len(rows) - 1)
        self.hint.setGeometry(0, top, view.width(), max(0, view.height() - top))

    def _in_their_places(self, rows: Sequence[SessionRow]) -> list[SessionRow]:
        new = {row.id: row for row in rows}
        shown: list[SessionRow] = list(self.table.rows.rows)
        kept = [new.pop(row.id, row._replace(state=ENDED)) for row in shown]
        return [*kept, *new.values()]

    def _columns(self) -> tuple[TableColumn[SessionRow], ...]:
        column = TableColumn[SessionRow]
        return (
            column("state", "State", _state, Cell.PILL, 122, sortable=False),
            column("kind", "Session", _kind, width=96, sortable=False),
            column("codeunit", "Codeunit", _codeunit, share=3, sortable=False, strong=True),
            column("page", "Page", _page, share=2, sortable=False),
            column("user", "User", _user, width=96, sortable=False, from_width=1000),
            column(
                "since", "Since", self._since, width=112, sortable=False, from_width=820, tooltip=_exact_since
            ),
            column("running", "Running for", running_for, width=100, sortable=False),
            column("timeout", "Time-out", time_left, Cell.PROGRESS, 130, sortable=False),
        )

    def _since(self, row: SessionRow) -> Progress:
        return Progress(when_text(row.since, self._clock.now()))


def running_for(row: SessionRow) -> Progress:
    """What the column Running for says."""
    return Progress(running_text(row))


def _state(row: SessionRow) -> Progress:
    return Progress(row.state)


def _kind(row: SessionRow) -> Progress:
    return Progress(row.kind)


def _codeunit(row: SessionRow) -> Progress:
    return Progress(codeunit_text(row.codeunit), "fg")


def _page(row: SessionRow) -> Progress:
    return Progress(row.page)


def _user(row: SessionRow) -> Progress:
    return Progress(row.user_id)


def _exact_since(row: SessionRow) -> str:
    return exact_text(row.since)
