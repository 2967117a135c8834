"""Numbers that an import gives: the next of a series for keys, the next of the table for whole numbers."""

from __future__ import annotations

import sqlite3

from desktop.imports.writing.outcome import in_blocks
from models.company import take_numbers
from models.record import Record


def next_keys(connection: sqlite3.Connection, record: type[Record], series: str, count: int) -> list[str]:
    """So many numbers of a series that no record has; call it inside the transaction that uses them.

    Raises:
        LookupError: there is no such series.
    """
    free: list[str] = []
    key = record.key_field()
    while len(free) < count:
        numbers = take_numbers(series, count - len(free))
        taken = {
            row[0]
            for row in in_blocks(
                connection, f'SELECT "{key}" FROM "{record.table()}" WHERE "{key}" IN', numbers
            )
        }
        free += [number for number in numbers if number not in taken]
    return free


def last_number(connection: sqlite3.Connection, table: str, column: str) -> int:
    """The highest whole number in a column; 0 where there is none."""
    found = connection.execute(f'SELECT COALESCE(MAX("{column}"), 0) FROM "{table}"').fetchone()
    return int(found[0])
