"""What a new record holds in the columns that nobody has filled."""

from __future__ import annotations

from typing import Any, Final

from models.database import database
from models.enforcement import as_system
from models.record import Record

_OWN: Final = ("search_text", "modified_at")  # the program fills them on every write


@as_system()
def unfilled_values(record: type[Record]) -> dict[str, Any]:
    """The stored values that the database gives to a new record, by column.

    Left out are the key, what the program fills by itself, and what is another value each time.
    """
    defaults = {
        name: default
        for _, name, _, _, default, key in database.execute_sql(
            f'PRAGMA table_info("{record.table()}")'
        ).fetchall()
        if not key and name in record._meta.columns and name not in _OWN and not _differs_each_time(default)
    }
    values = database.execute_sql(
        f"SELECT {', '.join(default or 'NULL' for default in defaults.values()) or 'NULL'}"
    ).fetchone()
    return dict(zip(defaults, values, strict=False))


def _differs_each_time(default: str | None) -> bool:
    return default is not None and (default.startswith("(") or default.upper().startswith("CURRENT_"))
