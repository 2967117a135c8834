"""Looking at a file before it is read, again with each choice that a person makes."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from desktop.imports.sources.reader import FIXED_WIDTH
from desktop.tasks.task import TaskError
from models.integration_record import RunSource
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog.clipboard import PastedText
from ui.import_dialog.file_facts import FileFacts, Ruled
from ui.import_dialog.look import Look
from ui.import_dialog.offered_fields import Offered
from ui.import_dialog.preview_pane import PreviewPane, suggestions
from ui.import_dialog.reading_options import ReadingOptions
from ui.later import SIGN_AFTER_MS, later

__all__ = ["PreviewStep"]


class PreviewStep(QObject):
    """The file, the look at it, and what the person chose.

    Signals:
        taken: another file is looked at.
        looked: a look has begun or ended, so that `can_import` may be another.
        said: a sentence for the foot of the dialog.
        mended: the file is not to be imported: it has the failed rows of an import.
    """

    taken = Signal()
    looked = Signal()
    said = Signal(str)
    mended = Signal(object)  # Path

    def __init__(
        self,
        parent: QObject,
        context: PageContext,
        foreground: ForegroundRunner,
        options: ReadingOptions,
        pane: PreviewPane,
    ) -> None:
        super().__init__(parent)
        self._foreground, self._options, self._pane, self._panel = foreground, options, pane, pane.panel
        self._look: Look | None = None
        self._asking = False
        self._preview: Preview | None = None
        self._columns: dict[str, str] = {}
        self._offered: Offered | None = None
        self._source = RunSource.MANUAL
        self._facts = FileFacts(context, self)
        self._indicator = later(self, SIGN_AFTER_MS, self._show_indicator)
        options.changed.connect(self.look_again)
        pane.changed.connect(self.look_again)
        pane.retry_requested.connect(self.look_again)
        pane.table.field_chosen.connect(self.choose_field)
        pane.suggestions_taken.connect(self.take_suggestions)
        self._facts.known.connect(self._on_known)
        self._facts.offered.connect(self._on_offered)
        self._facts.ruled.connect(self._on_ruled)
        self._facts.written.connect(self._on_written)
        self._facts.failed.connect(self._on_failed)

    # ---- how it stands

    @property
    def preview(self) -> Preview | None:
        """What the last look has found; None while there is none."""
        return self._preview

    @property
    def is_looking(self) -> bool:
        """Whether a look is under way."""
        return self._look is not None or self._asking

    @property
    def can_import(self) -> bool:
        """Whether the file can be read as it was looked at, and nothing waits for the person's choice."""
        preview = self._preview
        if self.is_looking or preview is None or not preview.rows:
            return False
        files = [preview, *([preview.lines] if preview.lines is not None else [])]
        return not any(file.problem or file.contradictions for file in files)

    @property
    def offered(self) -> Offered | None:
        """The fields that columns may fill; None while they are not known."""
        return self._offered

    @property
    def file_name(self) -> str:
        """What people call the file; empty while there is none."""
        path = self._options.path
        return path.name if path is not None else ""

    @property
    def file_names(self) -> str:
        """Both of them where the lines come in a second file."""
        lines = self._options.lines_path
        if lines is None or lines == self._options.path:
            return self.file_name
        return f"{self.file_name} and {lines.name}"

    @property
    def choices(self) -> Choices:
        """What the person has chosen for this file, and for the one with the lines."""
        own, of_lines = self._options.choices, self._options.lines_choices
        lines = None
        if self._options.lines_path is not None:
            lines = msgspec.structs.replace(
                self._pane.lines_choices, encoding=of_lines.encoding, sheet=of_lines.sheet
            )
        return msgspec.structs.replace(
            self._panel.choices,
            encoding=own.encoding,
            sheet=own.sheet,
            fixed_columns=self._pane.fixed_columns,
            columns=dict(self._columns),
            lines=lines,
        )

    def parameters(self) -> dict[str, str]:
        """What the codeunit that reads the file is told: all that was seen and chosen."""
        preview, lines = self._preview, self._options.lines_path
        assert preview is not None
        choices = _confirmed(self.choices, preview)
        if preview.lines is not None and choices.lines is not None:
            choices = msgspec.structs.replace(choices, lines=_confirmed(choices.lines, preview.lines))
        return {
            "path": str(self._options.path),
            "integration": preview.integration,
            "choices": msgspec.json.encode(choices).decode(),
            "lines_path": str(lines) if lines is not None else "",
            "source": self._source,
        }

    # ---- what the person does

    def take(self, path: Path) -> None:
        """Look at this file."""
        self._source = RunSource.MANUAL
        self._options.set_path(path)
        self._preview, self._columns = None, {}
        self._pane.begin(path.name)
        self._asking = True
        self._facts.ask_kind(path)
        self.taken.emit()

    def take_as_new(self) -> None:
        """Import a file of failed rows like every other."""
        self.taken.emit()
        self.look_again()

    def _on_known(self, path: Path, of_failed_rows: bool) -> None:
        if path != self._options.path:
            return
        self._asking = False
        if of_failed_rows:
            self.mended.emit(path)
        else:
            self.look_again()

    def take_pasted(self, pasted: PastedText) -> None:
        """Look at what was copied elsewhere."""
        self._facts.write_pasted(pasted)

    def take_lines(self, path: str) -> None:
        """Take the lines of documents from this second file."""
        lines = Path(path)
        self._options.set_lines_path(lines)
        self._pane.begin_lines(lines.name)
        self.look_again()

    def choose_field(self, section: int, path: str) -> None:
        """Let a column fill another field, for this file; "" for none.

        The column that filled the field before fills none then.
        """
        preview = self._pane.shown
        if preview is None:
            return
        column = preview.columns[section]
        if column.path == path:
            return
        if column.path:
            self._columns[column.path] = ""
        if path:
            self._columns[path] = column.header
        self.look_again()

    def take_suggestions(self) -> None:
        """Let every column fill the field that is suggested for it."""
        if self._preview is not None:
            self._columns |= suggestions(self._preview)
            self.look_again()

    def take_integration(self, code: str) -> None:
        """Read the file with this integration, whatever its columns suggest."""
        self._options.fix_integration(code)
        self.look_again()

    def look_again(self) -> None:
        """Look at the file as it is to be read now; an older look is dropped."""
        path = self._options.path
        if path is None or self._asking:
            return
        if self._look is not None:
            self._look.cancel()
        self._look = Look(
            self._foreground,
            path,
            self._options.integration_code,
            self.choices,
            self._options.lines_path,
            self._on_preview,
            self._on_error,
        )
        self._indicator.start()
        self.looked.emit()

    def close(self) -> None:
        """The dialog is closed."""
        self._indicator.stop()
        if self._look is not None:
            self._look.cancel()
            self._look = None
        self._facts.close()

    # ---- what was found

    def _show_indicator(self) -> None:
        self._pane.show_looking(self.file_name)

    def _on_preview(self, preview: Preview) -> None:
        self._indicator.stop()
        self._look, self._preview = None, preview
        self._options.show_detected(preview)
        self._pane.show_preview(preview)
        if preview.integration and (self._offered is None or self._offered.code != preview.integration):
            self._facts.ask_fields(preview.integration)
        self._rule(preview)
        self.looked.emit()

    def _on_error(self, error: TaskError) -> None:
        self._indicator.stop()
        self._look = self._preview = None
        self._pane.show_error(f"{self.file_name} cannot be read.", error.text)
        self.looked.emit()

    def _rule(self, preview: Preview) -> None:
        """Lay a ruler over a file of fixed width."""
        if preview.dialect.kind != FIXED_WIDTH and not self._panel.draws_columns:
            self._pane.show_lines((), ())
        elif not self._pane.is_ruled and self._options.path is not None:
            self._facts.ask_lines(self._options.path, preview.dialect.encoding)

    def _on_ruled(self, ruled: Ruled) -> None:
        if ruled.path == self._options.path:
            used = self._preview.dialect.fixed_columns if self._preview is not None else ()
            self._pane.show_lines(ruled.lines, used or ruled.columns)
            if self._panel.draws_columns:
                self.look_again()

    def _on_offered(self, offered: Offered) -> None:
        if self._offered is not None and self._offered.code != offered.code:
            self._columns = {}
        self._offered = offered
        self._pane.offer(offered)
        self._options.offer_lines(offered.line_caption)

    def _on_failed(self, text: str) -> None:
        self._asking = False
        self.said.emit(text)

    def _on_written(self, path: Path) -> None:
        self.take(path)
        self._source = RunSource.CLIPBOARD


def _confirmed(choices: Choices, preview: Preview) -> Choices:
    """The choices with the encoding and the columns that were guessed: the person has seen them."""
    dialect = preview.dialect
    if preview.confirm_encoding and choices.encoding is None:
        choices = msgspec.structs.replace(choices, encoding=dialect.encoding)
    if dialect.kind == FIXED_WIDTH and choices.fixed_columns is None and choices.delimiter is None:
        choices = msgspec.structs.replace(choices, fixed_columns=dialect.fixed_columns)
    return choices
