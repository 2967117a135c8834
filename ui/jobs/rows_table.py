"""The table of a list: whole rows, painted texts, pills and bars, and columns that fit every width."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.icons import pixmap
from ui.jobs.rows_header import RowsHeader, text_left
from ui.jobs.rows_model import CELL_ROLE, COLUMN_ROLE, Cell, RowsModel, TableColumn
from ui.jobs.wording import Progress
from ui.theme import theme
from ui.widgets.motion import Motion
from ui.widgets.painting import draw_text
from ui.widgets.pill import paint_pill
from ui.widgets.progress import paint_progress
from ui.widgets.table import KEYBOARD_REASONS, Table

RIGHT = 10
EDGE = 3
SMALLEST_SHARED = 90
GLYPH = 14


class RowsDelegate(QStyledItemDelegate):
    """Paints one cell."""

    def __init__(self, table: RowsTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme().px(SMALLEST_SHARED), theme().px(self._table.row_height))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        px = theme().px
        drawn: Any = option  # the stubs know no members of style options
        place = QRectF(drawn.rect)
        selected = bool(drawn.state & QStyle.StateFlag.State_Selected)
        first = index.column() == 0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "selected" if selected else "hover" if index.row() == self._table.hovered_row else "surface"
        painter.fillRect(place, theme().colour(ground))
        line = QRectF(place.left(), place.bottom() - 1, place.width(), 1)
        painter.fillRect(line, theme().colour("grid"))
        if selected and first:
            painter.fillRect(
                QRectF(place.left(), place.top(), px(EDGE), place.height()), theme().colour("accent")
            )
        if self._table.shows_focus_on(index.row()):
            self._paint_focus(painter, place, first, index.column() == self._table.last_column)
        room = place.adjusted(text_left(index.column()), 0, -px(RIGHT), -1)
        self._paint_cell(painter, room, index.data(CELL_ROLE), index.data(COLUMN_ROLE), selected)
        painter.restore()

    def _paint_cell(
        self, painter: QPainter, room: QRectF, cell: Progress, column: TableColumn[Any], selected: bool
    ) -> None:
        px = theme().px
        if column.cell is Cell.PILL:
            if cell.text:
                paint_pill(painter, room, cell.text)
            return
        if column.cell is Cell.PROGRESS:
            words = room.adjusted(0, 0, 0, -px(12)) if cell.bar else room
            draw_text(painter, words, cell.text, "caption", cell.tone, tabular=True)
            if cell.bar:
                middle = room.center().y() + px(9)
                bar = QRectF(room.left(), middle - px(3), room.width(), px(6))
                paint_progress(painter, bar, cell.share, self._table.motion.phase)
            return
        if cell.glyph:
            size = px(GLYPH)
            image = pixmap(cell.glyph, cell.tone, size, dpr=painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(room.left(), room.center().y() - size / 2), image)
            room = room.adjusted(size + px(4), 0, 0, 0)
        role = "body_strong" if cell.strong or (column.strong and selected) else "body"
        draw_text(painter, room, cell.text, role, cell.tone, tabular=not column.strong)

    def _paint_focus(self, painter: QPainter, place: QRectF, first: bool, last: bool) -> None:
        accent = theme().colour("accent")
        width = 2.0
        painter.fillRect(QRectF(place.left(), place.top(), place.width(), width), accent)
        painter.fillRect(QRectF(place.left(), place.bottom() - width, place.width(), width), accent)
        if first:
            painter.fillRect(QRectF(place.left(), place.top(), width, place.height()), accent)
        if last:
            painter.fillRect(QRectF(place.right() - width, place.top(), width, place.height()), accent)


class RowsTable(Table):
    """Rows as whole lines.

    Signals:
        opened: the id of the row that was double-clicked, or chosen with Enter.
        chosen_changed: other rows are selected now.
        sort_requested: a column's key, and whether descending.
        pointer_left: the pointer is no longer over the rows, so they may move.
    """

    row_height = 40
    opened = Signal(object)
    chosen_changed = Signal()
    sort_requested = Signal(str, bool)
    pointer_left = Signal()

    def __init__(self, columns: Sequence[TableColumn[Any]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.last_column = len(columns) - 1
        self.rows = RowsModel(columns, self)
        self._sorted_by: tuple[str, bool] | None = None
        self._keyboard = False
        self._wanted_columns: dict[str, bool] = {}
        self.setItemDelegate(RowsDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._header = RowsHeader(self)
        self.setHorizontalHeader(self._header)
        self.setModel(self.rows)
        self._header.sectionClicked.connect(self._on_title)
        self._header.column_chosen.connect(self.show_column)
        self.doubleClicked.connect(self._on_double_click)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.motion = Motion(self)
        self.motion.frame.connect(self._move_bars)
        self.rows.dataChanged.connect(self._animate)
        self.rows.rows_replaced.connect(self._animate)
        self.verticalScrollBar().valueChanged.connect(self._animate)
        self._retheme()

    # ---- what a list asks and does

    def chosen(self) -> list[Any]:
        """The selected rows, top to bottom."""
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.rows.rows[place] for place in places]

    def choose(self, row_id: Hashable) -> bool:
        """Select just this row; False when it is not there."""
        index = self.rows.index_of(row_id)
        if not index.isValid():
            return False
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        return True

    def pointer_is_over(self) -> bool:
        """Whether the pointer rests on the rows, so that none of them may move."""
        return self.viewport().underMouse() and self.hovered_row >= 0

    def shows_focus_on(self, row: int) -> bool:
        """Whether the keyboard is on this row and was used last."""
        return self._keyboard and self.hasFocus() and row == self.currentIndex().row()

    def show_sorted(self, key: str, descending: bool) -> None:
        """Mark the column by which the rows are sorted; an empty key marks none."""
        self._sorted_by = (key, descending) if key else None
        self._header.show_sorted(self.rows.column_of(key) if key else -1, descending)

    def show_column(self, key: str, shown: bool) -> None:
        """Show or hide a column, whatever the width is; more than fit can be scrolled to."""
        self._wanted_columns[key] = shown
        wide = any(self._wanted_columns.values())
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAsNeeded if wide else policy.ScrollBarAlwaysOff)
        self._fit()

    def open_column_menu(self) -> None:
        """Let a person choose the columns, under the first title."""
        self._header.open_menu(QPoint(0, self._header.height()))

    # ---- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._keyboard = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.rows.rows[self.currentIndex().row()].id)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._stands_on_unchosen():
            self.choose(self.rows.rows[self.currentIndex().row()].id)
        else:
            super().keyPressEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._keyboard = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointer_left.emit()
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._keyboard = False
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # ---- how it works

    def _stands_on_unchosen(self) -> bool:
        return self.currentIndex().isValid() and not self.selectionModel().hasSelection()

    def _fit(self) -> None:
        px = theme().px
        width = self.viewport().width()
        shown = []
        for place, column in enumerate(self.rows.columns):
            fits = not column.hidden and width >= px(column.from_width)
            visible = self._wanted_columns.get(column.key, fits)
            self.setColumnHidden(place, not visible)
            if visible:
                shown.append(place)
        fixed = {
            place: px(self.rows.columns[place].width) for place in shown if self.rows.columns[place].width
        }
        shared = [place for place in shown if place not in fixed]
        left = width - sum(fixed.values())
        shares = sum(self.rows.columns[place].share for place in shared) or 1
        for place in shown:
            part = fixed.get(place)
            if part is None:
                part = max(left * self.rows.columns[place].share // shares, px(SMALLEST_SHARED))
            self.setColumnWidth(place, part)
        self.last_column = shown[-1]
        if shared:
            rest = width - sum(self.columnWidth(place) for place in shown)
            self.setColumnWidth(shared[-1], max(self.columnWidth(shared[-1]) + rest, px(SMALLEST_SHARED)))
        self._animate()

    def _on_double_click(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows.rows[index.row()].id)

    def _on_selected(self) -> None:
        self.chosen_changed.emit()

    def _on_title(self, place: int) -> None:
        column = self.rows.columns[place]
        if not column.sortable:
            return
        descending = self._sorted_by == (column.key, False)
        self.show_sorted(column.key, descending)
        self.sort_requested.emit(column.key, descending)

    def _endless(self) -> list[QModelIndex]:
        """The cells on the screen whose bar has no known end."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        shown = range(first, last + 1 if last >= 0 else self.rows.rowCount())
        return [
            self.rows.index(line, place)
            for place, column in enumerate(self.rows.columns)
            if column.cell is Cell.PROGRESS and not self.isColumnHidden(place)
            for line in shown
            if (cell := self.rows.index(line, place).data(CELL_ROLE)).bar and cell.share is None
        ]

    def _animate(self) -> None:
        self.motion.move(bool(self._endless()))

    def _move_bars(self) -> None:
        for index in self._endless():
            self.update(index)

    def _retheme(self) -> None:
        super()._retheme()
        self.verticalHeader().setMinimumSectionSize(theme().px(self.row_height))
        self._fit()
