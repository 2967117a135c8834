"""A table of texts that can be read, not changed: each column as wide as its texts, as far as there is room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from ui.theme import theme

__all__ = ["TextTable", "shared_widths"]

ROW_HEIGHT, NARROWEST, AROUND = 30, 72, 36  # pixels at 100 %; around a text
MEASURED: Final = 200  # rows whose texts are measured
Index = QModelIndex | QPersistentModelIndex


def shared_widths(wanted: Sequence[int], room: int) -> list[int]:
    """Share the room between columns: each gets what it wants, only the widest are cut where that is too much.

    Args:
        wanted: widths in pixels. What is left over goes to the last column.
    """
    widths, left = list(wanted), room
    for position, place in enumerate(sorted(range(len(wanted)), key=lambda place: wanted[place])):
        widths[place] = min(wanted[place], left // (len(wanted) - position))
        left -= widths[place]
    if widths:
        widths[-1] += max(left, 0)
    return widths


class TextTable(QTableView):
    """See the module's docstring.

    Args:
        name: what it is called by screen readers.
        numbers: the columns whose texts are numbers; they stand at the right.
    """

    def __init__(self, captions: Sequence[str], name: str, *, numbers: Collection[int] = ()) -> None:
        super().__init__()
        self._rows = _Rows(captions, numbers)
        self.setProperty("texts", True)
        self.setModel(self._rows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(theme().px(40))
        theme().changed.connect(self._fit)
        self._fit()

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows, each with a text for every column."""
        self._rows.show(rows)
        self._fit()
        self._show_focus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus()

    def _show_focus(self) -> None:
        """Choose a row, so that the keyboard is seen to be here."""
        if self.hasFocus() and not self.selectionModel().hasSelection():
            self.selectRow(max(self.currentIndex().row(), 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        px = theme().px
        self.verticalHeader().setDefaultSectionSize(px(ROW_HEIGHT))
        metrics = QFontMetrics(theme().font("body"))
        wanted = [
            max(px(NARROWEST), px(AROUND) + max(metrics.horizontalAdvance(text) for text in texts))
            for texts in self._rows.columns()
        ]
        for section, width in enumerate(shared_widths(wanted, self.viewport().width())):
            self.setColumnWidth(section, max(width, px(NARROWEST)))


class _Rows(QAbstractTableModel):
    def __init__(self, captions: Sequence[str], numbers: Collection[int]) -> None:
        super().__init__()
        self._captions, self._numbers = tuple(captions), frozenset(numbers)
        self._rows: Sequence[Sequence[str]] = ()

    def show(self, rows: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self._rows = [[" ".join(text.split()) for text in row] for row in rows]
        self.endResetModel()

    def columns(self) -> list[list[str]]:
        """The caption and the first texts of each column."""
        first = self._rows[:MEASURED]
        return [[caption, *(row[place] for row in first)] for place, caption in enumerate(self._captions)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._captions)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][index.column()]
        return self._place(index.column(), role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        return self._captions[section] if role == Qt.ItemDataRole.DisplayRole else self._place(section, role)

    def _place(self, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            across = Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft
            return across | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and column in self._numbers:
            return theme().font("body", True)
        return None
