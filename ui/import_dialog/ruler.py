"""A ruler over the lines of a file of fixed width: its columns are drawn with the mouse or the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from desktop.formats import counted
from desktop.imports.integrations.definition import FixedColumn
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring

__all__ = ["ColumnRuler"]

RULER_HEIGHT, LINE_HEIGHT, MARGIN = 24, 18, 10
SHOWN_LINES: Final = 6
NEAR: Final = 5  # pixels at 100 % within which a line between columns is taken by the mouse
STEP: Final = 10
_KEYS: Final = (
    "Arrow keys move the mark, Space sets or removes a line between columns, Alt+arrow moves it, "
    "Page Up and Page Down go to the next one."
)


_NUMBERED: Final = re.compile(r"Column \d+$")  # named by its place among the others, which may change


class ColumnRuler(QAbstractScrollArea):
    """The first lines of a file with the places at which they are cut.

    A place is the number of signs before it: 3 stands between the third and the fourth. `changed` tells that a
    person has set, moved or removed one.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[str, ...] = ()
        self._places: list[int] = []
        self._names: dict[int, str] = {}
        self._width = 0
        self._mark = 0
        self._taken: int | None = None
        self._pressed_at: int | None = None
        self._moved = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.viewport().setMouseTracking(True)
        self.setToolTip("Click where a column begins; drag a line to move it, click it to remove it")
        self.setAccessibleDescription(_KEYS)
        theme().changed.connect(self._retheme)
        self._tell()

    # ---- what it shows

    @property
    def places(self) -> list[int]:
        """Where lines are cut, in order."""
        return list(self._places)

    @property
    def mark(self) -> int:
        """Where the keyboard stands."""
        return self._mark

    @property
    def columns(self) -> tuple[FixedColumn, ...]:
        """The columns between the places; a column that began at the same place before keeps its name."""
        edges = [0, *self._places]
        ends = [*self._places, max(self._width, edges[-1] + 1)]
        return tuple(
            FixedColumn(self._names.get(start, ""), start + 1, end - start)
            for start, end in zip(edges, ends, strict=True)
        )

    def show_lines(self, lines: Sequence[str], columns: Sequence[FixedColumn] = ()) -> None:
        """Show the lines of another file, cut into these columns."""
        self._lines = tuple(line.expandtabs(1) for line in lines)
        self._width = max((len(line) for line in self._lines), default=0)
        self._names = {
            column.start - 1: column.name for column in columns if not _NUMBERED.match(column.name)
        }
        starts = {column.start - 1 for column in columns}
        ends = {column.start - 1 + column.length for column in columns}
        self._set_places((starts | ends) - {0, self._width})
        self._mark = min(self._mark, self._width)
        self.updateGeometry()
        self._measure()

    def _set_places(self, places: Iterable[int]) -> None:
        self._places = sorted({place for place in places if 0 < place < max(self._width, 1)})
        self._tell()
        self.viewport().update()

    def _tell(self) -> None:
        count = len(self._places) + 1
        self.setAccessibleName(
            f"Ruler with {counted(count, 'column')}, mark at position {self._mark}"
            f"{', a line between columns is here' if self._mark in self._places else ''}"
        )

    # ---- what a person does

    def toggle(self, place: int) -> None:
        """Set a line between columns, or remove the one that is there."""
        if 0 < place < self._width:
            self._set_places(set(self._places) ^ {place})
            self.changed.emit()

    def shift(self, place: int, to: int) -> None:
        """Move a line; it stays between its neighbours."""
        if place not in self._places:
            return
        at = self._places.index(place)
        lowest = self._places[at - 1] + 1 if at else 1
        highest = self._places[at + 1] - 1 if at + 1 < len(self._places) else self._width - 1
        to = max(lowest, min(to, highest))
        if to != place:
            if place in self._names:
                self._names[to] = self._names.pop(place)
            self._set_places((set(self._places) - {place}) | {to})
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, with_alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        far = STEP if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        steps = {Qt.Key.Key_Left: -far, Qt.Key.Key_Right: far}
        if key in steps and with_alt:
            before = self._places
            self.shift(self._mark, self._mark + steps[Qt.Key(key)])
            moved = set(self._places) - set(before)
            self._go_to(moved.pop() if moved else self._mark)
        elif key in steps:
            self._go_to(self._mark + steps[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            self._go_to(0)
        elif key == Qt.Key.Key_End:
            self._go_to(self._width)
        elif key == Qt.Key.Key_PageDown:
            self._go_to(min((place for place in self._places if place > self._mark), default=self._width))
        elif key == Qt.Key.Key_PageUp:
            self._go_to(max((place for place in self._places if place < self._mark), default=0))
        elif key == Qt.Key.Key_Space:
            self.toggle(self._mark)
        elif key == Qt.Key.Key_Delete:
            if self._mark in self._places:
                self.toggle(self._mark)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._taken = self._near(event.position())
        self._pressed_at, self._moved = self._place_at(event.position()), False
        self._go_to(self._taken if self._taken is not None else self._pressed_at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._near(event.position())
        self.viewport().setCursor(
            Qt.CursorShape.SplitHCursor if over is not None else Qt.CursorShape.CrossCursor
        )
        if self._taken is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        to = self._place_at(event.position())
        if to != self._taken:
            before = set(self._places)
            self.shift(self._taken, to)
            moved = set(self._places) - before
            if moved:
                self._taken, self._moved = moved.pop(), True
                self._go_to(self._taken)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._moved:
            self.toggle(self._taken if self._taken is not None else self._pressed_at)
        self._taken = self._pressed_at = None

    def _go_to(self, place: int) -> None:
        self._mark = max(0, min(place, self._width))
        sign = self._sign()
        left = round(self._mark * sign)
        bar, room = self.horizontalScrollBar(), self.viewport().width() - 2 * theme().px(MARGIN)
        if left < bar.value():
            bar.setValue(left)
        elif left > bar.value() + room:
            bar.setValue(left - room)
        self._tell()
        self.viewport().update()

    # ---- measures

    def _font(self) -> QFont:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme().px(13))
        return font

    def _sign(self) -> float:
        return QFontMetricsF(self._font()).horizontalAdvance("0" * 100) / 100

    def _x(self, place: int) -> float:
        return theme().px(MARGIN) + place * self._sign() - self.horizontalScrollBar().value()

    def _place_at(self, point: QPointF) -> int:
        along = point.x() - theme().px(MARGIN) + self.horizontalScrollBar().value()
        return max(0, min(round(along / self._sign()), self._width))

    def _near(self, point: QPointF) -> int | None:
        within = theme().px(NEAR)
        near = [(abs(self._x(place) - point.x()), place) for place in self._places]
        distance, place = min(near, default=(within + 1.0, 0))
        return place if distance <= within else None

    def _measure(self) -> None:
        room = self.viewport().width()
        whole = round(self._width * self._sign()) + 2 * theme().px(MARGIN)
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, whole - room))
        bar.setPageStep(room)
        bar.setSingleStep(round(self._sign()) * 4)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        px = theme().px
        lines = min(max(len(self._lines), 1), SHOWN_LINES)
        return QSize(px(400), px(RULER_HEIGHT) + lines * px(LINE_HEIGHT) + px(24))

    def minimumSizeHint(self) -> QSize:
        px = theme().px
        return QSize(px(160), min(self.sizeHint().height(), px(RULER_HEIGHT + 2 * LINE_HEIGHT + 24)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _retheme(self) -> None:
        self.updateGeometry()
        self._measure()

    # ---- how it looks

    def paintEvent(self, event: QPaintEvent) -> None:
        px, colour = theme().px, theme().colour
        painter = QPainter(self.viewport())
        area = self.viewport().rect()
        painter.fillRect(area, colour("surface"))
        painter.fillRect(QRect(0, 0, area.width(), px(RULER_HEIGHT)), colour("subtle"))
        painter.fillRect(QRect(0, px(RULER_HEIGHT) - 1, area.width(), 1), colour("border"))
        self._paint_scale(painter)
        painter.setFont(self._font())
        painter.setPen(colour("fg"))
        top = px(RULER_HEIGHT) + px(4)
        for number, line in enumerate(self._lines[:SHOWN_LINES]):
            place = QRectF(
                self._x(0), top + number * px(LINE_HEIGHT), len(line) * self._sign() + 4, px(LINE_HEIGHT)
            )
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place_of_line in self._places:
            self._paint_place(painter, place_of_line)
        if self.hasFocus():
            x = self._x(self._mark)
            painter.setPen(QPen(colour("fg"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, area.height()))
            draw_focus_ring(painter, QRectF(area), px(4))

    def _paint_scale(self, painter: QPainter) -> None:
        px, colour = theme().px, theme().colour
        painter.setFont(theme().font("caption", True))
        bottom = px(RULER_HEIGHT) - 1
        for place in range(0, self._width + 1):
            x = self._x(place)
            if x < -px(40) or x > self.viewport().width() + px(40):
                continue
            tall = px(6) if place % 10 == 0 else px(4) if place % 5 == 0 else px(2)
            painter.setPen(colour("border_input"))
            painter.drawLine(QPointF(x, bottom - tall), QPointF(x, bottom))
            if place % 10 == 0:
                painter.setPen(colour("fg3"))
                painter.drawText(QPointF(x + px(2), bottom - px(8)), str(place))

    def _paint_place(self, painter: QPainter, place: int) -> None:
        px, x = theme().px, self._x(place)
        painter.setPen(QPen(theme().colour("accent"), 2))
        painter.drawLine(QPointF(x, px(RULER_HEIGHT) - px(10)), QPointF(x, self.viewport().height()))
        painter.setBrush(theme().colour("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        half, top = px(4), px(RULER_HEIGHT) - px(14)
        painter.drawPolygon([QPointF(x - half, top), QPointF(x + half, top), QPointF(x, top + px(6))])
