"""A chart of bars: this period against a quieter earlier one, by category."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.axis import nice_ticks, short_number
from ui.widgets.painting import draw_focus_ring, draw_text, fill_rounded
from ui.widgets.pointed_chart import PointedChart

__all__ = ["BarChart", "ChartLegend"]

TOP, FOOT, WIDEST_BAR, CORNER = 8, 24, 14, 3
SKELETON = (0.52, 0.64, 0.4, 0.74, 0.58, 0.82, 0.66, 0.48, 0.7, 0.6)  # how high its bars are


def full_number(value: float) -> str:
    """Return a number with grouping and at most two decimals."""
    return f"{value:,.2f}".removesuffix(".00")


class BarChart(PointedChart):
    """Two series of bars; the last category is marked as the current one.

    Hovering, or Left and Right with the keyboard, shows the values of a category.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._names = ("This year", "Last year")
        self._categories: tuple[str, ...] = ()
        self._current: tuple[float, ...] = ()
        self._previous: tuple[float, ...] = ()
        self._empty = "Nothing to show yet"
        self._loading = False
        self._write: Callable[[float], str] = full_number
        self.setMinimumHeight(theme().px(160))
        self.refresh()
        theme().changed.connect(self._retheme)

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two series, for a legend."""
        return self._names

    def set_data(
        self,
        categories: Sequence[str],
        current: Sequence[float],
        previous: Sequence[float] = (),
        *,
        names: tuple[str, str] = ("This year", "Last year"),
        write: Callable[[float], str] = full_number,
    ) -> None:
        """Show values per category; ``write`` turns a value into the words of the tooltip.

        Raises ``ValueError`` when the series are not as long as the categories.
        """
        if len(current) != len(categories) or (previous and len(previous) != len(categories)):
            raise ValueError(
                f"A chart of {len(categories)} categories needs as many values, "
                f"not {len(current)} and {len(previous)}."
            )
        self._categories, self._names, self._write = tuple(categories), names, write
        self._current, self._previous = tuple(current), tuple(previous)
        self._loading = False
        self.pointed = None
        self.refresh()

    def set_empty_text(self, text: str) -> None:
        """Say what stands in place of the bars while there are none."""
        self._empty, self._loading = text, False
        self.refresh()

    def set_loading(self) -> None:
        """Show grey bars, as long as there never were any others, until ``set_data`` or ``set_empty_text``."""
        self._empty, self._loading = "Loading", True
        self.refresh()

    @property
    def loading(self) -> bool:
        """True while grey bars stand for those to come."""
        return self._loading and not self._categories

    def words_at(self, place: int) -> str:
        """Return the values of a category in words, one series per line."""
        lines = [self._categories[place], f"{self._names[0]}: {self._write(self._current[place])}"]
        if self._previous:
            lines.append(f"{self._names[1]}: {self._write(self._previous[place])}")
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(420), theme().px(260))

    # ---- inner life

    def summary(self) -> str:
        if not self._categories:
            return f"{self._empty}."
        last = len(self._categories) - 1
        best = max(range(last + 1), key=lambda place: self._current[place])
        said = f"{self._names[0]}: {len(self._categories)} bars, highest {self._categories[best]} with "
        said += f"{self._write(self._current[best])}, last {self._categories[last]} with "
        said += f"{self._write(self._current[last])}."
        if self._previous:
            said += f" {self._names[1]}: last {self._write(self._previous[last])}."
        return said

    def _retheme(self) -> None:
        self.setMinimumHeight(theme().px(160))
        self.updateGeometry()
        self.update()

    def _ticks(self) -> list[float]:
        return nice_ticks([*self._current, *self._previous])

    def _plot(self, ticks: list[float]) -> QRectF:
        return self.plot_beside(ticks, TOP, FOOT)

    def places(self) -> int:
        return len(self._categories)

    def place_at(self, x: float) -> int | None:
        if not self._categories:
            return None
        plot = self._plot(self._ticks())
        place = int((x - plot.left()) / (plot.width() / len(self._categories))) if x >= plot.left() else -1
        return place if 0 <= place < len(self._categories) else None

    def top_of(self, place: int) -> QPointF:
        plot = self._plot(self._ticks())
        return QPointF(plot.left() + plot.width() / len(self._categories) * (place + 0.5), plot.top())

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._categories:
            ticks = self._ticks()
            plot = self._plot(ticks)
            self._paint_marks(painter, plot)
            self._paint_axis(painter, plot, ticks)
            self._paint_bars(painter, plot, ticks)
        elif self._loading:
            self._paint_skeleton(painter)
        else:
            middle = Qt.AlignmentFlag.AlignHCenter
            draw_text(painter, QRectF(self.rect()), self._empty, "body", "fg3", align=middle)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), theme().px(4))

    def _paint_skeleton(self, painter: QPainter) -> None:
        px = theme().px
        group = self.width() / len(SKELETON)
        ground = self.height() - px(FOOT)
        for place, share in enumerate(SKELETON):
            tall = (ground - px(TOP)) * share
            bar = QRectF(group * place + group * 0.2, ground - tall, group * 0.6, tall)
            fill_rounded(painter, bar, px(CORNER), "skeleton")

    def _paint_marks(self, painter: QPainter, plot: QRectF) -> None:
        """Shade the current category, and the one that is pointed at."""
        px = theme().px
        group = plot.width() / len(self._categories)
        for place, token in ((len(self._categories) - 1, "hover"), (self.pointed, "pressed")):
            if place is not None:
                column = QRectF(
                    plot.left() + group * place + 2, plot.top(), group - 4, plot.height() + px(FOOT)
                )
                fill_rounded(painter, column, px(4), token)

    def _paint_axis(self, painter: QPainter, plot: QRectF, ticks: list[float]) -> None:
        px = theme().px
        for tick in ticks:
            y = self._y(plot, ticks, tick)
            painter.setPen(QPen(theme().colour("border_strong" if tick == 0 else "grid"), 1))
            painter.drawLine(QPointF(plot.left(), round(y) + 0.5), QPointF(plot.right(), round(y) + 0.5))
            words = QRectF(0, y - px(9), plot.left() - px(8), px(18))
            right = Qt.AlignmentFlag.AlignRight
            draw_text(painter, words, short_number(tick), "caption", "fg3", tabular=True, align=right)

    def _paint_bars(self, painter: QPainter, plot: QRectF, ticks: list[float]) -> None:
        px = theme().px
        count = len(self._categories)
        group = plot.width() / count
        width = max(2.0, min(float(px(WIDEST_BAR)), group * 0.28))
        metrics = QFontMetrics(theme().font("caption_strong"))
        widest = max(metrics.horizontalAdvance(name) for name in self._categories) + px(6)
        every = max(1, -(-widest // max(int(group), 1)))
        base = self._y(plot, ticks, 0.0)
        for place, name in enumerate(self._categories):
            centre = plot.left() + group * (place + 0.5)
            if self._previous:
                left = round(centre - width - 2) + 0.5
                self._bar(painter, left, width, base, self._y(plot, ticks, self._previous[place]), "chart2")
                left = float(round(centre + 2))
            else:
                left = centre - width / 2
            self._bar(painter, left, width, base, self._y(plot, ticks, self._current[place]), "chart1")
            last = place == count - 1
            if (count - 1 - place) % every == 0:
                words = QRectF(centre - group * every / 2, plot.bottom() + px(5), group * every, px(18))
                role = "caption_strong" if last else "caption"
                middle = Qt.AlignmentFlag.AlignHCenter
                draw_text(painter, words, name, role, "fg" if last else "fg3", align=middle)

    @staticmethod
    def _y(plot: QRectF, ticks: list[float], value: float) -> float:
        span = ticks[-1] - ticks[0]
        return plot.bottom() - (value - ticks[0]) / span * plot.height()

    @staticmethod
    def _bar(painter: QPainter, left: float, width: float, base: float, tip: float, token: str) -> None:
        if tip == base:
            return
        corner = min(float(CORNER), abs(base - tip), width / 2)
        inner = tip + (corner if tip < base else -corner)
        path = QPainterPath(QPointF(left, base))
        path.lineTo(left, inner)
        path.quadTo(left, tip, left + corner, tip)
        path.lineTo(left + width - corner, tip)
        path.quadTo(left + width, tip, left + width, inner)
        path.lineTo(left + width, base)
        painter.fillPath(path, theme().colour(token))
        if token == "chart2":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("border_input"), 1))
            painter.drawPath(path)


class ChartLegend(QWidget):
    """The names of a chart's series, each with a square of its colour."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self.setAccessibleName("Series: " + ", ".join(self._names))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._retheme)

    def sizeHint(self) -> QSize:
        px = theme().px
        metrics = QFontMetrics(theme().font("caption"))
        width = sum(metrics.horizontalAdvance(name) + px(18) for name in self._names)
        return QSize(width + px(14) * (len(self._names) - 1), px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0.0
        for name, token in zip(self._names, ("chart1", "chart2"), strict=False):
            square = QRectF(left + 0.5, (self.height() - px(10)) / 2 + 0.5, px(10) - 1, px(10) - 1)
            fill_rounded(painter, square, px(2), token)
            if token == "chart2":
                painter.setPen(QPen(theme().colour("border_input"), 1))
                painter.drawRoundedRect(square, px(2), px(2))
            words = QRectF(left + px(18), 0, self.width(), self.height())
            left += px(18) + draw_text(painter, words, name, "caption", "fg2") + px(14)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()
