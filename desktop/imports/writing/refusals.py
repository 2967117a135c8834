"""What the database itself has against a record."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

from desktop.imports.integrations.definition import Definition
from desktop.imports.values.mapping import Fault

REFUSALS: Final = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError)


_TAKEN: Final = re.compile(r"UNIQUE constraint failed: (\w+)\.(\w+)")


def database_fault(error: Exception, definition: Definition) -> Fault:
    """The fault of a row that the database itself refuses."""
    taken = _TAKEN.fullmatch(str(error))
    for field in definition.fields if taken is not None else ():
        record = definition.target.record_of(field.level)
        if taken is not None and taken.groups() == (record.table(), field.target_field):
            return Fault(
                field.path,
                field.source_column,
                "Exists",
                "",
                f"There is another {record.CAPTION} with this {field.caption} already.",
                f"Correct {field.caption.rstrip('.')}, or let the integration match by it, then choose Retry.",
            )
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
