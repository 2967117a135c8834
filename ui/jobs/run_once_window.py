"""The window in which a person waits for one run of a job; the run goes on when it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.clock import Clock
from desktop.jobqueue import diagnosis
from desktop.jobqueue.states import Action
from desktop.tasks.task import TaskError
from models.changes import MANY, Change
from models.job_lists import JobRow, jobs_by_id
from models.job_queue import EntryStatus, JobQueueEntry
from ui.dialogs import Dialog
from ui.framework.context import Notice, PageContext
from ui.jobs.job_state import JobState
from ui.jobs.job_work import Changed, ChangeJobs, RunOnce
from ui.jobs.wording import RUNNING, WAITING, LiveJob, progress_of
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import ElidedLabel, Label

WIDTH = 520


@dataclass(frozen=True, slots=True)
class _Read:
    job_id: str
    clock: Clock

    def __call__(self) -> JobRow | None:
        rows = jobs_by_id([self.job_id])
        return rows[0]._replace(why=diagnosis.why(self.job_id, clock=self.clock)) if rows else None


class RunOnceWindow(Dialog):
    """Starts the entry at once, and shows how it comes on and what came of it.

    Args:
        parent: the page; it hands on what it hears with `records_changed` and `job_progressed`.

    Signals:
        refused: title and text of why it could not be started.
    """

    refused = Signal(str, str)

    def __init__(self, parent: QWidget, context: PageContext, row: JobRow) -> None:
        super().__init__(parent, f"Run once: {row.description}")
        self._context, self._before, self._row = context, row, row
        self._runs_before = row.total_runs
        self._started = self.ended = self._closed = False
        self._live = LiveJob(context.clock.monotonic)
        self.setModal(False)
        self.state = JobState()
        self.sentence = Label(
            "You may close this window: the run goes on in the background.", "body", "fg2", wrap=True
        )
        self.stop_button = Button("Cancel job")
        self.stop_button.clicked.connect(self._stop)
        self.close_button = Button("Continue in background")
        self.close_button.clicked.connect(self.close)
        self.close_button.setDefault(True)
        self._arrange(row.description)
        theme().changed.connect(self._rescale)
        self._rescale()
        self._show(row._replace(status=EntryStatus.READY.value, why="It starts in a moment.", error=""))
        work = RunOnce(row.id, context.user_id, context.clock)
        context.hub.write(self, work, self._on_started, self._on_refused)

    def _arrange(self, name: str) -> None:
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.stop_button)
        self._foot.addStretch(1)
        self._foot.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.addWidget(ElidedLabel(name, "subtitle"))
        self._column.addWidget(self.state)
        self._column.addWidget(self.sentence)
        self._column.addStretch(1)
        self._column.addLayout(self._foot)

    # ---- what the page hands on

    def records_changed(self, changes: Sequence[Change]) -> None:
        """Something was written: the entry is read anew when it is about it."""
        if self.ended or not self._started:
            return
        table = JobQueueEntry.table()
        if any(
            change.table == EVERYTHING or (change.table == table and change.record_id in (MANY, self._row.id))
            for change in changes
        ):
            self._read()

    def job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        """A job has come further."""
        if job_id == self._row.id and self._row.status in RUNNING:
            self._live.move(done, total, text)
            self.state.show_state(self._row.status, progress_of(self._row, self._live))

    # ---- how it stands

    def _on_started(self, _nothing: None) -> None:
        self._started = True
        self._read()

    def _on_refused(self, error: TaskError) -> None:
        self.ended = True
        self.refused.emit("It could not be run.", error.text)
        self.close()

    def _read(self) -> None:
        work = _Read(self._row.id, self._context.clock)
        self._context.hub.query(self, work, self._on_row, self._on_error, key="row")

    def _on_row(self, row: JobRow | None) -> None:
        if row is None:
            self.sentence.setText("This job queue entry has been deleted meanwhile.")
            self._end()
            return
        self._show(row)
        if row.total_runs > self._runs_before and row.status not in RUNNING:
            self._on_ended(row)

    def _show(self, row: JobRow) -> None:
        self._row = row
        self._live.begin(row)
        self.state.show_state(row.status, progress_of(row, self._live))
        self.stop_button.setEnabled(row.status != EntryStatus.CANCELLING)

    def _on_ended(self, row: JobRow) -> None:
        """The run has ended; that of an entry which runs again is told beside the entry's state."""
        goes_on = row.status in WAITING
        self.sentence.setText((row.error or row.result or "The run has finished.") if goes_on else "")
        self.sentence.set_tone("err" if goes_on and row.error else "fg2")
        self.sentence.setVisible(goes_on)
        self._end()

    def _end(self) -> None:
        self.ended = True
        self.stop_button.hide()
        self.close_button.setText("Close")

    def _on_error(self, error: TaskError) -> None:
        self.sentence.setText(error.text)

    # ---- what the person does

    def _stop(self) -> None:
        self.stop_button.setEnabled(False)
        work = ChangeJobs(Action.CANCEL, (self._row.id,), self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_stop, self._on_error)

    def _on_stop(self, changed: Changed) -> None:
        if changed.refused:
            self.sentence.setText(changed.reasons())
        self._read()

    def done(self, result: int) -> None:
        self._context.hub.forget(self)
        if not self.ended and not self._closed:
            self._closed = True
            self._context.notify(Notice(f"“{self._before.description}” goes on in the background", "info"))
        self.ended = True
        super().done(result)

    def _rescale(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(20), px(16), px(20), px(16))
        self._column.setSpacing(px(12))
        self._foot.setSpacing(px(8))
        self.setMinimumWidth(px(WIDTH))
