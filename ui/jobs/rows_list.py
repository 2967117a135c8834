"""A table of rows, or why there are none; new rows never make the list jump."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.jobs.rows_model import Row, TableColumn
from ui.jobs.rows_table import RowsTable
from ui.widgets.empty_state import EmptyKind, EmptyState


class RowsList(QWidget):
    """Shows the rows that it is given.

    Signals:
        chosen_changed: other rows are selected, or the selected ones have other values.
        opened: the id of the row to open.
    """

    chosen_changed = Signal()
    opened = Signal(object)

    def __init__(self, columns: Sequence[TableColumn[Any]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: Hashable | None = None
        self.setProperty("plain", True)
        self.table = RowsTable(columns, name)
        self.table.chosen_changed.connect(self.chosen_changed)
        self.table.opened.connect(self.opened)
        self.table.pointer_left.connect(self.on_pointer_left)
        self.nothing = EmptyState(EmptyKind.ALL_DONE, "")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.nothing)

    # ---- what a list says

    @abstractmethod
    def describe_nothing(self) -> None:
        """Say in `nothing` why there are no rows."""

    def on_pointer_left(self) -> None:
        """The pointer is no longer over the rows, so they may move."""

    # ---- what its page does

    def chosen(self) -> list[Any]:
        """The selected rows, top to bottom."""
        return self.table.chosen()

    def choose(self, row_id: Hashable) -> None:
        """Select this row, as soon as it is there."""
        self._wanted = None if self.table.choose(row_id) else row_id

    def choose_first(self) -> None:
        """Select the first row, unless one is selected or about to be."""
        rows = self.table.rows.rows
        if rows and self._wanted is None and not self.table.selectionModel().hasSelection():
            self.table.choose(rows[0].id)

    # ---- for lists of this kind

    def say_nothing(self) -> None:
        """There are no rows to show."""
        self.describe_nothing()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; what one looks at keeps its place on the screen, and the selection its rows."""
        anchor = self.table.indexAt(QPoint(1, 1))
        bar = self.table.verticalScrollBar()
        kept = self.table.rows.rows[anchor.row()].id if bar.value() and anchor.isValid() else None
        offset = self.table.rowViewportPosition(anchor.row()) if kept is not None else 0
        self.table.rows.set_rows(rows)
        if kept is not None:
            place = self.table.rows.index_of(kept)
            if place.isValid():
                bar.setValue(bar.value() + self.table.rowViewportPosition(place.row()) - offset)
        if self._wanted is not None and self.table.choose(self._wanted):
            self._wanted = None
        if not rows:
            self.say_nothing()
        took_place = bool(rows) and self.nothing.isAncestorOf(self.window().focusWidget() or self)
        self._stack.setCurrentWidget(self.table if rows else self.nothing)
        if took_place:  # or the keyboard would be wherever Qt finds the next stop
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
