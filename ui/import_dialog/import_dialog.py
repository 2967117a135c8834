"""The import dialog: choose a file, look at it, read it, and say what happens with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.imports.definition import Choices
from desktop.imports.preview import Preview
from desktop.tasks.task import TaskError
from models.import_rows import IntegrationChoice, integration_choices
from models.integration import ExecutionMode
from models.integration_record import RunSource
from ui.dialogs import Dialog
from ui.foreground import ForegroundHandle, ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog.clipboard import PastedText, WriteText, pasted, remove_text
from ui.import_dialog.feed import JobFeed
from ui.import_dialog.file_field import DropArea, choose_file, dropped_file
from ui.import_dialog.frame import DialogFrame
from ui.import_dialog.look import Look
from ui.import_dialog.offered_fields import Offered, ReadOffered
from ui.import_dialog.preview_pane import PreviewPane
from ui.import_dialog.preview_table import column_path
from ui.import_dialog.reading_options import ReadingOptions
from ui.import_dialog.reading_pane import ReadingPane
from ui.import_dialog.staged_steps import StagedSteps

__all__ = ["ImportDialog", "open_import_dialog"]

INDICATOR_AFTER_MS: Final = 400
_NO_INTEGRATION: Final = "NoIntegration"


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
        self._context, self._foreground = context, foreground
        self._integrations: Sequence[IntegrationChoice] = ()
        self._look: Look | None = None
        self._reading: ForegroundHandle | None = None
        self._run_id: int | None = None
        self._columns: dict[str, str] = {}
        self._offered: Offered | None = None
        self._try_first = False
        self._source = RunSource.MANUAL
        self._copied: list[Path] = []
        self._preview: Preview | None = None
        self.setModal(True)
        self.setAcceptDrops(True)
        self.options = ReadingOptions()
        self.drop_area = DropArea()
        self.preview_pane = PreviewPane()
        self.panel = self.preview_pane.panel
        self.reading_pane = ReadingPane()
        self.steps = StagedSteps(parent, context, foreground, feed)
        self.after_reading = self.steps.after_reading
        self._stack = QStackedWidget()
        for pane in (self.drop_area, self.preview_pane, self.reading_pane, self.steps):
            self._stack.addWidget(pane)
        self.frame = DialogFrame(self, parent, self.options, self._stack)
        self.cancel_button, self.import_button = self.frame.cancel_button, self.frame.import_button
        self.try_button, self.back_button = self.frame.try_button, self.frame.back_button
        self._indicator = QTimer(self)
        self._indicator.setSingleShot(True)
        self._indicator.setInterval(INDICATOR_AFTER_MS)
        self._indicator.timeout.connect(self._show_indicator)
        self._connect()
        if integration_code:
            self.options.fix_integration(integration_code)
        self._show_pane(self.drop_area)
        context.hub.query(self, integration_choices, self._on_integrations, self._on_integrations_failed)
        if path is not None:
            self.take_file(path)

    def _connect(self) -> None:
        for source in (self.options, self.drop_area, self.preview_pane):
            source.choose_requested.connect(self.choose)
        for asking in (self.options, self.drop_area):
            asking.paste_requested.connect(self.paste)
        self.options.lines_requested.connect(self._choose_lines)
        self.options.changed.connect(self._look_again)
        self.drop_area.dropped.connect(self.take_file)
        self.preview_pane.retry_requested.connect(self._look_again)
        self.preview_pane.changed.connect(self._look_again)
        self.preview_pane.table.field_chosen.connect(self.choose_field)
        self.steps.ended.connect(self.accept)
        self.steps.given_back.connect(self._on_given_back)
        self.steps.changed.connect(self._on_step)
        self.cancel_button.clicked.connect(self.reject)
        self.import_button.clicked.connect(self._on_import)
        self.try_button.clicked.connect(self._on_try)
        self.back_button.clicked.connect(self.steps.give_back)

    @property
    def run_id(self) -> int | None:
        """The import run, once the file has been read."""
        return self._run_id

    @property
    def choices(self) -> Choices:
        """What the person has chosen for this file."""
        own, panel = self.options.choices, self.panel.choices
        return msgspec.structs.replace(
            panel,
            encoding=own.encoding,
            sheet=own.sheet,
            fixed_columns=self.preview_pane.fixed_columns,
            columns=dict(self._columns),
        )

    # ---- the file

    def choose(self) -> None:
        """Let the person choose a file."""
        choose_file(self, self.options.path).fileSelected.connect(self._on_file_selected)

    def _choose_lines(self) -> None:
        chooser = choose_file(self, self.options.lines_path or self.options.path)
        chooser.setWindowTitle("Choose the file with the lines")
        chooser.fileSelected.connect(self._on_lines_selected)

    def paste(self) -> None:
        """Look at what was copied elsewhere: rows of text, or a file."""
        if not self._may_take():
            return
        found = pasted(QGuiApplication.clipboard().mimeData())
        if isinstance(found, PastedText):
            write = WriteText(found.text, self._context.clock.now())
            self._context.hub.query(self, write, self._on_pasted, self._on_paste_failed, key="paste")
        elif found is not None:
            self.take_file(found)
        else:
            self.frame.note.setText(
                "Nothing that can be imported was copied. Copy rows or a file, then paste again."
            )

    def take_file(self, path: Path) -> None:
        """Look at this file; one that is being read, or was read, is not replaced."""
        if not self._may_take():
            return
        self._source = RunSource.MANUAL
        self.options.set_path(path)
        self._preview, self._columns = None, {}
        self._show_pane(self.preview_pane)
        self.preview_pane.clear()
        self._look_again()

    def _may_take(self) -> bool:
        return self._reading is None and self._run_id is None

    def _on_file_selected(self, path: str) -> None:
        self.take_file(Path(path))

    def _on_lines_selected(self, path: str) -> None:
        self.options.set_lines_path(Path(path))
        self._look_again()

    def _on_pasted(self, path: Path) -> None:
        self._copied.append(path)
        self.take_file(path)
        self._source = RunSource.CLIPBOARD

    def _on_paste_failed(self, error: TaskError) -> None:
        self.frame.note.setText(error.text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._may_take() and dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = dropped_file(event.mimeData())
        if found is not None:
            event.acceptProposedAction()
            self.take_file(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    # ---- the preview

    def choose_field(self, section: int, path: str) -> None:
        """Let a column fill another field, for this file; "" for none. The field's column before fills none then."""
        preview = self._preview
        if preview is None:
            return
        column = preview.columns[section]
        before = column_path(column)
        if before == path:
            return
        if before:
            self._columns[before] = ""
        if path:
            self._columns[path] = column.header
        self._look_again()

    def _look_again(self) -> None:
        path = self.options.path
        if path is None:
            return
        if self._look is not None:
            self._look.cancel()
        self.frame.let_import(False)
        self._look = Look(
            self._foreground,
            path,
            self.options.integration_code,
            self.choices,
            self.options.lines_path,
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
        self._offer(preview.integration)
        self.frame.let_import(not preview.problem)
        if not preview.problem:
            self.frame.note.setText("Nothing is written before you have chosen how the rows are processed.")
            self.import_button.setDefault(True)

    def _on_preview_error(self, error: TaskError) -> None:
        self._indicator.stop()
        self._look = None
        self._preview = None
        self.frame.let_import(False)
        name = self._file_name()
        if error.code == _NO_INTEGRATION:
            self.preview_pane.show_error(
                f"No integration knows the columns of {name}.",
                "Choose the integration above that should read it, or create one on the page Integrations.",
            )
        else:
            self.preview_pane.show_error(f"{name} cannot be read.", error.text)

    def _offer(self, code: str) -> None:
        """Offer the fields of the integration that reads the file."""
        if self._offered is not None and self._offered.code == code:
            return
        if self._offered is not None:
            self._columns = {}
        self._context.hub.query(
            self, ReadOffered(code), self._on_offered, self._on_paste_failed, key="offered"
        )

    def _on_offered(self, offered: Offered) -> None:
        self._offered = offered
        self.preview_pane.table.offer(offered.fields)
        self.options.offer_lines(offered.line_caption)

    # ---- reading

    def _on_import(self) -> None:
        if self.steps.has_tried and self._run_id is not None:
            self.steps.ask()
            return
        self._try_first = False
        self.read()

    def _on_try(self) -> None:
        if self._run_id is not None:
            self.steps.try_it()
            return
        self._try_first = True
        self.read()

    def read(self) -> None:
        """Stage the file's rows; they become records only after the question that follows."""
        path, preview = self.options.path, self._preview
        if path is None or preview is None or preview.problem or self._reading is not None:
            return
        choices, lines = self.choices, self.options.lines_path
        if preview.confirm_encoding and choices.encoding is None:
            choices = msgspec.structs.replace(choices, encoding=preview.dialect.encoding)
        parameters = {
            "path": str(path),
            "integration": preview.integration,
            "choices": msgspec.json.encode(choices).decode(),
            "lines_path": str(lines) if lines is not None else "",
            "source": self._source,
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
        self._run_id = int(results["run_id"])
        self.steps.begin(self._run_id, int(results["rows"]), self._file_name(), self._execution_mode())
        self._show_pane(self.steps)
        if self._try_first:
            self.steps.try_it()
        else:
            self.steps.ask()

    def _on_read_error(self, error: TaskError) -> None:
        self._reading = None
        self._show_pane(self.preview_pane)
        self.preview_pane.show_error(f"{self._file_name()} was not imported.", error.text)
        self.frame.let_import(False)

    def _on_stopped(self) -> None:
        self._reading = None
        self._show_pane(self.preview_pane)
        self.frame.note.setText("Reading was cancelled; nothing of the file was kept.")

    def _execution_mode(self) -> str:
        code = self._preview.integration if self._preview is not None else ""
        found = [choice.execution_mode for choice in self._integrations if choice.code == code]
        return found[0] if found else ExecutionMode.DEFERRED

    # ---- what follows

    def _on_step(self) -> None:
        self._show_pane(self.steps)

    def _on_given_back(self) -> None:
        self._run_id = None
        self._show_pane(self.preview_pane)
        self.frame.note.setText("The rows were given back: nothing of the file is kept.")

    # ---- its end

    def reject(self) -> None:
        """Cancel: what is under way is stopped first; rows that were read stay, and a message says where."""
        if self._reading is not None:
            self._reading.cancel()
            self.reading_pane.show_stopping()
            self.cancel_button.setEnabled(False)
        elif self.steps.is_trying:
            self.steps.stop_trying()
            self.cancel_button.setEnabled(False)
        elif not self.steps.is_starting:
            if self._run_id is not None:
                self.steps.leave()
            super().reject()

    def done(self, result: int) -> None:
        self._indicator.stop()
        if self._look is not None:
            self._look.cancel()
            self._look = None
        for path in self._copied:
            remove_text(path)
        self.steps.forget()
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
        self.frame.show_step(
            has_file=self.options.path is not None,
            choosing=pane in (self.drop_area, self.preview_pane),
            steps=self.steps if pane is self.steps else None,
        )
        if pane is not self.steps:
            self.frame.let_import(self._preview is not None and not self._preview.problem)

    def _on_integrations(self, choices: list[IntegrationChoice]) -> None:
        self._integrations = choices
        shown = self._preview.integration if self._preview is not None else self.options.integration_code
        self.options.set_integrations(choices, shown)

    def _on_integrations_failed(self, error: TaskError) -> None:
        self.options.integration_row.set_error(error.text)


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
