"""Job Queue Entry Card: what runs, when, as whom, how it stands, and all its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.clock import Clock
from desktop.jobqueue import diagnosis
from desktop.tasks.task import TaskError
from models.changes import MANY, Change
from models.job_lists import JobDetails, JobRow, card_choices, job_details
from models.job_queue import JobQueueCategory, JobQueueDependency, JobQueueEntry, Worker
from ui.framework.column_page import ColumnPage
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.framework.tab_keys import TabKeys
from ui.jobs.card_tabs import CardTabs
from ui.jobs.job_actions import JobActions
from ui.jobs.job_state import JobState
from ui.jobs.jobs_page import JobsPage
from ui.jobs.log_actions import LogActions
from ui.jobs.wording import WAITING, LiveJob, progress_of
from ui.later import later
from ui.widgets.card import Card
from ui.widgets.fast_tab import FastTab

TICK_MS = 1_000
NEWS_MS = 100
FOLLOWED = (EVERYTHING, Worker.table(), JobQueueCategory.table(), JobQueueDependency.table())


@dataclass(frozen=True, slots=True)
class _Read:
    job_id: str
    clock: Clock

    def __call__(self) -> JobDetails | None:
        details = job_details(self.job_id)
        if details is None:
            return None
        why = diagnosis.why(self.job_id, clock=self.clock)
        return details._replace(row=details.row._replace(why=why))


class JobQueueEntryCard(JobsPage, TabKeys, ColumnPage):
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
        self._looked_at = context.clock.now()
        self._live = LiveJob(context.clock.monotonic)
        self._news: tuple[int, int, str] | None = None
        self._news_timer = later(self, NEWS_MS, self._show_news)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_state)
        self.job_actions = JobActions(context, self)
        self.log_actions = LogActions(context, self)
        self.state = JobState()
        self.tabs = CardTabs(context, key)
        self.fields, self.log = self.tabs.fields, self.tabs.log
        self._arrange()
        self._connect()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            *self.job_page_actions(
                "cancel", "retry", "hold", "ready", "now", "once", "error", "log", "record"
            ),
            *self.job_page_actions("copy", "new", "delete", "stack", "priority", "start"),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
            Action("close", "Save and close", "save", self.request_close, "Ctrl+Return", shown=False),
            *self.tab_actions(),
        )

    def on_open(self) -> None:
        self.refresh()
        self.context.hub.query(self, card_choices, self.tabs.show_choices, self._on_read_error)
        self._tick.start()

    def on_close(self) -> None:
        self._tick.stop()
        self.tabs.save_all()
        self.tabs.history.close_list()
        self.log.close_list()
        self.job_actions.close_actions()
        self.log_actions.close_actions()

    def refresh(self) -> None:
        self._read()
        self.log.refresh()
        self.tabs.history.refresh()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.log.records_changed(changes)
        self.tabs.history.records_changed(changes)
        self.job_actions.records_changed(changes)
        table = JobQueueEntry.table()
        if any(
            change.table in FOLLOWED or (change.table == table and change.record_id in (MANY, self.job_id))
            for change in changes
        ):
            self._read()

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        self.job_actions.job_progressed(job_id, done, total, text)
        if job_id == self.job_id:
            self._news = (done, total, text)
            if not self._news_timer.isActive():
                self._news_timer.start()

    def current_record(self) -> tuple[str, str]:
        return (JobQueueEntry.table(), self.job_id)

    # ---- how it comes about

    def _arrange(self) -> None:
        status = Card()
        status.body.addWidget(self.state)
        self.fill(status, self.tabs)

    def folding_tabs(self) -> list[FastTab]:
        return list(self.tabs.tabs.values())

    def _connect(self) -> None:
        self.tabs.saved.connect(self._read)
        self.log.opened.connect(self._on_log_opened)
        self.log.failed.connect(self._on_read_error)
        self.job_actions.stopping.connect(self._on_stopping)
        self.job_actions.changed.connect(self._read)
        self.connect_jobs()
        self.log_actions.refused.connect(self._on_refused)

    # ---- what it shows

    def _read(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        self.context.hub.query(
            self, _Read(self.job_id, self.context.clock), self._on_read, self._on_read_error
        )

    def _on_read(self, details: JobDetails | None) -> None:
        self._reading = False
        self.details = details
        if details is None:
            self._show_gone()
            return
        self.banners.remove("gone")
        self._live.begin(details.row)
        row = details.row
        self.set_title(row.description or row.codeunit, f"Job queue entry {row.entry_no}")
        self.tabs.show_details(details)
        self._show_state()
        self.allow_jobs()
        if self._again:
            self._read()

    def _on_read_error(self, error: TaskError) -> None:
        self._reading = False
        self.banners.show_banner(
            "read", "err", "The job could not be read.", error.text, (("retry", "Retry"),)
        )

    def _show_gone(self) -> None:
        self.allow_jobs()
        self.tabs.set_gone()
        self.banners.show_banner(
            "gone",
            "info",
            "This job queue entry has been deleted.",
            "",
            (("close", "Close"),),
            closable=False,
        )

    def _show_state(self) -> None:
        """How it stands; what has come due since it was read is asked why it has not begun."""
        if self.details is None:
            return
        row, now = self.details.row, self.context.clock.now()
        self.state.show_state(row.status, progress_of(row, self._live))
        before, self._looked_at = self._looked_at, now
        if row.status in WAITING and row.next_start is not None and before < row.next_start <= now:
            self._read()

    def _show_news(self) -> None:
        if self._news is not None:
            self._live.move(*self._news)
            self._news = None
            self._show_state()

    # ---- what happens

    def jobs(self) -> list[JobRow]:
        return [self.details.row] if self.details is not None else []

    def _on_stopping(self, _ids: Sequence[str]) -> None:
        if self.details is not None:
            row = self.details.row._replace(status="Cancelling")
            self.details = self.details._replace(row=row)
            self._live.stop(True)
            self._show_state()
            self.allow_jobs()

    def on_banner_action(self, key: str, action: str) -> None:
        if action == "close":
            self.request_close()
        elif action == "retry":
            self.refresh()

    def _on_log_opened(self, log_id: int) -> None:
        row = self.log.table.rows.row_of(log_id)
        if row is not None:
            self.log_actions.show_error(row)
