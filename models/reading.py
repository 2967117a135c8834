"""A connection that only reads, and from which nothing can be undone.

Three things stand behind each other: the file is open for reading only, which the driver keeps for as long as the
connection lives; an authorizer lets through what reads and nothing else, so that the one read snapshot cannot be
ended either; and what is refused is told in Business Central's words, with the table and the right that is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Final, NoReturn

from models.cursors import CursorKeeper
from models.errors import PermissionDeniedError, ReadOnlySessionError
from models.rights import Right, Rights

_READS: Final = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
_RIGHTS: Final = {
    sqlite3.SQLITE_INSERT: "Insert",
    sqlite3.SQLITE_UPDATE: "Modify",
    sqlite3.SQLITE_DELETE: "Delete",
}
_DESCRIBING_PRAGMAS: Final = frozenset(
    {
        "foreign_key_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)
_ACTING_PRAGMAS: Final = frozenset({"incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint"})
_SENTENCES: Final = {
    sqlite3.SQLITE_TRANSACTION: "begin or end a transaction",
    sqlite3.SQLITE_ATTACH: "attach another file",
    sqlite3.SQLITE_DETACH: "detach a file",
}
_REFUSALS: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_PERM})
_REFUSING_WORDS: Final = ("cannot VACUUM", "too many attached")

Refused = tuple[int, str]  # the action and its first argument


class ReadingConnection(CursorKeeper):
    """See the module's docstring; made by `open_reading`.

    Attributes:
        table_caption: turns a table's name into what people call it.
    """

    table_caption: Callable[[str], str] = staticmethod(str)
    _refused: Refused | None = None
    _rights: Rights | None = None

    def cursor(self, *_args: Any, **_options: Any) -> Any:
        made = super().cursor()
        self.keep(made)
        return made

    def begin(self, rights: Rights | None = None) -> None:
        """Take the snapshot, and let nothing through from now on but what reads it.

        Args:
            rights: what may be read of it; None is everything.
        """
        super().setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        super().execute("PRAGMA temp_store=memory")
        super().execute("BEGIN")
        super().execute("PRAGMA schema_version").fetchone()  # reads a page: only now is there a snapshot
        self.limit(rights)

    def limit(self, rights: Rights | None) -> None:
        """Let only that be read from now on which these rights allow; None is everything."""
        self._rights = rights
        self._guard()

    def set_authorizer(self, *_args: Any, **_options: Any) -> NoReturn:
        raise ReadOnlySessionError("change what it may do")

    def setlimit(self, *_args: Any, **_options: Any) -> NoReturn:
        raise ReadOnlySessionError("change what it may do")

    def blobopen(self, table: str, column: str, row: int, /, **options: Any) -> sqlite3.Blob:
        if not options.get("readonly"):
            raise PermissionDeniedError(self.table_caption(table), "Modify")
        return super().blobopen(table, column, row, **options)

    def commit(self, **_options: Any) -> NoReturn:
        raise ReadOnlySessionError(_SENTENCES[sqlite3.SQLITE_TRANSACTION])

    def rollback(self, **_options: Any) -> NoReturn:
        raise ReadOnlySessionError(_SENTENCES[sqlite3.SQLITE_TRANSACTION])

    def tell(self, error: sqlite3.DatabaseError, again: Callable[[], Any] | None = None) -> None:
        """Do nothing where the driver has refused nothing.

        Args:
            error: what the driver raised.
            again: does the same once more, for the case that only the file's mode has refused it, which names no
                table.
        Raises:
            PermissionDeniedError: what stands behind the driver's error, in words for people.
        """
        code = getattr(error, "sqlite_errorcode", 0)
        if self._refused is None and code == sqlite3.SQLITE_READONLY and again is not None:
            # Somebody has taken the authorizer away. It is put back, and says what the statement wants.
            self._guard()
            with suppress(sqlite3.DatabaseError):
                again()
        refused, self._refused = self._refused, None
        if refused is not None:
            raise self._denied(*refused) from error
        if code in _REFUSALS or str(error).startswith(_REFUSING_WORDS):
            raise ReadOnlySessionError("write to the company") from error

    def _guard(self) -> None:
        super().set_authorizer(self._authorize)

    def _authorize(
        self, action: int, first: str | None, second: str | None, _db: str | None, _by: str | None
    ) -> int:
        if action == sqlite3.SQLITE_READ and not self._may_read(first):
            self._refused = (action, first or "")
            return sqlite3.SQLITE_DENY
        if action in _READS or (action == sqlite3.SQLITE_PRAGMA and is_harmless_pragma(first or "", second)):
            return sqlite3.SQLITE_OK
        self._refused = (action, first or "")
        return sqlite3.SQLITE_DENY

    def _may_read(self, table: str | None) -> bool:
        return self._rights is None or table is None or self._rights.may(Right.READ, table)

    def _denied(self, action: int, name: str) -> PermissionDeniedError:
        if action == sqlite3.SQLITE_READ and self._rights is not None:
            return self._rights.denied(Right.READ, name)
        right = _RIGHTS.get(action)
        if right is not None and not name.startswith("sqlite_"):
            return PermissionDeniedError(self.table_caption(name), right)
        if action == sqlite3.SQLITE_PRAGMA:
            return ReadOnlySessionError(f"change the database's setting “{name}”")
        return ReadOnlySessionError(_SENTENCES.get(action, "change the tables"))


class ReadingCursor(sqlite3.Cursor):
    """Raises what people understand in place of "not authorized"."""

    connection: ReadingConnection

    def execute(self, sql: str, parameters: Any = (), /) -> ReadingCursor:
        try:
            super().execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            self.connection.tell(error, partial(super().execute, sql, parameters))
            raise
        return self

    def executemany(self, sql: str, rows: Iterable[Any], /) -> ReadingCursor:
        try:
            super().executemany(sql, rows)
        except sqlite3.DatabaseError as error:
            self.connection.tell(error, partial(super().executemany, sql, [()]))
            raise
        return self

    def executescript(self, script: str, /) -> ReadingCursor:
        """One statement after the other: the driver's own way would begin by ending the snapshot."""
        statement = ""
        for piece in script.split(";"):
            statement += f"{piece};"
            if sqlite3.complete_statement(statement):
                self.execute(statement)
                statement = ""
        return self


ReadingConnection.CURSOR = ReadingCursor


def open_reading(uri: str, timeout: float, table_caption: Callable[[str], str]) -> ReadingConnection:
    """Open a file for reading; its snapshot begins with `begin`.

    Args:
        uri: names the file, with `mode=ro`.
        timeout: seconds to wait for a lock.
        table_caption: turns a table's name into what people call it.
    """
    connection = sqlite3.connect(
        uri, timeout=timeout, isolation_level=None, uri=True, factory=ReadingConnection
    )
    connection.table_caption = table_caption
    return connection


def is_harmless_pragma(pragma: str, argument: str | None) -> bool:
    """Whether a pragma only tells something; the argument of one that describes is what it describes."""
    return pragma in _DESCRIBING_PRAGMAS if argument is not None else pragma not in _ACTING_PRAGMAS
