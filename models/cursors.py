"""A connection with cursors of its own class, which can be closed whoever still holds one of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, ClassVar
from weakref import WeakSet


class CursorKeeper(sqlite3.Connection):
    """SQLite keeps the file open as long as one statement lives; so closing ends those that are kept.

    Class attributes:
        CURSOR: the class of its cursors.
    """

    CURSOR: ClassVar[type[sqlite3.Cursor]] = sqlite3.Cursor

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: WeakSet[sqlite3.Cursor] = WeakSet()

    def keep(self, cursor: sqlite3.Cursor) -> None:
        """Close this cursor with the connection, whoever holds it, e.g. the traceback of an error."""
        self._kept.add(cursor)

    def cursor(self, *_args: Any, **_options: Any) -> Any:
        return super().cursor(self.CURSOR)

    # The driver's own three would make cursors of its class, not of ours.

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        made: sqlite3.Cursor = self.cursor().execute(sql, parameters)
        return made

    def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        made: sqlite3.Cursor = self.cursor().executemany(sql, rows)
        return made

    def executescript(self, script: str, /) -> sqlite3.Cursor:
        made: sqlite3.Cursor = self.cursor().executescript(script)
        return made

    def close(self) -> None:
        """Close it now."""
        for cursor in list(self._kept):
            cursor.close()
        super().close()
