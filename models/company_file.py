"""The company's file as peewee's database: each thread's connections to it, to write or only to read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import peewee

from models import owners
from models.company_hold import CompanyHold
from models.reading import ReadingConnection, open_reading
from models.rights import Rights, current
from models.writing import WritingConnection

PROCESS_LIVES: Final = "process_lives"
"""A function of SQL: whether the process behind an owner text runs, see `owners.lives`."""


class Savepoint(peewee._savepoint):
    """A savepoint that takes with it, when it is rolled back, what was to be done after the commit."""

    db: CompanyFile
    _before = 0

    def __enter__(self) -> Savepoint:
        self._before = len(self.db._state.commit_callbacks)
        super().__enter__()
        return self

    def rollback(self, begin: bool = True) -> None:
        super().rollback(begin)
        del self.db._state.commit_callbacks[self._before :]


class CompanyFile(peewee.SqliteDatabase):
    """Connections to a file that is there: where it has vanished, none makes an empty one in its place."""

    if TYPE_CHECKING:  # of peewee's, which its type stubs do not name
        _state: Any
        _timeout: float

        def _load_aggregates(self, connection: sqlite3.Connection) -> None: ...
        def _load_collations(self, connection: sqlite3.Connection) -> None: ...
        def _load_functions(self, connection: sqlite3.Connection) -> None: ...
        def _load_window_functions(self, connection: sqlite3.Connection) -> None: ...

    def __init__(self, company: Path, **options: Any) -> None:
        self.company = company
        self._hold = CompanyHold()
        path = company.as_posix()
        root = "" if path.startswith("/") else "/"
        self._uri = f"file://{root}{quote(os.fsencode(path))}"
        super().__init__(f"{self._uri}?mode=rw", uri=True, factory=WritingConnection, **options)
        self.register_function(owners.lives, PROCESS_LIVES, 1)

    @contextmanager
    def reading(self, table_caption: Callable[[str], str]) -> Iterator[ReadingConnection]:
        """Let this thread read one snapshot on a connection of its own, whatever other connection it has open."""
        mine = self._state  # peewee's; each thread has its own attributes in it
        outer = dict(vars(mine))
        connection = self._open_reading(table_caption)
        try:
            mine.table_caption = table_caption
            mine.set_connection(connection)
            mine.ctx.append(connection)  # so that no context inside closes it
            mine.transactions.append(connection)  # so that what is nested inside is a savepoint
            yield connection
        finally:
            vars(mine).clear()
            vars(mine).update(outer)
            connection.close()

    @contextmanager
    def working_on(self, copy: CompanyFile) -> Iterator[sqlite3.Connection]:
        """Let this thread read and write another file in place of this one; all other threads stay where they are."""
        mine = self._state
        outer = dict(vars(mine))
        connection = copy._connect()
        try:
            mine.set_connection(connection)
            mine.ctx.append(connection)  # so that no context inside closes it
            mine.copy = copy
            yield connection
        finally:
            vars(mine).clear()
            vars(mine).update(outer)
            connection.close()

    @property
    def works_on_copy(self) -> bool:
        """Whether this thread is inside `working_on`, so that nothing of what it does really happens."""
        return "copy" in vars(self._state)

    def savepoint(self) -> Savepoint:
        return Savepoint(self)

    def close(self) -> bool:
        """Close this thread's connection; one that reads belongs to its session, and a copy's to its block."""
        lent = "table_caption" in vars(self._state) or self.works_on_copy
        return False if lent else bool(super().close())

    def limit(self, rights: Rights | None) -> None:
        """Let this thread's connection, if it has one open, refuse what these rights do not allow."""
        if not self.is_closed():
            connection: WritingConnection | ReadingConnection = self._state.conn
            connection.limit(rights)

    def hold(self) -> None:
        """Keep the journal beside the file while it is open here, whatever else in this process looks at the file."""
        self._hold.take(self.company)

    def let_go(self) -> None:
        """End what `hold` has begun; this process must have no more connections that others could harm."""
        self._hold.release()
        self._hold.close()

    def tidy(self) -> None:
        """Leave no journal beside the file, unless somebody else has it open or it cannot be written."""
        self._hold.release()
        # Closing the last connection that may write puts the journal into the file; one that only reads cannot.
        if self.company.with_name(f"{self.company.name}-wal").exists():
            with suppress(sqlite3.DatabaseError), closing(self._open_writing()) as connection:
                connection.execute("PRAGMA application_id")
        self._hold.close()

    def open_snapshot(self) -> sqlite3.Connection:
        """A plain connection that sees the company as it is now, however long it is used; whoever asks closes it."""
        connection = sqlite3.connect(
            f"{self._uri}?mode=ro", uri=True, timeout=self._timeout, isolation_level=None
        )
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def open_beside(self) -> sqlite3.Connection:
        """A plain connection that only reads what this thread works on, this file or a copy, for any one thread."""
        file: CompanyFile = vars(self._state).get("copy", self)
        return sqlite3.connect(
            f"{file._uri}?mode=ro",
            uri=True,
            timeout=self._timeout,
            isolation_level=None,
            check_same_thread=False,
        )

    def _open_writing(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._uri}?mode=rw", uri=True, timeout=0)

    def _open_reading(self, table_caption: Callable[[str], str]) -> ReadingConnection:
        connection = open_reading(f"{self._uri}?mode=ro", self._timeout, table_caption)
        try:
            self._load_aggregates(connection)
            self._load_collations(connection)
            self._load_functions(connection)
            self._load_window_functions(connection)
            connection.begin(current())
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> sqlite3.Connection:
        table_caption = vars(self._state).get("table_caption")
        if table_caption is not None:
            return self._open_reading(table_caption)
        connection: WritingConnection = super()._connect()  # type: ignore[misc]  # peewee's stubs do not name it
        connection.limit(current())
        return connection
