"""A copy of the company for one thread: it works there as in the company, and nothing of it stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from models.company_file import CompanyFile
from models.database import database

PAGES_AT_ONCE: Final = 4_096  # of 4 KB, between two looks at whether somebody has cancelled


def works_on_copy() -> bool:
    """Whether this thread works on a copy, so that nothing of what it does really happens."""
    return database.obj is not None and bool(database.obj.works_on_copy)


def company_size() -> int:
    """Bytes that a copy of the company takes."""
    pages, size = (
        database.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return int(pages) * int(size)


def copy_to(target: Path, on_pages: Callable[[int, int], None]) -> None:
    """Copy the company as it is at one moment, without keeping anybody from writing.

    Args:
        target: a file that is not there yet.
        on_pages: is told pages done and pages in all; what it raises ends the copy.
    Raises:
        sqlite3.Error: the disk is full, or either file cannot be used.
    """
    opened: CompanyFile = database.obj
    # Without a snapshot of its own, a copy begins anew whenever somebody writes meanwhile.
    with closing(opened.open_snapshot()) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(
            copy,
            pages=PAGES_AT_ONCE,
            progress=lambda _status, left, total: on_pages(total - left, total),
        )


@contextmanager
def working_on(copy: Path) -> Iterator[sqlite3.Connection]:
    """Let this thread work on a copy, with the same rights; what was open before is as it was afterwards.

    Yields:
        The driver's connection to the copy.
    """
    opened: CompanyFile = database.obj
    other = CompanyFile(
        copy,
        pragmas={
            "journal_mode": "wal",  # a second thread reads while this one writes
            "synchronous": "off",  # nobody needs the copy after a crash
            "foreign_keys": 1,
            "cache_size": -32_000,
            "temp_store": "memory",
        },
        timeout=0,
        lock_type="IMMEDIATE",
        autoconnect=False,
    )
    with opened.working_on(other) as connection:
        yield connection
