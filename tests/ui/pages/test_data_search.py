"""Data Search: a task for each table, six at once; hits come as they are found, and never under another text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry, search_table
from desktop.errors import TooManyTasksError
from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from models.customer import Customer
from models.database import connected
from ui.data_search.results import RowKind
from ui.data_search.results_view import marks
from ui.data_search.sources import SOURCES
from ui.framework.page import Page
from ui.navigation import all_pages
from ui.pages.data_search import IN_FLIGHT, DataSearch


class Gate:
    """Holds the tasks of all tables, or makes one of them fail."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.begun: list[tuple[str, str]] = []
        self.fails = ""

    def run(self, session: Session) -> None:
        asked = session.parameters
        self.begun.append((asked["table"], asked["text"]))
        while not self.open.wait(0.005):
            session.check_cancelled()
        if asked["table"] == self.fails:
            raise ValueError("the table is gone")
        search_table.run(session)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    known = registry.function_of
    monkeypatch.setattr(
        registry, "function_of", lambda name: made.run if name == "search_table" else known(name)
    )
    yield made
    made.open.set()


@pytest.fixture
def page(open_page: Callable[..., Any], gate: Gate) -> DataSearch:
    found: DataSearch = open_page("data_search")
    return found


def kinds(page: DataSearch, table: str) -> list[RowKind]:
    return [row.kind for row in page.results.rows() if row.source.table == table]


def test_a_person_types_and_opens_what_was_found(
    page: DataSearch, qtbot: QtBot, settle: Callable[[Page], None], window: Any
) -> None:
    with connected():
        customer = Customer.select().order_by(Customer.no).first()
    qtbot.keyClicks(page.box, customer.no.lower())
    qtbot.keyClick(page.box, Qt.Key.Key_Return)
    settle(page)
    assert kinds(page, "customer") == [RowKind.HEADING, RowKind.HIT]
    assert f"{len(SOURCES)} tables searched" in page.progress.text()
    qtbot.keyClick(page.box, Qt.Key.Key_Down)
    assert page.view.hasFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert window.opened[0] == ("customer_card", {"key": customer.no})
    qtbot.keyClick(page.view, Qt.Key.Key_Up)
    assert page.box.hasFocus()


def test_six_are_on_their_way_and_five_of_them_run(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.box.setText("har")
    page.refresh()
    qtbot.waitUntil(lambda: hub.running() == 5)
    assert (hub.running(), hub.waiting()) == (5, IN_FLIGHT - 5)
    assert page.progress.text().startswith(f"0 of {len(SOURCES)} tables searched")
    gate.open.set()
    qtbot.waitUntil(lambda: not page.is_searching())
    begun = [table for table, _ in gate.begun]
    assert set(begun[:5]) == {source.table for source in SOURCES[:5]}
    assert sorted(begun) == sorted(source.table for source in SOURCES)


def test_groups_stand_in_their_order_whatever_order_they_come_in(
    page: DataSearch, settle: Callable[[Page], None]
) -> None:
    page.box.setText("a")
    page.box.setText("s")
    page.box.setText("so")
    page.refresh()
    settle(page)
    shown = list(dict.fromkeys(row.source for row in page.results.rows()))
    assert shown == [source for source in SOURCES if source in shown]
    assert shown


def test_one_table_that_fails_keeps_no_other_waiting_and_can_be_tried_again(
    page: DataSearch, gate: Gate, settle: Callable[[Page], None], qtbot: QtBot
) -> None:
    gate.fails = "customer"
    page.box.setText("c000")
    page.refresh()
    settle(page)
    assert kinds(page, "customer") == [RowKind.HEADING, RowKind.FAILED]
    assert page.banners.keys == []
    assert len(gate.begun) == len(SOURCES)
    gate.fails = ""
    page.view.go_to_first()
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    settle(page)
    assert RowKind.HIT in kinds(page, "customer")
    assert RowKind.SHOW_ALL in kinds(page, "customer")


def test_show_all_opens_the_list_with_the_search(
    page: DataSearch, settle: Callable[[Page], None], window: Any, open_page: Callable[..., Any]
) -> None:
    page.box.setText("c000")
    page.refresh()
    settle(page)
    row = next(row for row in page.results.rows() if row.kind is RowKind.SHOW_ALL)
    page.view.chosen.emit(row)
    assert window.opened == [("customer_list", {"search": "c000"})]
    customers = open_page("customer_list", search="c000")
    assert row.text == f"Show all {customers.model.total} customers"


def test_what_was_asked_before_never_shows_under_another_text(
    page: DataSearch, gate: Gate, settle: Callable[[Page], None], qtbot: QtBot, hub: Hub
) -> None:
    gate.open.clear()
    page.box.setText("c000")
    page.refresh()
    qtbot.waitUntil(lambda: hub.running() == 5)
    page.box.setText("zzzz")
    page.refresh()
    gate.open.set()
    settle(page)
    assert page.results.rows() == []
    assert page.empty.accessibleName().startswith("Nothing found for “zzzz”")


def test_a_full_queue_keeps_tables_waiting_until_there_is_room(
    page: DataSearch, gate: Gate, qtbot: QtBot, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [3]
    submit = hub.submit

    def full(*arguments: Any, **named: Any) -> int:
        if refusals[0]:
            refusals[0] -= 1
            raise TooManyTasksError(100)
        return submit(*arguments, **named)

    monkeypatch.setattr(hub, "submit", full)
    page.box.setText("c000")
    page.refresh()
    assert page.is_searching()
    assert gate.begun == []
    qtbot.waitUntil(lambda: not page.is_searching(), timeout=10_000)
    assert sorted(table for table, _ in gate.begun) == sorted(source.table for source in SOURCES)


def test_a_short_text_says_what_to_do(page: DataSearch, gate: Gate) -> None:
    assert gate.begun == []
    assert "at least two characters" in page.empty.accessibleName()
    page.box.setText("x")
    page.refresh()
    assert gate.begun == []


def test_a_task_that_somebody_stops_is_a_row_with_retry(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.box.setText("c000")
    page.refresh()
    qtbot.waitUntil(lambda: len(gate.begun) == 5)
    hub.stop(hub.child_sessions()[0].task_id)
    qtbot.waitUntil(lambda: kinds(page, "customer") == [RowKind.HEADING, RowKind.FAILED])
    gate.open.set()
    qtbot.waitUntil(lambda: not page.is_searching())
    assert len(gate.begun) == len(SOURCES)


def test_a_page_that_is_closed_leaves_nothing_running(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.box.setText("c000")
    page.refresh()
    qtbot.waitUntil(lambda: hub.running() == 5)
    page.close_page()
    assert hub.drain(5)
    assert page.results.rows() == []


def test_what_each_source_opens_is_there() -> None:
    for source in SOURCES:
        assert source.page in all_pages()
        assert not source.list_page or source.list_page in all_pages()


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Wagner Yachting", ["wag"], [(0, 3)]),
        ("Rheinwagner", ["wagner"], [(5, 11)]),
        ("Blue Blueprint", ["blue"], [(0, 4), (5, 9)]),
        ("C00010", ["c000", "x"], [(0, 4)]),
        ("Straße", ["stra"], []),
    ],
)
def test_words_are_marked_where_they_were_found(
    text: str, words: list[str], found: list[tuple[int, int]]
) -> None:
    assert marks(text, words) == found
