"""A child session's connection reads, and refuses every write with Business Central's sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from models.customer import Customer
from models.database import connected, database, read_only
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


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE berth (no TEXT)",
        "DROP TABLE customer",
        "ALTER TABLE customer ADD x TEXT",
        "ATTACH ':memory:' AS x",
    ],
)
def test_a_change_of_the_tables_is_refused(sql: str) -> None:
    with pytest.raises(PermissionDeniedError):
        with read_only(table_caption):
            database.execute_sql(sql)
    with connected():
        assert not database.table_exists("berth")


def test_a_card_cannot_save_from_there() -> None:
    with pytest.raises(PermissionDeniedError, match="TableData Customer: Modify"):
        with read_only(table_caption):
            save_field(Customer, "C1", "name", "Hansen", "Petersen")


def test_a_fault_that_is_no_write_keeps_its_own_error() -> None:
    with pytest.raises(peewee.OperationalError, match="no such table"):
        with read_only(table_caption):
            database.execute_sql("SELECT * FROM berth")


def test_reading_sees_one_moment_whatever_others_write_meanwhile(company: Path) -> None:
    with closing(sqlite3.connect(company, isolation_level=None)) as other, read_only():
        assert Customer.select().count() == 1
        other.execute("INSERT INTO customer (no, name) VALUES ('C2', 'Hansen')")
        assert Customer.select().count() == 1
    with connected():
        assert Customer.select().count() == 2


def test_the_thread_may_write_again_afterwards() -> None:
    with read_only():
        assert Customer.get_by_id("C1").name == "Petersen"
    save_field(Customer, "C1", "name", "Hansen", "Petersen")
    with connected():
        assert Customer.get_by_id("C1").name == "Hansen"
