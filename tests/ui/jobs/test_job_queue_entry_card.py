"""A person opens one job: sees how it stands, changes when it runs, and follows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry, ScheduledTask
from ui.pages.job_queue_entry_card import JobQueueEntryCard

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


@pytest.fixture
def open_card(queue: dict[str, str], open_page: Callable[..., Any]) -> Callable[[str], JobQueueEntryCard]:
    """A function that opens the card of a job of the queue by its short name."""

    def opened(name: str) -> JobQueueEntryCard:
        page = open_page("job_queue_entry_card", key=queue[name])
        assert isinstance(page, JobQueueEntryCard)
        return page

    return opened


def stored(job_id: str, name: str) -> Any:
    with connected():
        return getattr(JobQueueEntry.get_by_id(job_id), name)


def type_into(qtbot: QtBot, page: JobQueueEntryCard, name: str, text: str) -> None:
    edit = page.fields[name].edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text) if text else qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_the_card_says_what_runs_when_as_whom_and_how_it_went(
    open_card: Callable[[str], JobQueueEntryCard],
) -> None:
    page = open_card("failed")
    assert page.title_label.text() == "Import prices.csv"
    assert page.state.accessibleName().startswith("Status: Error. Row 14: there is no item 1896-X.")
    assert page._facts["codeunit"].text() == "Codeunit 50 Process integration records"
    assert page._facts["user"].text() == "MARIA"
    assert page._facts["attempts"].text() == "4 of 4"
    assert page.fields["timeout_seconds"].edit.text() == "12 h"
    assert [row.attempt for row in page.log.table.rows.rows] == [4, 3, 2, 1]


def test_a_running_job_moves_on_and_cannot_be_rescheduled(
    open_card: Callable[[str], JobQueueEntryCard], queue: dict[str, str], qtbot: QtBot
) -> None:
    page = open_card("running")
    assert page.state.words.text() == "1,248 of 2,010 rows"
    assert page.fields["retries"].edit.isReadOnly()
    assert not page.fields["description"].edit.isReadOnly()
    page.on_job_progressed("another job", 1, 2, "")
    page.on_job_progressed(queue["running"], 1500, 2010, "Importing customers.csv")
    qtbot.waitUntil(lambda: page.state.words.text() == "1,500 of 2,010 rows")


def test_another_earliest_start_moves_the_scheduled_task_too(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("ready")
    type_into(qtbot, page, "earliest_start", "tomorrow 6:00")
    settle(page)
    start = stored(queue["ready"], "earliest_start")
    local = start.astimezone()
    assert (local.date() - NOW.astimezone().date(), local.hour) == (timedelta(days=1), 6)
    with connected():
        task = ScheduledTask.get(ScheduledTask.job_id == queue["ready"])
    assert task.not_before == start
    assert not task.due
    assert page.fields["earliest_start"].edit.text() == "Tomorrow 06:00"


def test_no_earliest_start_means_at_once(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("ready")
    type_into(qtbot, page, "earliest_start", "")
    settle(page)
    assert stored(queue["ready"], "earliest_start") is None
    with connected():
        assert ScheduledTask.get(ScheduledTask.job_id == queue["ready"]).due


def test_what_cannot_be_read_stays_in_the_field_with_the_reason(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("held")
    type_into(qtbot, page, "timeout_seconds", "soon")
    settle(page)
    field = page.fields["timeout_seconds"]
    assert field.error == "“soon” is not a duration. Write it like 30 min, 12 h or 1 h 30 min."
    assert field.edit.text() == "soon"
    type_into(qtbot, page, "timeout_seconds", "1 h 30 min")
    settle(page)
    assert field.error == ""
    assert stored(queue["held"], "timeout_seconds") == 5_400


def test_somebody_elses_change_is_not_overwritten(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    elsewhere: Callable[..., Any],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("held")
    elsewhere(queue["held"], retries=7)
    type_into(qtbot, page, "retries", "2")
    settle(page)
    assert "changed by somebody else" in page.fields["retries"].error
    assert stored(queue["held"], "retries") == 7


def test_a_change_from_elsewhere_shows_but_does_not_take_what_is_being_typed(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    elsewhere: Callable[..., Any],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("held")
    edit = page.fields["description"].edit
    edit.setFocus()
    qtbot.keyClicks(edit, " of May")
    page.records_changed(elsewhere(queue["held"], retries=5, status="In Process", attempts=1))
    settle(page)
    assert edit.text() == "Recalculate inventory of May"
    assert page.fields["retries"].edit.text() == "5"
    assert page.state.pill.status == "In Process"


def test_what_was_typed_last_is_saved_when_the_card_is_closed(
    open_card: Callable[[str], JobQueueEntryCard], queue: dict[str, str], qtbot: QtBot, hub: Any
) -> None:
    page = open_card("held")
    qtbot.keyClicks(page.fields["description"].edit, " of May")
    page.close_page()
    qtbot.waitUntil(hub.is_idle)
    assert stored(queue["held"], "description") == "Recalculate inventory of May"


def test_stopping_from_the_card_says_so_at_once(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    stored_status: Callable[[str], str],
) -> None:
    page = open_card("running")
    page.trigger("cancel")
    settle(page)
    assert page.job_actions.question is not None
    page.job_actions.question.choose("stop")
    assert page.state.words.text() == "Stopping…"
    settle(page)
    assert stored_status(queue["running"]) == EntryStatus.CANCELLING
    assert "cancel" not in {action.key for action in page.actions_of_page()}


def test_a_deleted_job_says_so_and_offers_to_close(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("done")
    page.trigger("delete")
    assert page.job_actions.question is not None
    page.job_actions.question.choose("delete")
    settle(page)
    assert page.banners.keys == ["gone"]
    with qtbot.waitSignal(page.close_requested):
        page.banners.action_triggered.emit("gone", "close")
