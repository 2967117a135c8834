"""A week's calendar: a column for each day, the runs side by side where they overlap, and the line of this moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.clock import Clock
from models.job_calendar import Run
from ui.job_schedule.blocks import FAILED, Block, WeekSizes, week_layout
from ui.job_schedule.canvas_area import CanvasArea
from ui.job_schedule.period import day_heading, day_span, hours_of, local_day, week_days
from ui.job_schedule.run_canvas import RunCanvas
from ui.theme import theme
from ui.widgets.painting import draw_text, fill_rounded

HOURS, HOUR, LEAST, LANE, GAP = 52, 32, 20, 46, 3
HEAD = 44
HOUR_BEFORE = 2  # hours above this moment that stay in sight


class WeekCanvas(RunCanvas):
    """The bars of seven days."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__("Runs of the week", clock, parent)
        self.days = week_days(clock.today())

    @property
    def left(self) -> float:
        """Where the first day begins, in px."""
        return float(theme().px(HOURS))

    @property
    def column(self) -> float:
        """The width of a day, in px."""
        return (self.width() - self.left) / len(self.days)

    def layout_blocks(self) -> list[Block]:
        px = theme().px
        sizes = WeekSizes(self.column, float(self.height()), px(LEAST), px(LANE), px(GAP))
        blocks = week_layout(self.runs, [day_span(day) for day in self.days], sizes)
        for block in blocks:
            block.left += self.left
        return blocks

    def now_at(self) -> tuple[int, float] | None:
        """The column of this moment, and its height in px; None in another week."""
        now = self.clock.now()
        today = local_day(now)
        if today not in self.days:
            return None
        return self.days.index(today), day_span(today).share(now) * self.height()

    def paint_ground(self, painter: QPainter, seen: QRectF) -> None:
        px = theme().px
        painter.fillRect(seen, theme().colour("surface"))
        today = self.now_at()
        if today is not None:
            own = QRectF(self.left + today[0] * self.column, 0, self.column, self.height())
            painter.fillRect(own, theme().colour("subtle"))
        painter.setPen(QPen(theme().colour("grid"), 1))
        for share, hour in hours_of(day_span(self.days[0])):
            y = round(share * self.height()) + 0.5
            painter.setPen(QPen(theme().colour("grid"), 1))
            painter.drawLine(QPointF(self.left, y), QPointF(self.width(), y))
            if hour and seen.left() < self.left:
                words = QRectF(0, y - px(9), self.left - px(8), px(18))
                right = Qt.AlignmentFlag.AlignRight
                draw_text(painter, words, f"{hour:02d}:00", "caption", "fg3", tabular=True, align=right)
        painter.setPen(QPen(theme().colour("border"), 1))
        for place in range(len(self.days)):
            x = round(self.left + place * self.column) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        if today is not None:  # behind the bars, so that their words can be read; its ends stand before them
            painter.setPen(QPen(theme().colour("accent"), 2))
            x = self.left + today[0] * self.column
            painter.drawLine(QPointF(x, today[1]), QPointF(x + self.column, today[1]))

    def paint_over(self, painter: QPainter, seen: QRectF) -> None:
        at = self.now_at()
        if at is None:
            return
        px = theme().px
        place, y = at
        x = self.left + place * self.column
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("accent"))
        painter.drawEllipse(QPointF(x + 1, y), 4, 4)
        painter.drawRect(QRectF(x + self.column - px(GAP) - 1, y - 1, px(GAP) + 1, 2))


class _Head(QWidget):
    """The days above their columns, each with its number of runs; a click opens the day.

    Signals:
        day_chosen: a day was clicked.
    """

    day_chosen = Signal(object)  # date

    def __init__(self, canvas: WeekCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._counts: list[tuple[int, int]] = []
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Open this day")

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Count the runs of each day anew."""
        counts = {day: [0, 0] for day in self._canvas.days}
        for run in runs:
            own = counts.get(local_day(run.start))
            if own is not None:
                own[0] += 1
                own[1] += run.state in FAILED
        self._counts = [(own[0], own[1]) for own in counts.values()]
        said = ", ".join(f"{day_heading(day)}: {own[0]} runs, {own[1]} failed" for day, own in counts.items())
        self.setAccessibleName(f"Days. {said}")
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = int((event.position().x() - self._canvas.left) // self._canvas.column)
        if 0 <= place < len(self._canvas.days):
            self.day_chosen.emit(self._canvas.days[place])

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme().colour("surface"))
        column, today = self._canvas.column, local_day(self._canvas.clock.now())
        for place, day in enumerate(self._canvas.days):
            left = self._canvas.left + place * column
            room = QRectF(left + px(8), px(4), column - px(12), px(20))
            token = "fg" if day.weekday() < 5 else "fg2"
            if day == today:
                fill_rounded(
                    painter, QRectF(left + px(3), px(4), column - px(6), px(20)), px(4), "accent_tint"
                )
                token = "accent_text"
            draw_text(painter, room, day_heading(day), "body_strong", token)
            if place < len(self._counts):
                self._paint_count(painter, room.translated(0, px(19)), *self._counts[place])
        painter.setPen(QPen(theme().colour("border"), 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))

    @staticmethod
    def _paint_count(painter: QPainter, room: QRectF, number: int, failed: int) -> None:
        words = "no runs" if not number else "1 run" if number == 1 else f"{number:,} runs"
        used = draw_text(painter, room, words, "caption", "fg3", tabular=True)
        if failed:
            rest = room.adjusted(used, 0, 0, 0)
            draw_text(painter, rest, f" · {failed:,} failed", "caption_strong", "err", tabular=True)


class WeekCalendar(QWidget):
    """The whole calendar.

    Signals:
        day_chosen: a day's heading was clicked.
    """

    day_chosen = Signal(object)  # date

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.canvas = WeekCanvas(clock)
        self._head = _Head(self.canvas)
        self._head.day_chosen.connect(self.day_chosen)
        self.area = CanvasArea(self.canvas)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.view_resized.connect(self._fit)
        self._placed = False  # whether it has been brought to the first moment that matters
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.area, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_week(self, day: date, runs: Sequence[Run]) -> None:
        """Show the runs of that day's week."""
        other = day not in self.canvas.days or not self._placed
        self.canvas.days = week_days(day)
        self.canvas.show_runs(runs)
        self._fit()
        self._head.show_runs(runs)
        if other:
            self._placed = True
            self.bring_to_now()

    def look(self) -> None:
        """Time has passed: the line of this moment has moved."""
        self.canvas.update()

    def bring_to_now(self) -> None:
        """Move to this moment; in another week to its first run."""
        at = self.canvas.now_at()
        hour = self.canvas.height() / 24
        if at is not None:
            top = at[1] - HOUR_BEFORE * hour
        else:
            top = min((block.top for block in self.canvas.blocks), default=0.0)
        self.area.verticalScrollBar().setValue(round(top))

    def _fit(self) -> None:
        view = self.area.viewport()
        self.canvas.resize(view.width(), max(view.height(), 24 * theme().px(HOUR)))
        self._head.update()

    def _rescale(self) -> None:
        self._head.setFixedHeight(theme().px(HEAD))
        self._fit()
