"""The composed application: theme, hub, window and engine, from the first paint to an orderly end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from desktop import logs, paths
from desktop.changes import EVERYTHING, ChangeWatcher
from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.gc_guard import GcGuard
from desktop.imports import run_removal, trial_copy
from desktop.imports.orphaned_runs import OrphanedRuns
from desktop.jobqueue import actions, retention
from desktop.scheduler.children import ChildPool
from desktop.scheduler.scheduler import TaskScheduler
from desktop.scheduler.slots import QtSlots
from desktop.scheduler.workers import OnlineWorker, workers_online
from desktop.sessions.background import BackgroundSessions
from desktop.sessions.client import ClientSession
from desktop.sessions.watching import WINDOW
from desktop.settings import Settings
from desktop.tasks.hub import Hub, leave_at_once
from desktop.tasks.task import TaskError
from desktop.tasks.turns import take_short_turns
from models.changes import Change
from models.company import CompanyInformation, User
from models.database import connected
from models.job_queue import JobQueueEntry, Notification, ScheduledTask, Worker
from models.job_rows import RunningJob, notification_history, running_jobs
from ui.code_ahead import CodeAhead
from ui.dialogs import Answer, ask
from ui.foreground import ForegroundRunner
from ui.framework.context import Notice, PageContext
from ui.framework.page_actions import NOT_DONE
from ui.main_window import MainWindow
from ui.navigation import HOME
from ui.notification_center import NotificationCenter
from ui.qt_setup import apply_theme, make_qt
from ui.shell.closing import closing_words
from ui.shell.shortcuts_help import show_shortcuts

FOREGROUND_CHILDREN = 2
STATUS_MS = 5_000
_log = logging.getLogger(__name__)


class Application(QObject):
    """Everything that lives as long as the program.

    Args:
        qt: the one QApplication.
        company: the company file, open already.
        settings: the person's settings.
        clock: where the window and the engine read the time.
    """

    closed = Signal()
    unexpected_error = Signal()  # emitted by any thread
    records_changed = Signal(object)  # list[Change]; emitted by the watcher's thread
    job_progressed = Signal(str, object, object, str)  # job id, done, total, text; emitted by a slot's thread

    def __init__(
        self, qt: QApplication, company: Path, settings: Settings, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        super().__init__()
        self.settings = settings
        self.clock = clock
        self._qt = qt
        self._company = company
        self._gc = GcGuard(self)
        take_short_turns()
        self.theme = apply_theme(qt, settings)
        self.hub = Hub(settings, clock, settings.user(), self)
        self.ended_in_time = True
        self.watcher = ChangeWatcher(also=OrphanedRuns(clock))
        self.scheduler: TaskScheduler | None = None
        self._client = ClientSession(company, settings.user(), WINDOW, clock=clock)
        self.sessions = BackgroundSessions(
            company,
            settings,
            settings.user(),
            client_id=self._client.session_id,
            program=self._client.program,
            clock=clock,
        )
        self._children = self._child_pool(FOREGROUND_CHILDREN)
        self.foreground = ForegroundRunner(self._children, settings.user(), clock, self)
        with connected():
            name = CompanyInformation.get_by_id(1).name
            user = User.get_or_none(User.user_id == settings.user())
            history = notification_history(settings.user(), 1)
        self.context = PageContext(
            self.hub, settings, clock, settings.user(), self.theme, user_name=user.full_name if user else ""
        )
        self.context.import_file = self.import_file
        self.context.sessions = self.sessions
        self.context.foreground = self.foreground
        self.window = MainWindow(self.context, name, company.name, self.context.user_name or settings.user())
        told = history[0].id if history else 0
        self.notifications = NotificationCenter(self.window, self.context, told, self._on_error, self)
        self._code_ahead = CodeAhead(self.hub, parent=self)
        self._running: list[RunningJob] = []
        self._asked_to_close = False
        self._status = QTimer(self)
        self._status.setInterval(STATUS_MS)
        self._status.timeout.connect(self._refresh_workers)
        self._connect()

    def _connect(self) -> None:
        self.records_changed.connect(self._on_changes, Qt.ConnectionType.QueuedConnection)
        self.job_progressed.connect(self._on_job_progressed, Qt.ConnectionType.QueuedConnection)
        self.unexpected_error.connect(self._on_unexpected_error, Qt.ConnectionType.QueuedConnection)
        self.hub.on_lost_write = self._on_lost_write
        self.hub.writes_changed.connect(self.window.status_line.show_saving)
        window = self.window
        window.closing.connect(self._on_closing)
        window.file_dropped.connect(self.import_file)
        window.jobs_popup.stop_requested.connect(self._stop_job)
        window.top_bar.help_requested.connect(self._show_help)

    # ---- its life

    def start(self, *, work_jobs: bool = True) -> None:
        """Show the window; the engine starts right after the first paint.

        Args:
            work_jobs: False leaves the queue to other workers, e.g. for pictures.
        """
        self._gc.start()
        logs.on_unexpected_error(self._tell_unexpected_error)
        self.window.go_to(HOME)
        self.window.show()
        QTimer.singleShot(0, self, partial(self._start_engine, work_jobs))

    def look_after_company(self) -> None:
        """See that the company has the job that cleans up at night."""
        self._write(retention.ensure_entry)

    def _start_engine(self, work_jobs: bool) -> None:
        self.watcher.subscribe(self._tell_changes)
        self.watcher.start()
        self._write(self._client.log_on)
        self.hub.write(self, trial_copy.remove_leftovers, self._on_nothing, self._on_error)
        if work_jobs:
            self.scheduler = TaskScheduler(
                self._company,
                kind="app",
                slots=QtSlots(self.settings.worker_slots),
                watcher=self.watcher,
                clock=self.clock,
                runner=self._child_pool(self.settings.worker_slots),
                look_after=run_removal.recover_some,
            )
            self.scheduler.listen(on_progress=self._tell_progress)
            self.scheduler.start()
        self._status.start()
        self._refresh_workers()
        self._refresh_jobs()
        self.notifications.refresh()
        self._code_ahead.begin()

    def _child_pool(self, size: int) -> ChildPool:
        return ChildPool(
            self._company,
            size,
            grace_seconds=self.settings.cancel_grace_seconds,
            clock=self.clock,
            sessions=self.sessions,
        )

    def shutdown(self) -> None:
        """End everything, the newest first; what runs goes on at the next start."""
        logs.on_unexpected_error(None)
        self._status.stop()
        self.window.close_pages()
        self.notifications.close()
        self.foreground.close()
        self._children.close()
        if self.scheduler is not None:
            self.scheduler.stop()
        self.sessions.close()
        self._write(self._client.log_off)
        self.ended_in_time = self.hub.close()
        self.watcher.stop()
        QCoreApplication.removePostedEvents(self)  # what threads told too late
        self.window.hide()
        # In this order and now: pages tell the hub of their end, and nothing may tell a hub that is half gone.
        shiboken6.delete(self.window)
        shiboken6.delete(self.hub)
        self._gc.stop()

    # ---- what changed, here or in another process

    def _on_changes(self, changes: list[Change]) -> None:
        tables = {change.table for change in changes}
        everything = EVERYTHING in tables
        self.window.records_changed(changes)
        if everything or JobQueueEntry.table() in tables:
            self._refresh_jobs()
        if everything or Notification.table() in tables:
            self.notifications.refresh()
        if everything or tables & {Worker.table(), ScheduledTask.table(), JobQueueEntry.table()}:
            self._refresh_workers()

    def running_jobs(self) -> list[RunningJob]:
        """The jobs in process, as the window shows them now."""
        return list(self._running)

    def _tell_changes(self, changes: list[Change]) -> None:
        self.records_changed.emit(changes)

    def _tell_progress(self, job_id: str, done: int, total: int, text: str) -> None:
        self.job_progressed.emit(job_id, done, total, text)

    def _on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        self.window.job_progressed(job_id, done, total, text)
        self._running = [
            job._replace(done=done, total=total, text=text) if job.id == job_id else job
            for job in self._running
        ]
        if self.window.jobs_popup.is_open:
            self.window.jobs_popup.show_jobs(self._running)

    def _refresh_workers(self) -> None:
        self.hub.query(self, workers_online, self._show_workers, self._on_error, key="workers")

    def _show_workers(self, workers: list[OnlineWorker]) -> None:
        self.window.status_line.show_workers(workers)

    def _refresh_jobs(self) -> None:
        self.hub.query(self, running_jobs, self._show_jobs, self._on_error, key="jobs")

    def _show_jobs(self, jobs: list[RunningJob]) -> None:
        self._running = jobs
        self.window.top_bar.jobs.set_running(len(jobs))
        self.window.jobs_popup.show_jobs(jobs)

    # ---- what a person asks of the frame

    def import_file(self, path: Path | None = None, integration_code: str = "") -> None:
        """Open the import dialog."""
        from ui.import_dialog.feed import JobFeed
        from ui.import_dialog.import_dialog import open_import_dialog

        open_import_dialog(
            self.window,
            self.context,
            self.foreground,
            path=path,
            integration_code=integration_code,
            feed=JobFeed(self.records_changed, self.job_progressed),
        )

    def _stop_job(self, job_id: str) -> None:
        self._write(partial(actions.cancel, job_id, clock=self.clock))

    def _show_help(self) -> None:
        show_shortcuts(self.window)

    def _on_closing(self, event: QCloseEvent) -> None:
        event.ignore()
        busy = self.scheduler.status().busy if self.scheduler is not None else 0
        sessions = len(self.sessions.sessions())
        if not busy and not sessions:
            self.closed.emit()
            return
        if self._asked_to_close:
            return
        self._asked_to_close = True
        title, text = closing_words(busy, sessions)
        answers = [Answer("stay", "Cancel", "primary"), Answer("stop", "Stop and quit")]
        if self.notifications.system.available():
            answers.insert(0, Answer("tray", "Keep running in tray"))
        ask(self.window, title, text, answers, "stay", self._on_close_answer)

    def _on_close_answer(self, key: str) -> None:
        self._asked_to_close = False
        if key == "stop":
            self.closed.emit()
        elif key == "tray":
            self.notifications.system.tray().activated.connect(self._on_tray_activated)
            self.window.hide()

    def _on_tray_activated(self, _reason: object) -> None:
        self.window.show()
        self.window.activateWindow()

    # ---- writing

    def _write(self, work: Callable[[], Any]) -> None:
        self.hub.write(self, work, self._on_nothing, self._on_error)

    def _on_nothing(self, _value: object) -> None:
        """Its rows tell through `_on_changes`."""

    def _on_error(self, error: TaskError) -> None:
        page = self.window.current_page()
        if page is not None:
            page.banners.show_banner("application", "err", NOT_DONE, error.text)

    def _tell_unexpected_error(self, _error: BaseException, _where: str) -> None:
        self.unexpected_error.emit()

    def _on_unexpected_error(self) -> None:
        page = self.window.current_page()
        if page is not None:
            page.banners.show_banner(
                "unexpected",
                "err",
                "Something went wrong in Backdesk.",
                f"Your data is as it was saved last. The log in {paths.log_folder()} has the details.",
            )

    def _on_lost_write(self, error: TaskError) -> None:
        self.window.show_notice(Notice(error.text, "err"))


def run(company: Path, settings: Settings) -> int:
    """Open the window and stay until it is closed.

    Returns:
        The exit code.
    """
    import qasync

    qt = make_qt()
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    application = Application(qt, company, settings)
    application.start()
    application.look_after_company()
    with loop:
        loop.run_until_complete(_until_closed(application))
    if not application.ended_in_time:
        leave_at_once(0)  # a thread that ignores everything would hold the process for as long as it likes
    return 0


async def _until_closed(application: Application) -> None:
    closed = asyncio.Event()
    application.closed.connect(closed.set)
    await closed.wait()
    application.shutdown()
