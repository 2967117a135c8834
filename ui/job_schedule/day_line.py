"""A day's time line: a row for each job, how many are at work at once above them, and the line of this moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QToolTip, QWidget

from desktop.clock import Clock
from desktop.formats import time_text
from models.job_calendar import Run, RunState
from ui.job_schedule.blocks import Block, DaySizes, JobRow, busy_steps, day_layout, most_at_once
from ui.job_schedule.canvas_area import CanvasArea
from ui.job_schedule.period import day_span, hours_of
from ui.job_schedule.run_canvas import RunCanvas
from ui.job_schedule.run_words import duration_words
from ui.theme import theme
from ui.widgets.painting import draw_text

LABELS, ROW, LANE, BAR_GAP, LEAST = 220, 44, 24, 9, 4
HEAD, BUSY = 22, 40
ZOOMS: Final = (1, 2, 4, 8, 24)
LABEL_WIDTH = 46  # px that the word of an hour needs
NOW_FROM_LEFT: Final = 0.4  # where this moment stands in the window when the line is brought to it
TO_COME: Final = (RunState.PLANNED, RunState.WAITING)


class DayCanvas(RunCanvas):
    """The bars of one day."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__("Runs of the day", clock, parent)
        self.day = clock.today()
        self.rows: list[JobRow] = []

    def sizes(self) -> DaySizes:
        """The measures at the scale and width of now."""
        px = theme().px
        return DaySizes(float(self.width()), px(ROW), px(LANE), px(BAR_GAP), px(LEAST))

    def layout_blocks(self) -> list[Block]:
        self.rows, blocks = day_layout(self.runs, day_span(self.day), self.sizes())
        return blocks

    def words_of(self, block: Block) -> str:
        """The job stands at the left, so a bar says how long it took, or how many runs it is."""
        return duration_words(block)

    def height_needed(self) -> int:
        """The height of all rows, in px."""
        return int(self.rows[-1].top + self.rows[-1].height) if self.rows else 0

    def now_x(self) -> float | None:
        """Where this moment is; None on another day."""
        share = day_span(self.day).share(self.clock.now())
        return share * self.width() if 0 <= share < 1 else None

    def paint_ground(self, painter: QPainter, seen: QRectF) -> None:
        painter.fillRect(seen, theme().colour("surface"))
        now = self.now_x()
        if now is not None and now < seen.right():
            ahead = QRectF(
                max(now, seen.left()), seen.top(), seen.right() - max(now, seen.left()), seen.height()
            )
            painter.fillRect(ahead, theme().colour("subtle"))
        painter.setPen(QPen(theme().colour("grid"), 1))
        for share, _hour in hours_of(day_span(self.day)):
            x = round(share * self.width()) + 0.5
            painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
        for row in self.rows:
            y = round(row.top + row.height) - 0.5
            painter.drawLine(QPointF(seen.left(), y), QPointF(seen.right(), y))

    def paint_over(self, painter: QPainter, seen: QRectF) -> None:
        x = self.now_x()
        if x is not None:
            painter.setPen(QPen(theme().colour("accent"), 2))
            painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))


class _Labels(QWidget):
    """The names of the jobs, beside their rows."""

    def __init__(self, canvas: DayCanvas) -> None:
        super().__init__()
        self._canvas, self._offset = canvas, 0
        self.setAccessibleName("Jobs")

    def scroll_to(self, offset: int) -> None:
        """The rows have been moved up by so many px."""
        self._offset = offset
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            y = event.pos().y() + self._offset
            row = next((row for row in self._canvas.rows if row.top <= y < row.top + row.height), None)
            QToolTip.showText(event.globalPos(), row.name if row is not None else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        for row in self._canvas.rows:
            top = row.top - self._offset
            if top + row.height < 0 or top > self.height():
                continue
            room = QRectF(px(15), top, self.width() - px(24), min(row.height, px(ROW)))
            if row.category:
                draw_text(painter, room.adjusted(0, px(5), 0, -px(21)), row.name, "body", "fg")
                draw_text(painter, room.adjusted(0, px(23), 0, -px(4)), row.category, "caption", "fg3")
            else:
                draw_text(painter, room, row.name, "body", "fg")
            painter.setPen(QPen(theme().colour("grid"), 1))
            y = round(top + row.height) - 0.5
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        painter.setPen(QPen(theme().colour("border"), 1))
        painter.drawLine(QPointF(self.width() - 0.5, 0), QPointF(self.width() - 0.5, self.height()))


class _Head(QWidget):
    """The hours, and under them how many runs are at work at once: an empty stretch is a gap."""

    def __init__(self, canvas: DayCanvas) -> None:
        super().__init__()
        self._canvas, self._offset = canvas, 0
        self._runs: Sequence[Run] = ()
        self._past: list[int] = []
        self._ahead: list[int] = []
        self._most = 0

    def scroll_to(self, offset: int) -> None:
        """The hours have been moved left by so many px."""
        self._offset = offset
        self.update()

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Count these."""
        self._runs = runs
        self._count()
        self.setAccessibleName(f"At work at once: {self.most()} at most")
        self.update()

    def _count(self) -> None:
        """Count the runs at each px of the day."""
        span, steps = day_span(self._canvas.day), max(1, self._canvas.width())
        past = [run for run in self._runs if run.state not in TO_COME]
        ahead = [run for run in self._runs if run.state in TO_COME]
        self._past, self._ahead = busy_steps(past, span, steps), busy_steps(ahead, span, steps)
        self._most = max(most_at_once(past, span), most_at_once(ahead, span))

    def most(self) -> int:
        """How many runs are at work at once, at most."""
        return self._most

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme().colour("surface"))
        width = self._canvas.width()
        hours = hours_of(day_span(self._canvas.day))
        each = width / len(hours)
        every = next((step for step in (1, 2, 3, 4, 6) if each * step >= px(LABEL_WIDTH)), 6)
        for place, (share, hour) in enumerate(hours):
            if place % every == 0:
                left = share * width - self._offset + px(4)
                words = QRectF(left, 0, each * every, px(HEAD))
                draw_text(painter, words, f"{hour:02d}:00", "caption", "fg3", tabular=True)
        self._paint_busy(painter, QRectF(0, px(HEAD), self.width(), px(BUSY) - 1))
        painter.setPen(QPen(theme().colour("border"), 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        self._paint_now(painter)

    def _paint_busy(self, painter: QPainter, place: QRectF) -> None:
        if len(self._past) != self._canvas.width():
            self._count()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        most = max(2, self.most())
        for counts, token in ((self._ahead, "chart2"), (self._past, "chart1")):
            colour = theme().colour(token)
            for x in range(int(place.width())):
                at = x + self._offset
                if at < len(counts) and counts[at]:
                    height = min(counts[at], most) / most * (place.height() - theme().px(4))
                    painter.fillRect(QRectF(x, place.bottom() - height, 1, height), colour)

    def _paint_now(self, painter: QPainter) -> None:
        x = self._canvas.now_x()
        if x is None:
            return
        px = theme().px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x -= self._offset
        painter.setPen(QPen(theme().colour("accent"), 2))
        painter.drawLine(QPointF(x, px(HEAD)), QPointF(x, self.height()))
        text = time_text(self._canvas.clock.now())
        painter.setFont(theme().font("caption_strong", tabular=True))
        wide = painter.fontMetrics().horizontalAdvance(text) + px(10)
        left = min(max(0.0, x - wide / 2), self.width() - wide)
        tag = QRectF(left, px(3), wide, px(HEAD) - px(5))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("accent"))
        painter.drawRoundedRect(tag, px(4), px(4))
        middle = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, tag, text, "caption_strong", "on_accent", tabular=True, align=middle)


class _Corner(QWidget):
    """What the figures above the rows mean."""

    def __init__(self, head: _Head) -> None:
        super().__init__()
        self._head = head

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme().px
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        room = QRectF(px(15), px(HEAD), self.width() - px(24), px(BUSY))
        draw_text(painter, room.adjusted(0, 0, 0, -px(18)), "At work at once", "caption", "fg2")
        most = self._head.most()
        words = f"at most {most}" if most else "nothing runs"
        draw_text(painter, room.adjusted(0, px(16), 0, -px(4)), words, "caption", "fg3", tabular=True)
        painter.setPen(QPen(theme().colour("border"), 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        painter.drawLine(QPointF(self.width() - 0.5, 0), QPointF(self.width() - 0.5, self.height()))


class DayLine(QWidget):
    """The whole time line; it can be stretched, so that short runs are told apart.

    Signals:
        zoomed: it was stretched, or not so much.
    """

    zoomed = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.canvas = DayCanvas(clock)
        self.zoom = 0
        self._head = _Head(self.canvas)
        self._labels = _Labels(self.canvas)
        self._corner = _Corner(self._head)
        self.area = CanvasArea(self.canvas, beside=80)
        self.area.view_resized.connect(self._fit)
        self.area.horizontalScrollBar().valueChanged.connect(self._head.scroll_to)
        self.area.verticalScrollBar().valueChanged.connect(self._labels.scroll_to)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._corner, 0, 0)
        grid.addWidget(self._head, 0, 1)
        grid.addWidget(self._labels, 1, 0)
        grid.addWidget(self.area, 1, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(1, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def show_day(self, day: date, runs: Sequence[Run]) -> None:
        """Show the runs of a day."""
        other = day != self.canvas.day
        self.canvas.day = day
        self.canvas.show_runs(runs)
        self._fit()
        self._head.show_runs(runs)
        self._corner.update()
        if other:
            self.bring_to_now()

    def look(self) -> None:
        """Time has passed: the line of this moment has moved."""
        self.canvas.update()
        self._head.update()

    def stretch(self, closer: bool) -> None:
        """Show a shorter part of the day at once, or a longer one; what is in the middle stays there."""
        bar = self.area.horizontalScrollBar()
        view = self.area.viewport().width()
        middle = (bar.value() + view / 2) / max(1, self.canvas.width())
        block = self.canvas.current_block()
        if block is not None:
            middle = block.middle[0] / max(1, self.canvas.width())
        self.zoom = min(max(self.zoom + (1 if closer else -1), 0), len(ZOOMS) - 1)
        self._fit()
        self._head.update()
        bar.setValue(round(middle * self.canvas.width() - view / 2))
        self.zoomed.emit()

    def bring_to_now(self) -> None:
        """Move to this moment, on its day; to the beginning of the day on another one."""
        x = self.canvas.now_x()
        offset = self.area.viewport().width() * NOW_FROM_LEFT
        self.area.horizontalScrollBar().setValue(0 if x is None else round(x - offset))
        self.area.verticalScrollBar().setValue(0)

    def _fit(self) -> None:
        view = self.area.viewport()
        width = view.width() * ZOOMS[self.zoom]
        self.canvas.resize(width, self.canvas.height())
        needed = max(self.canvas.height_needed(), view.height())
        self.canvas.resize(width, needed)
        self._labels.update()

    def _rescale(self) -> None:
        px = theme().px
        self._corner.setFixedSize(px(LABELS), px(HEAD) + px(BUSY))
        self._head.setFixedHeight(px(HEAD) + px(BUSY))
        self._labels.setFixedWidth(px(LABELS))
        self._fit()
