"""Pairs are typed with the keyboard alone, and Tab gets out of the table again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.integration_setup.pairs_table import PairsTable


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[PairsTable]:
    """A table between two fields, shown, with the keyboard in the first field."""
    host = QWidget()
    qtbot.addWidget(host)
    before, made, after = QLineEdit(), PairsTable(("In the file", "Here"), "Values"), QLineEdit()
    before.setObjectName("before")
    after.setObjectName("after")
    made.show_pairs(())
    column = QVBoxLayout(host)
    for widget in (before, made, after):
        column.addWidget(widget)
    with qtbot.waitActive(host):
        host.show()
        host.activateWindow()
    before.setFocus()
    yield made
    host.close()


def press(*keys: Qt.Key | str) -> None:
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        if isinstance(key, str):
            QTest.keyClicks(focused, key)
        else:
            QTest.keyClick(focused, key)


def place() -> str:
    focused = QApplication.focusWidget()
    return focused.objectName() if focused is not None else ""


def go_to(table: PairsTable, row: int, column: int) -> None:
    table.setCurrentIndex(table.model().index(row, column))


def test_pairs_are_typed_from_cell_to_cell_and_the_empty_row_leads_out(table: PairsTable) -> None:
    press(Qt.Key.Key_Tab, "UK", Qt.Key.Key_Tab, "GB", Qt.Key.Key_Tab)
    assert table.pairs() == [("UK", "GB")]
    assert table.currentIndex().row() == 1, "the next pair is waited for"
    press("Holland", Qt.Key.Key_Tab, "NL", Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    assert place() == "after"
    assert table.pairs() == [("UK", "GB"), ("Holland", "NL")]


def test_shift_and_tab_lead_out_in_front_of_the_first_cell(table: PairsTable) -> None:
    table.show_pairs([("UK", "GB")])
    table.setFocus()
    go_to(table, 0, 1)
    press(Qt.Key.Key_Backtab)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (0, 0)
    press(Qt.Key.Key_Backtab)
    assert place() == "before"


def test_a_pair_is_removed_but_never_the_row_for_the_next_one(table: PairsTable) -> None:
    table.show_pairs([("UK", "GB"), (" ", "_")])
    go_to(table, 0, 0)
    table.remove_current()
    assert table.pairs() == [(" ", "_")], "a blank may be replaced too"
    table.go_to_next()
    table.remove_current()
    assert table.model().rowCount() == 2
