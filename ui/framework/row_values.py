"""What is known of the background columns of a list: values by key, so that none lands in another row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, NamedTuple

from ui.framework.columns import BackgroundColumn, Column

ROWS_KEPT: Final = 5_000


class CellState(Enum):
    """How far a cell is."""

    WAITING = auto()  # there never was a value
    READY = auto()
    OLD = auto()  # the last value, while it is worked out anew
    FAILED = auto()  # with the last value, where there is one


class Cell(NamedTuple):
    """One cell of a background column: its state, its value if there is one, and why it failed."""

    state: CellState
    value: Any = None
    reason: str = ""


def said_of(cell: Cell) -> str:
    """What a person hears, or reads in the tool tip, about a cell beside its value; "" when it is simply there."""
    if cell.state is CellState.WAITING:
        return "being worked out"
    if cell.state is CellState.OLD:
        return "being worked out anew"
    if cell.state is CellState.FAILED:
        return f"could not be worked out. {cell.reason} Press F5 to try again."
    return ""


_WAITING: Final = Cell(CellState.WAITING)


@dataclass(slots=True)
class _Row:
    age: int
    values: dict[str, Any] = field(default_factory=dict)
    known: bool = False
    reason: str = ""


class RowValues:
    """The values of all background columns of a list, of at most so many rows.

    Args:
        columns: of the list; those that are no background columns do not matter.
        rows_kept: for each codeunit; the row that was not looked at for longest goes first.
    """

    def __init__(self, columns: Sequence[Column], rows_kept: int = ROWS_KEPT) -> None:
        self.columns: dict[str, list[BackgroundColumn]] = {}
        for column in columns:
            if isinstance(column, BackgroundColumn):
                self.columns.setdefault(column.codeunit, []).append(column)
        self.old_is_shown = False  # whether old values are shown as such yet
        self._rows_kept = rows_kept
        self._rows: dict[str, OrderedDict[str, _Row]] = {codeunit: OrderedDict() for codeunit in self.columns}
        self._ages = dict.fromkeys(self.columns, 0)

    def cell(self, column: BackgroundColumn, key: str) -> Cell:
        """What to show of a column in the row of this key."""
        row = self._rows[column.codeunit].get(key)
        if row is None:
            return _WAITING
        value = row.values.get(column.name)
        if row.age == self._ages[column.codeunit]:
            return Cell(CellState.FAILED if row.reason else CellState.READY, value, row.reason)
        if not row.known:
            return _WAITING
        return Cell(CellState.OLD if self.old_is_shown else CellState.READY, value)

    def missing(self, codeunit: str, keys: Iterable[str]) -> list[str]:
        """Those of the keys whose values have not been worked out since they were last called old."""
        rows, age = self._rows[codeunit], self._ages[codeunit]
        found = []
        for key in keys:
            row = rows.get(key)
            if row is not None:
                rows.move_to_end(key)
            if row is None or row.age != age:
                found.append(key)
        return found

    def age(self, codeunit: str) -> int:
        """A number that grows whenever the values of the codeunit are called old."""
        return self._ages[codeunit]

    def call_old(self, codeunit: str) -> None:
        """All values, and all failures, are to be worked out anew."""
        self._ages[codeunit] += 1

    def store(
        self, codeunit: str, age: int, keys: Iterable[str], values: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Keep what was worked out.

        Args:
            age: of the codeunit's values when the run began.
            keys: the rows that were asked for.
            values: by column and key.
        """
        for key in keys:
            found = {name: of_column[key] for name, of_column in values.items() if key in of_column}
            self._keep(codeunit, key, _Row(age, found, known=True))

    def fail(self, codeunit: str, age: int, keys: Iterable[str], reason: str) -> None:
        """The run for these rows has failed; last values stay."""
        for key in keys:
            before = self._rows[codeunit].get(key) or _Row(age)
            self._keep(codeunit, key, _Row(age, before.values, before.known, reason))

    def _keep(self, codeunit: str, key: str, row: _Row) -> None:
        rows = self._rows[codeunit]
        rows[key] = row
        rows.move_to_end(key)
        while len(rows) > self._rows_kept:
            rows.popitem(last=False)
