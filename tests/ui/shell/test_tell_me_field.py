"""A person types, moves with the arrows and goes there, or goes back to the page with Esc."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.shell.tell_me_field import TellMeField
from ui.tell_me import Group, Suggestion
from ui.theme import Theme


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def field(qtbot: QtBot, look: Theme, opened: list[str]) -> TellMeField:
    window = QWidget()
    window.resize(900, 600)
    suggestions = [
        Suggestion(Group.ACTIONS, "New", "add", lambda: opened.append("New"), "Alt+N"),
        Suggestion(Group.PAGES, "Customers", "people", lambda: opened.append("Customers")),
        Suggestion(Group.PAGES, "Countries", "box", lambda: opened.append("Countries")),
    ]
    made = TellMeField(lambda _typed: suggestions)
    QVBoxLayout(window).addWidget(made)
    qtbot.addWidget(window)
    made.test_window = window  # type: ignore[attr-defined]  keeps the window alive
    window.show()
    return made


def test_the_first_result_opens_with_enter(qtbot: QtBot, field: TellMeField, opened: list[str]) -> None:
    field.open()
    qtbot.keyClicks(field, "cust")
    assert [found.title for found in field.results()] == ["Customers"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened == ["Customers"]
    assert not field.is_open()
    assert field.text() == ""


def test_arrows_move_over_headings(qtbot: QtBot, field: TellMeField, opened: list[str]) -> None:
    field.open()
    assert [found.title for found in field.results()] == ["New", "Customers", "Countries"]
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened == ["Countries"]


def test_what_nobody_knows_is_said_so(qtbot: QtBot, field: TellMeField, opened: list[str]) -> None:
    field.open()
    qtbot.keyClicks(field, "zebra")
    assert field.results() == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened == []


def test_enter_opens_nothing_that_cannot_be_seen(qtbot: QtBot, field: TellMeField, opened: list[str]) -> None:
    field.open()
    field.close_results()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened == []
    assert field.is_open()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert len(opened) == 1


def test_escape_goes_back_to_the_page(qtbot: QtBot, field: TellMeField) -> None:
    field.open()
    assert field.is_open()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.is_open()


@pytest.mark.parametrize(
    ("typed", "control", "goes_to"),
    [("cust", False, "Customers"), ("cust", True, "search"), ("wagner", False, "search"), ("", True, "")],
)
def test_what_was_typed_can_be_looked_for_in_the_companys_data(
    qtbot: QtBot, look: Theme, opened: list[str], typed: str, control: bool, goes_to: str
) -> None:
    window = QWidget()

    def suggestions(text: str) -> list[Suggestion]:
        pages = [Suggestion(Group.PAGES, "Customers", "people", lambda: opened.append("Customers"))]
        search = Suggestion(
            Group.COMPANY_DATA, f"Search for {text}", "search", lambda: opened.append("search")
        )
        return [*pages, search] if text else pages

    field = TellMeField(suggestions)
    QVBoxLayout(window).addWidget(field)
    qtbot.addWidget(window)
    window.show()
    field.open()
    qtbot.keyClicks(field, typed)
    if typed:
        assert field.results()[-1].group is Group.COMPANY_DATA
    modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(field, Qt.Key.Key_Return, modifier)
    assert opened == ([goes_to] if goes_to else [])
