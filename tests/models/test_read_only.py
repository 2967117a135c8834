"""A child session's connection reads, and refuses every write with Business Central's sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from models.customer import Customer
from models.database import close_company, connected, database, read_only
from models.errors import PermissionDeniedError
from models.record_edit import save_field
from models.tables import table_caption


@pytest.fixture(autouse=True)
def one_customer(company: Path) -> None:
    with connected():
        Customer(no="C1", name="Petersen").save(force_insert=True)


def raw(sql: str) -> Callable[[], object]:
    return lambda: database.execute_sql(sql)


WRITES = [
    (lambda: Customer.insert(no="C2", name="Hansen").execute(), "Customer: Insert"),
    (lambda: Customer(no="C2", name="Hansen").save(force_insert=True), "Customer: Insert"),
    (lambda: Customer.update(name="Hansen").execute(), "Customer: Modify"),
    (lambda: Customer.delete().execute(), "Customer: Delete"),
    (
        raw("INSERT INTO sales_header (no, customer_no, order_date) VALUES ('1', 'C1', '')"),
        "Sales Order: Insert",
    ),
    (raw("UPDATE customer SET name = 'x'"), "Customer: Modify"),
    (raw("DELETE FROM customer"), "Customer: Delete"),
    (raw("REPLACE INTO item (no) VALUES ('I1')"), "Item: Insert"),
    (raw("WITH x AS (SELECT 1) DELETE FROM vendor"), "Vendor: Delete"),
    (lambda: database.connection().executemany("UPDATE item SET no = ?", [("1",)]), "Item: Modify"),
]


@pytest.mark.parametrize(("write", "words"), WRITES)
def test_a_write_is_refused(write: Callable[[], object], words: str) -> None:
    with pytest.raises(PermissionDeniedError) as caught:
        with read_only(table_caption):
            write()
    assert caught.value.text == f"You do not have the following permissions on TableData {words}."
    assert caught.value.code == "PermissionDenied"
    with connected():
        assert [customer.name for customer in Customer.select()] == ["Petersen"]


ESCAPES = [
    ("CREATE TABLE berth (no TEXT)", "change the tables"),
    ("CREATE TEMP TABLE berth (no TEXT)", "change the tables"),
    ("CREATE TRIGGER t AFTER UPDATE ON item BEGIN DELETE FROM customer; END", "change the tables"),
    ("CREATE INDEX i ON customer (name)", "change the tables"),
    ("DROP TABLE customer", "change the tables"),
    ("ALTER TABLE customer ADD x TEXT", "change the tables"),
    ("REINDEX", "change the tables"),
    ("ANALYZE", "change the tables"),
    ("ATTACH ':memory:' AS x", "attach another file"),
    ("VACUUM", "write to the company"),
    ("VACUUM INTO 'copy.db'", "write to the company"),
    ("BEGIN", "begin or end a transaction"),
    ("COMMIT", "begin or end a transaction"),
    ("ROLLBACK", "begin or end a transaction"),
    ("PRAGMA query_only=0", "change the database's setting “query_only”"),
    ("PRAGMA writable_schema=1", "change the database's setting “writable_schema”"),
    ("PRAGMA journal_mode=delete", "change the database's setting “journal_mode”"),
    ("PRAGMA user_version=7", "change the database's setting “user_version”"),
    ("PRAGMA wal_checkpoint", "change the database's setting “wal_checkpoint”"),
    ("PRAGMA optimize", "change the database's setting “optimize”"),
]


@pytest.mark.parametrize(("sql", "wish"), ESCAPES)
def test_what_would_lead_out_is_refused_with_a_sentence(sql: str, wish: str, company: Path) -> None:
    before = company.read_bytes()
    with read_only(table_caption):
        with pytest.raises(PermissionDeniedError) as caught:
            database.execute_sql(sql)
        assert Customer.select().count() == 1
    assert caught.value.text == f"A page background task only reads; it may not {wish}."
    assert company.read_bytes() == before
    assert list(company.parent.glob("copy.db")) == []


WAYS_ROUND: list[tuple[str, Callable[[sqlite3.Connection], object]]] = [
    ("set_authorizer", lambda c: c.set_authorizer(None)),
    ("setlimit", lambda c: c.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 5)),
    ("commit", lambda c: c.commit()),
    ("rollback", lambda c: c.rollback()),
    ("peewee's commit", lambda _c: database.commit()),
    ("session_commit", lambda _c: database.session_commit()),
    ("a script", lambda c: c.executescript("SELECT 1; UPDATE customer SET name = 'x;y'; SELECT 2")),
    ("RETURNING", lambda c: c.execute("INSERT INTO customer (no, name) VALUES ('C2', 'x') RETURNING no")),
    (
        "UPSERT",
        lambda c: c.execute(
            "INSERT INTO customer (no, name) VALUES ('C1', 'x') ON CONFLICT (no) DO UPDATE SET name = 'x'"
        ),
    ),
    ("a blob", lambda c: c.blobopen("customer", "name", 1)),
    ("a cursor of the driver's", lambda c: c.cursor(sqlite3.Cursor).execute("DELETE FROM customer")),
    ("another context", lambda _c: _in_another_context()),
    ("another connection", lambda _c: _on_another_connection()),
    ("the driver's own method", lambda c: _strip(c).execute("DELETE FROM customer")),
    ("the same for many", lambda c: _strip(c).executemany("DELETE FROM customer WHERE no = ?", [("C1",)])),
    ("attaching then", lambda c: _strip(c).execute("ATTACH 'file:copy.db?mode=rwc' AS w")),
    ("with", lambda c: c.__exit__(None, None, None)),
]


def _strip(connection: sqlite3.Connection) -> sqlite3.Connection:
    sqlite3.Connection.set_authorizer(connection, None)
    return connection


def _in_another_context() -> None:
    with database.connection_context():
        Customer.delete().execute()


def _on_another_connection() -> None:
    database.obj._state.reset()
    try:
        database.connect()
        Customer.delete().execute()
    finally:
        database.connection().close()


@pytest.mark.parametrize("way", [way for _, way in WAYS_ROUND], ids=[name for name, _ in WAYS_ROUND])
def test_no_way_round_it_writes(way: Callable[[sqlite3.Connection], object], company: Path) -> None:
    with connected():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    before = company.read_bytes()
    with pytest.raises(PermissionDeniedError):
        with read_only(table_caption) as connection:
            way(connection)
    assert company.read_bytes() == before
    with connected():
        assert [customer.name for customer in Customer.select()] == ["Petersen"]


def test_a_cursor_that_somebody_keeps_does_not_keep_the_file_open(company: Path) -> None:
    with read_only() as connection:
        kept = connection.execute("SELECT * FROM customer UNION ALL SELECT * FROM customer")
        assert kept.fetchone() is not None
    with connected():
        # Only where no reader is left can the journal be taken over whole.
        assert database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    with pytest.raises(sqlite3.ProgrammingError):
        kept.fetchone()


def test_the_words_name_the_table_also_when_only_the_file_has_refused() -> None:
    with read_only(table_caption) as connection:
        with pytest.raises(PermissionDeniedError, match="TableData Customer: Delete"):
            _strip(connection).execute("DELETE FROM customer")


def test_an_error_after_a_refusal_that_was_caught_is_its_own() -> None:
    def read_on() -> None:
        with read_only(table_caption):
            with pytest.raises(PermissionDeniedError):
                Customer.delete().execute()
            database.execute_sql("SELECT * FROM berth")

    with pytest.raises(peewee.OperationalError, match="no such table"):
        read_on()


def test_reading_in_nested_blocks_and_about_the_tables_is_let_through() -> None:
    with read_only(table_caption) as connection:
        with database.atomic(), database.atomic() as inner:
            assert Customer.select().count() == 1
            inner.rollback()
        with database.connection_context(), connected() as same:
            assert same is connection
        assert not database.close()
        assert "name" in {column.name for column in database.get_columns("customer")}
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.executescript("SELECT 1; SELECT 2;") is not None
        assert Customer.select().count() == 1


def test_another_connection_of_the_thread_is_as_it_was_afterwards() -> None:
    with connected() as outer, database.atomic():
        Customer.create(no="C2", name="Hansen")
        with read_only(table_caption) as inner:
            assert inner is not outer
            assert Customer.select().count() == 1
        assert database.connection() is outer
        assert Customer.select().count() == 2
    with connected():
        assert Customer.select().count() == 2


def test_the_file_is_whole_when_the_company_is_closed_after_a_last_reader(company: Path) -> None:
    with read_only():
        with closing(sqlite3.connect(company, isolation_level=None)) as other:
            other.execute("INSERT INTO customer (no, name) VALUES ('C2', 'Hansen')")
    wal = company.with_name(f"{company.name}-wal")
    assert wal.stat().st_size > 0
    close_company()
    assert not wal.exists()
    with closing(sqlite3.connect(f"file:{company}?immutable=1", uri=True)) as copied:
        assert copied.execute("SELECT COUNT(*) FROM customer").fetchone() == (2,)


def test_a_card_cannot_save_from_there() -> None:
    with pytest.raises(PermissionDeniedError, match="TableData Customer: Modify"):
        with read_only(table_caption):
            save_field(Customer, "C1", "name", "Hansen", "Petersen")


def test_a_fault_that_is_no_write_keeps_its_own_error() -> None:
    with pytest.raises(peewee.OperationalError, match="no such table"):
        with read_only(table_caption):
            database.execute_sql("SELECT * FROM berth")


def test_reading_sees_the_moment_of_its_beginning_whatever_others_write_meanwhile(company: Path) -> None:
    with closing(sqlite3.connect(company, isolation_level=None)) as other, read_only():
        other.execute("INSERT INTO customer (no, name) VALUES ('C2', 'Hansen')")
        assert Customer.select().count() == 1
        other.execute("INSERT INTO customer (no, name) VALUES ('C3', 'Jensen')")
        assert Customer.select().count() == 1
    with connected():
        assert Customer.select().count() == 3


def test_the_thread_may_write_again_afterwards() -> None:
    with read_only():
        assert Customer.get_by_id("C1").name == "Petersen"
    save_field(Customer, "C1", "name", "Hansen", "Petersen")
    with connected():
        assert Customer.get_by_id("C1").name == "Hansen"
