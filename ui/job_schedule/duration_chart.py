"""The durations of one job as a curve over time, with the runs that failed marked on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.clock import Clock
from desktop.formats import count_text, duration_text, when_text
from models.job_calendar import Duration, RunState
from ui.job_schedule.blocks import FAILED
from ui.job_schedule.period import axis_moments
from ui.theme import theme
from ui.widgets.axis import nice_ticks, short_number
from ui.widgets.painting import draw_focus_ring, draw_text
from ui.widgets.pointed_chart import PointedChart

HEIGHT, TOP, FOOT, LINE = 180, 18, 24, 1.8
DOT, MARK, CROSS = 3.0, 5.0, 2.4
DOTS_UP_TO: Final = 120  # points above which the good runs are only a line
NEAR: Final = 24  # px from a point within which the pointer means it
FOOT_WORDS: Final = 110  # px that a date under the curve needs
TEXT_LENGTH: Final = 120


class Unit(NamedTuple):
    """In what the axis counts: its word, and its seconds."""

    word: str
    seconds: float


UNITS: Final = (Unit("h", 3_600), Unit("min", 60), Unit("s", 1), Unit("ms", 0.001))


def unit_of(longest: float) -> Unit:
    """The unit in which a duration reads well, in seconds; from two of it on."""
    return next((unit for unit in UNITS if longest >= 2 * unit.seconds), UNITS[-1])


class DurationChart(PointedChart):
    """A point for each run: good ones joined by a line, failed and cancelled ones as marks of their own.

    Signals:
        opened: the log entry of the run that was double-clicked, or chosen with Enter.
    """

    opened = Signal(int)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__("Durations", parent)
        self._clock = clock
        self._points: list[Duration] = []
        self._moments: list[float] = []
        self._unit = UNITS[-2]
        self._ticks = nice_ticks([])
        self.usual: float | None = None
        self.refresh()
        theme().changed.connect(self._retheme)
        self._retheme()

    # ---- what its page does

    def show_durations(self, points: Sequence[Duration]) -> None:
        """Show these runs, oldest first."""
        kept = self._points[self.pointed].log_id if self.pointed is not None else None
        self._points = list(points)
        self._moments = [point.started_at.timestamp() for point in points]
        good = [point.seconds for point in points if point.state is RunState.SUCCESS]
        self.usual = median(good) if good else None
        longest = max((point.seconds for point in points), default=0.0)
        self._unit = unit_of(longest)
        self._ticks = nice_ticks([longest / self._unit.seconds], 4)
        self.pointed = next((place for place, point in enumerate(points) if point.log_id == kept), None)
        self.refresh()

    @property
    def points(self) -> Sequence[Duration]:
        """The runs that are shown."""
        return self._points

    # ---- what a chart says

    def places(self) -> int:
        return len(self._points)

    def words_at(self, place: int) -> str:
        point = self._points[place]
        again = f", attempt {point.attempt}" if point.attempt > 1 else ""
        lines = [
            when_text(point.started_at, self._clock.now()),
            f"{point.state.value}{again}, {duration_text(point.seconds)}",
        ]
        if point.error:
            cut = len(point.error) > TEXT_LENGTH
            lines.append(f"{point.error[:TEXT_LENGTH].rstrip()}…" if cut else point.error)
        return "\n".join(lines)

    def summary(self) -> str:
        if not self._points:
            return "No run has ended yet."
        failed = sum(point.state in FAILED for point in self._points)
        runs = "1 run" if len(self._points) == 1 else f"{count_text(len(self._points))} runs"
        usual = f" It usually takes {duration_text(self.usual)}." if self.usual is not None else ""
        return f"{runs}, {count_text(failed)} failed.{usual}"

    def place_at(self, x: float) -> int | None:
        if not self._points:
            return None
        plot = self._plot()
        first, last = self._moments[0], self._moments[-1]
        at = first + (x - plot.left()) / max(1.0, plot.width()) * (last - first)
        place = bisect_left(self._moments, at)
        near = [each for each in (place - 1, place) if 0 <= each < len(self._points)]
        best = min(near, key=lambda each: abs(self._x(plot, each) - x))
        return best if abs(self._x(plot, best) - x) <= theme().px(NEAR) else None

    def top_of(self, place: int) -> QPointF:
        plot = self._plot()
        return QPointF(self._x(plot, place), self._y(plot, self._points[place].seconds))

    def sizeHint(self) -> QSize:
        return QSize(theme().px(500), theme().px(HEIGHT) * 2)

    # ---- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.pointed is not None:
            self.opened.emit(self._points[self.pointed].log_id)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._points:
            self._to_failure(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().x())
        if place is not None:
            self.opened.emit(self._points[place].log_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        self._paint_axis(painter, plot)
        if self._points:
            self._paint_usual(painter, plot)
            self._paint_line(painter, plot)
            self._paint_marks(painter, plot)
            self._paint_pointed(painter, plot)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), theme().px(4))

    # ---- how it works

    def _to_failure(self, step: int) -> None:
        """Up and Down go from one failed run to the one before or after it."""
        begin = len(self._points) if self.pointed is None else self.pointed
        places = range(begin - 1, -1, -1) if step < 0 else range(begin + 1, len(self._points))
        found = next((place for place in places if self._points[place].state in FAILED), None)
        if found is not None:
            self._point_at(found)
            self.setAccessibleDescription(self.words_at(found).replace("\n", ", "))
            QToolTip.showText(self.mapToGlobal(self.top_of(found).toPoint()), self.words_at(found), self)

    def _retheme(self) -> None:
        self.setMinimumHeight(theme().px(HEIGHT))
        self.updateGeometry()
        self.update()

    def _plot(self) -> QRectF:
        px = theme().px
        metrics = QFontMetrics(theme().font("caption", tabular=True))
        left = max(metrics.horizontalAdvance(self._tick_text(tick)) for tick in self._ticks) + px(14)
        return QRectF(left, px(TOP), self.width() - left - px(16), self.height() - px(TOP) - px(FOOT))

    def _tick_text(self, tick: float) -> str:
        return f"{short_number(tick)} {self._unit.word}"

    def _x(self, plot: QRectF, place: int) -> float:
        first, last = self._moments[0], self._moments[-1]
        if last <= first:
            return plot.center().x()
        return plot.left() + (self._moments[place] - first) / (last - first) * plot.width()

    def _y(self, plot: QRectF, seconds: float) -> float:
        return plot.bottom() - seconds / self._unit.seconds / self._ticks[-1] * plot.height()

    def _paint_axis(self, painter: QPainter, plot: QRectF) -> None:
        px = theme().px
        right = Qt.AlignmentFlag.AlignRight
        for tick in self._ticks:
            y = round(plot.bottom() - tick / self._ticks[-1] * plot.height()) + 0.5
            painter.setPen(QPen(theme().colour("border_strong" if tick == 0 else "grid"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            words = QRectF(0, y - px(9), plot.left() - px(8), px(18))
            draw_text(painter, words, self._tick_text(tick), "caption", "fg3", tabular=True, align=right)
        if self._points:
            self._paint_moments(painter, plot)

    def _paint_moments(self, painter: QPainter, plot: QRectF) -> None:
        px = theme().px
        first, last = self._points[0].started_at, self._points[-1].started_at
        span = (last - first).total_seconds()
        wide = px(FOOT_WORDS)
        marks = axis_moments(first, last, max(2, int(plot.width() // wide))) if span else []
        if not marks:
            marks = [(first, when_text(first, self._clock.now()))]
        for moment, words in marks:
            share = (moment - first).total_seconds() / span if span else 0.5
            left = plot.left() + share * plot.width() - wide / 2
            place = QRectF(left, plot.bottom() + px(5), wide, px(18))
            middle = Qt.AlignmentFlag.AlignHCenter
            if share and span:
                painter.setPen(QPen(theme().colour("grid"), 1))
                x = round(plot.left() + share * plot.width()) + 0.5
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            if place.right() <= self.width() + wide / 3:
                draw_text(painter, place, words, "caption", "fg3", tabular=True, align=middle)

    def _paint_usual(self, painter: QPainter, plot: QRectF) -> None:
        if self.usual is None:
            return
        y = self._y(plot, self.usual)
        painter.setPen(QPen(theme().colour("fg3"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

    def _paint_line(self, painter: QPainter, plot: QRectF) -> None:
        path = QPainterPath()
        dots: list[QPointF] = []
        for place, point in enumerate(self._points):
            if point.state is RunState.SUCCESS:
                dots.append(QPointF(self._x(plot, place), self._y(plot, point.seconds)))
        for at in dots:
            if path.elementCount():
                path.lineTo(at)
            else:
                path.moveTo(at)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().colour("chart1"), LINE))
        painter.drawPath(path)
        if len(dots) <= DOTS_UP_TO:
            painter.setPen(QPen(theme().colour("surface"), 1))
            painter.setBrush(theme().colour("chart1"))
            for at in dots:
                painter.drawEllipse(at, DOT, DOT)

    def _paint_marks(self, painter: QPainter, plot: QRectF) -> None:
        for place, point in enumerate(self._points):
            if point.state is not RunState.SUCCESS:
                at = QPointF(self._x(plot, place), self._y(plot, point.seconds))
                paint_mark(painter, at, failed=point.state in FAILED)

    def _paint_pointed(self, painter: QPainter, plot: QRectF) -> None:
        if self.pointed is None:
            return
        at = self.top_of(self.pointed)
        painter.setPen(QPen(theme().colour("border_input"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), plot.bottom()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().colour("accent"), 2))
        painter.drawEllipse(at, MARK + 3, MARK + 3)


def paint_mark(painter: QPainter, at: QPointF, *, failed: bool) -> None:
    """Paint the sign of a run that failed, or of one that was cancelled."""
    painter.setPen(QPen(theme().colour("surface"), 1))
    painter.setBrush(theme().colour("err" if failed else "fg3"))
    painter.drawEllipse(at, MARK, MARK)
    painter.setPen(QPen(theme().colour("surface"), 1.5))
    painter.drawLine(at + QPointF(-CROSS, -CROSS), at + QPointF(CROSS, CROSS))
    if failed:
        painter.drawLine(at + QPointF(-CROSS, CROSS), at + QPointF(CROSS, -CROSS))


class DurationLegend(QWidget):
    """What the line and the marks of the curve mean."""

    WORDS: Final = ("Finished", "Failed", "Cancelled", "Usual")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Curve: " + ", ".join(self.WORDS))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(360), theme().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 0.0, self.height() / 2
        for place, word in enumerate(self.WORDS):
            at = QPointF(left + px(9), middle)
            if place in (1, 2):
                paint_mark(painter, at, failed=place == 1)
            else:
                style = Qt.PenStyle.SolidLine if place == 0 else Qt.PenStyle.DashLine
                painter.setPen(QPen(theme().colour("chart1" if place == 0 else "fg3"), LINE, style))
                painter.drawLine(QPointF(left, middle), QPointF(left + px(18), middle))
            words = QRectF(left + px(24), 0, max(0.0, self.width() - left - px(24)), self.height())
            left = words.left() + draw_text(painter, words, word, "caption", "fg2") + px(16)
