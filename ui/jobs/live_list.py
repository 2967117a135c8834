"""A list that is read off the GUI thread, follows what others write, and never moves a row under the pointer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.context import PageContext
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Row, TableColumn
from ui.widgets.empty_state import EmptyKind

ROWS = "rows"


class LiveList(RowsList):
    """The table, or why there is nothing in it.

    Class attributes:
        PLURAL: what its rows are called, in the sentence about a search that finds none.
        TABLES: whoever writes to these changes the rows; none named are lists whose rows nobody writes.

    Attributes:
        view: which of the rows are shown, in a list that has views.
        chooses_first: whether the first row is selected where a person has asked for rows and none is, so that the
            keyboard has one to act on; never when rows come or go by themselves.

    Signals:
        loaded: the rows were read.
        failed: what went wrong while rows of before are still shown.
        clear_search_requested: the person wants to see all again.
    """

    PLURAL: ClassVar[str] = "rows"
    TABLES: ClassVar[frozenset[str]] = frozenset()

    view: StrEnum

    loaded = Signal()
    failed = Signal(object)  # TaskError
    clear_search_requested = Signal()

    def __init__(
        self,
        context: PageContext,
        columns: Sequence[TableColumn[Any]],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(columns, name, parent)
        self.context = context
        self.search = ""
        self.order, self.descending = "", False
        self.is_loaded = self.chooses_first = False
        self._reading = self._again = self._asked = False
        self._held: Sequence[Row] | None = None
        self.table.sort_requested.connect(self._on_sort)
        self.nothing.action_triggered.connect(self.on_nothing_action)

    # ---- what its page does

    def records_changed(self, changes: Iterable[Change]) -> None:
        """Something was written, here or elsewhere."""
        if self.is_loaded and any(change.table in self.TABLES for change in changes):
            self.follow()

    # ---- what a list says

    @abstractmethod
    def reader(self) -> Callable[[], Any]:
        """What reads the rows, off the GUI thread, from plain values."""

    def rows_of(self, found: Any) -> Sequence[Row]:
        """The rows in what the reader has brought; that is these rows, unless a list reads more."""
        return list(found)

    def on_nothing_action(self) -> None:
        """The button under that was pressed: it clears the search, or tries again."""
        if self.nothing.kind is EmptyKind.NO_MATCH:
            self.clear_search_requested.emit()
        else:
            self.refresh()

    # ---- what its page does

    def refresh(self) -> None:
        """Read all anew because the person wants so; what was held back is shown too."""
        self._asked = True
        self._read()

    def follow(self) -> None:
        """Read all anew because something was written; not more often than the answers come."""
        if self._reading:
            self._again = True
        else:
            self._read()

    def show_view(self, view: StrEnum) -> None:
        """Show other rows."""
        if view is not self.view:
            self.view = view
            self.refresh()

    def search_for(self, text: str) -> None:
        """Show only the rows in which all these words are."""
        if text != self.search:
            self.search = text
            self.refresh()

    def close_list(self) -> None:
        """The page is closed."""
        self.context.hub.forget(self)

    # ---- how it works

    def _read(self) -> None:
        self._reading, self._again = True, False
        self.context.hub.query(self, self.reader(), self._on_read, self._on_read_error, key=ROWS)

    def _on_read(self, found: Any) -> None:
        self._reading = False
        rows = self.rows_of(found)
        asked, self._asked = self._asked, False
        first = not self.table.rows.rows
        held = self.table.pointer_is_over() and not asked and not self.table.rows.same_rows(rows)
        self._held = rows if held else None
        if held:
            self.table.rows.update_rows(rows)
        else:
            self.show_rows(rows)
            if self.chooses_first and (asked or first):
                self.choose_first()
        self.is_loaded = True
        self.loaded.emit()
        self.chosen_changed.emit()
        if self._again:
            self._read()

    def _on_read_error(self, error: TaskError) -> None:
        self._reading = self._asked = False
        if self.table.rows.rows:
            self.failed.emit(error)
            return
        self.nothing.show_state(
            EmptyKind.FAILED, "The list could not be read", detail=error.text, action="Retry"
        )
        self._stack.setCurrentWidget(self.nothing)

    def say_nothing(self) -> None:
        if self.search:
            line = f"No {self.PLURAL} match “{self.search}”"
            self.nothing.show_state(EmptyKind.NO_MATCH, line, action="Clear search")
        else:
            super().say_nothing()

    def on_pointer_left(self) -> None:
        if self._held is not None:
            rows, self._held = self._held, None
            self.show_rows(rows)
            self.chosen_changed.emit()

    def _on_sort(self, key: str, descending: bool) -> None:
        self.order, self.descending = key, descending
        self.refresh()
