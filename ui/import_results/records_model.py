"""The staged rows of a run as a model: which cells are at fault, which may be written, and what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal

from desktop.tasks.hub import Hub
from models.import_rows import STATUS_WORDS
from models.integration_record import RecordStatus
from models.integration_record_lists import (
    CellColumn,
    RunShape,
    View,
    document_of,
    faults_of,
    record_columns,
)
from models.list_query import ListQuery
from models.rules import Kind
from ui.framework.columns import Column, Paint
from ui.framework.table_model import Index, TableModel

__all__ = ["EDITABLE", "RecordsModel", "faults_text"]

EDITABLE: Final = frozenset(
    STATUS_WORDS[status] for status in (RecordStatus.READY, RecordStatus.ERROR, RecordStatus.EXCLUDED)
)
_LONGEST_STATUS: Final = max(STATUS_WORDS.values(), key=len)
_WITH_ERRORS: Final[tuple[View, ...]] = ("all", "errors")


@lru_cache(maxsize=2_000)
def _faults(stored: str | None) -> dict[str, str]:
    """What is wrong, by the column that is at fault."""
    found: dict[str, str] = {}
    for column, message in faults_of(stored):
        found[column] = f"{found[column]} {message}" if column in found else message
    return found


def faults_text(stored: Any) -> str:
    """What is wrong with a row, in one line."""
    return " ".join(_faults(stored).values())


def _document_text(stored: Any) -> str:
    number, key, _ = document_of(stored)
    return key or (f"Row group {number:,}" if number else "")


class RecordsModel(TableModel):
    """The rows of one view of one run.

    Args:
        rows: how many the run has; the last of them stands in about such a line.

    Signals:
        cell_edited: the row's id, the place of the cell among the row's own, and what was written.
    """

    cell_edited = Signal(int, int, str)

    def __init__(
        self,
        hub: Hub,
        shape: RunShape,
        view: View,
        query: ListQuery,
        rows: int = 0,
        parent: QObject | None = None,
    ) -> None:
        self.shape = shape
        self.editable = True
        super().__init__(hub, _columns(shape, view, rows), query, parent)
        names = [column.name for column in self.columns]
        self._status = names.index("status") + 1  # behind the key
        self._error = names.index("error") + 1 if "error" in names else 0
        self._document = names.index("document") + 1 if "document" in names else 0
        self.first_cell = len(names) - len(shape.columns)

    def status(self, place: int) -> str:
        """The word of a row's status; empty while the row has not come."""
        row = self.row(place)
        return str(row[self._status] or "") if row is not None else ""

    # ---- what the delegate asks

    def fault(self, place: int, column_number: int) -> str:
        """What is wrong with a cell; empty when nothing is."""
        row = self.row(place)
        if row is None or not self._error or column_number < self.first_cell or not row[self._error]:
            return ""
        return _faults(row[self._error]).get(self.columns[column_number].caption, "")

    def begins_document(self, place: int) -> bool:
        """Whether a row is the first of its document on the screen; True where there are no documents."""
        if not self._document or place == 0:
            return True
        row, before = self.row(place), self.row(place - 1)
        if row is None or before is None:
            return True
        return document_of(row[self._document])[0] != document_of(before[self._document])[0]

    def is_document(self, column_number: int) -> bool:
        """Whether a column names the document."""
        return bool(self._document) and column_number == self._document - 1

    # ---- writing

    def is_editable(self, index: Index) -> bool:
        """Whether a person may write into a cell: rows that have become records stay as they are."""
        row = self.row(index.row()) if index.isValid() else None
        return (
            self.editable
            and row is not None
            and row[self._status] in EDITABLE
            and self._cell_of(row, index.column()) is not None
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.is_editable(index) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.EditRole:
            row = self.row(index.row()) if index.isValid() else None
            return str(row[index.column() + 1] or "") if row is not None else ""
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what was written; the list shows it until the row is read anew."""
        row = self.row(index.row()) if self.is_editable(index) else None
        if row is None or role != Qt.ItemDataRole.EditRole:
            return False
        cell = self._cell_of(row, index.column())
        if cell is None or str(value) == str(row[index.column() + 1] or ""):
            return False
        self.put_value(index.row(), index.column(), str(value))
        self.cell_edited.emit(int(row[0]), cell, str(value))
        return True

    def _cell_of(self, row: Sequence[Any], column_number: int) -> int | None:
        """The place of a column among the cells of a row; None where the row's file has no such column."""
        if column_number < self.first_cell:
            return None
        column: CellColumn = self.shape.columns[column_number - self.first_cell]
        in_lines = bool(self._document and self.shape.two_files and document_of(row[self._document])[2])
        return column.in_lines if in_lines else column.place


def _columns(shape: RunShape, view: View, rows: int) -> list[Column]:
    expressions = record_columns(shape, view)
    columns = []
    if shape.documents:
        columns.append(
            Column(
                "document",
                "Document",
                width=120,
                paint=Paint.STRONG,
                sql=expressions.document,
                formatter=_document_text,
                sortable=False,
            )
        )
    columns += [
        Column("line", "Row", Kind.INTEGER, 56, sql=expressions.line, longest=rows + 1),
        Column(
            "status", "Status", width=110, paint=Paint.PILL, sql=expressions.status, longest=_LONGEST_STATUS
        ),
    ]
    if view in _WITH_ERRORS:
        columns.append(
            Column(
                "error",
                "What is wrong",
                width=300 if view == "errors" else 190,
                paint=Paint.MUTED,
                sql=expressions.error,
                formatter=faults_text,
            )
        )
    stretching = len(shape.columns) - 1
    columns += [
        Column(f"cell {place}", column.caption, width=130, sql=sql, stretch=place == stretching)
        for place, (column, sql) in enumerate(zip(shape.columns, expressions.cells, strict=True))
    ]
    return columns
