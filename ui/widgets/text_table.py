"""Tables whose columns are as wide as their texts, as far as there is room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ui.theme import theme
from ui.widgets.captioned_model import NO_PARENT, CaptionedModel, Index
from ui.widgets.table import Table

__all__ = ["FittedTable", "TextTable", "shared_widths"]

NARROWEST, AROUND = 72, 36  # pixels at 100 %; around a text
MEASURED: Final = 200  # rows whose texts are measured


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


class FittedTable(Table):
    """Its columns have the width of their captions and texts; where that is too much, only the widest are cut.

    Args:
        name: what it is called by screen readers.
    """

    def __init__(self, model: QAbstractItemModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setModel(model)
        model.modelReset.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        px, model = theme().px, self.model()
        captions, cells = QFontMetrics(theme().font("caption_strong")), QFontMetrics(theme().font("body"))
        rows = range(min(model.rowCount(), MEASURED))
        wanted = []
        for place in range(model.columnCount()):
            caption = captions.horizontalAdvance(str(model.headerData(place, Qt.Orientation.Horizontal)))
            texts = (cells.horizontalAdvance(str(model.index(row, place).data())) for row in rows)
            wanted.append(max(px(NARROWEST), px(AROUND) + max([caption, *texts])))
        for place, width in enumerate(shared_widths(wanted, self.viewport().width())):
            self.setColumnWidth(place, max(width, px(NARROWEST)))

    def _retheme(self) -> None:
        super()._retheme()
        self._fit()


class TextTable(FittedTable):
    """A table of texts that can be read and copied, not changed.

    Args:
        name: what it is called by screen readers.
        numbers: the columns whose texts are numbers; they stand at the right.
    """

    def __init__(self, captions: Sequence[str], name: str, *, numbers: Collection[int] = ()) -> None:
        rows = _Rows(captions, numbers)
        super().__init__(rows, name)
        self._rows = rows
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows, each with a text for every column."""
        self._rows.show(rows)
        if self.hasFocus():
            self.show_keyboard()


class _Rows(CaptionedModel):
    def __init__(self, captions: Sequence[str], numbers: Collection[int]) -> None:
        super().__init__(captions, numbers=numbers)
        self._rows: Sequence[Sequence[str]] = ()

    def show(self, rows: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self._rows = [[" ".join(text.split()) for text in row] for row in rows]
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.FontRole and index.column() in self._numbers:
            return theme().font("body", True)
        return self.alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None
