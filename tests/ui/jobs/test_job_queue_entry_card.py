"""A person opens one job: sees how it stands, changes when it runs, and follows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.jobqueue import editing
from models.database import connected
from models.job_queue import EntryStatus, JobQueueCategory, JobQueueEntry, ScheduledTask
from ui.jobs.job_field import JobField
from ui.jobs.run_after_edit import RunAfterDialog
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


def tick(dialog: RunAfterDialog, job_id: str) -> None:
    """Press Space on an entry: it is ticked, or the tick goes."""
    found = next(
        item
        for place in range(dialog.jobs.count())
        if (item := dialog.jobs.item(place)).data(Qt.ItemDataRole.UserRole) == job_id
    )
    dialog.jobs.setCurrentItem(found)
    QTest.keyClick(dialog.jobs, Qt.Key.Key_Space)


def type_into(qtbot: QtBot, page: JobQueueEntryCard, name: str, text: str) -> None:
    field = page.fields[name]
    assert isinstance(field, JobField)
    edit = field.edit
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
    assert page.tabs.object.box.currentText() == "Codeunit 50 Process integration records"
    assert page.fields["run_as_user_id"].box.currentText() == "MARIA"
    assert page.tabs.facts["attempts"].text() == "4 of 4"
    assert page.fields["timeout_seconds"].edit.text() == "12 h"
    assert [row.attempt for row in page.log.table.rows.rows] == [4, 3, 2, 1]


def test_a_running_job_moves_on_and_a_change_holds_from_its_next_run(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("running")
    assert page.state.words.text() == "1,248 of 2,010 rows"
    page.on_job_progressed("another job", 1, 2, "")
    page.on_job_progressed(queue["running"], 1500, 2010, "Importing customers.csv")
    qtbot.waitUntil(lambda: page.state.words.text() == "1,500 of 2,010 rows")
    type_into(qtbot, page, "retries", "7")
    settle(page)
    assert stored(queue["running"], "retries") == 7
    assert stored(queue["running"], "status") == EntryStatus.IN_PROCESS


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


def test_what_runs_is_chosen_by_its_number(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("held")
    line = page.tabs.object.box.lineEdit()
    assert line is not None
    line.setText("71")
    line.editingFinished.emit()
    settle(page)
    assert stored(queue["held"], "codeunit") == "send_mail"
    assert page.tabs.object.box.currentText() == "Codeunit 71 Send e-mail"


def test_parameters_are_one_string_and_further_values_by_name(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("held")
    edit = page.tabs.parameters
    qtbot.keyClicks(edit.text, "only blocked ones")
    qtbot.keyClick(edit.text, Qt.Key.Key_Return)
    settle(page)
    qtbot.mouseClick(edit.add_button, Qt.MouseButton.LeftButton)
    pair = edit.pairs[0]
    qtbot.keyClicks(pair.value, "DE")
    qtbot.keyClick(pair.value, Qt.Key.Key_Return)
    assert edit.said.text().startswith("A value has no name yet.")
    qtbot.keyClicks(pair.name, "country")
    qtbot.keyClick(pair.name, Qt.Key.Key_Return)
    settle(page)
    assert json.loads(stored(queue["held"], "parameters")) == {"text": "only blocked ones", "country": "DE"}
    qtbot.mouseClick(edit.pairs[0].remove, Qt.MouseButton.LeftButton)
    settle(page)
    assert json.loads(stored(queue["held"], "parameters")) == {"text": "only blocked ones"}


def test_a_schedule_is_stored_as_soon_as_it_makes_sense(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    page = open_card("held")
    editor = page.tabs.schedule.editor
    editor.kind.setCurrentText("On weekdays")
    settle(page)
    qtbot.keyClicks(editor.starting, "06:00")
    qtbot.keyClick(editor.starting, Qt.Key.Key_Return)
    settle(page)
    assert stored(queue["held"], "recurring")
    page.tabs.tabs["Schedule"].set_expanded(False)
    assert "06:00" in page.tabs.tabs["Schedule"].header.summary


def test_a_closed_schedule_tells_when_the_job_runs_next(
    open_card: Callable[[str], JobQueueEntryCard],
) -> None:
    page = open_card("ready")
    page.tabs.tabs["Schedule"].set_expanded(False)
    assert "Next start: " in page.tabs.tabs["Schedule"].header.summary


def test_a_narrow_field_shows_the_beginning_of_what_runs(
    open_card: Callable[[str], JobQueueEntryCard],
) -> None:
    line = open_card("failed").tabs.object.box.lineEdit()
    assert line is not None
    assert line.cursorPosition() == 0


def test_a_circle_of_jobs_that_wait_for_each_other_is_refused_in_words(
    open_card: Callable[[str], JobQueueEntryCard],
    queue: dict[str, str],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> None:
    editing.set_run_after(queue["ready"], [queue["held"]])
    page = open_card("held")
    page.tabs.run_after.choose()
    settle(page)
    dialog = page.tabs.run_after.dialog
    assert dialog is not None
    tick(dialog, queue["ready"])
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert dialog.said.text().startswith("It cannot run after “Post invoices”, which runs after it")
    tick(dialog, queue["ready"])
    tick(dialog, queue["again"])
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert page.tabs.run_after.names.text() == "It runs when these have finished well: “Send letters”."


def test_a_category_is_chosen_of_those_that_are_set_up(
    open_card: Callable[[str], JobQueueEntryCard], queue: dict[str, str], settle: Callable[..., None]
) -> None:
    with connected():
        JobQueueCategory.create(code="NIGHT", description="At night")
    page = open_card("held")
    field = page.fields["category_code"]
    field.box.setCurrentIndex(field.box.findText("NIGHT  At night"))
    field.box.activated.emit(field.box.currentIndex())
    settle(page)
    assert stored(queue["held"], "category_code") == "NIGHT"


def test_the_history_tells_who_changed_what(
    open_card: Callable[[str], JobQueueEntryCard], settle: Callable[..., None], qtbot: QtBot
) -> None:
    page = open_card("held")
    type_into(qtbot, page, "retries", "2")
    settle(page)
    page.fields["notify_on_success"].box.click()
    settle(page)
    page.tabs.history.refresh()
    settle(page)
    told = [(row.user_id, row.field, row.old, row.new) for row in page.tabs.history.table.rows.rows]
    assert told == [("MARIA", "Notify on Success", "Yes", "No"), ("MARIA", "Retries", "0", "2")]


def test_sections_fold_by_the_keyboard_and_say_what_is_in_them(
    open_card: Callable[[str], JobQueueEntryCard],
) -> None:
    page = open_card("failed")
    assert page.tabs.tabs["Retries and failure"].header.summary == "3 retries   Time-out 12 h"
    assert page.tabs.tabs["Rights and record"].header.summary == "Runs as MARIA"
    page.trigger("next_tab")
    page.trigger("next_tab")
    page.trigger("next_tab")
    page.trigger("fold_tab")
    assert page.tabs.tabs["Retries and failure"].expanded
    assert page.tabs.tabs["Retries and failure"].header.hasFocus()


def test_a_wrong_value_counts_on_the_header_of_its_section(
    open_card: Callable[[str], JobQueueEntryCard], settle: Callable[..., None], qtbot: QtBot
) -> None:
    page = open_card("held")
    type_into(qtbot, page, "retries", "1000")
    settle(page)
    assert "at most 100" in page.fields["retries"].error
    assert page.tabs.tabs["Retries and failure"].error_count == 1
