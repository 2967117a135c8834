"""What all tables have in common: how the keyboard goes through them, how they scroll, and how they look."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.theme import theme
from ui.widgets.painting import draw_focus_ring

__all__ = ["KEYBOARD_REASONS", "Table"]

EDGE: Final = 3  # px, of the sign at a selected row
KEYBOARD_REASONS: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Table(QTableView):
    """A table, used like all others.

    Tab enters and leaves it; who comes by keyboard is on a row. The arrows move, Home and End go to the first and
    last row, Ctrl+C copies the selected rows with their captions as text that a spreadsheet takes. It scrolls by
    pixels, and what is too long for its cell ends with an ellipsis.

    Args:
        name: what it is called by screen readers.

    Attributes:
        row_height, header_height: in px at 100 %.
        by_cells: the keyboard goes from cell to cell, not only from row to row; the cell that it is on has a ring.
    """

    row_height = 32
    header_height = 32
    by_cells: ClassVar[bool] = False

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.setItemDelegate(_Look(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.entered.connect(self._on_entered)
        self.viewportEntered.connect(self._on_left_rows)
        theme().changed.connect(self._retheme)
        Table._retheme(self)

    def select_row(self, row: int) -> None:
        """Put the keyboard on a row and select just it, if there is such a row."""
        model: QAbstractItemModel | None = self.model()
        if model is not None and 0 <= row < model.rowCount():
            # Not setCurrentIndex: that looks at the keyboard, and Shift would extend the selection.
            flags = QItemSelectionModel.SelectionFlag
            index = model.index(row, max(0, self.currentIndex().column()))
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def height_of(self, rows: int) -> int:
        """The height in px of the header and this many rows."""
        return theme().px(self.header_height) + rows * theme().px(self.row_height)

    def copy_rows(self) -> str:
        """Copy the selected rows, with their captions, as text that a spreadsheet takes; return it."""
        model, header = self.model(), self.horizontalHeader()
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        shown = [place for place in range(model.columnCount()) if not self.isColumnHidden(place)]
        shown.sort(key=header.visualIndex)
        across = Qt.Orientation.Horizontal
        lines = [[model.headerData(place, across) for place in shown]]
        lines += [[model.index(row, place).data() for place in shown] for row in rows]
        text = "\n".join("\t".join(" ".join(str(cell or "").split()) for cell in line) for line in lines)
        QGuiApplication.clipboard().setText(text)
        return text

    # ---- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and not self.by_cells and event.key() == Qt.Key.Key_Home:
            self.select_row(0)
        elif plain and not self.by_cells and event.key() == Qt.Key.Key_End:
            self.select_row(self.model().rowCount() - 1)
        elif event.matches(QKeySequence.StandardKey.Copy) and self._selects_rows() and self._has_selection():
            self.copy_rows()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in KEYBOARD_REASONS:
            self.show_keyboard()

    def show_keyboard(self) -> None:
        """Select a row where none is, so that the keyboard is seen to be here."""
        if self._selects_rows() and not self._has_selection():
            self.select_row(max(self.currentIndex().row(), 0))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    # ---- how it works

    def _selects_rows(self) -> bool:
        return self.selectionBehavior() is QAbstractItemView.SelectionBehavior.SelectRows

    def _has_selection(self) -> bool:
        return self.selectionModel().hasSelection()

    def _on_entered(self, index: QModelIndex) -> None:
        self._hover(index.row())

    def _on_left_rows(self) -> None:
        self._hover(-1)

    def _hover(self, row: int) -> None:
        before, self.hovered_row = self.hovered_row, row
        for changed in {before, row} - {-1}:
            top = self.rowViewportPosition(changed)
            self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))

    def _retheme(self) -> None:
        px = theme().px
        self.verticalHeader().setDefaultSectionSize(px(self.row_height))
        self.horizontalHeader().setFixedHeight(px(self.header_height))
        self.horizontalHeader().setFont(theme().font("caption_strong"))
        self.viewport().update()


class _Look(QStyledItemDelegate):
    """Draws the hovered row as a whole, the edge of a selected row, and a ring where the keyboard is."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        drawn: Any = option  # the stubs know no members of style options
        if index.row() == self._table.hovered_row and self._table.underMouse():
            drawn.state |= QStyle.StateFlag.State_MouseOver

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        drawn: Any = option
        table, place = self._table, drawn.rect
        if drawn.state & QStyle.StateFlag.State_Selected and not table.horizontalHeader().visualIndex(
            index.column()
        ):
            painter.fillRect(
                place.left(), place.top(), theme().px(EDGE), place.height(), theme().colour("accent")
            )
        selectable = table.selectionMode() is not QAbstractItemView.SelectionMode.NoSelection
        if table.by_cells and selectable and table.hasFocus() and index == table.currentIndex():
            draw_focus_ring(painter, QRectF(place).adjusted(1, 1, -1, -2), theme().px(2))
