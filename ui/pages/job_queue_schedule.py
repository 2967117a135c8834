"""Job Queue Schedule: past and planned runs on a week's calendar and a day's time line, and how long a job takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QWidget

from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_calendar import Duration
from models.job_queue import JobQueueEntry
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.job_schedule.blocks import Block
from ui.job_schedule.day_line import ZOOMS, DayLine
from ui.job_schedule.duration_chart import DurationChart, DurationLegend
from ui.job_schedule.filters import Choices, ScheduleFilters
from ui.job_schedule.legend import NowMark, RunLegend
from ui.job_schedule.period import day_span, day_title, local_day, week_span, week_title
from ui.job_schedule.run_words import count_words, no_run_words
from ui.job_schedule.schedule_work import TABLES, Found, ReadDurations, ReadRuns
from ui.job_schedule.week_calendar import WeekCalendar
from ui.jobs.job_actions import CARD_PAGE, LOG_PAGE
from ui.later import later
from ui.theme import theme
from ui.widgets.buttons import Button, IconButton
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import Label

WEEK, DAY, DURATIONS = "Week", "Day", "Durations"
VIEWS: Final = (WEEK, DAY, DURATIONS)
CURVE: Final = "arrow_trending_lines"
FOLLOW_MS: Final = 1_000  # however fast runs begin and end, they are read no more often
LOOK_MS: Final = 15_000
LEGEND_FROM: Final = 900  # px of page width below which the count stands under the legend


class JobQueueSchedule(Page):
    """See the module's docstring.

    Args:
        view: the view to begin with: Week, Day or Durations.
        day: the day to begin with, as YYYY-MM-DD; empty for today.
        category, job_id: what it is narrowed to; empty for all.
    """

    NAME = "job_queue_schedule"
    TITLE = "Job Queue Schedule"
    SEARCH_TERMS = ("calendar", "time line", "planned runs", "durations", "job history")

    def __init__(
        self,
        context: PageContext,
        view: str = WEEK,
        day: str = "",
        category: str = "",
        job_id: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.day = date.fromisoformat(day) if day else local_day(context.clock.now())
        self.filters = ScheduleFilters(category, job_id)
        self.views = QTabBar()
        self.week, self.line = WeekCalendar(context.clock), DayLine(context.clock)
        self.chart = DurationChart(context.clock)
        self.no_job = EmptyState(EmptyKind.ALL_DONE, "", icon=CURVE)
        self.period_label = Label("", "subtitle")
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self.legend = RunLegend()
        self.chart_legend = DurationLegend()
        self._now_mark = NowMark()
        self._stack = QStackedWidget()
        self._soon, self._tick = later(self, FOLLOW_MS, self._read), QTimer(self)
        self._tick.setInterval(LOOK_MS)
        self._arrange()
        self._connect()
        self.views.setCurrentIndex(VIEWS.index(view))
        self._show_view()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("today", "Today", "calendar_ltr", self.go_today, "Ctrl+T", shown=False),
            Action("open", "Open job queue entry", "tasks_app", self._open_current, enabled=False),
            Action("log", "Log entries", "history", self._log, "Ctrl+F7", enabled=False),
            Action("durations", "Durations", CURVE, self._durations, enabled=False),
            Action("tasks", "Scheduled tasks", "calendar_clock", self._open_tasks),
            Action("closer", "Stretch", "add", self._closer, "Ctrl++", shown=False),
            Action("farther", "Shrink", "subtract", self._farther, "Ctrl+-", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self._read()
        self._focus_view()

    def on_close(self) -> None:
        self._soon.stop()
        self._tick.stop()
        self.context.hub.forget(self)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if not self._soon.isActive() and any(change.table in TABLES for change in changes):
            self._soon.start()

    def refresh(self) -> None:
        self._read()

    def current_record(self) -> tuple[str, str]:
        job_id = self._current_job()
        return (JobQueueEntry.table(), job_id) if job_id else ("", "")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # ---- what others do

    @property
    def view(self) -> str:
        """The view that is shown."""
        return VIEWS[self.views.currentIndex()]

    def show_day(self, day: date) -> None:
        """Open a day's time line."""
        self.day = day
        if self.view == DAY:
            self._show_view()
            self._read()
        else:
            self.views.setCurrentIndex(VIEWS.index(DAY))

    def go_today(self) -> None:
        """Go to this moment."""
        self.day = local_day(self.context.clock.now())
        if self.view == DURATIONS:
            self.views.setCurrentIndex(VIEWS.index(WEEK))
            return
        self._show_view()
        self._read()
        (self.line if self.view == DAY else self.week).bring_to_now()

    def step(self, way: int) -> None:
        """Go to the next day or week, or with -1 to the one before."""
        if self.view != DURATIONS:
            self.day += timedelta(days=way * (1 if self.view == DAY else 7))
            self._show_view()
            self._read()

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header.addWidget(self.filters)
        for name in VIEWS:
            self.views.addTab(name)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Views")
        self.back = IconButton("chevron_left", "Back (Page Up)")
        self.on = IconButton("chevron_right", "On (Page Down)")
        self.today_button = Button("Today", "default", small=True)
        self.closer_button = IconButton("add", "Stretch the day (+)")
        self.farther_button = IconButton("subtract", "Shrink the day (−)")
        card = Card(flush=True)
        card.header.insertWidget(0, self.views)
        shown: tuple[QWidget, ...] = (
            self.farther_button,
            self.closer_button,
            self.period_label,
            self.back,
            self.today_button,
            self.on,
        )
        for widget in shown:
            card.add_header_widget(widget)
        self._curve = QStackedWidget()
        self._curve.addWidget(self.chart)
        self._curve.addWidget(self.no_job)
        for view in (self.week, self.line, self._curve):
            self._stack.addWidget(view)
        card.body.addWidget(self._stack, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.legend, 1)
        self._foot.addWidget(self.chart_legend, 1)
        self._foot.addWidget(self._now_mark)
        self._foot.addWidget(self.count_label)
        card.body.addLayout(self._foot)
        self.body.addWidget(card, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.views.currentChanged.connect(self._on_view)
        self.filters.changed.connect(self._on_filter)
        self.back.clicked.connect(self._back)
        self.on.clicked.connect(self._on)
        self.today_button.clicked.connect(self.go_today)
        self.closer_button.clicked.connect(self._closer)
        self.farther_button.clicked.connect(self._farther)
        self.week.day_chosen.connect(self.show_day)
        self.line.zoomed.connect(self._show_zoom)
        self.chart.opened.connect(self._on_point)
        self._tick.timeout.connect(self._look)
        for canvas in (self.week.canvas, self.line.canvas):
            canvas.opened.connect(self._on_block)
            canvas.commanded.connect(self._on_command)
            canvas.chosen_changed.connect(self._on_chosen)

    def _rescale(self) -> None:
        px = theme().px
        self.views.setFont(theme().font("body"))
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))
        self._foot.setSpacing(px(16))
        self.chart.setContentsMargins(px(8), 0, px(8), 0)
        self._fit()

    def _fit(self) -> None:
        self.count_label.setVisible(self.width() >= theme().px(LEGEND_FROM) or self.view == DURATIONS)

    def _show_view(self) -> None:
        """Show the frame of the view: what it is about, and what can be done in it."""
        view = self.view
        self._stack.setCurrentIndex(self.views.currentIndex())
        self.period_label.setText({WEEK: week_title(self.day), DAY: day_title(self.day)}.get(view, ""))
        for widget in (self.back, self.on, self.today_button, self.legend, self._now_mark):
            widget.setVisible(view != DURATIONS)
        self.chart_legend.setVisible(view == DURATIONS)
        for widget in (self.closer_button, self.farther_button):
            widget.setVisible(view == DAY)
        self._show_zoom()
        self._fit()
        self._on_chosen()

    def _show_zoom(self) -> None:
        self.closer_button.setEnabled(self.line.zoom < len(ZOOMS) - 1)
        self.farther_button.setEnabled(self.line.zoom > 0)

    def _focus_view(self) -> None:
        targets = {WEEK: self.week.canvas, DAY: self.line.canvas, DURATIONS: self.chart}
        target: QWidget = targets[self.view]
        if self.view == DURATIONS and not self.filters.job_id:
            target = self.filters.jobs
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- reading

    def _read(self) -> None:
        self._soon.stop()
        hub, job_id = self.context.hub, self.filters.job_id
        if self.view == DURATIONS:
            hub.query(self, ReadDurations(job_id), self._on_durations, self._on_read_error, key="read")
            return
        span = day_span(self.day) if self.view == DAY else week_span(self.day)
        work = ReadRuns(span, self.context.clock, self.filters.category, job_id)
        hub.query(self, work, self._on_runs, self._on_read_error, key="read")

    def _on_runs(self, found: Found) -> None:
        self.banners.remove("read")
        self.filters.show_choices(found.choices)
        self._soon.setInterval(max(FOLLOW_MS, found.rest_ms))
        runs = found.runs.runs
        day = self.view == DAY
        if found.span != (day_span(self.day) if day else week_span(self.day)):
            return  # the person has gone on, and what belongs there is on its way
        job = self.filters.job_name() if self.filters.job_id else ""
        text = no_run_words("on this day" if day else "in this week", job)
        self.line.canvas.empty_text = self.week.canvas.empty_text = text
        if day:
            self.line.show_day(self.day, runs)
        else:
            self.week.show_week(self.day, runs)
        self.count_label.setText(count_words(found.runs))
        self._on_chosen()

    def _on_durations(self, found: tuple[str, list[Duration], Choices]) -> None:
        self.banners.remove("read")
        job_id, points, choices = found
        self.filters.show_choices(choices)
        if job_id != self.filters.job_id:
            return
        self.chart.title = f"Durations of “{self.filters.job_name()}”"
        self.chart.show_durations(points)
        if not job_id:
            detail = "Choose one at the top right to see how long its runs took, and which of them failed."
            self.no_job.show_state(EmptyKind.ALL_DONE, "Choose a job", detail=detail, icon=CURVE)
        elif not points:
            self.no_job.show_state(EmptyKind.ALL_DONE, "No run of this job has ended yet", icon="history")
        self._curve.setCurrentWidget(self.chart if points else self.no_job)
        self.period_label.setText(self.filters.job_name())
        self.count_label.setText(self.chart.summary() if points else "")
        self._on_chosen()

    def _on_read_error(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The schedule could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if key == "read":
            self.refresh()

    def _look(self) -> None:
        self.week.look()
        self.line.look()

    # ---- what happens

    def _on_view(self, _place: int) -> None:
        self._show_view()
        self._read()
        self._focus_view()

    def _on_filter(self) -> None:
        self._read()

    def _back(self) -> None:
        self.step(-1)

    def _on(self) -> None:
        self.step(1)

    def _closer(self) -> None:
        if self.view == DAY:
            self.line.stretch(True)

    def _farther(self) -> None:
        if self.view == DAY:
            self.line.stretch(False)

    def _on_command(self, command: str) -> None:
        done: dict[str, Callable[[], None]] = {
            "today": self.go_today,
            "back": self._back,
            "on": self._on,
            "closer": self._closer,
            "farther": self._farther,
        }
        if command in done:
            done[command]()
        else:
            self.views.setCurrentIndex(VIEWS.index(DAY if command == "day" else WEEK))

    def _current_job(self) -> str:
        """The entry that the page is about: that of the bar with the keyboard, or the one that is chosen."""
        if self.view != DURATIONS:
            canvas = self.line.canvas if self.view == DAY else self.week.canvas
            block = canvas.current_block()
            if block is not None:
                return block.job_id
        return self.filters.job_id

    def _on_chosen(self) -> None:
        if not self._opened:
            return
        job_id = self._current_job()
        self.set_action_enabled("open", bool(job_id))
        self.set_action_enabled("log", bool(job_id))
        self.set_action_enabled("durations", bool(job_id) and self.view != DURATIONS)

    def _on_block(self, block: Block) -> None:
        """One job's bar opens its entry; a bar of several opens their day."""
        if block.job_id:
            self.context.navigate(CARD_PAGE, key=block.job_id)
        else:
            self.show_day(local_day(block.runs[0].start))

    def _on_point(self, _log_id: int) -> None:
        self._log()

    def _open_current(self) -> None:
        self.context.navigate(CARD_PAGE, key=self._current_job())

    def _log(self) -> None:
        self.context.navigate(LOG_PAGE, job_id=self._current_job())

    def _durations(self) -> None:
        job_id = self._current_job()
        self.views.setCurrentIndex(VIEWS.index(DURATIONS))
        self.filters.choose_job(job_id)

    def _open_tasks(self) -> None:
        self.context.navigate("scheduled_tasks")
