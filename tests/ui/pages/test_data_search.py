"""Data Search: a task for each table, six at once; hits come as they are found, and never under another text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry, search_table
from desktop.errors import TooManyTasksError
from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from models.changes import Change
from models.customer import Customer
from models.data_search import Hit
from models.database import connected
from ui.data_search.marks import marks, only_inside
from ui.data_search.moving_dots import MovingDots
from ui.data_search.rows import FailedRow, HeadingRow, HitRow, MoreRow, NoteRow, Row
from ui.data_search.search_queue import MORE_HITS, SHOWN_HITS
from ui.data_search.sources import SOURCES
from ui.framework.page import Page
from ui.navigation import all_pages
from ui.pages.data_search import DataSearch
from ui.theme import Theme


class Gate:
    """Holds the tasks of all tables, or makes one of them fail."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.begun: list[tuple[str, str]] = []
        self.fails = ""  # a table, or "*" for all
        self.holds = ""  # only this table; empty for all

    def run(self, session: Session) -> None:
        asked = session.parameters
        self.begun.append((asked["table"], asked["text"]))
        while self.holds in ("", asked["table"]) and not self.open.wait(0.005):
            session.check_cancelled()
        if self.fails in ("*", asked["table"]):
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


def rows(page: DataSearch, table: str = "") -> list[Row]:
    return [row for row in page.view.results.rows if not table or row.source.table == table]


def kinds(page: DataSearch, table: str) -> list[str]:
    return [type(row).__name__ for row in rows(page, table)]


def current_key(page: DataSearch) -> str:
    row = page.view.current_row()
    return row.hit.key if isinstance(row, HitRow) else ""


def add_customers(count: int, name: str, first: int = 1) -> None:
    with connected():
        for number in range(first, first + count):
            Customer.create(no=f"Z{number:05d}", name=f"{name} {number}")


def move_pointer(page: DataSearch, spot: QPoint) -> None:
    """As the window system tells it, which it does as well when only what is under the pointer has changed."""
    viewport, button = page.view.viewport(), Qt.MouseButton.NoButton
    place = QPointF(viewport.mapToGlobal(spot))
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(spot), place, button, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(viewport, move)


# ---- typing, moving, opening


def test_a_person_types_moves_with_the_arrows_and_opens_what_was_found(
    page: DataSearch, qtbot: QtBot, settle: Callable[[Page], None], window: Any
) -> None:
    assert page.field.hasFocus()
    qtbot.keyClicks(page.field, "c00010")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    settle(page)
    assert kinds(page, "customer") == ["HeadingRow", "HitRow"]
    assert page.view.hasFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert window.opened == [("customer_card", {"key": "C00010"})]
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    below = page.view.current_row()
    assert isinstance(below, HitRow)
    assert below.source.table == "sales_header"
    qtbot.keyClick(page.view, Qt.Key.Key_Up)
    qtbot.keyClick(page.view, Qt.Key.Key_Up)
    assert page.field.hasFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_Down)
    assert page.view.hasFocus()
    assert current_key(page) == "C00010"


def test_a_pause_begins_the_search_too(page: DataSearch, gate: Gate, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.field, "rope")
    assert gate.begun == []
    qtbot.waitUntil(lambda: len(gate.begun) == len(SOURCES))
    assert {text for _, text in gate.begun} == {"rope"}
    assert page.field.hasFocus()


def test_a_click_opens_a_hit_and_a_heading_is_no_hit(
    open_page: Callable[..., Any], qtbot: QtBot, window: Any
) -> None:
    page: DataSearch = open_page("data_search", text="c00010")
    for place in (0, 1):
        spot = page.view.visualRect(page.view.results.index(place, 0)).center()
        qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert window.opened == [("customer_card", {"key": "C00010"})]


def test_a_text_from_tell_me_is_looked_for_at_once_and_the_arrows_are_on_the_hits(
    open_page: Callable[..., Any],
) -> None:
    page: DataSearch = open_page("data_search", text="c00010")
    assert page.field.text() == "c00010"
    assert page.view.hasFocus()
    assert current_key(page) == "C00010"


def test_end_and_home_pass_by_headings(
    open_page: Callable[..., Any], qtbot: QtBot, settle: Callable[[Page], None]
) -> None:
    page: DataSearch = open_page("data_search", text="rope")
    assert len({row.source for row in rows(page)}) > 1
    qtbot.keyClick(page.view, Qt.Key.Key_End)
    assert page.view.current_row() is rows(page)[-1]
    qtbot.keyClick(page.view, Qt.Key.Key_Home)
    assert page.view.current_row() is rows(page)[1]


def test_the_line_that_was_chosen_stays_when_hits_come_above_it(
    page: DataSearch, gate: Gate, qtbot: QtBot
) -> None:
    gate.holds = "customer"
    gate.open.clear()
    page.look_for("har")
    qtbot.waitUntil(lambda: bool(rows(page, "sales_header")))
    page.view.enter()
    first = current_key(page)
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    chosen = current_key(page)
    assert chosen != first
    top = page.view.visualRect(page.view.currentIndex()).top()
    gate.open.set()
    qtbot.waitUntil(lambda: bool(rows(page, "customer")))
    assert current_key(page) == chosen
    moved_at_most = page.view.verticalScrollBar().maximum() - page.view.verticalScrollBar().value()
    assert page.view.visualRect(page.view.currentIndex()).top() == top or moved_at_most == 0


def test_until_somebody_chooses_the_first_line_is_current(page: DataSearch, gate: Gate, qtbot: QtBot) -> None:
    gate.holds = "customer"
    gate.open.clear()
    page.look_for("har")
    qtbot.waitUntil(lambda: bool(rows(page, "sales_header")))
    assert page.view.current_row() is rows(page, "sales_header")[1]
    gate.open.set()
    qtbot.waitUntil(lambda: bool(rows(page, "customer")))
    assert page.view.current_row() is rows(page, "customer")[1]


def test_the_line_under_a_moving_pointer_stays_but_one_that_rests_holds_nothing(
    page: DataSearch, gate: Gate, qtbot: QtBot
) -> None:
    add_customers(6, "Rope")
    page.resize(1000, 400)
    for moves in (True, False):
        gate.holds = "customer"
        gate.open.clear()
        page.look_for("rope" if moves else "rop")
        qtbot.waitUntil(lambda: page.queue.ended() == len(SOURCES) - 1)
        at = page.view.visualRect(page.view.results.index(3, 0)).center()
        row = rows(page)[3]
        for spot in (at - QPoint(0, 1), at) if moves else (at,):
            move_pointer(page, spot)
        gate.open.set()
        qtbot.waitUntil(lambda: bool(rows(page, "customer")))
        there = page.view.indexAt(at)
        assert (page.view.results.rows[there.row()] == row) == moves
        assert (page.view.verticalScrollBar().value() == 0) != moves


def test_one_hit_more_than_is_shown_needs_no_line_that_says_so(
    open_page: Callable[..., Any], gate: Gate, settle: Callable[[Page], None]
) -> None:
    add_customers(SHOWN_HITS + 1, "Zebra")
    page: DataSearch = open_page("data_search", text="zebra")
    assert kinds(page, "customer") == ["HeadingRow", *["HitRow"] * (SHOWN_HITS + 1)]
    add_customers(1, "Zebra", first=99)
    page.refresh()
    settle(page)
    assert kinds(page, "customer") == ["HeadingRow", *["HitRow"] * SHOWN_HITS, "MoreRow"]


# ---- the tasks


def test_six_are_on_their_way_and_five_of_them_run(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.look_for("har")
    qtbot.waitUntil(lambda: len(gate.begun) == 5)
    assert (hub.running(), hub.waiting()) == (5, 1)
    gate.open.set()
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    begun = [table for table, _ in gate.begun]
    assert set(begun[:5]) == {source.table for source in SOURCES[:5]}
    assert sorted(begun) == sorted(source.table for source in SOURCES)


def test_progress_is_said_only_of_a_search_that_lasts(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.look_for("har")
    assert page.status.label.text() == ""
    qtbot.waitUntil(lambda: page.status.label.text() == f"Searching… 0 of {len(SOURCES)} tables")
    assert page.status.dots.isVisible()
    assert not page.status.dots.moving
    gate.open.set()
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    assert not page.status.dots.isVisible()
    assert page.status.label.text().endswith(f" of {len(SOURCES)} tables")


def test_dots_move_where_movement_is_allowed_and_never_while_nobody_sees_them(
    qtbot: QtBot, look: Theme
) -> None:
    look.set_reduced_motion(False)
    dots = MovingDots()
    qtbot.addWidget(dots)
    assert not dots.moving
    dots.show()
    assert dots.moving
    look.set_reduced_motion(True)
    assert not dots.moving
    look.set_reduced_motion(False)
    dots.hide()
    assert not dots.moving


def test_groups_stand_in_their_order_whatever_order_they_come_in(
    page: DataSearch, gate: Gate, qtbot: QtBot
) -> None:
    gate.holds = "customer"
    gate.open.clear()
    page.look_for("har")
    qtbot.waitUntil(lambda: bool(rows(page, "sales_header")))
    gate.open.set()
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    shown = list(dict.fromkeys(row.source for row in rows(page)))
    assert shown == [source for source in SOURCES if source in shown]
    assert shown[0].table == "customer"


def test_one_table_that_fails_keeps_no_other_waiting_and_can_be_tried_again(
    page: DataSearch, gate: Gate, settle: Callable[[Page], None], qtbot: QtBot
) -> None:
    gate.fails = "customer"
    page.look_for("c000")
    settle(page)
    heading, failed = rows(page, "customer")
    assert isinstance(heading, HeadingRow)
    assert isinstance(failed, FailedRow)
    assert failed.text.startswith("Customers could not be searched: ")
    assert page.status.label.text().endswith("1 could not be searched")
    assert page.banners.keys == []
    assert len(gate.begun) == len(SOURCES)
    gate.fails = ""
    page.view.enter()
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    settle(page)
    assert kinds(page, "customer") == ["HeadingRow", *["HitRow"] * 5, "MoreRow"]


def test_when_every_table_fails_each_says_so(page: DataSearch, gate: Gate, qtbot: QtBot) -> None:
    gate.fails = "*"
    page.look_for("c000")
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    assert [row.source for row in rows(page) if isinstance(row, FailedRow)] == list(SOURCES)
    assert page.status.label.text().endswith(f" · {len(SOURCES)} could not be searched")


def test_what_was_asked_before_never_shows_under_another_text(
    page: DataSearch, gate: Gate, settle: Callable[[Page], None], qtbot: QtBot, hub: Hub
) -> None:
    gate.open.clear()
    page.look_for("c000")
    qtbot.waitUntil(lambda: hub.running() == 5)
    page.look_for("zzzz")
    qtbot.waitUntil(lambda: [text for _, text in gate.begun].count("zzzz") == 5)  # the others gave way
    gate.open.set()
    settle(page)
    assert rows(page) == []
    assert page.empty.accessibleName().startswith("Nothing found for “zzzz”")


def test_lines_of_the_text_before_cannot_be_opened_and_go_soon(
    open_page: Callable[..., Any], gate: Gate, qtbot: QtBot, window: Any
) -> None:
    page: DataSearch = open_page("data_search", text="c000")
    assert rows(page)
    gate.open.clear()
    page.look_for("zzzz")
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert window.opened == []
    qtbot.waitUntil(lambda: rows(page) == [])
    assert page.queue.is_busy()


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
    page.look_for("c000")
    assert page.queue.is_busy()
    assert gate.begun == []
    qtbot.waitUntil(lambda: not page.queue.is_busy(), timeout=10_000)
    assert sorted(table for table, _ in gate.begun) == sorted(source.table for source in SOURCES)


def test_a_task_that_somebody_stops_is_a_row_with_retry(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.look_for("c000")
    qtbot.waitUntil(lambda: len(gate.begun) == 5)
    hub.stop(hub.child_sessions()[0].task_id)
    qtbot.waitUntil(lambda: kinds(page, "customer") == ["HeadingRow", "FailedRow"])
    gate.open.set()
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    assert len(gate.begun) == len(SOURCES)


def test_a_page_that_is_closed_leaves_nothing_running(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    page.look_for("c000")
    qtbot.waitUntil(lambda: hub.running() == 5)
    page.close_page()
    assert hub.drain(5)
    assert rows(page) == []


# ---- what is said and offered


def test_a_short_text_says_what_to_do(
    open_page: Callable[..., Any], page: DataSearch, gate: Gate, settle: Callable[[Page], None]
) -> None:
    assert page.empty.accessibleName().startswith("What are you looking for?")
    page.look_for("x")
    assert page.empty.accessibleName().startswith("Type one more character")
    page.look_for("*x")
    assert page.empty.accessibleName().startswith("Type one more character")
    assert gate.begun == []
    page.look_for("c000")
    settle(page)
    page.field.clear_search()
    assert rows(page) == []
    assert page.empty.accessibleName().startswith("What are you looking for?")
    assert page.status.label.text() == ""


def test_show_all_opens_the_list_with_the_search(
    open_page: Callable[..., Any], gate: Gate, window: Any
) -> None:
    page: DataSearch = open_page("data_search", text="c000")
    row = next(row for row in rows(page, "customer") if isinstance(row, MoreRow))
    page.view.chosen.emit(row)
    assert window.opened == [("customer_list", {"search": "c000"})]
    customers = open_page("customer_list", search="c000")
    assert row.text == f"Show all {customers.model.total} customers"


def test_where_no_list_shows_them_more_hits_come_here(
    open_page: Callable[..., Any], gate: Gate, settle: Callable[[Page], None]
) -> None:
    page: DataSearch = open_page("data_search", text="i000")
    more = rows(page, "sales_line")[-1]
    assert isinstance(more, MoreRow)
    page.view.chosen.emit(more)
    settle(page)
    *hits, note = rows(page, "sales_line")[1:]
    assert len(hits) == MORE_HITS
    assert isinstance(note, NoteRow)
    assert note.text == f"{more.total - MORE_HITS} more have these words. Type another word to find fewer."


def test_a_record_that_is_renamed_meanwhile_is_found_under_its_new_name(
    open_page: Callable[..., Any], gate: Gate, qtbot: QtBot, settle: Callable[[Page], None]
) -> None:
    add_customers(3, "Zebra")
    page: DataSearch = open_page("data_search", text="zebra")
    assert kinds(page, "customer") == ["HeadingRow", *["HitRow"] * 3]
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    assert current_key(page) == "Z00002"
    with connected():
        Customer(no="Z00003", name="Zebra Finch").save()
    gate.begun.clear()
    page.records_changed([Change(1, "customer", "Z00003")])
    qtbot.waitUntil(lambda: "Zebra Finch" in [row.hit.title for row in rows(page) if isinstance(row, HitRow)])
    assert gate.begun == [("customer", "zebra")]
    assert current_key(page) == "Z00002"


def test_words_are_told_with_those_first_that_were_looked_for(
    open_page: Callable[..., Any], gate: Gate
) -> None:
    page: DataSearch = open_page("data_search", text="meyer")
    hit = next(row for row in rows(page, "customer") if isinstance(row, HitRow))
    assert hit.details()[0] == "Anna Meyer"
    orders: DataSearch = open_page("data_search", text="so00001")
    order = next(row for row in rows(orders, "sales_header") if isinstance(row, HitRow))
    assert order.details() == ["Open", "15 Nov 2026", "PO-1001", "C00002"]


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
        ("Blue Skyblue", ["blue"], [(0, 4)]),
        ("C00010", ["c000", "x"], [(0, 4)]),
        ("Straße", ["strasse"], [(0, 6)]),
        ("Ålesund Bay", ["åle", "b"], [(0, 3), (8, 9)]),
        ("abab", ["ab", "bab"], [(0, 4)]),
    ],
)
def test_words_are_marked_where_they_were_found(
    text: str, words: list[str], found: list[tuple[int, int]]
) -> None:
    assert marks(text, words, only_inside([text], words)) == found


def test_what_begins_a_word_of_the_name_is_not_marked_inside_the_address() -> None:
    hit = Hit("V1", "Mackay Anchors", ("Kiel", "info@mackay-anchors.example"))
    row = HitRow(SOURCES[1], hit, 0, ("anchor",))
    assert row.inside() == frozenset()
    assert row.details() == ["Kiel", "info@mackay-anchors.example"]
    assert HitRow(SOURCES[1], hit, 0, ("nchor",)).details()[0] == "info@mackay-anchors.example"
