"""What the database itself has against a record."""

from __future__ import annotations

import sqlite3
from typing import Final

from desktop.imports.values.mapping import Fault

REFUSALS: Final = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError)


def database_fault(error: Exception) -> Fault:
    """The fault of a row that the database itself refuses."""
    return Fault(
        "",
        "",
        "Refused",
        "",
        f"The database refuses the record: {error}.",
        "Correct the row, then choose Retry.",
    )


def names_nothing(error: Exception) -> bool:
    """Whether the record names another one that is not there: somebody has deleted it since it was looked up."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
