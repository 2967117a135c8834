"""A file of failed rows has come back mended: it goes into the records that it is of, instead of being imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.imports.mending.error_return import TakenBack
from desktop.imports.service import start_processing
from desktop.tasks.task import TaskError
from ui.foreground import ForegroundHandle, ForegroundRunner
from ui.framework.context import Notice, PageContext
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label
from ui.widgets.progress import ProgressLine

__all__ = ["TakeBackPane"]

_answer = msgspec.json.Decoder(TakenBack)


@dataclass(frozen=True, slots=True)
class _Retry:
    run_id: int
    user_id: str
    record_ids: tuple[int, ...]

    def __call__(self) -> str:
        return start_processing(self.run_id, self.user_id, record_ids=self.record_ids)


class TakeBackPane(QWidget):
    """Offers to take the corrections, says what has come of it, and to process what is ready again.

    Signals:
        ended: the dialog has nothing more to do.
        as_new_file: the person wants the file imported like every other.
        changed: it begins or ends to take the file.
    """

    ended = Signal()
    as_new_file = Signal()
    changed = Signal()

    def __init__(
        self, context: PageContext, foreground: ForegroundRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._foreground = context, foreground
        self._path: Path | None = None
        self._handle: ForegroundHandle | None = None
        self.taken: TakenBack | None = None
        self._icon = IconLabel("table_edit", "accent", 40)
        self.headline = Label("", "subtitle", wrap=True)
        self.detail = Label("", "body", "fg2", wrap=True)
        self.problem = Label("", "body", "err", wrap=True)
        self.line = ProgressLine()
        self.take_button = Button("Take back the corrections", "primary", "arrow_undo")
        self.take_button.clicked.connect(self.take)
        self.new_button = Button("Import as a new file", "link")
        self.new_button.clicked.connect(self.as_new_file)
        self.retry_button = Button("Retry these rows", "primary", "play")
        self.retry_button.clicked.connect(self._retry)
        self.results_button = Button("Open results")
        self.results_button.clicked.connect(self._open_results)
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()

    def _arrange(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        self._column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.headline, self.detail, self.problem):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(label)
        self._host = QWidget()
        self._host.setProperty("plain", True)
        inner = QVBoxLayout(self._host)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.line)
        self._column.addWidget(self._host, 0, Qt.AlignmentFlag.AlignHCenter)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.take_button, self.retry_button, self.results_button, self.new_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self._column.addStretch(2)

    @property
    def is_taking(self) -> bool:
        """Whether the file is being taken now."""
        return self._handle is not None

    def offer(self, path: Path) -> None:
        """A file of failed rows has been chosen or dropped."""
        self._path, self.taken = path, None
        self.headline.setText(f"{path.name} has the failed rows of an earlier import.")
        self.detail.setText(
            "Its corrections go into the same records, which can then be processed again. Nothing is imported twice."
        )
        self._show("")
        self.take_button.setDefault(True)
        self.take_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self) -> None:
        """Take the corrections back."""
        if self._path is None or self._handle is not None:
            return
        self.line.reset()
        self.line.set_counting(f"Reading {self._path.name}")
        self._handle = self._foreground.run(
            self,
            "take_back_errors",
            {"path": str(self._path)},
            self._on_progress,
            self._on_taken,
            self._on_error,
            self._on_stopped,
        )
        self._show("")
        self.changed.emit()

    def stop(self) -> None:
        """Stop taking; what was taken by then stays."""
        if self._handle is not None:
            self._handle.cancel()
            self.line.set_waiting("Stopping…")

    def forget(self) -> None:
        """The dialog has closed."""
        self._foreground.forget(self)
        self._context.hub.forget(self)

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        self.line.set_progress(done, total or None)

    def _on_taken(self, results: dict[str, str]) -> None:
        self._handle = None
        self.taken = taken = _answer.decode(results["taken_back"])
        self.headline.setText(f"{taken.file_name}: {taken.text}.")
        ready = len(taken.record_ids)
        plural = "record is" if ready == 1 else "records are"
        said = f"{ready:,} {plural} ready to be processed again." if ready else "Nothing is to be done."
        self.detail.setText(f"{said} {taken.hint}".rstrip())
        self._show("")
        self.changed.emit()
        focused = self.retry_button if ready else self.results_button
        focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_error(self, error: TaskError) -> None:
        self._handle = None
        self._show(error.text)
        self.changed.emit()

    def _on_stopped(self) -> None:
        self._handle = None
        self._show("Stopped; what was taken by then stays, and the file can be taken again.")
        self.changed.emit()

    def _retry(self) -> None:
        taken = self.taken
        if taken is not None:
            self.retry_button.setEnabled(False)
            work = _Retry(taken.run_id, self._context.user_id, tuple(taken.record_ids))
            self._context.hub.write(self, work, self._on_started, self._on_start_error)

    def _on_started(self, _job_id: str) -> None:
        assert self.taken is not None
        count = len(self.taken.record_ids)
        rows = "1 row" if count == 1 else f"{count:,} rows"
        text = f"{rows} of {self.taken.file_name} {'was' if count == 1 else 'were'} queued."
        self._context.notify(Notice(text, "ok", "Open results", self._open_results))
        self.ended.emit()

    def _on_start_error(self, error: TaskError) -> None:
        self.retry_button.setEnabled(True)
        self._show(error.text)

    def _open_results(self) -> None:
        if self.taken is not None:
            self._context.navigate("integration_records", run_id=self.taken.run_id)
        self.ended.emit()

    def _show(self, problem: str) -> None:
        """Show what can be done now."""
        taking, taken = self._handle is not None, self.taken is not None
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self._host.setVisible(taking)
        self.take_button.setVisible(not taking and not taken)
        self.new_button.setVisible(not taking and not taken)
        self.retry_button.setVisible(self.taken is not None and bool(self.taken.record_ids))
        self.retry_button.setEnabled(True)
        self.retry_button.setDefault(taken)
        self.results_button.setVisible(taken)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setSpacing(px(10))
        self._host.setFixedWidth(px(440))
