"""From the search field of the window to a record of the company, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.data_search.rows import HitRow, MoreRow
from ui.framework.context import PageContext
from ui.main_window import MainWindow
from ui.pages.customer_card import CustomerCard
from ui.pages.customer_list import CustomerList
from ui.pages.data_search import DataSearch


@pytest.fixture
def frame(qtbot: QtBot, context: PageContext) -> Iterator[MainWindow]:
    made = MainWindow(context, "Harbour Supply Ltd.", "harbour.db", "Maria Keller")
    made.closing.connect(lambda event: event.accept())
    context.navigate = made.navigate
    made.resize(1024, 640)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.go_to("home")
    qtbot.waitUntil(context.hub.is_idle)
    yield made
    qtbot.waitUntil(context.hub.is_idle)
    made.close_pages()
    made.deleteLater()


def _type(
    qtbot: QtBot, frame: MainWindow, text: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    field = frame.top_bar.tell_me
    field.open()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return, modifier)


def _search(qtbot: QtBot, frame: MainWindow) -> DataSearch:
    page = frame.current_page()
    assert isinstance(page, DataSearch)
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    return page


def _names(frame: MainWindow) -> list[str]:
    return [page.NAME for page in frame.pages()]


def test_a_record_is_found_from_the_search_field_opened_and_left_again(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    _type(qtbot, frame, "c000")
    page = _search(qtbot, frame)
    assert page.field.text() == "c000"
    assert page.view.hasFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    place, searched = page.view.currentIndex().row(), page.view.current_row()
    top = page.view.verticalScrollBar().value()
    assert isinstance(searched, HitRow)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    card = frame.current_page()
    assert isinstance(card, CustomerCard)
    assert card.key == searched.hit.key
    qtbot.waitUntil(context.hub.is_idle)
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert frame.current_page() is page
    assert page.view.hasFocus()
    assert (page.view.currentIndex().row(), page.view.verticalScrollBar().value()) == (place, top)
    assert page.view.current_row() == searched


def test_what_names_a_page_too_searches_with_control(qtbot: QtBot, frame: MainWindow) -> None:
    _type(qtbot, frame, "items", Qt.KeyboardModifier.ControlModifier)
    assert _search(qtbot, frame).field.text() == "items"


def test_a_second_search_stands_in_the_place_of_the_first(qtbot: QtBot, frame: MainWindow) -> None:
    _type(qtbot, frame, "c00010")
    first = _search(qtbot, frame)
    _type(qtbot, frame, "c00002")
    second = _search(qtbot, frame)
    assert second is not first
    assert _names(frame) == ["home", "data_search"]


def test_all_hits_of_a_table_open_in_its_list_with_the_search_set(
    qtbot: QtBot, frame: MainWindow, context: PageContext
) -> None:
    _type(qtbot, frame, "c000")
    page = _search(qtbot, frame)
    for _ in range(10):
        if isinstance(page.view.current_row(), MoreRow):
            break
        qtbot.keyClick(page.view, Qt.Key.Key_Down)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    customers = frame.current_page()
    assert isinstance(customers, CustomerList)
    qtbot.waitUntil(context.hub.is_idle)
    more = page.view.current_row()
    assert isinstance(more, MoreRow)
    assert customers.model.total == more.total
    qtbot.keyClick(customers, Qt.Key.Key_Escape)
    assert frame.current_page() is page
    assert page.view.current_row() is more


@pytest.mark.parametrize("asked", ["find", "global search", "data search"])
def test_the_page_itself_is_found_by_what_people_call_it(qtbot: QtBot, frame: MainWindow, asked: str) -> None:
    _type(qtbot, frame, asked)
    page = frame.current_page()
    assert isinstance(page, DataSearch)
    assert page.field.text() == ""
    assert page.field.hasFocus()
