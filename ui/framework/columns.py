"""Columns as data: what a list reads, says and paints for each of its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final, NamedTuple

from PySide6.QtCore import Qt

from models.record import Record
from models.rules import Kind
from ui.framework.values import from_stored, shown
from ui.widgets.pill import PillLook

_NUMBERS: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Paint(Enum):
    """How the cells of a column are painted."""

    TEXT = auto()
    STRONG = auto()  # the name of the row
    MUTED = auto()
    LINK = auto()  # the key, which opens the row
    PILL = auto()
    PROGRESS = auto()


class Progress(NamedTuple):
    """A cell with a bar: its words, and how far, from 0 to 1; None while nobody knows; below 0 for no bar."""

    text: str
    share: float | None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Args:
        name: unique in the list; also the column of the table, unless `sql` says otherwise.
        caption: its header.
        kind: of its values; numbers stand at the right.
        width: in px at 100 %; a column grows up to twice that for its texts.
        paint: how its cells look.
        formatter: from the stored value to the text; by `kind` when None.
        look: for PILL, the pill's tone and drawing where its word does not say them.
        progress: for PROGRESS, from the stored value to what is painted.
        sql: the expression that is read and sorted by.
        filter_sql: the expression that filters compare, where it is another one.
        sortable, filterable: whether its header and the filter pane offer it.
        stretch: takes the room that is left over.
        decimals: how many a number has at least.
        yields: it is hidden where there is no room for all columns.
        longest: a stored value that must fit, though the first rows have none of its length.
    """

    name: str
    caption: str
    kind: Kind = Kind.TEXT
    width: int = 120
    paint: Paint = Paint.TEXT
    formatter: Callable[[Any], str] | None = None
    look: Callable[[Any], PillLook | None] | None = None
    progress: Callable[[Any], Progress] | None = None
    sql: str = ""
    filter_sql: str = ""
    sortable: bool = True
    filterable: bool = True
    stretch: bool = False
    decimals: int = 2
    yields: bool = False
    longest: Any = None

    @property
    def expression(self) -> str:
        """What SQL reads for this column."""
        return self.sql or self.name

    @property
    def filter_expression(self) -> str:
        """What a filter compares."""
        return self.filter_sql or self.expression

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Numbers at the right, all else at the left."""
        return _NUMBERS if self.kind in (Kind.DECIMAL, Kind.INTEGER) else _WORDS

    def text(self, stored: Any) -> str:
        """The words of a cell for the value that was read."""
        if self.progress is not None:
            return self.progress(stored).text
        if self.formatter is not None:
            return self.formatter(stored)
        return shown(self.kind, from_stored(self.kind, stored), decimals=self.decimals)


@dataclass(frozen=True, slots=True)
class BackgroundColumn(Column):
    """A column that a page background task works out: one run for all rows that are shown, never one for each.

    It cannot sort or filter, because only the values of the rows that were shown are known. A formatter, look or
    progress gets the value of the kind's Python type.

    Args:
        codeunit: its name in the registry; columns of the same codeunit share its runs. What it gets and returns
            is described in `desktop.row_values`; the result's name is the column's.
        watched: tables whose changes make the values old.
    Raises:
        ValueError: without a codeunit, or when it is to sort or filter.
    """

    sortable: bool = False
    filterable: bool = False
    codeunit: str = ""
    watched: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.codeunit:
            raise ValueError(f"the background column {self.name} needs a codeunit")
        if self.sortable or self.filterable or self.sql:
            raise ValueError(f"the background column {self.name} cannot sort, filter or be read by SQL")

    @property
    def expression(self) -> str:
        """It keeps its place among the columns that are read."""
        return "NULL"

    @property
    def value_type(self) -> type:
        """The Python type of its values."""
        return _VALUE_TYPES.get(self.kind, str)

    def text(self, stored: Any) -> str:
        if stored is None:
            return ""
        if self.progress is not None:
            return self.progress(stored).text
        if self.formatter is not None:
            return self.formatter(stored)
        return shown(self.kind, stored, decimals=self.decimals)


_VALUE_TYPES: Final[dict[Kind, type]] = {
    Kind.DECIMAL: Decimal,
    Kind.INTEGER: int,
    Kind.DATE: date,
    Kind.BOOLEAN: bool,
}


def column_of(record: type[Record], name: str, **changes: Any) -> Column:
    """A column with the caption and kind of a record's rule; `changes` are arguments of Column.

    Raises:
        KeyError: when the record has no such field.
    """
    rule = record.rule(name)
    return replace(Column(name, rule.caption, rule.kind), **changes)
