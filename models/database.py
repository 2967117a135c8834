"""The company's database: opening, connections, and everything that only SQLite says.

One `SqliteDatabase` stands behind `database`; its connections belong to threads. Every piece of work
opens its own: `connected()` to write, `read_only()` for a page background task.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import peewee
from playhouse.migrations import Runner

from models.company_file import CompanyFile, Savepoint
from models.errors import CompanyError, company_error

APPLICATION_ID: Final = 0x4261636B  # "Back": tells a company from any other SQLite file
BUSY_TIMEOUT_SECONDS: Final = 15.0
OPENING_WAIT_SECONDS: Final = (
    3.0  # somebody waits for the window; a save that others make meanwhile is far shorter
)
_MIGRATIONS = Path(__file__).parent / "migrations"
_SQLITE_HEADER = b"SQLite format 3\x00"


class _OpenCompany(peewee.DatabaseProxy):
    """Stands for the company that is open, also where peewee's own proxy would make a plain savepoint."""

    def savepoint(self) -> Savepoint:
        return _opened().savepoint()


database = _OpenCompany()


def open_company(path: Path | str, *, create: bool = False, lock_wait: float = BUSY_TIMEOUT_SECONDS) -> Path:
    """Open a company file, upgrade it if needed, and bind all records to it.

    Args:
        path: the company file.
        create: make a new, empty company; the file must not exist yet.
        lock_wait: seconds to wait for another program's lock once it is open; opening waits 3 at most.
    Returns:
        The absolute path.
    Raises:
        CompanyError: with code NotFound, IsAFolder, Exists, NotACompany, Newer, Locked, ReadOnly, Damaged,
            DiskFull or CannotOpen. The file is as it was.
    """
    company = Path(path).expanduser().absolute()
    _check_file(company, create=create)
    opened = CompanyFile(
        company,
        pragmas={
            "foreign_keys": 1,
            "synchronous": "full",
            "cache_size": -16_000,
            "temp_store": "memory",
            # Pages that many imported rows share go into the file once for all of them.
            "wal_autocheckpoint": 16_000,
        },
        timeout=min(lock_wait, OPENING_WAIT_SECONDS),
        lock_type="IMMEDIATE",
        autoconnect=False,
    )
    try:
        with opened.connection_context():
            _prepare(opened, company, create=create)
            opened.hold()
            _migrate(opened, company, create=create)
    except BaseException as error:
        opened.tidy()
        if not isinstance(error, (peewee.DatabaseError, sqlite3.DatabaseError)):
            raise
        if create:
            company.unlink(missing_ok=True)
        told = company_error(error, company)
        if told is None:
            raise
        raise told from error
    opened.timeout = lock_wait
    earlier: CompanyFile | None = database.obj
    database.initialize(opened)
    if earlier is not None:
        earlier.let_go()
    return company


def close_company() -> None:
    """Unbind the records; connections of other threads must be closed already.

    What is committed is in the one file then, which people copy: a reader that was the last to go cannot put it
    there.
    """
    opened: CompanyFile | None = database.obj
    if opened is not None:
        opened.close()
        opened.tidy()
    database.initialize(None)


def company_path() -> Path:
    """The file that is open.

    Raises:
        CompanyError: when none is.
    """
    return _opened().company


def _opened() -> CompanyFile:
    opened: CompanyFile | None = database.obj
    if opened is None:
        raise CompanyError("No company is open.", "Open or create one first.")
    return opened


def _check_file(company: Path, *, create: bool) -> None:
    try:
        if company.is_dir():
            raise CompanyError(
                f"“{company}” is a folder, not a company file.", "Name a file in it.", code="IsAFolder"
            )
        if create:
            company.parent.mkdir(parents=True, exist_ok=True)
            company.touch(exist_ok=False)
            return
        with company.open("rb") as file:
            head = file.read(len(_SQLITE_HEADER))
    except FileExistsError:
        raise CompanyError(
            f"“{company}” exists already.", "Choose another name, or open it.", code="Exists"
        ) from None
    except FileNotFoundError:
        raise CompanyError(
            f"There is no company file “{company}”.",
            "Check the path, or create it with: backdesk company create PATH",
            code="NotFound",
        ) from None
    except OSError as error:
        raise CompanyError(
            f"“{company}” cannot be {'made' if create else 'read'}: {error.strerror}.",
            "Choose another folder, or ask for the right to write there."
            if create
            else "Ask for the right to read it.",
            code="CannotOpen",
        ) from error
    if head != _SQLITE_HEADER:
        raise CompanyError(
            f"“{company.name}” is not a Backdesk company.",
            "Choose another file, or create a company with: backdesk company create PATH",
            code="NotACompany",
        )


def _prepare(opened: peewee.SqliteDatabase, company: Path, *, create: bool) -> None:
    """Set what a file keeps, only where it differs: changing a busy file's journal fails."""
    application_id = opened.execute_sql("PRAGMA application_id").fetchone()[0]
    if create:
        opened.execute_sql("PRAGMA journal_mode=wal")
        opened.execute_sql(f"PRAGMA application_id={APPLICATION_ID}")
    elif application_id != APPLICATION_ID:
        raise CompanyError(
            f"“{company.name}” is a database, but not a Backdesk company.",
            "Choose another file, or create a company with: backdesk company create PATH",
            code="NotACompany",
        )
    elif opened.execute_sql("PRAGMA journal_mode").fetchone()[0] != "wal":
        opened.execute_sql("PRAGMA journal_mode=wal")


def _migrate(opened: peewee.SqliteDatabase, company: Path, *, create: bool) -> None:
    known = {path.stem for path in _MIGRATIONS.glob("[0-9]*.py")}
    applied: set[str] = set()
    if opened.table_exists("schema_migration"):
        applied = {row[0] for row in opened.execute_sql("SELECT name FROM schema_migration")}
    if applied - known:
        raise CompanyError(
            f"“{company.name}” was written by a newer version of Backdesk.",
            "Update Backdesk on this computer, then open it again.",
            code="Newer",
        )
    if applied == known:
        return
    if not create:
        kept = company.with_name(f"{company.stem}.before-{sorted(known - applied)[0]}{company.suffix}")
        opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(company, kept)
    Runner(opened, str(_MIGRATIONS), table_name="schema_migration").up()


@contextmanager
def connected() -> Iterator[sqlite3.Connection]:
    """A connection of this thread for one piece of work; nested use shares it.

    Yields:
        The driver's connection, for `executemany` and for `interrupt()` from another thread.
    """
    if not database.is_closed():
        yield database.connection()
        return
    with database.connection_context():
        yield database.connection()


@contextmanager
def read_only(table_caption: Callable[[str], str] = str) -> Iterator[sqlite3.Connection]:
    """A connection of this thread that refuses to write, in the ORM and in raw SQL, with one read snapshot.

    It is the thread's only one inside the block, though the thread may have another open outside, with changes
    that are not committed: they are not seen here.

    Args:
        table_caption: turns a table's name into what people call it.
    Raises:
        CompanyError: when no company is open.
        PermissionDeniedError: out of the statement that wants to write.
    """
    with _opened().reading(table_caption) as connection:
        try:
            yield connection
        except (peewee.DatabaseError, sqlite3.DatabaseError) as error:
            # What went round the connection's own methods, e.g. `with connection:`, which commits.
            driver = error if isinstance(error, sqlite3.DatabaseError) else error.__context__
            if isinstance(driver, sqlite3.DatabaseError):
                connection.tell(driver)
            raise


def data_version() -> int:
    """A number that changes whenever another connection commits; costs microseconds and takes no lock."""
    return int(database.execute_sql("PRAGMA data_version").fetchone()[0])


def contains(column: str) -> str:
    """SQL for "the column's text contains the parameter"; both sides must be folded already."""
    return f"instr({column}, ?) > 0"


def like(column: str) -> str:
    """SQL for "the column's text is like the parameter", without regard to case; "\\" takes % and _ literally."""
    return f"{column} LIKE ? ESCAPE '\\'"


def escaped(text: str) -> str:
    """The text for a pattern of `like` in which nothing is a sign."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def unindexed(column: str) -> str:
    """SQL for the column in an order or condition for which no index may be used."""
    return f"+{column}"


def local_day(column: str) -> str:
    """SQL for the day, as YYYY-MM-DD where this computer is, of a column that holds a moment."""
    return f"date({column}, 'localtime')"
