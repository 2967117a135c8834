"""Which records refer to a record, so that it cannot go."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from models.database import database
from models.tables import TABLES


class ForeignKey(NamedTuple):
    """A column that holds the key of another table's record; `cascades` where its row goes with that record."""

    table: str
    column: str
    parent: str
    parent_column: str
    cascades: bool


class Referring(NamedTuple):
    """The records of one table that refer to a record: how many, and the first of them by key."""

    table: str
    records: int
    keys: list[str]


def referring_to(table: str, key: Any, limit: int = 3) -> list[Referring]:
    """The records that keep a record from being deleted. Lines are told as the document that they belong to.

    Args:
        table, key: name the record.
        limit: how many are named of each table.
    """
    found = []
    for link in _links():
        if link.parent != table or link.cascades:
            continue
        teller = _document_of(link.table)
        told, column = (teller.parent, teller.column) if teller else (link.table, _key_of(link.table))
        where = f'FROM "{link.table}" WHERE "{link.column}" = ?'
        records: int = database.execute_sql(f'SELECT COUNT(DISTINCT "{column}") {where}', (key,)).fetchone()[
            0
        ]
        if records:
            rows = database.execute_sql(
                f'SELECT DISTINCT "{column}" {where} ORDER BY 1 LIMIT ?', (key, limit)
            ).fetchall()
            found.append(Referring(told, records, [str(row[0]) for row in rows]))
    return found


def lacking(table: str, values: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """What values refer to that is not there.

    Args:
        table: whose record has the values.
        values: stored ones, by column.
    Returns:
        Of each: the column, the table that it refers to, and the key that is not in there.
    """
    found = []
    for link in _links():
        key = values.get(link.column)
        if link.table != table or key is None:
            continue
        there = database.execute_sql(
            f'SELECT 1 FROM "{link.parent}" WHERE "{link.parent_column}" = ?', (key,)
        ).fetchone()
        if there is None:
            found.append((link.column, link.parent, key))
    return found


def _links() -> tuple[ForeignKey, ...]:
    return _links_of(tuple(sorted(TABLES)))


@cache
def _links_of(tables: tuple[str, ...]) -> tuple[ForeignKey, ...]:
    """The foreign keys of these tables, which no company changes while it is open."""
    return tuple(
        ForeignKey(table, row[3], row[2], row[4], row[6] == "CASCADE")
        for table in tables
        for row in database.execute_sql(f'PRAGMA foreign_key_list("{table}")').fetchall()
    )


def _document_of(table: str) -> ForeignKey | None:
    """The link of lines to the document with which they go; None for records that stand alone."""
    return next((link for link in _links() if link.table == table and link.cascades), None)


def _key_of(table: str) -> str:
    record = TABLES.get(table)
    return record.key_field() if record is not None else "rowid"
