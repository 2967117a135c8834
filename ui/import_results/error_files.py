"""The failed rows of an import as a file: asked for, written in a child process, and opened where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.tasks.task import TaskError
from models.import_rows import ImportRunRow
from ui.file_dialog import FileDialog
from ui.foreground import ForegroundHandle
from ui.framework.context import Notice, PageContext
from ui.import_results.record_actions import rows_text

__all__ = ["ErrorFiles"]

CODEUNIT: Final = "export_errors"
WORKBOOK: Final = "Excel workbook (*.xlsx)"
SAFE_CSV: Final = "CSV file (*.csv)"
PLAIN_CSV: Final = "CSV file, texts that look like formulas left as they are (*.csv)"


class ErrorFiles(QObject):
    """Writes one file at a time.

    Signals:
        writing: the name of the file that is being written; empty when that has ended.
        refused: title and text of what could not be done.
    """

    writing = Signal(str)
    refused = Signal(str, str)

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self._handle: ForegroundHandle | None = None
        self._run: ImportRunRow | None = None
        self._path = Path()
        self.dialog: QFileDialog | None = None

    def close_actions(self) -> None:
        """The page is closed: what is being written is given up, and leaves no file."""
        if self._context.foreground is not None:
            self._context.foreground.forget(self)

    def ask(self, run: ImportRunRow) -> None:
        """Ask where to write the failed rows of a run, and as what."""
        self._run = run
        dialog = FileDialog(self._host.window(), "Save the failed rows")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([WORKBOOK, SAFE_CSV, PLAIN_CSV])
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(self._on_filter)
        dialog.selectFile(f"{Path(run.file_name).stem} errors.xlsx")
        dialog.fileSelected.connect(self._on_file)
        self.dialog = dialog
        dialog.open()

    def export(self, run_id: int, path: Path, *, safe: bool = True) -> None:
        """Write the failed rows of a run.

        Args:
            path: ending in .xlsx or .csv.
            safe: texts that a spreadsheet would take for formulas are kept from being one.
        """
        foreground = self._context.foreground
        if foreground is None:
            return
        self._path = path
        parameters = {"run_id": str(run_id), "path": str(path), "safe": "true" if safe else "false"}
        self.writing.emit(path.name)
        self._handle = foreground.run(
            self, CODEUNIT, parameters, None, self._on_done, self._on_error, self._on_cancelled
        )

    def stop(self) -> None:
        """Give up what is being written."""
        if self._handle is not None:
            self._handle.cancel()

    # ---- how it works

    def _on_filter(self, name_filter: str) -> None:
        if self.dialog is not None:
            self.dialog.setDefaultSuffix("xlsx" if name_filter == WORKBOOK else "csv")

    def _on_file(self, text: str) -> None:
        if self._run is None or self.dialog is None:
            return
        chosen = self.dialog.selectedNameFilter()
        path = Path(text)
        ending = ".xlsx" if chosen == WORKBOOK else ".csv"
        if path.suffix.lower() not in (".xlsx", ".csv"):
            path = path.with_name(path.name + ending)
        self.export(self._run.id, path, safe=chosen != PLAIN_CSV)

    def _on_done(self, results: dict[str, str]) -> None:
        self._handle = None
        self.writing.emit("")
        count = int(results.get("rows", "0"))
        mend = f"Mend {'it' if count == 1 else 'them'} there, and drop the file on this window."
        text = f"{rows_text(count)} written to {self._path.name}. {mend}"
        self._context.notify(Notice(text, "ok", "Open", _Open(self._path)))

    def _on_error(self, error: TaskError) -> None:
        self._handle = None
        self.writing.emit("")
        self.refused.emit("The failed rows could not be written.", error.text)

    def _on_cancelled(self) -> None:
        self._handle = None
        self.writing.emit("")


class _Open:
    """Called by the toast, which may outlive the page."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))
