"""Commits that wait for the disk together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from models.database import database
from models.enforcement import as_system

_NORMAL: Final = 1  # of SQLite's setting "synchronous": 0 off, 1 normal, 2 full


@contextmanager
def lasting_later() -> Iterator[None]:
    """Let commits of this thread's connection be on the disk for good only with the first one after the block.

    Until then a computer that loses its power may lose the newest of them, never a part of one. So it is for work
    that goes on from what the database says: a commit costs half as much, and others wait less for it.
    """
    before = int(database.execute_sql("PRAGMA synchronous").fetchone()[0])
    _set(min(before, _NORMAL))
    try:
        yield
    finally:
        _set(before)


@as_system()
def _set(synchronous: int) -> None:
    database.execute_sql(f"PRAGMA synchronous = {synchronous}")
