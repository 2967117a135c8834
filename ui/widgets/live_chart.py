"""A chart that moves: how many of two kinds there were at each second of the last two minutes."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme import theme
from ui.widgets.axis import nice_ticks, short_number
from ui.widgets.painting import draw_focus_ring, draw_text
from ui.widgets.pointed_chart import PointedChart

__all__ = ["LiveChart"]

SPAN_SECONDS = 120.0
GAP_SECONDS = 2.5  # nothing is known of a longer time without a point, so no line goes across it
LEAST_TOP = 2  # so that one is not drawn as high as the chart
FRONT, BACK = "chart1", "chart2"
HEIGHT, TOP, FOOT, LINE = 96, 6, 20, 1.6
FRONT_ALPHA = 70


class _Point(NamedTuple):
    at: float
    front: int
    back: int


class LiveChart(PointedChart):
    """Two counts over time, as steps: the first as a strong line in front, the second as an area behind it.

    Hovering, or Left and Right with the keyboard, shows the counts of a moment.

    Args:
        title: what it shows, for screen readers.
        names: the names of the two counts, as a legend says them.
    """

    def __init__(self, title: str, names: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._names = names
        self._points: deque[_Point] = deque()
        self.refresh()
        self._retheme()
        theme().changed.connect(self._retheme)

    def append(self, at: float, front: int, back: int) -> None:
        """Add the counts of this moment; what is older than two minutes falls off.

        Args:
            at: seconds that only grow.
        """
        self._points.append(_Point(at, front, back))
        while self._points[0].at < at - SPAN_SECONDS:
            self._points.popleft()
            if self.pointed:
                self.pointed -= 1
        self.refresh()

    def points(self) -> list[tuple[float, int, int]]:
        """What is shown: moments with both counts, the oldest first."""
        return [(point.at, point.front, point.back) for point in self._points]

    def words_at(self, place: int) -> str:
        """The counts of one of the points in words, one per line."""
        point = self._points[place]
        ago = round(self._points[-1].at - point.at)
        when = "Now" if ago == 0 else f"{ago} s ago"
        return f"{when}\n{self._names[0]}: {point.front:,}\n{self._names[1]}: {point.back:,}"

    def sizeHint(self) -> QSize:
        return QSize(theme().px(320), theme().px(HEIGHT))

    # ---- inner life

    def summary(self) -> str:
        if not self._points:
            return "Nothing to show yet."
        now = self._points[-1]
        most = (max(point.front for point in self._points), max(point.back for point in self._points))
        said = zip(self._names, now[1:], most, strict=True)
        return " ".join(f"{name} now {value:,}, at most {high:,}." for name, value, high in said)

    def _retheme(self) -> None:
        self.setMinimumHeight(theme().px(HEIGHT))
        self.updateGeometry()
        self.update()

    def _ticks(self) -> list[float]:
        high = max((max(point.front, point.back) for point in self._points), default=0)
        return nice_ticks([float(max(high, LEAST_TOP))], 2)

    def _plot(self, ticks: list[float]) -> QRectF:
        return self.plot_beside(ticks, TOP, FOOT)

    def _x(self, plot: QRectF, at: float) -> float:
        return plot.right() - (self._points[-1].at - at) / SPAN_SECONDS * plot.width()

    @staticmethod
    def _y(plot: QRectF, top: float, value: float) -> float:
        return plot.bottom() - value / top * plot.height()

    def places(self) -> int:
        return len(self._points)

    def place_at(self, x: float) -> int | None:
        if not self._points:
            return None
        plot = self._plot(self._ticks())
        at = self._points[-1].at - (plot.right() - x) / plot.width() * SPAN_SECONDS
        place = min(range(len(self._points)), key=lambda place: abs(self._points[place].at - at))
        return place if abs(self._points[place].at - at) <= GAP_SECONDS else None

    def top_of(self, place: int) -> QPointF:
        plot = self._plot(self._ticks())
        return QPointF(self._x(plot, self._points[place].at), plot.top())

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ticks = self._ticks()
        plot = self._plot(ticks)
        self._paint_axis(painter, plot, ticks)
        if self._points:
            painter.save()
            painter.setClipRect(plot.adjusted(0, -LINE, LINE, LINE))
            self._paint_steps(painter, plot, ticks[-1])
            painter.restore()
            self._paint_pointed(painter, plot, ticks[-1])
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), theme().px(4))

    def _paint_axis(self, painter: QPainter, plot: QRectF, ticks: list[float]) -> None:
        px = theme().px
        right = Qt.AlignmentFlag.AlignRight
        for tick in ticks:
            if not float(tick).is_integer():
                continue
            y = round(self._y(plot, ticks[-1], tick)) + 0.5
            painter.setPen(QPen(theme().colour("border_strong" if tick == 0 else "grid"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            words = QRectF(0, y - px(9), plot.left() - px(6), px(18))
            draw_text(painter, words, short_number(tick), "caption", "fg3", tabular=True, align=right)
        foot = QRectF(plot.left(), plot.bottom() + px(3), plot.width(), px(FOOT) - px(3))
        draw_text(painter, foot, "2 min ago", "caption", "fg3")
        draw_text(painter, foot, "Now", "caption", "fg3", align=right)

    def _paint_steps(self, painter: QPainter, plot: QRectF, top: float) -> None:
        shade = theme().colour(FRONT)
        shade.setAlpha(FRONT_ALPHA)
        for stretch in self._stretches():
            back = self._steps(plot, top, [(point.at, point.back) for point in stretch])
            painter.fillPath(self._down(plot, back), theme().colour(BACK))
            # The area is pale on purpose; its edge has the contrast.
            painter.setPen(QPen(theme().colour("border_input"), 1))
            painter.drawPath(back)
            front = self._steps(plot, top, [(point.at, point.front) for point in stretch])
            painter.fillPath(self._down(plot, front), shade)
            painter.setPen(QPen(theme().colour(FRONT), LINE))
            painter.drawPath(front)

    def _stretches(self) -> list[list[_Point]]:
        """The points without gaps between them."""
        stretches: list[list[_Point]] = []
        for point in self._points:
            if stretches and point.at - stretches[-1][-1].at <= GAP_SECONDS:
                stretches[-1].append(point)
            else:
                stretches.append([point])
        return stretches

    def _steps(self, plot: QRectF, top: float, values: list[tuple[float, int]]) -> QPainterPath:
        """A count holds until the next is known."""
        path = QPainterPath()
        for at, value in values:
            x, y = self._x(plot, at), self._y(plot, top, value)
            if path.elementCount():
                path.lineTo(x, path.currentPosition().y())
                path.lineTo(x, y)
            else:
                path.moveTo(x, y)
        return path

    @staticmethod
    def _down(plot: QRectF, steps: QPainterPath) -> QPainterPath:
        """The area between the steps and the axis."""
        area = QPainterPath(steps)
        area.lineTo(steps.currentPosition().x(), plot.bottom())
        area.lineTo(steps.elementAt(0).x, plot.bottom())
        area.closeSubpath()
        return area

    def _paint_pointed(self, painter: QPainter, plot: QRectF, top: float) -> None:
        if self.pointed is None:
            return
        point = self._points[self.pointed]
        x = self._x(plot, point.at)
        painter.setPen(QPen(theme().colour("border_input"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        painter.setPen(QPen(theme().colour("surface"), 1))
        for value, token in ((point.back, "border_input"), (point.front, FRONT)):
            painter.setBrush(theme().colour(token))
            painter.drawEllipse(QPointF(x, self._y(plot, top, value)), 3.5, 3.5)
