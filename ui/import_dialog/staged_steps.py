"""What follows when a file has been read: trying it, processing it now or later, or giving it back."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.imports.dry_run import DryRun
from desktop.imports.run_removal import remove_run
from desktop.imports.service import start_processing
from desktop.tasks.task import TaskError
from ui.foreground import ForegroundHandle, ForegroundRunner
from ui.framework.context import Notice, PageContext
from ui.import_dialog.after_reading import BACKGROUND, NOW, AfterReading
from ui.import_dialog.dry_run_pane import DryRunPane
from ui.import_dialog.feed import JobFeed
from ui.import_dialog.progress_window import ProgressWindow
from ui.widgets.page_stack import PageStack

__all__ = ["StagedSteps"]

_found = msgspec.json.Decoder(DryRun)


@dataclass(frozen=True, slots=True)
class _Start:
    run_id: int
    user_id: str

    def __call__(self) -> str:
        return start_processing(self.run_id, self.user_id)


@dataclass(frozen=True, slots=True)
class _Remove:
    run_id: int

    def __call__(self) -> None:
        remove_run(self.run_id)


@dataclass(frozen=True, slots=True)
class _OpenResults:
    context: PageContext
    run_id: int

    def __call__(self) -> None:
        self.context.navigate("integration_records", run_id=self.run_id)


class StagedSteps(PageStack):
    """One run from its reading to its job.

    Signals:
        ended: the dialog has nothing more to do.
        given_back: the rows are gone again, so that the file can be read in another way.
        changed: another step is shown, or one has come to its end.

    Args:
        window: the window that a progress window belongs to.
        feed: the application's signals, for the progress window.
    """

    ended = Signal()
    given_back = Signal()
    changed = Signal()

    def __init__(
        self, window: QWidget, context: PageContext, foreground: ForegroundRunner, feed: JobFeed | None
    ) -> None:
        super().__init__()
        self._window, self._context, self._foreground, self._feed = window, context, foreground, feed
        self._run_id, self._rows, self._file_name, self._mode = 0, 0, "", ""
        self._answer = ""
        self._giving_back = False
        self._trying: ForegroundHandle | None = None
        self.after_reading = AfterReading()
        self.after_reading.chosen.connect(self._on_chosen)
        self.dry_run = DryRunPane()
        self.dry_run.retry_requested.connect(self.try_it)
        for pane in (self.after_reading, self.dry_run):
            self.addWidget(pane)

    def begin(self, run_id: int, rows: int, file_name: str, execution_mode: str) -> None:
        """A file has been read."""
        self._run_id, self._rows, self._file_name, self._mode = run_id, rows, file_name, execution_mode
        self._answer, self._giving_back = "", False

    # ---- where it stands

    @property
    def is_trying(self) -> bool:
        """Whether a dry run is under way."""
        return self._trying is not None

    @property
    def has_tried(self) -> bool:
        """Whether the answer of a dry run, or its failure, is shown."""
        return self.currentWidget() is self.dry_run and self._trying is None

    @property
    def is_starting(self) -> bool:
        """Whether a job is being created, or the rows are being removed; its end goes on by itself."""
        return self._answer in (NOW, BACKGROUND) or self._giving_back

    # ---- the question

    def ask(self) -> None:
        """Ask what to do with the rows."""
        self.setCurrentWidget(self.after_reading)
        self.after_reading.ask(self._file_name, self._rows, self._mode, tried=self.dry_run.found)
        self.changed.emit()

    def _on_chosen(self, answer: str) -> None:
        self._answer = answer
        if answer in (NOW, BACKGROUND):
            start = _Start(self._run_id, self._context.user_id)
            self._context.hub.write(self, start, self._on_started, self._on_start_error)
            return
        _OpenResults(self._context, self._run_id)()
        self.ended.emit()

    def _on_started(self, job_id: str) -> None:
        if self._answer == NOW:
            window = ProgressWindow(
                self._window, self._context, self._run_id, job_id, self._file_name, self._feed
            )
            self.ended.emit()
            window.show()
            return
        self._tell(f"Import {self._file_name} was queued.")
        self.ended.emit()

    def _on_start_error(self, error: TaskError) -> None:
        self._answer = ""
        self.after_reading.show_problem(error.text)

    # ---- the dry run

    def try_it(self) -> None:
        """Try what is ready on a copy of the company."""
        self.setCurrentWidget(self.dry_run)
        self.dry_run.begin(self._file_name)
        self._trying = self._foreground.run(
            self,
            "dry_run_import",
            {"run_id": str(self._run_id)},
            self.dry_run.set_progress,
            self._on_tried,
            self._on_try_error,
            self._on_try_stopped,
        )
        self.changed.emit()

    def stop_trying(self) -> None:
        """Stop the dry run; the question comes back when it has stopped."""
        if self._trying is not None:
            self._trying.cancel()
            self.dry_run.show_stopping()

    def _on_tried(self, results: dict[str, str]) -> None:
        self._trying = None
        self.dry_run.show_found(_found.decode(results["dry_run"]))
        self.changed.emit()

    def _on_try_error(self, error: TaskError) -> None:
        self._trying = None
        self.dry_run.show_error(error.text)
        self.changed.emit()

    def _on_try_stopped(self) -> None:
        self._trying = None
        self.ask()

    # ---- giving back

    def give_back(self) -> None:
        """Remove the rows that were read, so that the file can be read in another way."""
        self._giving_back = True
        self._context.hub.write(self, _Remove(self._run_id), self._on_given_back, self._on_give_back_error)
        self.changed.emit()

    def _on_given_back(self, _nothing: None) -> None:
        self._giving_back = False
        self.dry_run.forget()
        self.setCurrentWidget(self.after_reading)
        self.given_back.emit()

    def _on_give_back_error(self, error: TaskError) -> None:
        self._giving_back = False
        self.ask()
        self.after_reading.show_problem(error.text)

    # ---- its end

    def leave(self) -> None:
        """Closed without an answer: the rows stay, and a message says where."""
        plural = "" if self._rows == 1 else "s"
        verb = "waits" if self._rows == 1 else "wait"
        self._tell(f"{self._rows:,} row{plural} of {self._file_name} {verb} to be processed.")

    def forget(self) -> None:
        """The dialog has closed."""
        self._foreground.forget(self)
        self._context.hub.forget(self)

    def _tell(self, text: str) -> None:
        open_results = _OpenResults(self._context, self._run_id)
        self._context.notify(Notice(text, "ok", "Open results", open_results))
