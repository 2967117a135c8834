"""The copy of the company in which an import is tried, and what a kill may leave of it."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

import peewee

from desktop import paths
from desktop.errors import SourceError
from desktop.sessions.session import Session
from models import owners
from models.errors import BackdeskError
from models.private_copy import company_size, copy_to

_BYTES_PER_ROW: Final = 2_000  # what a row may grow the copy by: its record, its status, its before-image
_LEAST_FREE: Final = 50_000_000  # bytes left for everybody else


def remove_leftovers() -> None:
    """Remove the copies of processes that were killed; one that cannot be removed is left for the next time."""
    for file in _folder().glob("*.copy*"):
        if not owners.lives(unquote(file.name.partition(".copy")[0].rpartition("-")[0])):
            with suppress(OSError):
                file.unlink()


def _folder() -> Path:
    folder = paths.data_folder() / "dry-runs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def private_copy(session: Session, rows: int) -> Iterator[Path]:
    """A copy of the company that nobody else may look into; it is gone afterwards.

    Args:
        rows: how many are to be tried, for the room that the copy needs.
    Yields:
        Its path.
    Raises:
        SourceError: with code DiskFull: the disk has no room for it, or not for what is written to it.
        TaskCancelledError: cancelled while it was made.
    """
    remove_leftovers()
    folder = _folder()
    _check_room(folder, rows)
    copy = folder / f"{quote(owners.this_process(), safe='')}-{uuid.uuid4().hex}.copy"
    session.progress(0, 0, "Copying the company")
    try:
        copy.touch(mode=0o600)
        copy_to(copy, lambda done, total: session.progress(done, total, "Copying the company"))
        yield copy
    except (sqlite3.Error, peewee.DatabaseError) as error:
        if _is_full(error):
            raise _no_room(folder) from error
        raise
    finally:
        for file in folder.glob(f"{copy.name}*"):
            with suppress(OSError):
                file.unlink()


def _check_room(folder: Path, rows: int) -> None:
    needed = company_size() + rows * _BYTES_PER_ROW + _LEAST_FREE
    if shutil.disk_usage(folder).free < needed:
        raise _no_room(folder, needed)


def _no_room(folder: Path, needed: int = 0) -> BackdeskError:
    size = f", which needs {needed / 1_000_000:,.0f} MB" if needed else ""
    return SourceError(
        f"The disk of “{folder}” has no room for a copy of the company{size}, so that the import cannot be tried.",
        "Free some space, or import without a dry run: an import can be undone.",
        "DiskFull",
    )


def _is_full(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            return True
        cause = cause.__cause__ or cause.__context__
    return False
