"""What the bars mean: each state with a small bar of its look and its word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from models.job_calendar import Run, RunState
from ui.icons import pixmap
from ui.job_schedule.blocks import Block
from ui.job_schedule.run_canvas import paint_bar
from ui.job_schedule.run_words import LEGEND, LOOKS
from ui.theme import theme
from ui.widgets.painting import draw_text

BAR, HEIGHT, GAP, WORD_GAP, ICON = 18, 14, 16, 6, 12
_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


class RunLegend(QWidget):
    """A line of states; what does not fit goes to a second line.

    Args:
        states: in their order.
    """

    def __init__(self, states: Sequence[RunState] = LEGEND, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states = tuple(states)
        self.setAccessibleName("Bars: " + ", ".join(state.value for state in self._states))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme().changed.connect(self._retheme)

    def sizeHint(self) -> QSize:
        return QSize(self._wanted(), theme().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0.0
        for state in self._states:
            run = Run("", 0, "", "", state, _MOMENT, _MOMENT)
            top = (self.height() - px(HEIGHT)) / 2
            paint_bar(painter, Block(left, top, px(BAR), px(HEIGHT), [run]))
            look = LOOKS[state]
            glyph = pixmap(look.icon, look.solid, px(ICON), filled=True, dpr=self.devicePixelRatioF())
            at = left + px(BAR) + px(WORD_GAP)
            painter.drawPixmap(QPointF(at, (self.height() - px(ICON)) / 2), glyph)
            at += px(ICON) + px(3)
            words = QRectF(at, 0, max(0.0, self.width() - at), self.height())
            left = at + draw_text(painter, words, state.value, "caption", "fg2") + px(GAP)

    def _wanted(self) -> int:
        px = theme().px
        metrics = QFontMetrics(theme().font("caption"))
        each = px(BAR) + px(WORD_GAP) + px(ICON) + px(3) + px(GAP)
        return sum(metrics.horizontalAdvance(state.value) + each for state in self._states)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()


class NowMark(QWidget):
    """The sign of this moment, for the legend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The line marks this moment")
        theme().changed.connect(self._retheme)
        self._retheme()

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setPen(QPen(theme().colour("accent"), 2))
        painter.drawLine(QPointF(px(3), px(3)), QPointF(px(3), self.height() - px(3)))
        words = QRectF(px(10), 0, self.width() - px(10), self.height())
        draw_text(painter, words, "Now", "caption", "fg2", align=Qt.AlignmentFlag.AlignLeft)

    def _retheme(self) -> None:
        metrics = QFontMetrics(theme().font("caption"))
        self.setFixedSize(theme().px(14) + metrics.horizontalAdvance("Now"), theme().px(20))
        self.update()
