"""Bars of runs that the pointer and the keyboard find: what the time line and the calendar have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.clock import Clock
from models.job_calendar import Run
from ui.icons import pixmap
from ui.job_schedule.blocks import Block, nearest
from ui.job_schedule.run_words import LOOKS, bar_text, spoken, summary_of, tooltip_of
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring, draw_text, fill_rounded, rounded_path

RADIUS, EDGE, ICON, FAILED_STRIP = 4, 3, 12, 3
TINY, SMALL, LOW = (
    9,
    20,
    30,
)  # px: narrower bars are marks, narrower have no drawing, higher have a first line
ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
COMMANDS: Final = {
    Qt.Key.Key_T: "today",
    Qt.Key.Key_D: "day",
    Qt.Key.Key_W: "week",
    Qt.Key.Key_PageUp: "back",
    Qt.Key.Key_PageDown: "on",
    Qt.Key.Key_Plus: "closer",
    Qt.Key.Key_Minus: "farther",
}


class RunCanvas(QWidget):
    """The area of the bars.

    Signals:
        opened: a bar was double-clicked, or chosen with Enter (`Block`).
        commanded: a key was pressed that is about the whole schedule: a value of `COMMANDS`.
        moved: the keyboard has come to a bar, which should be seen (`QRect`).
        chosen_changed: another bar is the current one.

    Attributes:
        blocks: the bars.
        current: the place of the bar that the keyboard is on; None for none.
        empty_text: what is said where there are no bars.
    """

    opened = Signal(object)
    commanded = Signal(str)
    moved = Signal(QRect)
    chosen_changed = Signal()

    def __init__(self, title: str, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.clock = title, clock
        self.runs: list[Run] = []
        self.blocks: list[Block] = []
        self.current: int | None = None
        self.empty_text = ""
        self._hovered: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        theme().changed.connect(self.arrange)

    # ---- what a kind of schedule says

    @abstractmethod
    def layout_blocks(self) -> list[Block]:
        """The bars of `runs` for the size that the area has now."""

    @abstractmethod
    def paint_ground(self, painter: QPainter, seen: QRectF) -> None:
        """Paint what lies behind the bars."""

    @abstractmethod
    def paint_over(self, painter: QPainter, seen: QRectF) -> None:
        """Paint what lies over the bars, such as the line of this moment."""

    def words_of(self, block: Block) -> str:
        """The words on a bar."""
        return bar_text(block)

    # ---- what its page does

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these runs; the keyboard stays on the bar of the same run."""
        kept = self._key()
        self.runs = list(runs)
        self.arrange()
        self.current = next((place for place, block in enumerate(self.blocks) if kept in _keys(block)), None)
        self.setAccessibleName(f"{self.title}. {summary_of(self.runs)}")

    def arrange(self) -> None:
        """Place the bars anew, for another size or look."""
        self.blocks = self.layout_blocks()
        if self.current is not None and self.current >= len(self.blocks):
            self.current = None
        self._hovered = None
        self.update()

    def current_block(self) -> Block | None:
        """The bar that the keyboard is on."""
        return None if self.current is None else self.blocks[self.current]

    def block_at(self, at: QPointF) -> int | None:
        """The place of the bar under a point; None where there is none."""
        found = None
        for place, block in enumerate(self.blocks):
            if block.holds(at.x(), at.y()):
                found = place  # the last is painted on top
        return found

    def go_to(self, place: int) -> None:
        """Put the keyboard on a bar, and say what it is."""
        self.current = place
        block = self.blocks[place]
        words = tooltip_of(block, self.clock.now())
        self.setAccessibleDescription(spoken(block, self.clock.now()))
        self.moved.emit(_rect(block).toAlignedRect())
        if self.isVisible():
            QToolTip.showText(self.mapToGlobal(QPoint(int(block.left) + 8, int(block.bottom))), words, self)
        self.update()
        self.chosen_changed.emit()

    def first_to_come(self) -> int | None:
        """The place of the bar where the keyboard begins: the first that is not over; else the last."""
        if not self.blocks:
            return None
        now = self.clock.now()
        places = sorted(range(len(self.blocks)), key=self._start_of)
        return next((place for place in places if self.blocks[place].runs[-1].end >= now), places[-1])

    # ---- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.block_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.block_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = place
            self.setAccessibleDescription(spoken(self.blocks[place], self.clock.now()))
            self.update()
            self.chosen_changed.emit()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.block_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.blocks[place])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.block_at(QPointF(event.pos()))
            if place is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), tooltip_of(self.blocks[place], self.clock.now()), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in ARROWS and plain:
            self._step(*ARROWS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.blocks:
            places = sorted(range(len(self.blocks)), key=self._start_of)
            self.go_to(places[0 if key == Qt.Key.Key_Home else -1])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current is not None:
            self.opened.emit(self.blocks[self.current])
        elif key in COMMANDS and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
            Qt.KeyboardModifier.ShiftModifier,
        ):
            self.commanded.emit(COMMANDS[key])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = QRectF(event.rect())
        self.paint_ground(painter, seen)
        for place, block in enumerate(self.blocks):
            beside = block.right < seen.left() or block.left > seen.right()
            if not beside and block.bottom >= seen.top() and block.top <= seen.bottom():
                paint_bar(painter, block, self.words_of(block), hovered=place == self._hovered)
        self.paint_over(painter, seen)
        if not self.blocks and self.empty_text:
            self._paint_nothing(painter)
        if self.hasFocus():
            current = self.current_block()
            ring = QRectF(self.visibleRegion().boundingRect())
            if current is not None:
                ring = _rect(current).adjusted(-2, -2, 2, 2)
            draw_focus_ring(painter, ring, theme().px(RADIUS), "accent")

    # ---- how it works

    def _paint_nothing(self, painter: QPainter) -> None:
        px = theme().px
        middle = self.visibleRegion().boundingRect().center()
        painter.setFont(theme().font("body"))
        wide = painter.fontMetrics().horizontalAdvance(self.empty_text) + px(32)
        place = QRectF(middle.x() - wide / 2, middle.y() - px(18), wide, px(36))
        fill_rounded(painter, place, px(18), "idle_bg")
        draw_text(painter, place, self.empty_text, "body", "fg2", align=Qt.AlignmentFlag.AlignHCenter)

    def _step(self, dx: int, dy: int) -> None:
        if not self.blocks:
            return
        if self.current is None:
            first = self.first_to_come()
            assert first is not None
            self.go_to(first)
        else:
            self.go_to(nearest(self.blocks, self.current, dx, dy))

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _start_of(self, place: int) -> datetime:
        return self.blocks[place].runs[0].start

    def _key(self) -> tuple[str, datetime] | None:
        block = self.current_block()
        return None if block is None else (block.runs[0].job_id, block.runs[0].start)


def _keys(block: Block) -> list[tuple[str, datetime]]:
    return [(run.job_id, run.start) for run in block.runs]


def _rect(block: Block) -> QRectF:
    return QRectF(block.left, block.top, block.width, block.height)


def paint_bar(painter: QPainter, block: Block, words: str = "", *, hovered: bool = False) -> None:
    """Paint one bar: a mark where it is tiny, else an area with an edge, a drawing and its words."""
    px = theme().px
    state = block.state
    look = LOOKS[state]
    failed = block.failed
    place = _rect(block)
    if place.width() < px(TINY):
        painter.fillRect(place, theme().colour("err" if failed else look.solid))
        return
    radius = min(px(RADIUS), place.height() / 2, place.width() / 2)
    outline = rounded_path(place.adjusted(0.5, 0.5, -0.5, -0.5), radius)
    painter.fillPath(outline, theme().colour("hover" if hovered and look.dashed else look.fill))
    painter.save()
    if look.dashed or theme().high_contrast or hovered:
        style = Qt.PenStyle.DashLine if look.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(theme().colour(look.edge), 1, style))
        painter.drawPath(outline)
    if not look.dashed:
        painter.setClipPath(outline)
        painter.fillRect(
            QRectF(place.left(), place.top(), px(EDGE), place.height()), theme().colour(look.edge)
        )
    if failed and len(block.runs) > 1:
        width = max(px(6), place.width() * failed / len(block.runs))
        strip = QRectF(place.left(), place.bottom() - px(FAILED_STRIP), width, px(FAILED_STRIP))
        painter.fillRect(strip, theme().colour("err"))
    painter.restore()
    if place.width() >= px(SMALL) and place.height() >= px(ICON):
        _paint_words(painter, place, block, words, "err" if failed and look.fill != "err" else look.ink)


def _paint_words(painter: QPainter, place: QRectF, block: Block, said: str, ink: str) -> None:
    px = theme().px
    line = place.height() if place.height() <= px(LOW) else float(px(20))
    left, top = place.left() + px(EDGE) + px(4), place.top()
    icon = "error_circle" if block.failed and len(block.runs) > 1 else LOOKS[block.state].icon
    glyph = pixmap(icon, ink, px(ICON), filled=True, dpr=painter.device().devicePixelRatioF())
    painter.drawPixmap(QPointF(left, top + (line - px(ICON)) / 2), glyph)
    words = QRectF(left + px(ICON) + px(4), top, place.right() - left - px(ICON) - px(6), line)
    if words.width() > px(20):
        draw_text(painter, words, said, "caption", ink)
