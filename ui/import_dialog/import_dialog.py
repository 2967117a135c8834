"""The import dialog: choose a file, look at it, read it, and say what happens with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.imports.definition import Choices
from desktop.imports.preview import Preview
from desktop.imports.service import start_processing
from desktop.tasks.task import TaskError
from models.import_rows import IntegrationChoice, integration_choices
from models.integration import ExecutionMode
from ui.dialogs import Dialog
from ui.foreground import ForegroundHandle, ForegroundRunner
from ui.framework.context import Notice, PageContext
from ui.import_dialog.after_reading import BACKGROUND, NOW, AfterReading
from ui.import_dialog.feed import JobFeed
from ui.import_dialog.file_field import DropArea, choose_file, dropped_file
from ui.import_dialog.look import Look
from ui.import_dialog.preview_pane import PreviewPane
from ui.import_dialog.progress_window import ProgressWindow
from ui.import_dialog.reading_options import ReadingOptions
from ui.import_dialog.reading_pane import ReadingPane
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import ElidedLabel, Label

__all__ = ["ImportDialog", "open_import_dialog"]

WIDTH, HEIGHT, SMALLEST_WIDTH, SMALLEST_HEIGHT = 960, 660, 640, 480
INDICATOR_AFTER_MS: Final = 400
_NO_INTEGRATION: Final = "NoIntegration"


@dataclass(frozen=True, slots=True)
class _Start:
    run_id: int
    user_id: str

    def __call__(self) -> str:
        return start_processing(self.run_id, self.user_id)


@dataclass(frozen=True, slots=True)
class _OpenResults:
    context: PageContext
    run_id: int

    def __call__(self) -> None:
        self.context.navigate("integration_records", run_id=self.run_id)


class ImportDialog(Dialog):
    """See the module's docstring.

    Args:
        parent: the window it belongs to.
        foreground: reads files in child processes.
        path, integration_code: where they are known already.
        feed: the application's signals, for the progress window.
    """

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        foreground: ForegroundRunner,
        *,
        path: Path | None = None,
        integration_code: str = "",
        feed: JobFeed | None = None,
    ) -> None:
        super().__init__(parent, "Import data")
        self._context, self._foreground, self._feed = context, foreground, feed
        self._window = parent
        self._choices: Sequence[IntegrationChoice] = ()
        self._look: Look | None = None
        self._reading: ForegroundHandle | None = None
        self._run_id: int | None = None
        self._rows = 0
        self._answer = ""
        self._preview: Preview | None = None
        self.setModal(True)
        self.setAcceptDrops(True)
        self._title = Label("Import data", "title")
        self._said = ElidedLabel("", "body", "fg2")
        self.options = ReadingOptions()
        self.options.changed.connect(self._look_again)
        self.options.choose_requested.connect(self.choose)
        self.drop_area = DropArea()
        self.drop_area.choose_requested.connect(self.choose)
        self.drop_area.dropped.connect(self.take_file)
        self.preview_pane = PreviewPane()
        self.preview_pane.choose_requested.connect(self.choose)
        self.preview_pane.retry_requested.connect(self._look_again)
        self.reading_pane = ReadingPane()
        self.after_reading = AfterReading()
        self.after_reading.chosen.connect(self._on_chosen)
        self._stack = QStackedWidget()
        for pane in (self.drop_area, self.preview_pane, self.reading_pane, self.after_reading):
            self._stack.addWidget(pane)
        self._note = ElidedLabel("", "caption", "fg3")
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.import_button = Button("Import", "primary", "arrow_import")
        self.import_button.clicked.connect(self.read)
        self._indicator = QTimer(self)
        self._indicator.setSingleShot(True)
        self._indicator.setInterval(INDICATOR_AFTER_MS)
        self._indicator.timeout.connect(self._show_indicator)
        if integration_code:
            self.options.fix_integration(integration_code)
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()
        self._show_pane(self.drop_area)
        context.hub.query(self, integration_choices, self._on_integrations, self._on_integrations_failed)
        if path is not None:
            self.take_file(path)

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._title)
        head.addWidget(self._said)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._note, 1)
        self._foot.addWidget(self.cancel_button)
        self._foot.addWidget(self.import_button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.options)
        self._column.addWidget(self._stack, 1)
        self._column.addLayout(self._foot)

    @property
    def run_id(self) -> int | None:
        """The import run, once the file has been read."""
        return self._run_id

    # ---- the file

    def choose(self) -> None:
        """Let the person choose a file."""
        choose_file(self, self.options.path).fileSelected.connect(self._on_file_selected)

    def take_file(self, path: Path) -> None:
        """Look at this file; one that is being read, or was read, is not replaced."""
        if self._reading is not None or self._run_id is not None:
            return
        self.options.set_path(path)
        self._preview = None
        self._show_pane(self.preview_pane)
        self.preview_pane.clear()
        self._look_again()

    def _on_file_selected(self, path: str) -> None:
        self.take_file(Path(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._reading is None and self._run_id is None and dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = dropped_file(event.mimeData())
        if found is not None:
            event.acceptProposedAction()
            self.take_file(found)

    # ---- the preview

    def _look_again(self) -> None:
        path = self.options.path
        if path is None:
            return
        if self._look is not None:
            self._look.cancel()
        self.import_button.setEnabled(False)
        self._look = Look(
            self._foreground,
            path,
            self.options.integration_code,
            self.options.encoding,
            self.options.sheet,
            self._on_preview,
            self._on_preview_error,
        )
        self._indicator.start()

    def _show_indicator(self) -> None:
        path = self.options.path
        if path is not None:
            self.preview_pane.show_looking(path.name)

    def _on_preview(self, preview: Preview) -> None:
        self._indicator.stop()
        self._look = None
        self._preview = preview
        self.options.show_detected(preview)
        self.preview_pane.show_preview(preview)
        self.import_button.setEnabled(not preview.problem)
        if not preview.problem:
            self._note.setText("Nothing is written before you have chosen how the rows are processed.")
            self.import_button.setDefault(True)

    def _on_preview_error(self, error: TaskError) -> None:
        self._indicator.stop()
        self._look = None
        self._preview = None
        self.import_button.setEnabled(False)
        path = self.options.path
        name = path.name if path is not None else ""
        if error.code == _NO_INTEGRATION:
            self.preview_pane.show_error(
                f"No integration knows the columns of {name}.",
                "Choose the integration above that should read it, or create one on the page Integrations.",
            )
        else:
            self.preview_pane.show_error(f"{name} cannot be read.", error.text)

    # ---- reading

    def read(self) -> None:
        """Stage the file's rows; they become records only after the question that follows."""
        path, preview = self.options.path, self._preview
        if path is None or preview is None or preview.problem or self._reading is not None:
            return
        guessed = preview.dialect.encoding if preview.confirm_encoding else ""
        parameters = {
            "path": str(path),
            "integration": preview.integration,
            "choices": msgspec.json.encode(
                Choices(encoding=self.options.encoding or guessed or None, sheet=self.options.sheet or None)
            ).decode(),
        }
        self.reading_pane.begin(path.name, preview.dialect.kind)
        self._show_pane(self.reading_pane)
        self._reading = self._foreground.run(
            self,
            "read_file",
            parameters,
            self._on_progress,
            self._on_read,
            self._on_read_error,
            self._on_stopped,
        )

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        self.reading_pane.set_progress(done, total)

    def _on_read(self, results: dict[str, str]) -> None:
        self._reading = None
        self._run_id, self._rows = int(results["run_id"]), int(results["rows"])
        self._show_pane(self.after_reading)
        self.after_reading.ask(self._file_name(), self._rows, self._execution_mode())

    def _on_read_error(self, error: TaskError) -> None:
        self._reading = None
        self._show_pane(self.preview_pane)
        self.preview_pane.show_error(f"{self._file_name()} was not imported.", error.text)
        self.import_button.setEnabled(False)

    def _on_stopped(self) -> None:
        self._reading = None
        self._show_pane(self.preview_pane)
        self._note.setText("Reading was cancelled; nothing of the file was kept.")

    def _execution_mode(self) -> str:
        code = self._preview.integration if self._preview is not None else ""
        found = [choice.execution_mode for choice in self._choices if choice.code == code]
        return found[0] if found else ExecutionMode.DEFERRED

    # ---- what happens with the rows

    def _on_chosen(self, answer: str) -> None:
        assert self._run_id is not None
        self._answer = answer
        if answer in (NOW, BACKGROUND):
            start = _Start(self._run_id, self._context.user_id)
            self._context.hub.write(self, start, self._on_started, self._on_start_error)
            return
        _OpenResults(self._context, self._run_id)()
        self.accept()

    def _on_started(self, job_id: str) -> None:
        assert self._run_id is not None
        if self._answer == NOW:
            window = ProgressWindow(
                self._window, self._context, self._run_id, job_id, self._file_name(), self._feed
            )
            self.accept()
            window.show()
            return
        self._tell(f"Import {self._file_name()} was queued.")
        self.accept()

    def _on_start_error(self, error: TaskError) -> None:
        self._answer = ""
        self.after_reading.show_problem(error.text)

    def _tell(self, text: str) -> None:
        assert self._run_id is not None
        open_results = _OpenResults(self._context, self._run_id)
        self._context.notify(Notice(text, "ok", "Open results", open_results))

    # ---- its end

    def reject(self) -> None:
        """Cancel: reading is stopped and undone first; rows that were read stay, and a message says where."""
        if self._reading is not None:
            self._reading.cancel()
            self.reading_pane.show_stopping()
            self.cancel_button.setEnabled(False)
            return
        if self._run_id is not None and self._answer in (NOW, BACKGROUND):
            return  # the job is being created; its end closes this dialog
        if self._run_id is not None:
            plural = "" if self._rows == 1 else "s"
            self._tell(f"{self._rows:,} row{plural} of {self._file_name()} wait to be processed.")
        super().reject()

    def done(self, result: int) -> None:
        self._indicator.stop()
        if self._look is not None:
            self._look.cancel()
            self._look = None
        self._foreground.forget(self)
        self._context.hub.forget(self)
        super().done(result)
        self.deleteLater()

    # ---- how it looks

    def _file_name(self) -> str:
        path = self.options.path
        return path.name if path is not None else ""

    def _show_pane(self, pane: QWidget) -> None:
        self._stack.setCurrentWidget(pane)
        chosen, choosing = self.options.path is not None, pane in (self.drop_area, self.preview_pane)
        self.options.setVisible(choosing and chosen)
        self.import_button.setVisible(choosing)
        self.import_button.setEnabled(self._preview is not None and not self._preview.problem)
        self.cancel_button.setEnabled(True)
        self.cancel_button.setText("Close" if pane is self.after_reading else "Cancel")
        self._note.setText("")
        self._title.setVisible(pane is not self.after_reading)
        self._said.setVisible(choosing)
        self._said.setText(
            "See how the columns of the file are understood, then import it."
            if chosen
            else "Customers, vendors, items and more come from text files and workbooks."
        )

    def _on_integrations(self, choices: list[IntegrationChoice]) -> None:
        self._choices = choices
        shown = self._preview.integration if self._preview is not None else self.options.integration_code
        self.options.set_integrations(choices, shown)

    def _on_integrations_failed(self, error: TaskError) -> None:
        self.options.integration_row.set_error(error.text)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(24), px(16), px(24), px(16))
        self._column.setSpacing(px(12))
        self._foot.setSpacing(px(8))
        room = self._window.size()
        self.setMinimumSize(px(SMALLEST_WIDTH), px(SMALLEST_HEIGHT))
        self.resize(
            min(px(WIDTH), max(room.width() - px(64), px(SMALLEST_WIDTH))),
            min(px(HEIGHT), max(room.height() - px(48), px(SMALLEST_HEIGHT))),
        )


def open_import_dialog(
    parent: QWidget,
    context: PageContext,
    foreground: ForegroundRunner,
    *,
    path: Path | None = None,
    integration_code: str = "",
    feed: JobFeed | None = None,
) -> ImportDialog:
    """Open the dialog over a window; it closes itself.

    Args:
        path, integration_code: where they are known already, e.g. a file that was dropped.
        feed: the application's signals; without them the progress window shows how things stood when it opened.
    """
    dialog = ImportDialog(
        parent, context, foreground, path=path, integration_code=integration_code, feed=feed
    )
    dialog.open()
    return dialog
