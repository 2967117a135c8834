"""The causes of errors of a run as a short list: how many records, which field, which value, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.formats import count_text
from desktop.imports.mending.repair import ErrorGroup
from models.integration_record_lists import Cause
from ui.import_results.causes_pane import cause_of
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import TableColumn
from ui.jobs.wording import Progress
from ui.widgets.empty_state import EmptyKind

__all__ = ["CauseList", "CauseRow"]


class CauseRow(NamedTuple):
    """One cause; its id is what its records have in common."""

    id: Cause
    group: ErrorGroup


class CauseList(RowsList):
    """The most frequent causes; `opened` gives the `Cause`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns: tuple[TableColumn[CauseRow], ...] = (
            TableColumn("count", "Records", _count, width=96, sortable=False),
            TableColumn("field", "Field", _field, share=2, sortable=False),
            TableColumn("value", "Value", _value, share=2, sortable=False),
            TableColumn("message", "What is wrong", _message, share=5, sortable=False, strong=True),
        )
        super().__init__(columns, "Errors by cause", parent)

    def show_causes(self, groups: Sequence[ErrorGroup]) -> None:
        """Show these causes, in their order."""
        self.show_rows([CauseRow(cause_of(group), group) for group in groups])

    def describe_nothing(self) -> None:
        self.nothing.show_state(EmptyKind.ALL_DONE, "No record has an error")


def _count(row: CauseRow) -> Progress:
    return Progress(count_text(row.group.count), "err", glyph="error_circle")


def _field(row: CauseRow) -> Progress:
    return Progress(row.group.caption or row.group.source_column or "–")


def _value(row: CauseRow) -> Progress:
    return Progress(row.group.value or "–")


def _message(row: CauseRow) -> Progress:
    return Progress(row.group.message, "fg")
