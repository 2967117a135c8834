"""Tables of dialogs, cards and lists are used alike: by Tab, the arrows, Home and End, and Ctrl+C."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme, theme
from ui.widgets.table import Table
from ui.widgets.text_table import TextTable

COUNTRIES = [(f"Country {number:02}", str(number)) for number in range(40)]


@pytest.fixture
def table(look: Theme, qtbot: QtBot) -> Iterator[TextTable]:
    """A table of forty rows, of which some eight are seen, between two fields; the keyboard is in the first."""
    host = QWidget()
    qtbot.addWidget(host)
    before, made, after = QLineEdit(), TextTable(("Country", "Rows"), "Countries", numbers=(1,)), QLineEdit()
    before.setObjectName("before")
    after.setObjectName("after")
    made.show_rows(COUNTRIES)
    column = QVBoxLayout(host)
    for widget in (before, made, after):
        column.addWidget(widget)
    host.resize(400, 400)
    with qtbot.waitActive(host):
        host.show()
        host.activateWindow()
    before.setFocus()
    yield made
    host.close()


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifier)


def place() -> str:
    focused = QApplication.focusWidget()
    return focused.objectName() if focused is not None else ""


def chosen(table: Table) -> list[int]:
    return sorted(index.row() for index in table.selectionModel().selectedRows())


def test_tab_enters_on_a_row_and_leaves_and_the_arrows_move(table: TextTable) -> None:
    press(Qt.Key.Key_Tab)
    assert chosen(table) == [0], "somebody who comes by Tab sees where they are"
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    assert chosen(table) == [2]
    press(Qt.Key.Key_Tab)
    assert place() == "after"
    press(Qt.Key.Key_Backtab)
    assert chosen(table) == [2], "the row is kept for who comes back"
    press(Qt.Key.Key_Backtab)
    assert place() == "before"


def test_home_and_end_go_to_the_first_and_the_last_row(table: TextTable) -> None:
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_End)
    assert chosen(table) == [39]
    assert table.viewport().rect().intersects(table.visualRect(table.model().index(39, 0)))
    press(Qt.Key.Key_Home)
    assert (chosen(table), table.verticalScrollBar().value()) == ([0], 0)


def test_rows_are_copied_with_their_captions(table: TextTable) -> None:
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Country\tRows\nCountry 00\t0\nCountry 01\t1"


def test_it_scrolls_by_pixels_and_not_by_rows(table: TextTable) -> None:
    table.verticalScrollBar().setValue(7)
    assert table.visualRect(table.model().index(0, 0)).top() == -7


def test_the_row_under_the_pointer_is_marked_as_a_whole(table: TextTable, qtbot: QtBot) -> None:
    qtbot.mouseMove(table.viewport(), table.visualRect(table.model().index(3, 1)).center())
    qtbot.waitUntil(lambda: table.hovered_row == 3)
    QApplication.sendEvent(table.viewport(), QEvent(QEvent.Type.Leave))
    assert table.hovered_row == -1


def test_a_click_into_it_selects_the_row_under_the_pointer_only(table: TextTable, qtbot: QtBot) -> None:
    heard: list[int] = []
    table.selectionModel().selectionChanged.connect(lambda: heard.append(len(chosen(table))))
    middle = table.visualRect(table.model().index(4, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle))
    assert (chosen(table), heard) == ([4], [1])


def test_rows_and_headers_grow_with_the_text(table: TextTable) -> None:
    theme().set_scale(2.0)
    assert table.rowHeight(0) == 2 * table.row_height
    assert table.horizontalHeader().height() == 2 * table.header_height
    assert table.height_of(3) == 2 * (table.header_height + 3 * table.row_height)
