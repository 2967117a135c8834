"""Many rows in few statements: faster than one each, and the interpreter is free while SQLite writes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from models.enforcement import as_system
from models.rights import current

_PARAMETERS: Final = 4_000  # of one statement; SQLite takes at least 32,766


Blocks = list[tuple[int, list[Any]]]
"""How many rows go into a statement, and their values one after the other."""


def blocks_of(rows: Sequence[Sequence[Any]]) -> Blocks:
    """Rows as statements take them; another thread may make them so."""
    if not rows:
        return []
    size = max(_PARAMETERS // len(rows[0]), 1)
    blocks = (rows[start : start + size] for start in range(0, len(rows), size))
    return [(len(block), list(chain.from_iterable(block))) for block in blocks]


def insert_rows(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows.

    Args:
        table, columns: names, as they stand in the database.
        rows: the values of the columns, in their order.
    Raises:
        sqlite3.IntegrityError: the database refuses one of them; the caller rolls back.
        RightMissingError: the user may not insert one.
    """
    insert_blocks(connection, table, columns, blocks_of(rows))


def insert_blocks(connection: sqlite3.Connection, table: str, columns: Sequence[str], blocks: Blocks) -> None:
    """Insert rows, and raise what `insert_rows` does.

    Args:
        table, columns: names, as they stand in the database.
        blocks: of the values of the columns, in their order.
    """
    if not blocks:
        return
    if current() is not None:
        # Of several rows at once SQLite asks whether the user may read all tables that refer to this one.
        one = _insert(table, tuple(columns), 1)
        connection.execute(f"EXPLAIN {one}", blocks[0][1][: len(columns)]).fetchall()
    with as_system():
        for rows, parameters in blocks:
            connection.execute(_insert(table, tuple(columns), rows), parameters)


def update_blocks(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    blocks: Blocks,
    *,
    key: str,
    always: str = "",
) -> None:
    """Change rows, each to values of its own.

    Args:
        table, columns: names, as they stand in the database; the key may be among them, and stays as it is.
        blocks: of the values of the columns, in their order, and of the key last; each key once.
        always: what else is set, the same for all: `attempts = attempts + 1`.
    Raises:
        sqlite3.IntegrityError: the database refuses one of them; the caller rolls back.
    """
    for rows, parameters in blocks:
        connection.execute(_update(table, tuple(columns), key, always, rows), parameters)


@lru_cache(64)
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) {_values(len(columns), rows)}'


@lru_cache(64)
def _update(table: str, columns: tuple[str, ...], key: str, always: str, rows: int) -> str:
    # SQLite calls the columns of VALUES column1, column2 and so on. Where a key is set, though to what it is, it
    # looks into all tables that refer to it, and asks whether the user may read them.
    sets = [f'"{column}" = given.column{number}' for number, column in enumerate(columns, 1) if column != key]
    wanted = ", ".join([*sets, always] if always else sets)
    given = _values(len(columns) + 1, rows)
    return (
        f'UPDATE "{table}" SET {wanted} FROM ({given}) AS given'
        f' WHERE "{table}"."{key}" = given.column{len(columns) + 1}'
    )


def _values(width: int, rows: int) -> str:
    one = f"({', '.join('?' * width)})"
    return f"VALUES {', '.join([one] * rows)}"
