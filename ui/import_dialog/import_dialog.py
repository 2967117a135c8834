"""The import dialog: choose a file, look at it, read it, and say what happens with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.import_rows import IntegrationChoice, integration_choices
from models.integration import ExecutionMode
from ui.dialogs import Dialog
from ui.foreground import ForegroundHandle, ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog.clipboard import PastedText, pasted
from ui.import_dialog.feed import JobFeed
from ui.import_dialog.file_field import DropArea, choose_file
from ui.import_dialog.frame import DialogFrame
from ui.import_dialog.notes import DATES, NUMBERS, Note
from ui.import_dialog.preview_pane import PreviewPane
from ui.import_dialog.preview_step import PreviewStep
from ui.import_dialog.reading_options import ReadingOptions
from ui.import_dialog.reading_pane import ReadingPane
from ui.import_dialog.staged_steps import StagedSteps
from ui.import_dialog.take_back_pane import TakeBackPane
from ui.widgets.dropped_file import accept_file
from ui.widgets.page_stack import PageStack

__all__ = ["ImportDialog", "open_import_dialog"]


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
        self._reading: ForegroundHandle | None = None
        self._run_id: int | None = None
        self._try_first = False
        self._just_taken = False
        self.setModal(True)
        self.setAcceptDrops(True)
        self.options = ReadingOptions()
        self.drop_area = DropArea()
        self.preview_pane = PreviewPane()
        self.preview_step = PreviewStep(self, context, foreground, self.options, self.preview_pane)
        self.reading_pane = ReadingPane()
        self.steps = StagedSteps(parent, context, foreground, feed)
        self.after_reading = self.steps.after_reading
        self.take_back = TakeBackPane(context, foreground)
        self._stack = PageStack()
        for pane in (self.drop_area, self.preview_pane, self.reading_pane, self.steps, self.take_back):
            self._stack.addWidget(pane)
        self.frame = DialogFrame(self, parent, self.options, self._stack)
        self.cancel_button, self.import_button = self.frame.cancel_button, self.frame.import_button
        self.try_button, self.back_button = self.frame.try_button, self.frame.back_button
        self._connect()
        if integration_code:
            self.options.fix_integration(integration_code)
        self._show_pane(self.drop_area)
        self._read_integrations()
        if path is not None:
            self.take_file(path)

    def _connect(self) -> None:
        for source in (self.options, self.drop_area, self.preview_pane):
            source.choose_requested.connect(self.choose)
        for asking in (self.options, self.drop_area):
            asking.paste_requested.connect(self.paste)
        for asking_lines in (self.options, self.preview_pane):
            asking_lines.lines_requested.connect(self._choose_lines)
        self.drop_area.dropped.connect(self.take_file)
        self.preview_pane.integration_requested.connect(self._create_integration)
        self.preview_pane.warnings.asked.connect(self._on_note)
        self.preview_step.taken.connect(self._on_taken)
        self.preview_step.looked.connect(self._on_looked)
        self.preview_step.said.connect(self.frame.note.setText)
        self.preview_step.mended.connect(self._on_mended)
        self.take_back.as_new_file.connect(self.preview_step.take_as_new)
        self.take_back.changed.connect(self._on_taking)
        self.take_back.ended.connect(self.accept)
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
            self.preview_step.take_pasted(found)
        elif found is not None:
            self.take_file(found)
        else:
            self.frame.note.setText(
                "Nothing was copied that can be imported. Copy rows or a file, then paste."
            )

    def take_file(self, path: Path) -> None:
        """Look at this file; one that is being read, or was read, is not replaced."""
        if self._may_take():
            self.preview_step.take(path)

    def _may_take(self) -> bool:
        return self._reading is None and self._run_id is None and not self.take_back.is_taking

    def _on_file_selected(self, path: str) -> None:
        self.take_file(Path(path))

    def _on_lines_selected(self, path: str) -> None:
        self._just_taken = True
        self.preview_step.take_lines(path)

    def _on_note(self, note: Note, _button: QWidget) -> None:
        """The keyboard goes on to what follows when the file has been read in the other way."""
        self._just_taken = note.does in (NUMBERS, DATES)

    def _on_taken(self) -> None:
        self._just_taken = True
        self._show_pane(self.preview_pane)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._may_take():
            accept_file(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if (found := accept_file(event)) is not None:
            self.take_file(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def _on_looked(self) -> None:
        """The preview is another one, or is on its way."""
        possible = self.preview_step.can_import
        self.frame.let_import(possible)
        if possible:
            self.frame.note.setText("Nothing is written before you have chosen how the rows are processed.")
            self.import_button.setDefault(True)
        elif not self.preview_step.is_looking:
            self.frame.note.setText("")
        if self._just_taken and not self.preview_step.is_looking:
            self._just_taken = False
            self._next_deed().setFocus(Qt.FocusReason.OtherFocusReason)

    def _next_deed(self) -> QWidget:
        """What a person does next about the file that was looked at."""
        if self.preview_step.can_import:
            return self.import_button
        pane = self.preview_pane
        if pane.error_text:
            return pane.error.action_button
        if pane.warnings.buttons:
            return pane.warnings.buttons[0]
        return pane.table if pane.create_button.isHidden() else pane.create_button

    def _create_integration(self) -> None:
        """Make an integration from the columns of this file, then read the file with it."""
        if self.options.path is None:
            return
        from ui.integration_setup.from_file_dialog import (
            FromFileDialog,  # it uses this room's choice of a file
        )

        dialog = FromFileDialog(self, self._context, self._foreground)
        dialog.made.connect(self._on_integration_made)
        dialog.take_file(self.options.path)
        dialog.open()

    def _on_integration_made(self, code: str) -> None:
        self._read_integrations()
        self._just_taken = True
        self.preview_step.take_integration(code)

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
        preview = self.preview_step.preview
        if preview is None or not self.preview_step.can_import or self._reading is not None:
            return
        self.reading_pane.begin(preview.file_name, preview.dialect.kind)
        self._show_pane(self.reading_pane)
        self._reading = self._foreground.run(
            self,
            "read_file",
            self.preview_step.parameters(),
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
        self.steps.begin(
            self._run_id, int(results["rows"]), self.preview_step.file_names, self._execution_mode()
        )
        self._show_pane(self.steps)
        if self._try_first:
            self.steps.try_it()
        else:
            self.steps.ask()

    def _on_read_error(self, error: TaskError) -> None:
        self._reading = None
        self._show_pane(self.preview_pane)
        self.preview_pane.show_error(f"{self.preview_step.file_name} was not imported.", error.text)
        self.frame.let_import(False)
        self.preview_pane.error.action_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_stopped(self) -> None:
        self._reading = None
        self._show_pane(self.preview_pane)
        self.frame.note.setText("Reading was cancelled; nothing of the file was kept.")
        self._next_deed().setFocus(Qt.FocusReason.OtherFocusReason)

    def _execution_mode(self) -> str:
        preview = self.preview_step.preview
        code = preview.integration if preview is not None else ""
        found = [choice.execution_mode for choice in self._integrations if choice.code == code]
        return found[0] if found else ExecutionMode.DEFERRED

    # ---- failed rows that come back mended

    def _on_mended(self, path: Path) -> None:
        self._show_pane(self.take_back)
        self.take_back.offer(path)

    def _on_taking(self) -> None:
        self._show_pane(self.take_back)

    # ---- what follows

    def _on_step(self) -> None:
        self._show_pane(self.steps)

    def _on_given_back(self) -> None:
        self._run_id = None
        self._show_pane(self.preview_pane)
        self.frame.note.setText("The rows were given back: nothing of the file is kept.")
        self._next_deed().setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- its end

    def reject(self) -> None:
        """Cancel: what is under way is stopped first; rows that were read stay, and a message says where."""
        if self._reading is not None:
            self._reading.cancel()
            self.reading_pane.show_stopping()
            self.cancel_button.setEnabled(False)
        elif self.take_back.is_taking:
            self.take_back.stop()
            self.cancel_button.setEnabled(False)
        elif self.steps.is_trying:
            self.steps.stop_trying()
            self.cancel_button.setEnabled(False)
        elif not self.steps.is_starting:
            if self._run_id is not None:
                self.steps.leave()
            super().reject()

    def done(self, result: int) -> None:
        self.preview_step.close()
        self.steps.forget()
        self.take_back.forget()
        self._foreground.forget(self)
        self._context.hub.forget(self)
        super().done(result)
        self.deleteLater()

    # ---- how it looks

    def _show_pane(self, pane: QWidget) -> None:
        self._stack.setCurrentWidget(pane)
        self.frame.show_step(
            has_file=self.options.path is not None,
            choosing=pane in (self.drop_area, self.preview_pane),
            steps=self.steps if pane is self.steps else None,
            over=pane is self.take_back and self.take_back.taken is not None,
        )
        if pane is not self.steps:
            self.frame.let_import(self.preview_step.can_import)

    def _read_integrations(self) -> None:
        self._context.hub.query(
            self, integration_choices, self._on_integrations, self._on_integrations_failed, key="integrations"
        )

    def _on_integrations(self, choices: list[IntegrationChoice]) -> None:
        self._integrations = choices
        preview = self.preview_step.preview
        shown = self.options.integration_code or (preview.integration if preview is not None else "")
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
