"""A table of pairs that a person types: a text, and what it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ui.theme import theme

__all__ = ["ROW_HEIGHT", "PairsTable"]

ROW_HEIGHT = 32
_STEPS: Final = {
    QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
    QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
}
_BY_TAB: Final = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class PairsTable(QTableWidget):
    """Nothing can be typed before `show_pairs`; then an empty row at the end takes the next pair.

    Tab goes from cell to cell; from the empty row it leaves the table, as Shift+Tab does from the first cell.
    """

    def __init__(self, captions: tuple[str, str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self.setProperty("texts", True)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(captions))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme().px(ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.itemChanged.connect(self._on_changed)

    def show_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show these, and an empty row behind them."""
        self.setRowCount(len(pairs) + 1)
        for row, pair in enumerate([*pairs, ("", "")]):
            for place, text in enumerate(pair):
                self.setItem(row, place, QTableWidgetItem(text))

    def pairs(self) -> list[tuple[str, str]]:
        """What stands in the table now, without rows that have nothing at the left."""
        found = []
        for row in range(self.rowCount()):
            left, right = (item.text() if item is not None else "" for item in self._items(row))
            if left:
                found.append((left, right))
        return found

    def remove_current(self) -> None:
        """Remove the pair that the keyboard is on; the empty row stays."""
        if 0 <= self.currentRow() < self.rowCount() - 1:
            self.removeRow(self.currentRow())

    def _items(self, row: int) -> tuple[QTableWidgetItem | None, QTableWidgetItem | None]:
        return self.item(row, 0), self.item(row, 1)

    def _on_changed(self, item: QTableWidgetItem) -> None:
        if item.row() == self.rowCount() - 1 and item.text():
            self.setRowCount(self.rowCount() + 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and self.rowCount():
            self.setCurrentCell(self.rowCount() - 1, 0)
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
        if step > 0:
            return self.currentRow() == self.rowCount() - 1
        return (self.currentRow(), self.currentColumn()) == (0, 0)
