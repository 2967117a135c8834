"""Opening a company: what a person gets for each wrong file, and that the file stays as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from models import database as room
from models import errors
from models.company import CompanyInformation, User
from models.database import close_company, company_path, connected, database, open_company
from models.errors import CompanyError, company_error


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_company()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A good company file, closed."""
    path = open_company(tmp_path / "good.db", create=True)
    with connected():
        User.insert(user_id="MARIA", full_name="Maria Keller").execute()
    close_company()
    return path


def refused(path: Path, **more: object) -> CompanyError:
    """The error of opening, after a check that folder and file are as before."""
    before = {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    with pytest.raises(CompanyError) as caught:
        open_company(path, **more)
    after = {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    assert after == before
    assert caught.value.hint, "a person is told what to do"
    return caught.value


def test_a_company_that_was_made_opens_again_with_what_was_in_it(made: Path) -> None:
    assert open_company(made) == made == company_path()
    with connected():
        assert User.get_by_id("MARIA").full_name == "Maria Keller"


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    error = refused(tmp_path / "nothing.db")
    assert error.code == "NotFound"
    assert "nothing.db" in str(error)


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert refused(tmp_path / "folder").code == "IsAFolder"
    assert refused(tmp_path / "folder", create=True).code == "IsAFolder"


@pytest.mark.parametrize("content", [b"", b"No.;Name\n1;Petersen\n", b"SQLite format 3"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "customers.csv"
    file.write_bytes(content)
    assert refused(file).code == "NotACompany"


def test_another_programs_database(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE moz_places (id INTEGER)")
    assert refused(file).code == "NotACompany"


def test_a_company_of_a_newer_backdesk(made: Path) -> None:
    with closing(sqlite3.connect(made)) as newer:
        columns = [row[1] for row in newer.execute("PRAGMA table_info(schema_migration)")]
        values = ", ".join("'9999_future'" if name == "name" else name for name in columns if name != "id")
        names = ", ".join(name for name in columns if name != "id")
        newer.execute(f"INSERT INTO schema_migration ({names}) SELECT {values} FROM schema_migration LIMIT 1")
        newer.commit()
    error = refused(made)
    assert error.code == "Newer"
    assert "Update Backdesk" in error.hint


def test_a_company_that_another_program_keeps_for_itself(made: Path) -> None:
    with closing(sqlite3.connect(made, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CompanyError) as caught:
            open_company(made, lock_wait=0)
        assert caught.value.code == "Locked"
        other.execute("ROLLBACK")
    open_company(made)


def test_a_damaged_company(made: Path) -> None:
    with made.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3_000)
    error = refused(made)
    assert error.code == "Damaged"
    assert "backup" in error.hint


def test_a_company_in_a_folder_where_nothing_may_be_written(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    company = folder / "company.db"
    shutil.copy(made, company)
    if os.name == "posix" and os.geteuid() != 0:
        company.chmod(0o400)
        folder.chmod(0o500)
    else:  # rights do not bind this user, so the driver's refusal is given in its place

        def refuse(*_: object, **__: object) -> None:
            raise peewee.OperationalError("attempt to write a readonly database")

        monkeypatch.setattr(room, "_prepare", refuse)
    try:
        assert refused(company).code in ("ReadOnly", "CannotOpen")
    finally:
        folder.chmod(0o700)


def test_a_file_that_may_not_be_read(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CompanyError) as caught:
        open_company(made)
    assert caught.value.code == "CannotOpen"
    assert "Permission denied" in caught.value.text


def test_a_new_company_never_replaces_a_file(made: Path) -> None:
    assert refused(made, create=True).code == "Exists"


def test_a_new_company_on_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object, **__: object) -> None:
        raise peewee.OperationalError("database or disk is full")

    monkeypatch.setattr(room, "_migrate", fill)
    with pytest.raises(CompanyError) as caught:
        open_company(tmp_path / "new.db", create=True)
    assert caught.value.code == "DiskFull"
    assert not (tmp_path / "new.db").exists()


def test_nothing_is_open_before_and_after(made: Path) -> None:
    with pytest.raises(CompanyError, match="No company is open"):
        company_path()
    open_company(made)
    close_company()
    with pytest.raises(CompanyError):
        company_path()


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (None, "cannot be written: its disk is full, or the drive has gone"),
        (5_000_000, "cannot grow: no file may be larger than 5 MB here"),
    ],
)
def test_a_write_that_the_system_refuses_is_no_file_that_cannot_be_opened(
    limit: int | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "size_limit", lambda: limit)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    told = company_error(error, "/home/maria/harbour.db")
    assert told is not None
    assert (told.code, said in told.text) == ("DiskFull", True)
    assert "Nothing of the last step was written." in told.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("file is not a database", "NotACompany"),
        ("database disk image is malformed", "Damaged"),
        ("database or disk is full", "DiskFull"),
        ("database is locked", "Locked"),
        ("attempt to write a readonly database", "ReadOnly"),
        ("unable to open database file", "CannotOpen"),
        ("disk I/O error", "CannotOpen"),
    ],
)
def test_what_the_driver_says_becomes_a_sentence_for_people(text: str, code: str) -> None:
    for kind in (peewee.OperationalError, sqlite3.OperationalError):
        told = company_error(kind(text), "/home/maria/harbour.db")
        assert isinstance(told, CompanyError)
        assert (told.code, "harbour.db" in told.text, bool(told.hint)) == (code, True, True)


def test_a_fault_of_the_program_is_not_dressed_up() -> None:
    assert company_error(peewee.OperationalError('near "SELCT": syntax error'), "a.db") is None
    assert company_error(ValueError("database is locked"), "a.db") is None


# --- upgrading -----------------------------------------------------------------------------------


def migrations_with(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    shutil.copytree(room._MIGRATIONS, folder)
    (folder / "0002_next.py").write_text(f"def up(migrator, db):\n    {body}\n", encoding="utf-8")
    monkeypatch.setattr(room, "_MIGRATIONS", folder)


def test_an_upgrade_keeps_a_copy_of_the_file_as_it_was(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations_with(
        monkeypatch, tmp_path / "next", "db.execute_sql('CREATE TABLE berth (no TEXT PRIMARY KEY)')"
    )
    open_company(made)
    with connected():
        assert database.table_exists("berth")
        assert User.select().count() == 1
    close_company()
    kept = made.with_name("good.before-0002_next.db")
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("SELECT full_name FROM users").fetchall() == [("Maria Keller",)]
        assert not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'berth'").fetchall()
    monkeypatch.undo()
    assert refused(made).code == "Newer", "the older Backdesk does not touch it"


def test_an_upgrade_that_fails_leaves_the_company_as_it_was(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations_with(
        monkeypatch,
        tmp_path / "next",
        "db.execute_sql('CREATE TABLE berth (no TEXT)'); db.execute_sql('NONSENSE')",
    )
    with pytest.raises(peewee.OperationalError):
        open_company(made)
    monkeypatch.undo()
    open_company(made)
    with connected():
        assert not database.table_exists("berth")
        assert User.select().count() == 1


def test_a_company_opens_without_a_copy_when_nothing_is_to_upgrade(made: Path) -> None:
    open_company(made)
    close_company()
    assert [file.name for file in made.parent.iterdir()] == ["good.db"]


def test_a_new_company_has_no_information_until_it_is_filled(company: Path) -> None:
    with connected():
        assert CompanyInformation.get_or_none() is None


def test_a_company_that_has_vanished_is_not_replaced_by_an_empty_file(made: Path) -> None:
    open_company(made)
    made.unlink()
    with pytest.raises(peewee.OperationalError) as caught, connected():
        pass
    told = company_error(caught.value, made)
    assert told is not None
    assert told.code == "CannotOpen"
    assert not made.exists()


def test_a_name_with_signs_that_mean_something_in_an_address(tmp_path: Path) -> None:
    path = tmp_path / "100% #1? ü & co.db"
    assert open_company(path, create=True) == path == company_path()
    close_company()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="rights of POSIX")
@pytest.mark.parametrize("create", [False, True])
def test_a_folder_that_may_not_be_looked_into(
    create: bool, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(CompanyError) as caught:
        open_company(made, create=create)
    assert caught.value.code == "CannotOpen"
    assert caught.value.hint


def test_looking_at_the_file_does_not_let_another_process_take_the_journal_away(made: Path) -> None:
    # A file dialog opens what it lists, to draw its icon; the system then drops this process's locks on it.
    open_company(made)
    with connected():
        User.insert(user_id="PETRA", full_name="Petra Holm").execute()
        made.read_bytes()
        subprocess.run([sys.executable, "-c", _READS_AND_GOES, str(made)], check=True)
        assert made.with_name(f"{made.name}-wal").exists()
        User.insert(user_id="TOM", full_name="Tom Berg").execute()
        assert User.select().count() == 3
    close_company()
    assert not made.with_name(f"{made.name}-wal").exists()
    open_company(made)
    with connected():
        assert {user.user_id for user in User.select()} == {"MARIA", "PETRA", "TOM"}


@pytest.mark.skipif(
    sys.platform != "linux", reason="only there a look at a file drops locks that are not its own"
)
def test_looking_at_the_index_of_the_journal_does_not_let_another_process_begin_it_anew(made: Path) -> None:
    # SQLite begins it anew where it may lock this byte; the processes that have it as memory end with a bus error.
    open_company(made)
    index = made.with_name(f"{made.name}-shm")
    with connected():
        index.read_bytes()
        assert subprocess.run([sys.executable, "-c", _BEGINS_ANEW, str(index)]).returncode == REFUSED
    close_company()
    assert not index.exists()


REFUSED = 3
_BEGINS_ANEW = f"""
import fcntl, sys
with open(sys.argv[1], "r+b") as index:
    try:
        fcntl.lockf(index, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
    except OSError:
        sys.exit({REFUSED})
"""
_READS_AND_GOES = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1])
other.execute("SELECT count(*) FROM sqlite_master").fetchone()
other.close()
"""
