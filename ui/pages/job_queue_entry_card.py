"""Job Queue Entry Card: what runs, when, as whom, how it stands, and all its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.clock import Clock
from desktop.formats import DASH, duration_text, exact_text, when_text
from desktop.jobqueue.states import Action as Transition
from desktop.scheduler.workers import workers_online
from desktop.tasks.task import TaskError
from models.changes import MANY, Change
from models.job_lists import JobDetails, JobRow, job_details
from models.job_queue import JobQueueEntry, Worker
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.jobs.job_actions import JobActions
from ui.jobs.job_field import JobField
from ui.jobs.job_state import JobState
from ui.jobs.log_actions import LogActions
from ui.jobs.log_list import LogList
from ui.jobs.typed import typed_count, typed_duration, typed_start
from ui.jobs.wording import RUNNING, LiveJob, attempts_text, codeunit_text, progress_of, record_text
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow
from ui.widgets.scroller import Scroller

TICK_MS = 1_000
NEWS_MS = 100
LOG_HEIGHT = 240
REFUSED = "refused"
AT_ONCE = "As soon as possible"
TRANSITIONS = {
    "cancel": Transition.CANCEL,
    "retry": Transition.RESTART,
    "hold": Transition.SET_ON_HOLD,
    "ready": Transition.SET_READY,
    "delete": Transition.DELETE,
}


class Found(NamedTuple):
    """What the card reads: the entry, unless it is gone, and whether anybody could run it."""

    details: JobDetails | None
    worker_online: bool


@dataclass(frozen=True, slots=True)
class _Read:
    job_id: str
    clock: Clock

    def __call__(self) -> Found:
        return Found(job_details(self.job_id), bool(workers_online(clock=self.clock)))


class JobQueueEntryCard(Page):
    """See the module's docstring.

    Args:
        key: the entry's id.
    """

    NAME = "job_queue_entry_card"
    TITLE = "Job Queue Entry"

    def __init__(self, context: PageContext, key: str, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.job_id = key
        self.details: JobDetails | None = None
        self._reading = self._again = False
        self._worker_online = True
        self._live = LiveJob(context.clock.monotonic)
        self._news: tuple[int, int, str] | None = None
        self._news_timer = QTimer(self)
        self._news_timer.setSingleShot(True)
        self._news_timer.setInterval(NEWS_MS)
        self._news_timer.timeout.connect(self._show_news)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_state)
        self.job_actions = JobActions(context, self)
        self.log_actions = LogActions(context, self)
        self.state = JobState()
        self.log = LogList(context, key, named=False)
        self.fields = self._make_fields()
        self._facts: dict[str, QLineEdit] = {}
        self._grids: list[QGridLayout] = []
        self._arrange()
        self._connect()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("cancel", "Cancel job", "dismiss_circle", self._cancel, enabled=False),
            Action("retry", "Retry", "arrow_clockwise", self._retry, enabled=False),
            Action("hold", "Put on hold", "pause", self._hold, enabled=False),
            Action("ready", "Set to Ready", "play", self._ready, enabled=False),
            Action("error", "Show error", "error_circle", self._error, enabled=False),
            Action("log", "Log entries", "history", self._log, "Ctrl+F7"),
            Action("record", "Show record", "table_simple", self._record, enabled=False),
            Action("delete", "Delete", "delete", self._delete, "Ctrl+Del", enabled=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.refresh()
        self._tick.start()

    def on_close(self) -> None:
        self._tick.stop()
        for field in self.fields.values():
            field.save()
        self.log.close_list()
        self.job_actions.close_actions()
        self.log_actions.close_actions()

    def refresh(self) -> None:
        self._read()
        self.log.refresh()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.log.records_changed(changes)
        table = JobQueueEntry.table()
        if any(
            change.table in (EVERYTHING, Worker.table())
            or (change.table == table and change.record_id in (MANY, self.job_id))
            for change in changes
        ):
            self._read()

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        if job_id == self.job_id:
            self._news = (done, total, text)
            if not self._news_timer.isActive():
                self._news_timer.start()

    def current_record(self) -> tuple[str, str]:
        return (JobQueueEntry.table(), self.job_id)

    # ---- how it comes about

    def _make_fields(self) -> dict[str, JobField]:
        def field(
            name: str, caption: str, show: Callable[[Any], str], read: Callable[[str], Any], help_text: str
        ) -> JobField:
            made = JobField(self.context, self.job_id, name, caption, show, read)
            made.edit.setToolTip(help_text)
            return made

        start = field(
            "earliest_start",
            "Earliest start",
            self._start_text,
            self._read_start,
            "E.g. 10:30 or tomorrow 6:00; empty for as soon as possible",
        )
        start.edit.setPlaceholderText(AT_ONCE)
        return {
            "description": field("description", "Description", str, str, "What the job does, in your words"),
            "earliest_start": start,
            "retries": field("retries", "Retries", str, typed_count, "How often a failed run is tried again"),
            "timeout_seconds": field(
                "timeout_seconds", "Time-out", duration_text, typed_duration, "A longer run is ended"
            ),
        }

    def _arrange(self) -> None:
        content = QWidget()
        content.setProperty("plain", True)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        status = Card()
        status.body.addWidget(self.state)
        self._column.addWidget(status)
        facts = self._fact
        self.general = self._tab(
            "General",
            self.fields["description"],
            facts("codeunit", "Object to run"),
            facts("user", "Runs as"),
            facts("owner", "Created by"),
            facts("record", "Record to process"),
            facts("category", "Category"),
        )
        self.schedule = self._tab(
            "Schedule",
            self.fields["earliest_start"],
            facts("attempts", "Attempts"),
            self.fields["retries"],
            facts("started", "Last start"),
            self.fields["timeout_seconds"],
            facts("ended", "Last end"),
        )
        self._column.addWidget(self.general)
        self._column.addWidget(self.schedule)
        runs = Card("Log entries", flush=True)
        runs.body.addWidget(self.log, 1)
        runs.setMinimumHeight(theme().px(LOG_HEIGHT))
        self._column.addWidget(runs, 1)
        scroll = Scroller(content)
        self.body.addWidget(scroll, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _fact(self, key: str, caption: str) -> FieldRow:
        edit = QLineEdit()
        self._facts[key] = edit
        return FieldRow(caption, edit, read_only=True)

    def _tab(self, title: str, *rows: QWidget) -> FastTab:
        tab = FastTab(title)
        host = QWidget()
        host.setProperty("plain", True)
        grid = QGridLayout(host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for place, row in enumerate(rows):
            grid.addWidget(row, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        self._grids.append(grid)
        tab.add_widget(host)
        return tab

    def _connect(self) -> None:
        for field in self.fields.values():
            field.saved.connect(self._read)
        self.log.opened.connect(self._on_log_opened)
        self.log.failed.connect(self._on_read_error)
        self.job_actions.stopping.connect(self._on_stopping)
        self.job_actions.changed.connect(self._read)
        self.job_actions.refused.connect(self._on_refused)
        self.job_actions.succeeded.connect(self._on_succeeded)
        self.log_actions.refused.connect(self._on_refused)

    def _rescale(self) -> None:
        px = theme().px
        self._column.setSpacing(px(12))
        for grid in self._grids:
            grid.setHorizontalSpacing(px(32))
            grid.setVerticalSpacing(px(8))

    # ---- what it shows

    def _read(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        self.context.hub.query(
            self, _Read(self.job_id, self.context.clock), self._on_read, self._on_read_error
        )

    def _on_read(self, found: Found) -> None:
        self._reading = False
        details, self._worker_online = found
        self.details = details
        if details is None:
            self._show_gone()
            return
        self.banners.remove("gone")
        self._live.begin(details.row)
        self._show_fields(details)
        self._show_state()
        self._show_actions()
        if self._again:
            self._read()

    def _on_read_error(self, error: TaskError) -> None:
        self._reading = False
        self.banners.show_banner(
            "read", "err", "The job could not be read.", error.text, (("retry", "Retry"),)
        )

    def _show_gone(self) -> None:
        self._show_actions()
        for field in self.fields.values():
            field.set_read_only(True)
        self.banners.show_banner(
            "gone",
            "info",
            "This job queue entry has been deleted.",
            "",
            (("close", "Close"),),
            closable=False,
        )

    def _show_fields(self, details: JobDetails) -> None:
        row, now = details.row, self.context.clock.now()
        runs = row.status in RUNNING
        self.set_title(row.description or row.codeunit, f"Job queue entry {row.entry_no}")
        self.fields["description"].show_value(row.description, editable=True)
        self.fields["earliest_start"].show_value(row.earliest_start, editable=not runs)
        self.fields["retries"].show_value(row.retries, editable=not runs)
        self.fields["timeout_seconds"].show_value(details.timeout_seconds, editable=not runs)
        for key, text in (
            ("codeunit", codeunit_text(row.codeunit)),
            ("user", row.user_id),
            ("owner", details.owner_user_id),
            ("record", record_text(row)),
            ("category", row.category),
            ("attempts", attempts_text(row)),
            ("started", when_text(row.started_at, now)),
            ("ended", when_text(row.ended_at, now)),
        ):
            self._facts[key].setText(text or DASH)
        for key, moment in (("started", row.started_at), ("ended", row.ended_at)):
            self._facts[key].setToolTip(exact_text(moment) if moment is not None else "")
        self.general.set_summary(codeunit_text(row.codeunit), row.user_id)
        self.schedule.set_summary(self._start_text(row.earliest_start) or AT_ONCE)

    def _show_state(self) -> None:
        if self.details is not None:
            row = self.details.row
            words = progress_of(row, self.context.clock.now(), self._live, self._worker_online)
            self.state.show_state(row.status, words)

    def _show_actions(self) -> None:
        rows = self._rows()
        for key, transition in TRANSITIONS.items():
            self.set_action_enabled(key, JobActions.allowed(transition, rows))
        self.set_action_enabled("error", JobActions.has_error(rows))
        self.set_action_enabled("record", bool(JobActions.record_page(rows)))

    def _show_news(self) -> None:
        if self._news is not None:
            self._live.move(*self._news)
            self._news = None
            self._show_state()

    def _start_text(self, moment: Any) -> str:
        return when_text(moment, self.context.clock.now()) if moment is not None else ""

    def _read_start(self, text: str) -> Any:
        return typed_start(text, self.context.clock.now())

    # ---- what happens

    def _rows(self) -> list[JobRow]:
        return [self.details.row] if self.details is not None else []

    def _on_stopping(self, _ids: Sequence[str]) -> None:
        if self.details is not None:
            row = self.details.row._replace(status="Cancelling")
            self.details = self.details._replace(row=row)
            self._live.stop(True)
            self._show_state()
            self._show_actions()

    def _on_succeeded(self) -> None:
        self.banners.remove(REFUSED)

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "warn", title, text)

    def on_banner_action(self, key: str, action: str) -> None:
        if action == "close":
            self.request_close()
        elif action == "retry":
            self.refresh()

    def _on_log_opened(self, log_id: int) -> None:
        row = self.log.table.rows.row_of(log_id)
        if row is not None:
            self.log_actions.show_error(row)

    def _cancel(self) -> None:
        self.job_actions.cancel(self._rows())

    def _retry(self) -> None:
        self.job_actions.retry(self._rows())

    def _hold(self) -> None:
        self.job_actions.put_on_hold(self._rows())

    def _ready(self) -> None:
        self.job_actions.set_ready(self._rows())

    def _delete(self) -> None:
        self.job_actions.delete(self._rows())

    def _error(self) -> None:
        self.job_actions.show_error(self._rows()[0])

    def _log(self) -> None:
        self.job_actions.open_log(self._rows())

    def _record(self) -> None:
        self.job_actions.open_record(self._rows()[0])
