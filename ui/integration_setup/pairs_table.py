"""A table of pairs that a person types: a text, and what it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QWidget

from ui.widgets.captioned_model import NO_PARENT, CaptionedModel, Index
from ui.widgets.table import Table

__all__ = ["PairsTable"]

_STEPS: Final = {
    QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
    QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
}
_BY_TAB: Final = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class PairsTable(Table):
    """Nothing can be typed before `show_pairs`; then an empty row at the end takes the next pair.

    Tab goes from cell to cell; from the empty row it leaves the table, as Shift+Tab does from the first cell.
    """

    by_cells = True

    def __init__(self, captions: tuple[str, str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._pairs = _Pairs(captions)
        self.setModel(self._pairs)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)

    def show_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show these, and an empty row behind them."""
        self._pairs.show(pairs)

    def pairs(self) -> list[tuple[str, str]]:
        """What stands in the table now, without rows that have nothing at the left."""
        return [(left, right) for left, right in self._pairs.rows if left]

    def go_to_next(self) -> None:
        """Put the keyboard on the empty row that takes the next pair."""
        self.setCurrentIndex(self._pairs.index(self._pairs.rowCount() - 1, 0))

    def remove_current(self) -> None:
        """Remove the pair that the keyboard is on; the empty row stays."""
        self._pairs.remove(self.currentIndex().row())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and self._pairs.rows:
            self.go_to_next()
            if self.state() is not QAbstractItemView.State.EditingState:  # it has stood there already
                self.edit(self.currentIndex())

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        step = _STEPS.get(hint, 0)
        if not step or not self._is_edge(step):
            super().closeEditor(editor, hint)
            return
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.focusNextPrevChild(step > 0)

    def _is_edge(self, step: int) -> bool:
        current = self.currentIndex()
        if step > 0:
            return current.row() == self._pairs.rowCount() - 1
        return (current.row(), current.column()) == (0, 0)


class _Pairs(CaptionedModel):
    def __init__(self, captions: tuple[str, str]) -> None:
        super().__init__(captions)
        self.rows: list[list[str]] = []

    def show(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.beginResetModel()
        self.rows = [list(pair) for pair in (*pairs, ("", ""))]
        self.endResetModel()

    def remove(self, row: int) -> None:
        if 0 <= row < len(self.rows) - 1:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.rows[row]
            self.endRemoveRows()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.rows[index.row()][index.column()]
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.rows[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        if index.row() == len(self.rows) - 1 and value:
            end = len(self.rows)
            self.beginInsertRows(QModelIndex(), end, end)
            self.rows.append(["", ""])
            self.endInsertRows()
        return True
