"""How the cells of a list are painted: hairlines, one tint and edge for the selection, pills, bars."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from ui.framework.columns import BackgroundColumn, Column, Paint, Progress
from ui.framework.row_values import CellState, said_of
from ui.framework.table_model import VALUE_ROLE, TableModel
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring, draw_text
from ui.widgets.pill import look_of, paint_pill, pill_width
from ui.widgets.progress import paint_progress
from ui.widgets.table import Table

PADDING: Final = 12
EDGE: Final = 3
GLYPH: Final = 14
MOST_CUT: Final = 4_000  # texts
_STATE = QStyle.StateFlag


class RowDelegate(QStyledItemDelegate):
    """Paints one row of a `TableModel`."""

    def __init__(self, view: Table) -> None:
        super().__init__(view)
        self._view = view
        self._fonts: dict[str, QFont] = {}
        self._metrics: dict[str, QFontMetrics] = {}
        self._widest: dict[str, int] = {}
        self._colours: dict[str, QColor] = {}
        self._cut: dict[tuple[str, str, int], str] = {}
        self._pad = 0
        self.renew()

    def renew(self) -> None:
        """The theme or scale has become another."""
        self._fonts = {
            "body": theme().font("body", tabular=True),
            "strong": theme().font("body_strong", tabular=True),
        }
        self._metrics = {name: QFontMetrics(font) for name, font in self._fonts.items()}
        self._widest = {name: metrics.horizontalAdvance("W") for name, metrics in self._metrics.items()}
        self._colours = {name: theme().colour(name) for name in _COLOURS}
        self._pad = theme().px(PADDING)
        self._cut.clear()

    def wanted_width(self, column: Column, stored: Any) -> int:
        """The width in px that the cell needs to show all of its text."""
        text = column.text(stored)
        if column.paint is Paint.PILL:
            return (pill_width(text) if text else 0) + 2 * theme().px(PADDING)
        return self._metrics[self._font_name(column)].horizontalAdvance(text) + 2 * theme().px(PADDING) + 2

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme().px(80), theme().px(self._view.row_height))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        opt: Any = option
        rect: QRect = opt.rect
        colours = self._colours
        selected = bool(opt.state & _STATE.State_Selected)
        if selected:
            painter.fillRect(rect, colours["selected"])
        elif index.row() == self._view.hovered_row:
            painter.fillRect(rect, colours["hover"])
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colours["grid"])
        if selected and rect.left() <= 0:
            painter.fillRect(0, rect.top(), EDGE, rect.height(), colours["accent"])
        model = index.model()
        if isinstance(model, TableModel):
            # The row is taken from the model itself: a call through Qt for each cell costs as much as its text.
            inner = QRectF(rect).adjusted(self._pad, 0, -self._pad, -1)
            self._paint_cell(painter, inner, model, index.row(), index.column())
        if not selected and self._view.hasFocus() and index == self._view.currentIndex():
            draw_focus_ring(painter, QRectF(rect).adjusted(1, 1, -1, -2), 2)

    def _paint_cell(
        self, painter: QPainter, inner: QRectF, model: TableModel, row_number: int, column_number: int
    ) -> None:
        column = model.columns[column_number]
        row = model.row(row_number)
        if row is None:
            width = inner.width() * (0.35 + 0.12 * ((row_number * 7 + column_number * 3) % 5))
            bar = QRectF(inner.left(), inner.center().y() - 4, width, 8)
            painter.fillRect(bar, self._colours["skeleton"])
            return
        if isinstance(column, BackgroundColumn):
            self._paint_background(painter, inner, column, model, row_number)
        else:
            self._paint_value(painter, inner, column, row[column_number + 1])

    def _paint_background(
        self,
        painter: QPainter,
        inner: QRectF,
        column: BackgroundColumn,
        model: TableModel,
        row_number: int,
    ) -> None:
        """A value that has been worked out; a grey bar before that, and a glyph where it failed."""
        cell = model.cell(column, row_number)
        at_right = bool(column.alignment & Qt.AlignmentFlag.AlignRight)
        if cell.state is CellState.WAITING:
            width = inner.width() * (0.3 + 0.1 * (row_number * 7 % 4))
            left = inner.right() - width if at_right else inner.left()
            painter.fillRect(QRectF(left, inner.center().y() - 4, width, 8), self._colours["skeleton"])
            return
        if cell.state is CellState.FAILED:
            size = theme().px(GLYPH)
            left = inner.right() - size if at_right else inner.left()
            glyph = pixmap("error_circle", "err", size, filled=True, dpr=painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(left, inner.center().y() - size / 2), glyph)
            beside = size + 4
            inner = inner.adjusted(0, 0, -beside, 0) if at_right else inner.adjusted(beside, 0, 0, 0)
        if cell.value is not None:
            self._paint_value(painter, inner, column, cell.value, old=cell.state is not CellState.READY)

    def _paint_value(
        self, painter: QPainter, inner: QRectF, column: Column, value: Any, *, old: bool = False
    ) -> None:
        if column.paint is Paint.PROGRESS and column.progress is not None:
            self._paint_progress(painter, inner, column.progress(value))
            return
        text = column.text(value)
        if not text:
            return
        if column.paint is Paint.PILL:
            look = column.look(value) if column.look is not None else look_of(text)
            paint_pill(painter, inner, text, look)
            return
        name = self._font_name(column)
        painter.setFont(self._fonts[name])
        painter.setPen(self._colours["fg3" if old else _TOKENS.get(column.paint, "fg")])
        if len(text) * self._widest[name] > inner.width():
            text = self._fitting(name, text, int(inner.width()))
        painter.drawText(inner, int(column.alignment), text)

    def _fitting(self, font: str, text: str, width: int) -> str:
        """The text, cut where the width ends; kept, because asking Qt costs a third of drawing it."""
        key = (font, text, width)
        found = self._cut.get(key)
        if found is None:
            if len(self._cut) >= MOST_CUT:
                self._cut.clear()
            found = self._metrics[font].elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._cut[key] = found
        return found

    def _paint_progress(self, painter: QPainter, inner: QRectF, cell: Progress) -> None:
        tone = cell.tone or "fg2"
        if cell.share is not None and cell.share < 0:
            draw_text(painter, inner, cell.text, "caption", tone, tabular=True)
            return
        half = inner.height() / 2
        if half >= theme().px(12):
            draw_text(painter, inner.adjusted(0, 1, 0, -half + 5), cell.text, "caption", tone, tabular=True)
            paint_progress(painter, inner.adjusted(0, half + 2, 0, -1), cell.share)
        else:  # a compact row has no room for two lines
            words = min(inner.width() * 0.6, self._metrics["body"].horizontalAdvance(cell.text) + 12.0)
            draw_text(painter, inner.adjusted(0, 0, words - inner.width(), 0), cell.text, "caption", tone)
            paint_progress(painter, inner.adjusted(words + 4, 0, 0, 0), cell.share)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        model = index.model()
        if event.type() != QEvent.Type.ToolTip or not isinstance(model, TableModel):
            return super().helpEvent(event, view, option, index)
        text = self._tool_tip(model, index.row(), index.column(), view)
        QToolTip.showText(event.globalPos(), text, view)
        return True

    def _tool_tip(self, model: TableModel, row: int, column_number: int, view: QAbstractItemView) -> str:
        """The words that the cell has no room for, and what is to be said about its value."""
        if model.row(row) is None:
            return ""
        column = model.columns[column_number]
        index = model.index(row, column_number)
        value = index.data(VALUE_ROLE)
        text = column.text(value)
        fits = self.wanted_width(column, value) <= view.visualRect(index).width()
        said = said_of(model.cell(column, row)) if isinstance(column, BackgroundColumn) else ""
        if said:
            return f"{column.caption}: {', '.join(filter(None, (text, said)))}"
        return "" if fits else text

    @staticmethod
    def _font_name(column: Column) -> str:
        return "strong" if column.paint is Paint.STRONG else "body"


_COLOURS: Final = ("selected", "hover", "grid", "accent", "skeleton", "fg", "fg2", "fg3", "accent_text")
_TOKENS: Final = {Paint.LINK: "accent_text", Paint.MUTED: "fg2"}
