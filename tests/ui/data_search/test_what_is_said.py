"""What Data Search says and offers: too short a text, more hits than are shown, words that are marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from models.changes import Change
from models.customer import Customer
from models.data_search import Hit
from models.database import connected
from tests.ui.data_search.conftest import Gate, add_customers, current_key, kinds, look_for, rows
from ui.data_search.marks import marks, only_inside
from ui.data_search.rows import HitRow, MoreRow, NoteRow
from ui.data_search.search_queue import MORE_HITS
from ui.data_search.sources import SOURCES
from ui.framework.page import Page
from ui.navigation import all_pages
from ui.pages.data_search import DataSearch


def test_a_short_text_says_what_to_do(
    open_page: Callable[..., Any], page: DataSearch, gate: Gate, settle: Callable[[Page], None]
) -> None:
    assert page.empty.accessibleName().startswith("What are you looking for?")
    look_for(page, "x")
    assert page.empty.accessibleName().startswith("Type one more character")
    look_for(page, "*x")
    assert page.empty.accessibleName().startswith("Type one more character")
    assert gate.begun == []
    look_for(page, "c000")
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


def test_a_search_that_lasts_says_so_in_place_of_an_empty_page_and_the_keyboard_follows_the_hits(
    page: DataSearch, gate: Gate, qtbot: QtBot, settle: Callable[[Page], None]
) -> None:
    gate.open.clear()
    page.field.setFocus()
    qtbot.keyClicks(page.field, "c000")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.empty.accessibleName().startswith("Searching for “c000”…"))
    assert page.stack.currentWidget() is page.empty
    assert page.field.hasFocus()
    gate.open.set()
    settle(page)
    assert page.stack.currentWidget() is page.view
    assert page.view.hasFocus()


def test_who_goes_on_typing_keeps_the_keyboard_when_hits_come(
    page: DataSearch, gate: Gate, qtbot: QtBot, settle: Callable[[Page], None]
) -> None:
    gate.open.clear()
    page.field.setFocus()
    qtbot.keyClicks(page.field, "c000")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    qtbot.keyClicks(page.field, "1")
    gate.open.set()
    settle(page)
    assert rows(page)
    assert page.field.hasFocus()
