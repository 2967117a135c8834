"""The list of session events, used as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import SessionKind
from models.changes import Change
from models.database import connected, database
from models.job_queue import SessionEvent
from ui.framework.page import Page
from ui.widgets.empty_state import EmptyKind

OpenPage = Callable[..., Any]
Settle = Callable[[Page], None]
LATER_MINUTES = (0, 3, 10, 200)


@pytest.fixture
def yesterday(company: Any, clock: Clock) -> None:
    """A day at the desk: a logon, a session that was stopped, a job that said something, and a logoff."""
    start = clock.now() - timedelta(days=1)
    moments = [start + timedelta(minutes=minutes) for minutes in LATER_MINUTES]
    window = {"user_id": "MARIA", "kind": SessionKind.CLIENT, "program": "Window"}
    run = {"user_id": "MARIA", "program": "Window", "client_id": "w1"}
    with connected(), database.atomic():
        events.record("w1", SessionEventKind.LOGON, at=moments[0], **window)
        events.record(
            "s1234567890", SessionEventKind.START, at=moments[1], codeunit="recalculate_balances", **run
        )
        events.record(
            "s1234567890",
            SessionEventKind.CLOSE,
            at=moments[2],
            codeunit="recalculate_balances",
            comment="Stopped for lunch",
            **run,
        )
        events.record("w1", SessionEventKind.LOGOFF, at=moments[3], **window)
        events.record(
            "j1",
            SessionEventKind.STOP,
            at=clock.now(),
            user_id="ANNA",
            codeunit="of_an_extension",
            comment="12 checked\n2 have no address",
        )


def cells(page: Any, name: str) -> list[str]:
    """The words of a column, from top to bottom."""
    column = page.model.column_index(name)
    rows = [page.model.row(place) for place in range(page.model.rowCount())]
    return [page.model.text(row, column) for row in rows if row is not None]


@pytest.mark.usefixtures("yesterday")
def test_the_newest_stands_first_in_words_that_people_read(open_page: OpenPage) -> None:
    page = open_page("session_events")
    assert page.count_label.text() == "5 session events"
    assert cells(page, "event") == ["Stop", "Logoff", "Close", "Start", "Logon"]
    assert cells(page, "codeunit") == [
        "of_an_extension", "", "Recalculate customer balances", "Recalculate customer balances", "",
    ]  # fmt: skip
    assert cells(page, "duration_ms") == ["", "3 h 20 min", "7 min", "", ""]
    assert cells(page, "comment")[0] == "12 checked · 2 have no address"
    assert cells(page, "comment")[2] == "Stopped for lunch"
    assert cells(page, "session_id")[2] == "s1234567"
    assert cells(page, "at")[0].startswith("21 Nov 2026 ")


@pytest.mark.usefixtures("yesterday")
def test_a_search_finds_the_caption_of_a_codeunit_and_words_of_a_comment(
    open_page: OpenPage, qtbot: QtBot, settle: Settle
) -> None:
    page = open_page("session_events", search="customer balances")
    assert page.count_label.text() == "2 session events"
    for text, found in (("lunch", "1 session event"), ("window", "4 session events")):
        page.search_box.setText(text)
        qtbot.keyClick(page.search_box, Qt.Key.Key_Return)
        settle(page)
        assert page.count_label.text() == found


@pytest.mark.usefixtures("yesterday")
def test_filters_narrow_by_day_user_event_and_kind(open_page: OpenPage, settle: Settle, clock: Clock) -> None:
    page = open_page("session_events")
    yesterday = (clock.now() - timedelta(days=1)).astimezone().date().isoformat()
    for name, text, found in (
        ("at", yesterday, 4),
        ("at", "t", 1),
        ("at", f"{yesterday}..t", 5),
        ("user_id", "ANNA", 1),
        ("event", "Close", 1),
        ("kind", "Client", 2),
    ):
        page.reset_filters()
        page.set_filter(name, text)
        settle(page)
        assert page.model.rowCount() == found, (name, text)


@pytest.mark.usefixtures("yesterday")
def test_the_day_of_a_cell_can_be_filtered_to(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("session_events")
    page.view.setCurrentIndex(page.model.index(0, page.model.column_index("at")))
    page.trigger("filter_value")
    settle(page)
    assert cells(page, "session_id") == ["j1"]


@pytest.mark.usefixtures("yesterday")
def test_from_an_event_to_all_of_its_session(open_page: OpenPage, settle: Settle) -> None:
    page = open_page("session_events")
    page.view.setCurrentIndex(page.model.index(2, 0))
    page.trigger("session")
    settle(page)
    assert cells(page, "event") == ["Close", "Start"]


@pytest.mark.usefixtures("yesterday")
def test_enter_shows_the_whole_comment_and_where_it_was(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page("session_events")
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert page.question is not None
    assert page.question.windowTitle().startswith("Stop of “of_an_extension”, 21 Nov 2026")
    page.question.choose("close")
    page.view.setCurrentIndex(page.model.index(2, 0))
    page.trigger("details")
    assert "Recalculate customer balances" in page.question.windowTitle()
    page.question.choose("close")


def test_a_company_without_events_says_what_will_be_here(open_page: OpenPage) -> None:
    page = open_page("session_events")
    assert page.empty.kind is EmptyKind.FIRST_USE
    assert page.empty.accessibleName().startswith("There are no session events yet")
    assert not page.empty.action_button.isVisible()


@pytest.mark.usefixtures("yesterday")
def test_an_event_of_this_moment_comes_by_itself(open_page: OpenPage, settle: Settle, clock: Clock) -> None:
    page = open_page("session_events")
    with connected(), database.atomic():
        events.record("w2", SessionEventKind.LOGON, at=clock.now() + timedelta(seconds=1), user_id="ANNA")
    page.on_records_changed([Change(1, SessionEvent.table(), "6")])
    settle(page)
    assert cells(page, "event")[0] == "Logon"
