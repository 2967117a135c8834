"""The list of post-process entries: what is done with imported records, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import exact_text, when_text
from models.post_process_entry import PostProcessEntry
from models.post_process_lists import PostProcessRow, PostProcessView, post_process_list
from models.tables import table_caption
from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress, codeunit_text
from ui.widgets.empty_state import EmptyKind

__all__ = ["EntryList"]


@dataclass(frozen=True, slots=True)
class _Read:
    run_id: int
    search: str
    order: str
    descending: bool
    view: PostProcessView

    def __call__(self) -> list[PostProcessRow]:
        return post_process_list(
            self.run_id, self.search, self.order, view=self.view, descending=self.descending
        )


class EntryList(LiveList):
    """Post-process entries.

    Args:
        run_id: only those of this import run; 0 for all.
    """

    PLURAL = "entries"
    TABLES = frozenset({PostProcessEntry.table(), EVERYTHING})

    view: PostProcessView

    def __init__(self, context: PageContext, run_id: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(context, self._columns(), "Post-process entries", parent)
        self.run_id = run_id
        self.view = PostProcessView.ALL
        self.descending = True

    def show_run(self, run_id: int) -> None:
        """Show the entries of another run; 0 shows all."""
        self.run_id = run_id
        self.refresh()

    def reader(self) -> Callable[[], list[PostProcessRow]]:
        return _Read(self.run_id, self.search, self.order, self.descending, self.view)

    def describe_nothing(self) -> None:
        say = self.nothing.show_state
        if self.view is PostProcessView.ERRORS:
            say(EmptyKind.ALL_DONE, "No post-processing has failed")
        elif self.view is PostProcessView.READY:
            say(EmptyKind.ALL_DONE, "Nothing waits for post-processing")
        elif self.run_id:
            say(EmptyKind.ALL_DONE, "This import has no post-processing", icon="list_bar")
        else:
            say(
                EmptyKind.ALL_DONE,
                "No import has had post-processing yet",
                detail="An integration can name a codeunit that takes each imported record, e.g. to release orders.",
                icon="list_bar",
            )

    def _columns(self) -> tuple[TableColumn[PostProcessRow], ...]:
        return (
            TableColumn("status", "Status", _status, Cell.PILL, width=126),
            TableColumn("record", "Record", _record, width=180, strong=True),
            TableColumn("codeunit", "Codeunit", _codeunit, share=2, from_width=1420),
            TableColumn("error", "What is wrong", _error, share=6, tooltip=_whole_error),
            TableColumn("attempts", "Attempts", _attempts, width=88, from_width=960),
            TableColumn("file", "File", _file, share=1, from_width=1180),
            TableColumn("ended", "Last tried", self._ended, width=152, from_width=760, tooltip=_exact_end),
        )

    def _ended(self, row: PostProcessRow) -> Progress:
        return Progress(when_text(row.ended_at, self._now()))

    def _now(self) -> datetime:
        return self.context.clock.now()


def _status(row: PostProcessRow) -> Progress:
    return Progress(row.status)


def _record(row: PostProcessRow) -> Progress:
    return Progress(f"{table_caption(row.table_name)} {row.record_key}", "fg")


def _codeunit(row: PostProcessRow) -> Progress:
    return Progress(codeunit_text(row.codeunit))


def _error(row: PostProcessRow) -> Progress:
    return Progress(row.error or "–", "err" if row.error else "fg2")


def _whole_error(row: PostProcessRow) -> str:
    return f"{row.error}\n{row.hint}".strip()


def _attempts(row: PostProcessRow) -> Progress:
    return Progress(str(row.attempts or ""))


def _file(row: PostProcessRow) -> Progress:
    return Progress(row.file_name)


def _exact_end(row: PostProcessRow) -> str:
    return exact_text(row.ended_at) if row.ended_at is not None else ""
