"""The table of a list: pages that come when they are wanted, and rows that stay until others are there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.tasks.hub import Hub
from models.customer import Customer
from models.database import connected
from models.list_query import KEPT_FROM, ListQuery, RowPage, keep_order, read_rows
from tests.waiting import WAIT
from ui.framework import row_reading
from ui.framework.columns import Paint, column_of
from ui.framework.row_pages import PAGES_KEPT
from ui.framework.row_reading import PAGE_ROWS
from ui.framework.table_model import LOADED_ROLE, TableModel

COLUMNS = (
    column_of(Customer, "no", paint=Paint.LINK),
    column_of(Customer, "name"),
    column_of(Customer, "balance"),
)
QUERY = ListQuery("customer", "no", (), sort="no")
MANY = 25_000


@pytest.fixture
def model(hub: Hub) -> Iterator[TableModel]:
    made = TableModel(hub, COLUMNS, QUERY)
    yield made
    made.close()


@pytest.fixture
def many(company: Path) -> None:
    with connected() as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO customer (no, name, balance) VALUES (?, ?, ?)",
            [(f"M{number:06d}", f"Name {number % 97}", number) for number in range(MANY)],
        )
        connection.execute("COMMIT")


def settled(qtbot: QtBot, model: TableModel) -> None:
    qtbot.waitUntil(model.is_settled)


def test_it_keeps_qts_rules_while_it_fills_and_refreshes(
    qtbot: QtBot, model: TableModel, qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(model)
    model.ask(QUERY)
    settled(qtbot, model)
    qtmodeltester.check(model)
    with connected():
        Customer.create(no="A1", name="First")
        Customer.delete_by_id("C00060")
        Customer.delete_by_id("C00059")
    model.refresh()
    settled(qtbot, model)
    qtmodeltester.check(model)
    assert model.rowCount() == 59
    assert model.key(0) == "A1"


def test_only_what_is_wanted_is_fetched_and_old_pages_go(qtbot: QtBot, many: None, model: TableModel) -> None:
    model.ask(QUERY)
    settled(qtbot, model)
    assert model.rowCount() == MANY + 60
    assert model.data(model.index(10_000, 0)) is None
    assert model.index(10_000, 0).data(LOADED_ROLE) is False
    model.want(10_000, 10_030)
    settled(qtbot, model)
    assert model.index(10_000, 0).data() == "M009940"
    for start in range(0, MANY, PAGE_ROWS):
        model.want(start, start + 20)
        settled(qtbot, model)
    assert len(model.loaded_rows()) <= PAGES_KEPT * PAGE_ROWS


def test_the_last_page_is_read_from_the_end(qtbot: QtBot, many: None, model: TableModel) -> None:
    model.ask(QUERY)
    settled(qtbot, model)
    model.want(MANY + 30, MANY + 59)
    settled(qtbot, model)
    assert model.key(MANY + 59) == f"M{MANY - 1:06d}"


def test_a_page_far_down_an_order_without_index_waits_until_all_rows_are_sorted_once(
    qtbot: QtBot, many: None, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    sorted_orders: list[ListQuery] = []
    read: list[int] = []
    release = threading.Event()

    def seen(query: ListQuery, offset: int, limit: int, total: int | None = None) -> RowPage:
        read.append(offset)
        return read_rows(query, offset, limit, total)

    def slowly(query: ListQuery) -> None:
        release.wait(WAIT)
        sorted_orders.append(query)
        keep_order(query)

    monkeypatch.setattr(row_reading, "keep_order", slowly)
    monkeypatch.setattr(row_reading, "read_rows", seen)
    by_name = ListQuery("customer", "rowid", (), sort="+name", stamp="SELECT COUNT(*) FROM customer")
    model.ask(by_name)
    qtbot.waitUntil(lambda: model.total == MANY + 60)
    model.want(1_000, 1_020)
    qtbot.waitUntil(lambda: model.row(1_000) is not None)
    model.want(20_000, 20_020)
    QTest.qWait(0)  # now the model asks for what it has not got
    assert not model.is_settled()
    assert max(read) < KEPT_FROM
    release.set()
    settled(qtbot, model)
    with connected():
        rows = read_rows(replace(model.query, stamp=""), 20_000, 1).rows
    assert model.row(20_000) == rows[0]
    assert len(sorted_orders) == 1


def test_pages_that_are_scrolled_past_are_not_read(qtbot: QtBot, many: None, model: TableModel) -> None:
    model.ask(QUERY)
    settled(qtbot, model)
    for start in range(1_000, 20_000, 1_000):
        model.want(start, start + 20)
    settled(qtbot, model)
    assert model.row(19_000) is not None
    assert model.row(5_000) is None


def test_old_rows_stay_until_the_new_are_there(qtbot: QtBot, model: TableModel, hub: Hub) -> None:
    model.ask(QUERY)
    settled(qtbot, model)
    model.ask(replace(QUERY, sort="name", descending=True))
    assert model.is_loading()
    assert model.index(0, 0).data() == "C00001"
    settled(qtbot, model)
    assert model.index(0, 1).data() == "Ålesund Trading & Sons"


def test_of_two_questions_only_the_newer_is_answered(qtbot: QtBot, model: TableModel) -> None:
    fresh: list[bool] = []
    model.loaded.connect(fresh.append)
    model.ask(replace(QUERY, search="harbour"))
    model.ask(replace(QUERY, search="stone"))
    settled(qtbot, model)
    assert fresh == [True]
    assert all("Stone" in row[2] for row in model.loaded_rows())


def test_an_unreadable_question_is_told_and_the_rows_stay(qtbot: QtBot, model: TableModel) -> None:
    model.ask(QUERY)
    settled(qtbot, model)
    with qtbot.waitSignal(model.failed) as told:
        model.ask(replace(QUERY, table="no_such_table"))
    assert "no such table" in told.args[0].call_stack
    assert model.rowCount() == 60
    assert not model.is_loading()


def test_numbers_stand_right_and_are_written_in_full(qtbot: QtBot, model: TableModel) -> None:
    model.ask(QUERY)
    settled(qtbot, model)
    index = model.index(0, 2)
    assert index.data() == "397.25"
    assert index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Balance (LCY): 397.25"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "Balance (LCY)"
