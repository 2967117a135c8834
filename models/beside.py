"""A connection beside the thread's own one, for another thread that prepares what this one will write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from typing import Final

from models.company_file import CompanyFile
from models.database import database
from models.rights import Right, Rights, current

_CACHE_KIB: Final = 16_000


@contextmanager
def reading_beside(systems: Collection[str]) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, each time what is committed then, with the rights of this thread.

    Args:
        systems: tables that the program itself reads, whatever the rights.
    Yields:
        The connection, which any one thread may use at a time. What the rights do not allow raises
        sqlite3.DatabaseError.
    """
    opened: CompanyFile = database.obj
    with closing(opened.open_beside()) as connection:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        rights = current()
        if rights is not None:
            connection.set_authorizer(_authorizer(rights, frozenset(systems)))
        yield connection


def _authorizer(rights: Rights, systems: frozenset[str]) -> Callable[..., int]:
    def authorize(action: int, table: str | None, *_more: str | None) -> int:
        refused = action == sqlite3.SQLITE_READ and table is not None and table not in systems
        return (
            sqlite3.SQLITE_DENY if refused and not rights.may(Right.READ, table or "") else sqlite3.SQLITE_OK
        )

    return authorize
