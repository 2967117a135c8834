"""Commits that wait for the disk together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from models.database import database
from models.enforcement import as_system

_WHILE: Final = {
    "synchronous": 1,  # 0 off, 1 normal, 2 full
    # Who writes much puts the journal into the file, before it is so long that somebody's save has to; and a little
    # at a time, as a save that comes meanwhile waits until the disk has taken all of it.
    "wal_autocheckpoint": 1_000,  # pages
}
# KiB: indexes of large tables, into which rows come and from which they go in any order. Pages that do not fit are
# written and read again and again before the chunk is committed.
LARGE_CACHE: Final = 96_000


@contextmanager
def lasting_later(cache: int = 0) -> Iterator[None]:
    """Let commits of this thread's connection be on the disk for good only with the first one after the block.

    Until then a computer that loses its power may lose the newest of them, never a part of one. So it is for work
    that goes on from what the database says: a commit costs half as much, and others wait less for it.

    Args:
        cache: KiB of pages that the connection may keep in memory meanwhile; 0 for as many as always.
    """
    # What SQLite calls a negative number of pages is a number of KiB.
    wanted = {**_WHILE, "cache_size": -cache} if cache else _WHILE
    before = {name: _value(name) for name in wanted}
    _set({name: min(before[name], value) for name, value in wanted.items()})
    try:
        yield
    finally:
        _set(before)


def checkpoints_after() -> int:
    """How many pages the journal has when this thread's connection puts it into the file."""
    return _value("wal_autocheckpoint")


def checkpoint_after(pages: int) -> None:
    """Let this thread's connection put the journal into the file when it has so many pages.

    Many make less work, since a page that changes often is put there once; few keep a save of somebody else, which
    waits for the disk as well, from waiting long.
    """
    _set({"wal_autocheckpoint": pages})


def _value(name: str) -> int:
    return int(database.execute_sql(f"PRAGMA {name}").fetchone()[0])


@as_system()
def _set(values: dict[str, int]) -> None:
    for name, value in values.items():
        database.execute_sql(f"PRAGMA {name} = {value}")
