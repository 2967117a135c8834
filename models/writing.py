"""A connection that writes, with the rights of the user in whose name its thread works.

The rights are kept by SQLite's authorizer, which is asked when a statement is prepared: so they hold for the ORM and
for raw SQL alike. Setting an authorizer expires every statement that was prepared before, also those that the driver
keeps, so each is asked about anew after a change of rights.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from models.cursors import CursorKeeper
from models.errors import RightMissingError
from models.reading import is_harmless_pragma
from models.rights import Right, Rights

RIGHT_OF: Final = {
    sqlite3.SQLITE_READ: Right.READ,
    sqlite3.SQLITE_INSERT: Right.INSERT,
    sqlite3.SQLITE_UPDATE: Right.MODIFY,
    sqlite3.SQLITE_DELETE: Right.DELETE,
}
_NOBODYS: Final = {
    sqlite3.SQLITE_ALTER_TABLE: "Change the tables",
    sqlite3.SQLITE_ATTACH: "Attach another file",
    sqlite3.SQLITE_CREATE_INDEX: "Change the tables",
    sqlite3.SQLITE_CREATE_TABLE: "Change the tables",
    sqlite3.SQLITE_CREATE_TEMP_TRIGGER: "Make triggers",
    sqlite3.SQLITE_CREATE_TEMP_VIEW: "Make views",
    sqlite3.SQLITE_CREATE_TRIGGER: "Make triggers",
    sqlite3.SQLITE_CREATE_VIEW: "Make views",
    sqlite3.SQLITE_CREATE_VTABLE: "Change the tables",
    sqlite3.SQLITE_DETACH: "Detach a file",
    sqlite3.SQLITE_DROP_INDEX: "Change the tables",
    sqlite3.SQLITE_DROP_TABLE: "Change the tables",
    sqlite3.SQLITE_DROP_TRIGGER: "Change the tables",
    sqlite3.SQLITE_DROP_VIEW: "Change the tables",
    sqlite3.SQLITE_DROP_VTABLE: "Change the tables",
}
"""What no user with limited rights may do, whatever tables they may write."""


class WritingConnection(CursorKeeper):
    """See the module's docstring."""

    _rights: Rights | None = None
    _refused: RightMissingError | None = None

    def limit(self, rights: Rights | None) -> None:
        """Refuse from now on what these rights do not allow; None allows everything."""
        self._rights = rights
        self.set_authorizer(None if rights is None else self._authorize)

    def tell(self, error: sqlite3.DatabaseError, cursor: sqlite3.Cursor) -> None:
        """Do nothing but keep the cursor where the authorizer has refused nothing.

        Raises:
            RightMissingError: what stands behind the driver's "not authorized".
        """
        self.keep(cursor)
        refused, self._refused = self._refused, None
        if refused is not None and getattr(error, "sqlite_errorcode", 0) in _REFUSALS:
            raise refused from error

    def _authorize(
        self, action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
    ) -> int:
        rights = self._rights
        if rights is None:
            return sqlite3.SQLITE_OK
        right = RIGHT_OF.get(action)
        if right is None:
            return self._about_the_file(rights, action, first or "", second)
        # A trigger writes in the name of the table's rules; a temporary table is nobody's record.
        of_a_trigger = trigger is not None and right is not Right.READ
        if of_a_trigger or database == "temp" or first is None or rights.may(right, first):
            return sqlite3.SQLITE_OK
        self._refused = rights.denied(right, first)
        return sqlite3.SQLITE_DENY

    def _about_the_file(self, rights: Rights, action: int, first: str, second: str | None) -> int:
        wish = _NOBODYS.get(action)
        if action == sqlite3.SQLITE_PRAGMA and not is_harmless_pragma(first, second):
            wish = f"Change the database's setting “{first}”"
        if wish is None:
            return sqlite3.SQLITE_OK
        self._refused = RightMissingError(rights.user_id, "the company's file", wish)
        return sqlite3.SQLITE_DENY


_REFUSALS: Final = frozenset({sqlite3.SQLITE_AUTH, sqlite3.SQLITE_ERROR})


class WritingCursor(sqlite3.Cursor):
    """Raises what people understand in place of "not authorized"."""

    connection: WritingConnection

    def execute(self, sql: str, parameters: Any = (), /) -> WritingCursor:
        try:
            super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            self.connection.tell(error, self)
            raise
        return self

    def executemany(self, sql: str, rows: Iterable[Any], /) -> WritingCursor:
        try:
            super().executemany(sql, rows)
        except sqlite3.DatabaseError as error:
            self.connection.tell(error, self)
            raise
        return self

    def executescript(self, script: str, /) -> WritingCursor:
        try:
            super().executescript(script)
        except sqlite3.DatabaseError as error:
            self.connection.tell(error, self)
            raise
        return self


WritingConnection.CURSOR = WritingCursor
