"""A person types into Data Search, moves over what was found with keys or pointer, and opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedWidget
from pytestqt.qtbot import QtBot

from tests.ui.data_search.conftest import Gate, add_customers, current_key, kinds, look_for, rows
from ui.data_search.rows import HitRow
from ui.data_search.search_queue import SHOWN_HITS
from ui.data_search.sources import SOURCES
from ui.framework.page import Page
from ui.pages.data_search import DataSearch


def move_pointer(page: DataSearch, spot: QPoint) -> None:
    """As the window system tells it, which it does as well when only what is under the pointer has changed."""
    viewport, button = page.view.viewport(), Qt.MouseButton.NoButton
    place = QPointF(viewport.mapToGlobal(spot))
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(spot), place, button, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(viewport, move)


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


def test_enter_where_nothing_was_found_leaves_the_sentence_that_says_so(
    page: DataSearch, qtbot: QtBot, settle: Callable[[Page], None]
) -> None:
    look_for(page, "xylophone")
    settle(page)
    page.field.setFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    settle(page)
    assert page.stack.currentWidget() is page.empty
    assert page.field.hasFocus()


def test_a_search_behind_another_page_never_takes_the_keyboard_from_it(
    open_page: Callable[..., Any], gate: Gate, qtbot: QtBot, settle: Callable[[Page], None]
) -> None:
    page: DataSearch = open_page("data_search", text="c00010")
    window = QStackedWidget()
    qtbot.addWidget(window)
    window.addWidget(page)
    card = QLineEdit()
    window.addWidget(card)
    window.show()
    window.activateWindow()
    page.view.setFocus()
    window.setCurrentWidget(card)
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    gate.begun.clear()
    page.refresh()
    settle(page)
    assert gate.begun
    assert card.hasFocus()
    window.removeWidget(page)
    page.setParent(None)


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
    look_for(page, "har")
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
    look_for(page, "har")
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
        look_for(page, "rope" if moves else "rop")
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
