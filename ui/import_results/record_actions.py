"""What a person does with staged rows: save, process, retry, leave out and take in again; one run at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.import_rows import ImportRunRow
from models.integration_record_lists import Cause
from ui.framework.context import Notice, PageContext
from ui.import_results.chosen_rows import Chosen
from ui.import_results.many_rows import Exclude, ExcludeCause, Include, Process, Retry, Started
from ui.import_results.undo import UndoExclusion
from ui.import_results.work import JoinCells, SaveCell, SaveCells, Saved

__all__ = ["RecordActions"]


class RecordActions(QObject):
    """The actions of one page; `run` is the run that it shows.

    Signals:
        saved: a row has other cells now.
        changed: rows have another status, or a job takes them.
        refused: why something was not done, a TaskError.
    """

    saved = Signal(int)
    changed = Signal()
    refused = Signal(object)

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.run: ImportRunRow | None = None

    def close_actions(self) -> None:
        """The page is closed; what is on its way to the database gets there."""
        self._context.hub.forget(self)

    # ---- one row

    def save(self, record_id: int, cells: list[str]) -> None:
        """Keep the cells of a row."""
        self.write(SaveCells(record_id, cells), self._on_saved)

    def save_cell(self, record_id: int, place: int, text: str) -> None:
        """Keep one cell of a row."""
        self.write(SaveCell(record_id, place, text), self._on_saved)

    def join(self, record_id: int, place: int) -> None:
        """Join a cell with the next one."""
        self.write(JoinCells(record_id, place), self._on_saved)

    # ---- many rows

    def process(self, chosen: Chosen | None = None) -> None:
        """Process rows, those with errors too; None for all that are ready."""
        if self.run is not None and (chosen is None or chosen):
            self.write(Process(self.run.id, self._context.user_id, chosen), self.tell_started)

    def retry(self, cause: Cause | None = None) -> None:
        """Send rows with errors through again: all of them, or those of one cause."""
        if self.run is not None:
            self.write(Retry(self.run.id, self._context.user_id, cause), self.tell_started)

    def exclude(self, chosen: Chosen) -> None:
        """Leave rows out; a toast takes them in again."""
        if self.run is not None and chosen:
            self.write(Exclude(self.run.id, chosen), self._on_excluded)

    def exclude_cause(self, cause: Cause) -> None:
        """Leave out all rows with one cause; a toast takes them in again."""
        if self.run is not None:
            self.write(ExcludeCause(self.run.id, cause), self._on_excluded)

    def include(self, chosen: Chosen) -> None:
        """Take rows in again."""
        if self.run is not None and chosen:
            self.write(Include(self.run.id, chosen), self._on_included)

    def tell_started(self, started: Started) -> None:
        """Tell what came of it that rows were made ready."""
        under_way = self.run is not None and self.run.job_under_way
        self.changed.emit()
        if started.job_id:
            verb = "is" if started.records == 1 else "are"
            self._context.notify(Notice(f"{rows_text(started.records)} {verb} being processed.", "ok"))
        elif started.records and not under_way:
            verb = "is" if started.records == 1 else "are"
            text = (
                f"{rows_text(started.records)} {verb} ready again, as others are: Process all takes them all."
            )
            self._context.notify(Notice(text, "ok"))
        elif not started.records:
            self._context.notify(Notice("There was nothing to process.", "info"))

    # ---- how it works

    def write(self, work: Callable[[], Any], on_done: Callable[[Any], None]) -> None:
        """Let the writing thread do something."""
        self._context.hub.write(self, work, on_done, self._on_error)

    def _on_saved(self, saved: Saved) -> None:
        self.saved.emit(saved.record_id)
        if saved.healed:
            text = f"Row {count_text(saved.line_no)} is right now, and waits to be processed."
            self._context.notify(Notice(text, "ok"))

    def _on_error(self, error: TaskError) -> None:
        self.refused.emit(error)

    def _on_included(self, _started: Started) -> None:
        self.changed.emit()

    def _on_excluded(self, found: tuple[Started, list[int]]) -> None:
        started, record_ids = found
        self.changed.emit()
        if started.records and self.run is not None:
            text = f"{rows_text(started.records)} excluded."
            undo = UndoExclusion(self._context, self.run.id, record_ids)
            self._context.notify(Notice(text, "ok", "Undo", undo))
        else:
            text = "Nothing was excluded: these rows have become records already."
            self._context.notify(Notice(text, "info"))


def rows_text(count: int) -> str:
    """So many rows, in words."""
    return "1 row" if count == 1 else f"{count_text(count)} rows"
