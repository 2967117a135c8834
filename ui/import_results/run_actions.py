"""What a person can do about an import run: go on, repeat, undo, look at its file, its rows and its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices

from desktop.formats import counted
from desktop.imports.afterwards.undo import start_undo
from desktop.imports.service import start_processing
from models.import_run_lists import RunRow
from models.integration import Integration
from models.integration_record import RunState
from ui.dialogs import ask_first
from ui.framework.context import Notice
from ui.framework.page_actions import PageActions

__all__ = ["RunActions", "can_go_on", "can_undo"]


def can_go_on(row: RunRow) -> bool:
    """Whether rows wait that no job will take by itself."""
    return bool(row.ready) and not row.under_way and row.state not in (RunState.UNDONE, RunState.INTERRUPTED)


def can_undo(row: RunRow) -> bool:
    """Whether the run has written something that no job is at."""
    return bool(row.created or row.updated) and not row.under_way


class RunActions(PageActions):
    """The actions of one page.

    Signals:
        changed: something was started.
    """

    changed = Signal()

    # ---- where to go

    def open_card(self, run_id: int) -> None:
        """Open the card of a run."""
        self._context.navigate("import_run_card", key=str(run_id))

    def show_records(self, row: RunRow) -> None:
        """Open the rows of a run."""
        self._context.navigate("integration_records", run_id=row.id)

    def show_job(self, job_id: str) -> None:
        """Open the log of a job."""
        self._context.navigate("job_queue_log_entries", job_id=job_id)

    def open_integration(self, row: RunRow) -> None:
        """Open the integration of a run."""
        self._context.navigate("integration_card", key=row.integration_code)

    # ---- what to do

    def go_on(self, row: RunRow) -> None:
        """Process what is ready."""
        work = partial(start_processing, row.id, self._context.user_id)
        self._context.hub.write(self, work, self._on_started, self._on_error)

    def repeat(self, row: RunRow) -> None:
        """Read the same file once more, in the import dialog."""
        self._context.hub.query(self, _Look(row), self._on_file, self._on_error, key="file")

    def open_folder(self, row: RunRow) -> None:
        """Show the folder of the file."""
        self._context.hub.query(self, _Look(row), self._on_folder, self._on_error, key="file")

    def undo(self, row: RunRow) -> None:
        """Take back what the run created and changed, after asking."""
        self.question = ask_first(
            self._host,
            f"Undo the import of “{row.file_name}”?",
            f"{_what_goes(row)} Those that somebody has edited or used since then are kept, and a report says which."
            " The rows of the file stay here.",
            "Undo import",
            partial(self._start_undo, row.id),
        )

    def _start_undo(self, run_id: int) -> None:
        work = partial(start_undo, run_id, self._context.user_id)
        self._context.hub.write(self, work, self._on_undo_started, self._on_error)

    def _on_undo_started(self, _job_id: str) -> None:
        self._context.notify(Notice("The import is being undone.", "ok"))
        self.changed.emit()

    def _on_started(self, _job_id: str) -> None:
        self._context.notify(Notice("The rows that are ready are being processed.", "ok"))
        self.changed.emit()

    def _on_file(self, found: _Found) -> None:
        row = found.row
        if not found.integration:
            self.refused.emit(
                f"The integration {row.integration_code} is no longer there.",
                "Choose Import… (Ctrl+I), the same file, and the integration that takes its place.",
            )
            return
        if found.file:
            self._context.import_file(Path(row.file_path), row.integration_code)
            return
        was = f"It was {row.file_path}. " if row.file_path else ""
        self.refused.emit(
            "The file is no longer there.", f"{was}Choose Import… (Ctrl+I), and the file where it is now."
        )

    def _on_folder(self, found: _Found) -> None:
        folder = Path(found.row.file_path).parent
        if not found.folder:
            text = f"It was {folder}. It was moved or deleted, or its drive is not connected."
            self.refused.emit("The folder is no longer there.", text)
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            text = f"It is {folder}; this computer names no program that shows folders."
            self.refused.emit("The folder could not be opened.", text)


class _Found(NamedTuple):
    """What is there of the file of a run, and whether its integration is."""

    row: RunRow
    file: bool
    folder: bool
    integration: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks for the file; off the GUI thread, because a network drive may take its time."""

    row: RunRow

    def __call__(self) -> _Found:
        known = Integration.get_or_none(Integration.code == self.row.integration_code) is not None
        if not self.row.file_path:
            return _Found(self.row, False, False, known)
        path = Path(self.row.file_path)
        return _Found(self.row, path.is_file(), path.parent.is_dir(), known)


def _what_goes(row: RunRow) -> str:
    if row.documents:
        return "The documents that it created will be removed, and those that it changed will be as before."
    parts = []
    if row.created:
        parts.append(f"{counted(row.created, 'record')} that it created will be removed")
    if row.updated:
        parts.append(f"{counted(row.updated, 'record')} that it changed will be as before")
    return f"{', and '.join(parts)}."
