"""What the lists of plain rows share: how they are searched, sorted and cut off, and how stored moments are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from models.database import contains
from models.fields import shown_time

MOST_ROWS: Final = 500  # a list shows so many; the search finds the others


def matching(search: str, columns: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The condition that every word stands in one of the columns, and its values."""
    where, values = "", []
    for word in search.split():
        where += f" AND ({' OR '.join(contains(f'lower({column})') for column in columns)})"
        values += [word.lower()] * len(columns)
    return where, tuple(values)


def newest_first(number: str, orders: Mapping[str, str], order: str, *, descending: bool) -> str:
    """What stands behind ORDER BY: the order that is asked for, and the newest first within it.

    Args:
        number: the column that grows with each row.
        orders: SQL by the key of a column.
        order: a column's key; empty for the newest first alone.
    Raises:
        KeyError: there is no such order.
    """
    way = "DESC" if descending else "ASC"
    return f"{orders[order]} {way}, {number} DESC" if order else f"{number} DESC"


def best_rows(columns: str, table: str, number: str, where: str, sorting: str) -> str:
    """SQL for the first rows of a list; its last parameter is how many.

    The numbers are sorted alone: of hundreds of thousands of rows, what is long is read of those that are shown.

    Args:
        columns, table: what is read, and of what.
        number: the column that names a row.
        where: what rows must be.
        sorting: as `newest_first` gives it.
    """
    best = f"SELECT {number} FROM {table} WHERE {where} ORDER BY {sorting} LIMIT ?"
    return f"SELECT {columns} FROM {table} WHERE {number} IN ({best}) ORDER BY {sorting}"


def shown_moments(stored: Iterable[str | None]) -> list[datetime | None]:
    """Moments as they are shown, aware; None where none is stored."""
    return [shown_time(moment) if moment else None for moment in stored]
