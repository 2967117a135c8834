"""The card on the Role Centre: the jobs at a glance, and the actions that matter most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.tasks.hub import Hub
from models.job_queue import EntryStatus
from ui.framework.context import PageContext
from ui.jobs.jobs_part import JobsPart


@pytest.fixture
def part(queue: dict[str, str], context: PageContext, hub: Hub, qtbot: QtBot) -> Iterator[JobsPart]:
    made = JobsPart(context)
    qtbot.addWidget(made)
    made.resize(800, 480)
    made.show()
    made.refresh()
    qtbot.waitUntil(hub.is_idle)
    yield made
    made.close_part()


def test_it_has_the_four_columns_and_the_four_actions(part: JobsPart) -> None:
    rows = part.list.table.rows
    assert [column.title for column in rows.columns] == [
        "Description",
        "Status",
        "Progress",
        "Earliest start",
    ]
    shown = [part.command_bar.button(key).text() for key in ("cancel", "retry", "hold", "log")]
    assert shown == ["Cancel job", "Retry", "Put on hold", "Log entries"]


def test_the_buttons_follow_the_selection_and_what_becomes_of_it(
    part: JobsPart, queue: dict[str, str], elsewhere: Callable[..., Any], hub: Hub, qtbot: QtBot
) -> None:
    def able() -> set[str]:
        return {key for key in ("cancel", "retry", "hold") if part.command_bar.button(key).isEnabled()}

    assert able() == set()
    part.list.choose(queue["running"])
    assert able() == {"cancel"}
    part.records_changed(elsewhere(queue["running"], status="Error", error_text="The disk is full."))
    qtbot.waitUntil(hub.is_idle)
    assert able() == {"retry", "hold"}


def test_a_failed_job_is_retried_by_one_click(
    part: JobsPart, queue: dict[str, str], hub: Hub, qtbot: QtBot, stored_status: Callable[[str], str]
) -> None:
    part.list.choose(queue["failed"])
    qtbot.mouseClick(part.command_bar.button("retry"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(hub.is_idle)
    assert stored_status(queue["failed"]) == EntryStatus.READY


def test_what_is_not_possible_any_more_is_said_on_the_card(
    part: JobsPart, queue: dict[str, str], elsewhere: Callable[..., Any], hub: Hub, qtbot: QtBot
) -> None:
    part.list.choose(queue["failed"])
    elsewhere(queue["failed"], status="In Process")
    qtbot.mouseClick(part.command_bar.button("retry"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(hub.is_idle)
    assert part.banners.keys == ["refused"]
    part.list.choose(queue["held"])
    part.job_actions.set_ready(part.list.chosen())
    qtbot.waitUntil(hub.is_idle)
    assert part.banners.keys == []


def test_progress_moves_and_see_all_opens_the_page(
    part: JobsPart, queue: dict[str, str], window: Any, qtbot: QtBot
) -> None:
    rows = part.list.table.rows
    with qtbot.waitSignal(rows.dataChanged):
        part.job_progressed(queue["running"], 1700, 2010, "Importing customers.csv")
    index = rows.index(rows.index_of(queue["running"]).row(), rows.column_of("progress"))
    assert index.data() == "1,700 of 2,010 rows"
    qtbot.mouseClick(part.see_all, Qt.MouseButton.LeftButton)
    assert window.opened == [("job_queue_entries", {})]
