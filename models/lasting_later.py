"""Commits that wait for the disk together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from models.database import database
from models.enforcement import as_system

_WHILE: Final = {
    "synchronous": 1,  # 0 off, 1 normal, 2 full
    # Who writes much puts the journal into the file, before it is so long that somebody's save has to.
    "wal_autocheckpoint": 12_000,
}


@contextmanager
def lasting_later() -> Iterator[None]:
    """Let commits of this thread's connection be on the disk for good only with the first one after the block.

    Until then a computer that loses its power may lose the newest of them, never a part of one. So it is for work
    that goes on from what the database says: a commit costs half as much, and others wait less for it.
    """
    before = {name: int(database.execute_sql(f"PRAGMA {name}").fetchone()[0]) for name in _WHILE}
    _set({name: min(before[name], value) for name, value in _WHILE.items()})
    try:
        yield
    finally:
        _set(before)


@as_system()
def _set(values: dict[str, int]) -> None:
    for name, value in values.items():
        database.execute_sql(f"PRAGMA {name} = {value}")
