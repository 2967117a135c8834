"""Data Search asks a task for each table, six at once; hits come as they are found, and never under another text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.errors import TooManyTasksError
from desktop.tasks.hub import Hub
from tests.ui.data_search.conftest import Gate, kinds, look_for, rows
from tests.waiting import WAIT
from ui.data_search.moving_dots import MovingDots
from ui.data_search.rows import FailedRow, HeadingRow
from ui.data_search.sources import SOURCES
from ui.framework.page import Page
from ui.pages.data_search import DataSearch
from ui.theme import Theme


def test_six_are_on_their_way_and_five_of_them_run(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    look_for(page, "har")
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
    look_for(page, "har")
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
    look_for(page, "har")
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
    look_for(page, "c000")
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
    look_for(page, "c000")
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    assert [row.source for row in rows(page) if isinstance(row, FailedRow)] == list(SOURCES)
    assert page.status.label.text().endswith(f" · {len(SOURCES)} could not be searched")


def test_what_was_asked_before_never_shows_under_another_text(
    page: DataSearch, gate: Gate, settle: Callable[[Page], None], qtbot: QtBot, hub: Hub
) -> None:
    gate.open.clear()
    look_for(page, "c000")
    qtbot.waitUntil(lambda: hub.running() == 5)
    look_for(page, "zzzz")
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
    look_for(page, "zzzz")
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
    look_for(page, "c000")
    assert page.queue.is_busy()
    assert gate.begun == []
    qtbot.waitUntil(lambda: not page.queue.is_busy())
    assert sorted(table for table, _ in gate.begun) == sorted(source.table for source in SOURCES)


def test_a_task_that_somebody_stops_is_a_row_with_retry(
    page: DataSearch, gate: Gate, hub: Hub, qtbot: QtBot
) -> None:
    gate.open.clear()
    look_for(page, "c000")
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
    look_for(page, "c000")
    qtbot.waitUntil(lambda: hub.running() == 5)
    page.close_page()
    assert hub.drain(WAIT)
    assert rows(page) == []
