"""The window that shows how an import is processed; the work goes on when it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.formats import counted, when_text
from desktop.imports.service import start_processing
from desktop.jobqueue import actions
from desktop.tasks.task import TaskError
from models.changes import Change
from models.import_rows import ImportRunRow, import_run
from models.integration_record import ImportRun
from models.job_queue import EntryStatus, JobQueueEntry
from ui.dialogs import Answer, Dialog, ask
from ui.framework.context import Notice, PageContext
from ui.import_dialog.counts import CountChips
from ui.import_dialog.feed import JobFeed
from ui.later import later
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import ElidedLabel, Label
from ui.widgets.pill import StatusPill
from ui.widgets.progress import ProgressLine, progress_text
from ui.widgets.remaining_time import RemainingTime

__all__ = ["ProgressWindow"]

REFRESH_MS = 200
WIDTH = 560
_MAY_CLOSE: Final = "You may close this window: the work goes on in the background."
_WATCHED = (ImportRun.table(), JobQueueEntry.table(), EVERYTHING)


@dataclass(frozen=True, slots=True)
class _Read:
    run_id: int

    def __call__(self) -> ImportRunRow | None:
        return import_run(self.run_id)


@dataclass(frozen=True, slots=True)
class _GoOn:
    run_id: int
    user_id: str

    def __call__(self) -> str:
        return start_processing(self.run_id, self.user_id)


@dataclass(frozen=True, slots=True)
class _Stop:
    job_id: str

    def __call__(self) -> str:
        return actions.cancel(self.job_id)


class ProgressWindow(Dialog):
    """One run while it is processed, and what came of it.

    Args:
        parent: the window it belongs to.
        run_id, job_id: the import run and the job that processes it.
        feed: the application's signals.
    """

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        run_id: int,
        job_id: str,
        file_name: str,
        feed: JobFeed | None = None,
    ) -> None:
        super().__init__(parent, f"Import {file_name}")
        self._context, self._run_id, self._job_id, self._file_name = context, run_id, job_id, file_name
        self._run: ImportRunRow | None = None
        self._stopping = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.pill = StatusPill("Waiting")
        self.line = ProgressLine()
        self.sentence = Label(_MAY_CLOSE, "body", "fg2", wrap=True)
        self.counts = CountChips()
        self.stop_button = Button("Cancel job")
        self.stop_button.clicked.connect(self._ask_to_stop)
        self.go_on_button = Button("Go on", icon="play")
        self.go_on_button.setToolTip("Process the records that are still ready")
        self.go_on_button.clicked.connect(self._go_on)
        self.go_on_button.hide()
        self.results_button = Button("Open results")
        self.results_button.clicked.connect(self._open_results)
        self.close_button = Button("Continue in background")
        self.close_button.clicked.connect(self.close)
        self._remaining = RemainingTime(context.clock.monotonic)
        self._again = later(self, REFRESH_MS, self._read)
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()
        self.line.set_counting("Waiting for a worker…")
        self.close_button.setDefault(True)
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
        if feed is not None:
            feed.records_changed.connect(self.records_changed)
            feed.job_progressed.connect(self.job_progressed)
        self._read()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(f"Import {self._file_name}", "subtitle"), 1)
        head.addWidget(self.pill)
        foot = QHBoxLayout()
        foot.addWidget(self.stop_button)
        foot.addWidget(self.go_on_button)
        foot.addStretch(1)
        foot.addWidget(self.results_button)
        foot.addWidget(self.close_button)
        self._foot = foot
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.line)
        self._column.addWidget(self.counts)
        self._column.addWidget(self.sentence)
        self._column.addStretch(1)
        self._column.addLayout(foot)

    # ---- what the application tells

    @Slot(object)
    def records_changed(self, changes: Sequence[Change]) -> None:
        """Records were written; the counts are read anew, at most five times a second."""
        if self._ended():
            return
        if any(change.table in _WATCHED for change in changes) and not self._again.isActive():
            self._again.start()

    @Slot(str, object, object, str)
    def job_progressed(self, job_id: str, done: int, total: int, _text: str) -> None:
        """The job has come further."""
        run = self._run
        if job_id == self._job_id and run is not None and total and not self._ended() and not self._stopping:
            self._show_progress(max(done, run.done), total, run.errors)

    # ---- how it stands

    def _read(self) -> None:
        self._context.hub.query(self, _Read(self._run_id), self._on_run, self._on_error, key="run")

    def _on_run(self, run: ImportRunRow | None) -> None:
        if run is None:
            self.line.fail("This import has been deleted meanwhile.")
            self._show_end("Error")
            self.go_on_button.hide()
            return
        self._run = run
        self.counts.set_run(run)
        self._widen()
        if run.job_ended:
            self._on_ended(run)
            return
        self.sentence.setText(_MAY_CLOSE)
        if run.retry_at is not None:
            when = when_text(run.retry_at, self._context.clock.now())
            self.pill.set_status("Waiting")
            self.line.set_waiting(f"An attempt failed; the next one starts {when[0].lower()}{when[1:]}.")
            self.sentence.setText(run.job_error)
        elif run.job_status == EntryStatus.CANCELLING:
            self.pill.set_status("Stopping")
            self.line.set_waiting("Stopping… what is written already stays.")
            self.sentence.setText("The records that are being written are finished first.")
        elif run.job_status == EntryStatus.ON_HOLD:
            self.pill.set_status("On hold")
            self.line.set_waiting("The job was put on hold; it starts when it is set to Ready.")
        elif run.processing or run.job_status == EntryStatus.IN_PROCESS:
            self.pill.set_status("Processing")
            self._show_progress(run.done, run.rows, run.errors)
        else:
            self.pill.set_status("Waiting")

    def _widen(self) -> None:
        """Grow where the counts would be cut; never shrink while somebody looks."""
        margins = self._column.contentsMargins()
        wanted = self.counts.sizeHint().width() + margins.left() + margins.right()
        self.setMinimumWidth(max(self.minimumWidth(), wanted))

    def _show_progress(self, done: int, total: int, errors: int) -> None:
        """Processing: 150 of 500 records · Errors: 2 · 60 a second · about 10 s left."""
        self.line.set_progress(done, total, "records")
        left = self._remaining.update(done, total)
        counted, *rest = progress_text(done, total, "records", left).split(" · ")
        speed = self._remaining.per_second
        rate = [f"{_rounded(speed):,} a second"] if speed and left is not None else []
        self.line.set_waiting(" · ".join([f"Processing: {counted}", f"Errors: {errors:,}", *rate, *rest]))

    def _on_ended(self, run: ImportRunRow) -> None:
        taken = run.created + run.updated + run.unchanged
        if run.job_status == EntryStatus.ERROR:
            self.line.fail("The job has failed; what was written before stays.")
            self.sentence.setText(run.job_error)
            self._show_end("Failed")
        elif run.job_status == EntryStatus.CANCELLED:
            self.line.stop(f"Stopped: {run.done:,} of {run.rows:,} records were processed.")
            self.sentence.setText(f"{_still_ready(run.ready)}; choose Go on whenever you like.")
            self._show_end("Cancelled")
        elif run.ready:
            self.line.fail(f"Stopped: {run.done:,} of {run.rows:,} records were processed.")
            wrong = f"{run.errors:,} {'has an error' if run.errors == 1 else 'have errors'}"
            self.sentence.setText(
                f"{wrong}, which is as many as the integration allows; {_still_ready(run.ready)}."
            )
            self._show_end("Stopped")
        elif run.errors:
            need = "needs" if run.errors == 1 else "need"
            self.line.finish(f"Imported {taken:,} of {run.rows:,} records, {run.errors:,} {need} attention")
            self.sentence.setText(
                "Open the results to see what is wrong with each, mend it and retry just those."
            )
            self._show_end("Completed with errors")
        else:
            self.line.finish(f"Imported {taken:,} of {run.rows:,} records")
            self.sentence.setText("")
            self._show_end("Completed")

    def _show_end(self, status: str) -> None:
        self._again.stop()
        self.pill.set_status(status)
        self.stop_button.hide()
        self.go_on_button.setEnabled(True)
        self.go_on_button.setVisible(self._run is not None and bool(self._run.ready))
        self.close_button.setText("Close")
        self.results_button.set_kind("primary")
        self.results_button.setDefault(True)

    def _ended(self) -> bool:
        return self._run is not None and self._run.job_ended

    def _on_error(self, error: TaskError) -> None:
        self.sentence.setText(error.text)

    # ---- what the person does

    def _ask_to_stop(self) -> None:
        run = self._run
        kept = run.created + run.updated if run is not None else 0
        left = run.ready if run is not None else 0
        ask(
            self,
            f"Stop “Import {self._file_name}”?",
            f"What is written already is kept ({counted(kept, 'record')}); what is not is skipped and stays ready "
            f"({counted(left, 'record')}).",
            (Answer("stop", "Stop import", "danger"), Answer("keep", "Keep running")),
            "keep",
            self._on_answer,
        )

    def _on_answer(self, answer: str) -> None:
        if answer == "stop" and not self._ended():
            self._stopping = True
            self.stop_button.setText("Stopping…")
            self.stop_button.setEnabled(False)
            self._context.hub.write(self, _Stop(self._job_id), self._on_stop_asked, self._on_stop_error)

    def _on_stop_asked(self, _status: str) -> None:
        self._read()

    def _on_stop_error(self, error: TaskError) -> None:
        self._stopping = False
        self.stop_button.setText("Cancel job")
        self.stop_button.setEnabled(True)
        self.sentence.setText(error.text)

    def _go_on(self) -> None:
        """Process what is still ready: a new job, in the same window."""
        self.go_on_button.setEnabled(False)
        go_on = _GoOn(self._run_id, self._context.user_id)
        self._context.hub.write(self, go_on, self._on_gone_on, self._on_go_on_error)

    def _on_gone_on(self, job_id: str) -> None:
        self._job_id, self._run, self._stopping = job_id, None, False
        self._remaining.restart()
        self.go_on_button.hide()
        self.stop_button.setText("Cancel job")
        self.stop_button.setEnabled(True)
        self.stop_button.show()
        self.close_button.setText("Continue in background")
        self.close_button.setDefault(True)
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.results_button.set_kind("default")
        self.line.reset()
        self.line.set_counting("Waiting for a worker…")
        self._read()

    def _on_go_on_error(self, error: TaskError) -> None:
        self.go_on_button.setEnabled(True)
        self.sentence.setText(error.text)

    def _open_results(self) -> None:
        self._context.navigate("integration_records", run_id=self._run_id)
        self.close()

    def done(self, result: int) -> None:
        self._again.stop()
        self._context.hub.forget(self)
        if not self._ended():
            goes_on = "is being stopped" if self._stopping else "continues in the background"
            self._context.notify(Notice(f"Import {self._file_name} {goes_on}.", "info"))
        super().done(result)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(20), px(16), px(20), px(16))
        self._column.setSpacing(px(12))
        self._foot.setSpacing(px(8))
        self.setMinimumWidth(px(WIDTH))


def _still_ready(count: int) -> str:
    return f"{counted(count, 'record')} {'is' if count == 1 else 'are'} still ready"


def _rounded(speed: float) -> int:
    """A rate with the two figures that matter: 12,345 as 12,000, so that it does not flicker."""
    step = int(10 ** max(len(str(round(speed))) - 2, 0))
    return round(speed / step) * step
