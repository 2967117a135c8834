"""What undoing an import left as it was: which record, and why."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.formats import count_text
from desktop.imports.afterwards.undo import UndoReport, UndoRow
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import Cell, TableColumn
from ui.jobs.wording import Progress
from ui.widgets.empty_state import EmptyKind

__all__ = ["UndoList"]


class _Left(NamedTuple):
    """One record."""

    id: int
    group: str
    row: UndoRow


class UndoList(RowsList):
    """What could not be reversed comes first, then what was kept because somebody has edited it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns: tuple[TableColumn[_Left], ...] = (
            TableColumn("group", "Group", _group, Cell.PILL, width=110, sortable=False),
            TableColumn("line", "Row", _line, width=84, sortable=False),
            TableColumn("key", "Record", _key, share=2, sortable=False, strong=True),
            TableColumn("reason", "Why", _reason, share=6, sortable=False),
        )
        super().__init__(columns, "Records that undoing left as they were", parent)

    def show_report(self, report: UndoReport) -> None:
        """Show the records of a report."""
        groups = (("Failed", report.failed_rows), ("Kept", report.kept_rows))
        found = [(group, row) for group, rows in groups for row in sorted(rows, key=_line_no)]
        self.show_rows([_Left(place, group, row) for place, (group, row) in enumerate(found)])

    def key_of(self, place: int) -> str:
        """The key of the record of a row, as its card knows it; empty where there is no such row."""
        left = self.table.rows.row_of(place)
        return left.row.key if left is not None else ""

    def describe_nothing(self) -> None:
        self.nothing.show_state(EmptyKind.ALL_DONE, "Everything was reversed")


def _line_no(row: UndoRow) -> int:
    return row.line_no


def _group(left: _Left) -> Progress:
    return Progress(left.group)


def _line(left: _Left) -> Progress:
    return Progress(count_text(left.row.line_no))


def _key(left: _Left) -> Progress:
    return Progress(left.row.key, "fg")


def _reason(left: _Left) -> Progress:
    return Progress(f"{left.row.reason} {left.row.hint}".strip())
