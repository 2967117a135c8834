"""Errors that a person can act on: what happened, why, and what to do."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final

import peewee


class Cure(StrEnum):
    """What lets work go well that has met an error; the Job Queue goes by it."""

    TIME = "Time"  # it passes by itself: locked, full, away
    RETRY = "Retry"  # perhaps another try: nobody knows
    PERSON = (
        "Person"  # only that somebody changes something: however often it is tried, it fails the same way
    )


class BackdeskError(Exception):
    """The base of every error whose text is meant for a person.

    Args:
        text: one or two sentences: what happened and why.
        hint: what to do about it; may be empty.
        code: a short stable name for logs and `--json`; the class gives the default.

    Attributes:
        cure: what lets the same work go well; the class gives it, and `CURES` for those of its codes that differ.
    """

    code = "Error"
    cure: Cure = Cure.RETRY
    CURES: ClassVar[Mapping[str, Cure]] = MappingProxyType({})

    def __init__(self, text: str, hint: str = "", code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        if code:
            self.code = code
        self.cure = self.CURES.get(self.code, self.cure)

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".strip()


class FieldError(BackdeskError):
    """A value that a field refuses. `code` names the rule, e.g. Required, TooLong, NotANumber, NotFound."""

    code = "FieldError"


class PermissionDeniedError(BackdeskError):
    """The session may not do this to that table.

    The wording is Business Central's: "You do not have the following permissions on TableData …".
    """

    code = "PermissionDenied"
    cure = Cure.PERSON

    def __init__(self, table_caption: str, right: str) -> None:
        super().__init__(
            f"You do not have the following permissions on TableData {table_caption}: {right}.",
            "Page background tasks only read; do the change from the page or from a job.",
        )


class ReadOnlySessionError(PermissionDeniedError):
    """A session that only reads wanted something that is about no table's rows.

    Args:
        wish: what it wanted, after "may not", e.g. "attach another file".
    """

    def __init__(self, wish: str) -> None:
        BackdeskError.__init__(
            self,
            f"A page background task only reads; it may not {wish}.",
            "Do it from the page or from a job.",
        )


class RightMissingError(PermissionDeniedError):
    """A user lacks a right.

    Args:
        user_id: whose right is missing.
        name: of what, e.g. "TableData Customer" or "Codeunit 50 (import_records)".
        right: which, e.g. "Modify".
    """

    def __init__(self, user_id: str, name: str, right: str) -> None:
        BackdeskError.__init__(
            self,
            f"User {user_id} does not have the following permissions on {name}: {right}.",
            "Ask a user with the permission set SUPER for a set that allows it.",
        )


class RecordChangedError(BackdeskError):
    """Somebody else changed the field between reading and saving it."""

    code = "RecordChanged"


class CompanyError(BackdeskError):
    """The company file cannot be used: missing, foreign, newer, locked, read-only or on a full disk."""

    code = "Company"
    CURES = MappingProxyType(dict.fromkeys(("Locked", "CannotOpen", "NotFound", "DiskFull"), Cure.TIME))


def company_error(error: Exception, path: Path | str) -> BackdeskError | None:
    """The error for people that stands behind a database error, or None where it is a fault of the program.

    Args:
        error: what peewee or sqlite3 raised; its first cause counts, because rolling back may fail after it.
        path: the company file, named in the text.
    """
    told: BackdeskError | None = None
    cause: BaseException | None = error
    while isinstance(cause, peewee.DatabaseError | sqlite3.DatabaseError):
        told = _told(cause, Path(path).name) or told
        cause = cause.__cause__ or cause.__context__
    return told


def _told(error: Exception, name: str) -> BackdeskError | None:
    text = str(error).lower()
    if getattr(error, "sqlite_errorname", "") in _WRITING:
        return _not_written(name)
    if "not a database" in text:
        return CompanyError(
            f"“{name}” is not a Backdesk company.",
            "Choose another file, or create a company with: backdesk company create PATH",
            code="NotACompany",
        )
    if "malformed" in text:
        return CompanyError(
            f"The company file “{name}” is damaged.",
            "Restore it from a backup; Backdesk keeps a copy beside it before each upgrade.",
            code="Damaged",
        )
    if "disk is full" in text or "database or disk is full" in text:
        return CompanyError(
            f"The disk that holds “{name}” is full. Nothing of the last step was written.",
            "Free some space, then try again.",
            code="DiskFull",
        )
    if "locked" in text or "busy" in text:
        return CompanyError(
            f"“{name}” is locked by another program.",
            "Close the program that holds it, or try again in a moment.",
            code="Locked",
        )
    if "readonly" in text or "read-only" in text:
        return CompanyError(
            f"“{name}” cannot be written to.",
            "Ask for the right to write to the file and its folder.",
            code="ReadOnly",
        )
    if "unable to open" in text or "disk i/o error" in text:
        return CompanyError(
            f"“{name}” cannot be opened.",
            "Check that the file and its folder exist and that you may read and write them.",
            code="CannotOpen",
        )
    return None


_WRITING: Final = frozenset(
    {
        *("SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_IOERR_TRUNCATE"),
        *("SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMMAP"),
    }
)


def _not_written(name: str) -> BackdeskError:
    """The system has refused to write: SQLite does not say why, but a limit can be looked at."""
    limit = size_limit()
    if limit is not None:
        return CompanyError(
            f"“{name}” cannot grow: no file may be larger than {limit / 1e6:,.0f} MB here. Nothing of the last step "
            "was written.",
            "Raise the limit (ulimit -f), or free the program from it, then try again.",
            code="DiskFull",
        )
    return CompanyError(
        f"“{name}” cannot be written: its disk is full, or the drive has gone. Nothing of the last step was written.",
        "Free some space and check the drive, then try again.",
        code="DiskFull",
    )


def size_limit() -> int | None:
    """The largest size in bytes that the system lets this program give a file; None where it sets no limit."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    return None if soft == resource.RLIM_INFINITY else soft
