"""What changed, told after the commit, to this process and to every other one.

A write adds rows to `change_log` inside its own transaction; whoever watches reads them by number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from models.database import database

KEPT: Final = 10_000  # rows; a watcher that was away longer refreshes everything
MANY: Final = ""  # the record id that stands for "many records of this table"


class Change(NamedTuple):
    """One change: `record_id` is the key's text, or MANY."""

    number: int
    table: str
    record_id: str


def touch(table: str, record_id: str = MANY) -> None:
    """Note, inside the running transaction, that a record of `table` was written."""
    database.execute_sql("INSERT INTO change_log (table_name, record_id) VALUES (?, ?)", (table, record_id))


def last_number() -> int:
    """The number of the newest change; 0 when there is none."""
    return int(database.execute_sql("SELECT COALESCE(MAX(id), 0) FROM change_log").fetchone()[0])


def since(number: int) -> list[Change]:
    """All changes after `number`, oldest first."""
    rows = database.execute_sql(
        "SELECT id, table_name, record_id FROM change_log WHERE id > ? ORDER BY id", (number,)
    )
    return [Change(*row) for row in rows.fetchall()]


def prune() -> None:
    """Drop what no watcher needs any more."""
    database.execute_sql("DELETE FROM change_log WHERE id <= (SELECT MAX(id) FROM change_log) - ?", (KEPT,))
