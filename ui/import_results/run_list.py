"""The list of import runs: one line per file that was read, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import count_text, counted, duration_text, exact_text, when_text
from models.import_rows import INTERRUPTED_TEXT
from models.import_run_lists import RunRow, RunView, run_list
from models.integration_record import ImportRun, RunState
from models.job_queue import JobQueueEntry
from ui.framework.context import PageContext
from ui.import_dialog.counts import counts_text
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import NOT_DONE_AT_MOST, Progress
from ui.widgets.empty_state import EmptyKind

__all__ = ["RunList", "cut_off_text", "size_text", "took_text"]

SHORTEST_MS = 50  # what took less is not told in figures

_NOTHING = {
    RunView.UNDER_WAY: "No import is under way",
    RunView.ERRORS: "No import has errors",
    RunView.TO_PROCESS: "No import has rows that wait to be processed",
    RunView.UNDONE: "No import was undone",
}


@dataclass(frozen=True, slots=True)
class _Read:
    integration: str
    search: str
    order: str
    descending: bool
    view: RunView

    def __call__(self) -> list[RunRow]:
        return run_list(self.integration, self.search, self.order, view=self.view, descending=self.descending)


class RunList(LiveList):
    """Import runs.

    Args:
        integration: only those of this integration; empty for all.
    """

    PLURAL = "imports"
    TABLES = frozenset({ImportRun.table(), JobQueueEntry.table(), EVERYTHING})

    view: RunView

    def __init__(self, context: PageContext, integration: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, self._columns(), "Import runs", parent)
        self.integration = integration
        self.view = RunView.ALL
        self.descending = True

    def show_integration(self, integration: str) -> None:
        """Show the runs of another integration; "" shows all."""
        self.integration = integration
        self.refresh()

    def reader(self) -> Callable[[], list[RunRow]]:
        return _Read(self.integration, self.search, self.order, self.descending, self.view)

    def describe_nothing(self) -> None:
        say = self.nothing.show_state
        if self.view in _NOTHING:
            say(EmptyKind.ALL_DONE, _NOTHING[self.view])
        else:
            of = f" with {self.integration}" if self.integration else ""
            say(
                EmptyKind.FIRST_USE,
                f"No file has been imported{of} yet",
                detail="Every file leaves a line here: what came of it, how long it took, and how to undo it.",
                action="Import data…",
                icon="arrow_import",
            )

    def on_nothing_action(self) -> None:
        if self.nothing.kind is EmptyKind.FIRST_USE:
            self.context.import_file(integration_code=self.integration)
        else:
            super().on_nothing_action()

    def _columns(self) -> tuple[TableColumn[RunRow], ...]:
        return (
            TableColumn("status", "Status", _status, Cell.PILL, width=196),
            TableColumn("file", "File", _file, share=4, strong=True, tooltip=_whole_path),
            TableColumn("integration", "Integration", _integration, width=140, from_width=1000),
            TableColumn("when", "Read", self._when, width=152, tooltip=_exact_when),
            TableColumn(
                "result", "Result", _result, Cell.PROGRESS, share=5, sortable=False, tooltip=_whole_result
            ),
            TableColumn("errors", "Errors", _errors, width=84, from_width=900),
            TableColumn("duration", "Duration", _duration, width=132, from_width=1000, tooltip=_phases),
            TableColumn("user", "User", _user, width=108, from_width=1180),
            TableColumn("source", "Came by", _source, width=128, from_width=1420),
            TableColumn("rows", "Rows", _rows, width=92, hidden=True),
            TableColumn("size", "Size", _size, width=92, hidden=True),
            TableColumn("path", "Folder and file", _path, share=4, hidden=True),
        )

    def _when(self, row: RunRow) -> Progress:
        return Progress(when_text(row.created_at, self._now()))

    def _now(self) -> datetime:
        return self.context.clock.now()


def size_text(size: int) -> str:
    """The size of a file as people read it: 812 bytes, 4.2 KB, 31 MB."""
    if size < 1_000:
        return counted(size, "byte")
    for unit, step in (("KB", 1_000), ("MB", 1_000_000)):
        if size < step * 1_000:
            return f"{size / step:.1f} {unit}" if size < step * 10 else f"{size // step:,} {unit}"
    return f"{size / 1_000_000_000:.1f} GB"


def took_text(milliseconds: int) -> str:
    """How long something took; empty when it has not begun."""
    if not milliseconds:
        return ""
    return duration_text(milliseconds / 1000) if milliseconds >= SHORTEST_MS else "less than 0.1 s"


def cut_off_text(row: RunRow) -> str:
    """What happened to an import in the middle of which the program ended, and how it goes on."""
    if not row.ready:
        return "The program ended while the import was being undone. Choose Undo once more."
    rows = "1 row is" if row.ready == 1 else f"{count_text(row.ready)} rows are"
    what = f"The program ended in the middle of it; {rows} not processed yet."
    return f"{what} It goes on by itself." if row.jobs_under_way else f"{what} Choose Go on."


def _status(row: RunRow) -> Progress:
    return Progress(row.status)


def _file(row: RunRow) -> Progress:
    return Progress(row.file_name, "fg")


def _whole_path(row: RunRow) -> str:
    return row.file_path or row.file_name


def _integration(row: RunRow) -> Progress:
    return Progress(row.integration_code)


def _exact_when(row: RunRow) -> str:
    return exact_text(row.created_at)


def _result(row: RunRow) -> Progress:
    if row.state == RunState.INTERRUPTED:
        return Progress("Nothing was imported")
    if row.state == RunState.READING:
        return Progress("Being read…", bar=True)
    if row.state == RunState.PROCESSING:
        share = min(row.done / row.rows, NOT_DONE_AT_MOST) if row.rows else None
        return Progress(f"{count_text(row.done)} of {count_text(row.rows)} rows", bar=True, share=share)
    return Progress(counts_text(row))


def _whole_result(row: RunRow) -> str:
    if row.state == RunState.INTERRUPTED:
        return INTERRUPTED_TEXT
    return f"{_result(row).text}\n{cut_off_text(row)}" if row.cut_off else _result(row).text


def _errors(row: RunRow) -> Progress:
    if not row.errors:
        return Progress("–")
    return Progress(count_text(row.errors), "err", glyph="error_circle")


def _duration(row: RunRow) -> Progress:
    return Progress(took_text(row.total_ms) or "–")


def _phases(row: RunRow) -> str:
    phases = (
        ("Reading", row.reading_ms),
        ("Processing", row.processing_ms),
        ("Post-processing", row.post_processing_ms),
    )
    return "\n".join(f"{name}: {took_text(ms)}" for name, ms in phases if ms)


def _user(row: RunRow) -> Progress:
    return Progress(row.user_id)


def _source(row: RunRow) -> Progress:
    return Progress(row.source)


def _rows(row: RunRow) -> Progress:
    return Progress(count_text(row.rows))


def _size(row: RunRow) -> Progress:
    return Progress(size_text(row.file_size))


def _path(row: RunRow) -> Progress:
    return Progress(row.file_path)
