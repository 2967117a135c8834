"""A person acts on jobs: stops, retries, holds and deletes them, and reads what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.jobqueue.recurrence import Schedule
from desktop.jobqueue.recurrence.schedule import encode
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry
from tests.ui.jobs.conftest import cell, shown, texts
from ui.pages.job_queue_entries import JobQueueEntries
from ui.testing import TestWindow


def enabled(page: JobQueueEntries) -> set[str]:
    return {action.key for action in page.actions_of_page() if action.shown}


def test_only_what_the_states_allow_can_be_done(page: JobQueueEntries, queue: dict[str, str]) -> None:
    always = {"new", "log", "failed", "columns"}
    page.list.table.clearSelection()
    assert enabled(page) == always
    one = {"card", "copy", "start", "priority"}
    now = {"now", "once"}
    may = {
        "running": {"cancel", "record"},
        "failed": {"retry", "hold", "ready", "error", "stack", "record", "delete", *now},
        "ready": {"cancel", "hold", "delete", *now},
        "held": {"cancel", "ready", "delete", *now},
        "done": {"retry", "hold", "delete", *now},
        "cancelled": {"retry", "hold", "delete", *now},
    }
    for name, actions in may.items():
        page.list.choose(queue[name])
        assert enabled(page) == {*actions, *always, *one}, name


def test_the_keyboard_has_a_job_to_act_on_as_soon_as_the_list_opens(
    page: JobQueueEntries,
    queue: dict[str, str],
    qtbot: QtBot,
    window: TestWindow,
    settle: Callable[..., None],
) -> None:
    first = page.list.table.rows.rows[0].id
    assert [row.id for row in page.list.chosen()] == [first]
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert window.opened == [("job_queue_entry_card", {"key": first})]
    page.list.table.clearSelection()
    page.list.follow()
    settle(page)
    assert page.list.chosen() == [], "rows that come by themselves select nothing"


def test_stopping_an_import_says_what_is_kept_and_keeping_is_the_default(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    stored_status: Callable[[str], str],
) -> None:
    page.list.choose(queue["running"])
    page.trigger("cancel")
    settle(page)
    question = page.job_actions.question
    assert question is not None
    assert question.windowTitle() == "Stop “Import customers.csv”?"
    assert "1,248 records already created are kept; 762 are skipped." in texts(question)
    question.reject()
    settle(page)
    assert stored_status(queue["running"]) == EntryStatus.IN_PROCESS
    assert cell(page, queue["running"], "status") == "In Process"


def test_a_person_stops_a_running_job_that_another_process_works_on(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    elsewhere: Callable[..., Any],
    stored_status: Callable[[str], str],
) -> None:
    job = queue["running"]
    page.list.choose(job)
    page.trigger("cancel")
    settle(page)
    assert page.job_actions.question is not None
    page.job_actions.question.choose("stop")
    # At once, before anything was written:
    assert cell(page, job, "status") == "Cancelling"
    assert cell(page, job, "progress") == "Stopping…"
    assert "cancel" not in enabled(page)
    settle(page)
    assert stored_status(job) == EntryStatus.CANCELLING
    page.records_changed(elsewhere(job, status="Cancelled", ended_at="2026-11-21T09:45:00.000Z"))
    settle(page)
    assert cell(page, job, "status") == "Cancelled"
    assert cell(page, job, "progress").endswith("after 4 min")
    assert [row.id for row in page.list.chosen()] == [job]
    assert "retry" in enabled(page)


def test_a_job_that_ended_while_the_question_stood_is_not_stopped(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], elsewhere: Callable[..., Any]
) -> None:
    page.list.choose(queue["running"])
    page.trigger("cancel")
    settle(page)
    elsewhere(queue["running"], status="Finished")
    assert page.job_actions.question is not None
    page.job_actions.question.choose("stop")
    settle(page)
    assert page.banners.keys == ["refused"]
    assert cell(page, queue["running"], "status") == "Finished"


def test_a_waiting_job_is_cancelled_without_a_question(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    window: Any,
    stored_status: Callable[[str], str],
) -> None:
    page.list.choose(queue["ready"])
    page.trigger("cancel")
    settle(page)
    assert stored_status(queue["ready"]) == EntryStatus.CANCELLED
    assert [notice.text for notice in window.notices] == ["“Post invoices” was cancelled"]


def test_a_button_that_has_done_its_work_gives_the_keyboard_back_to_the_list(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], qtbot: QtBot
) -> None:
    page.window().activateWindow()
    page.list.table.setFocus()
    page.list.choose(queue["ready"])
    button = page.command_bar.button("hold")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    settle(page)
    assert not button.isEnabled()
    assert page.list.table.hasFocus()


def test_a_schedule_ends_only_after_a_question_that_names_what_recurs(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    stored_status: Callable[[str], str],
) -> None:
    with connected(), database.atomic():
        daily = encode(Schedule(weekdays=(0, 1, 2, 3, 4, 5, 6), starting_time="06:00"))
        JobQueueEntry.update(recurring=True, schedule=daily).where(
            JobQueueEntry.id == queue["ready"]
        ).execute()
    page.refresh()
    settle(page)
    page.list.choose(queue["ready"])
    page.trigger("cancel")
    settle(page)
    question = page.job_actions.question
    assert question is not None
    assert question.windowTitle() == "Cancel “Post invoices”?"
    question.choose("keep")
    settle(page)
    assert stored_status(queue["ready"]) == EntryStatus.READY
    page.trigger("cancel")
    question = page.job_actions.question
    assert question is not None
    question.choose("cancel")
    settle(page)
    assert stored_status(queue["ready"]) == EntryStatus.CANCELLED


def test_a_person_retries_a_failed_job(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    stored_status: Callable[[str], str],
) -> None:
    page.list.choose(queue["failed"])
    page.trigger("retry")
    settle(page)
    assert stored_status(queue["failed"]) == EntryStatus.READY
    assert cell(page, queue["failed"], "status") == "Ready"
    assert cell(page, queue["failed"], "progress") == (
        "No worker is running: open Backdesk, or start “backdesk worker”."
    )


def test_holding_a_job_can_be_undone(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    window: Any,
    stored_status: Callable[[str], str],
) -> None:
    page.list.choose(queue["ready"])
    page.trigger("hold")
    settle(page)
    assert stored_status(queue["ready"]) == EntryStatus.ON_HOLD
    assert (window.notices[0].text, window.notices[0].action) == ("“Post invoices” is on hold", "Undo")
    window.notices[0].on_action()
    settle(page)
    assert stored_status(queue["ready"]) == EntryStatus.READY


def test_holding_a_job_that_failed_offers_no_undo(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], window: Any
) -> None:
    page.list.choose(queue["failed"])
    page.trigger("hold")
    settle(page)
    assert window.notices[0].action == ""


def test_a_person_sets_a_job_to_ready(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    stored_status: Callable[[str], str],
) -> None:
    page.list.choose(queue["held"])
    page.trigger("ready")
    settle(page)
    assert stored_status(queue["held"]) == EntryStatus.READY


def test_a_person_reads_an_error_with_its_call_stack_and_copies_it(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], qtbot: QtBot
) -> None:
    page.list.choose(queue["failed"])
    page.trigger("error")
    settle(page)
    told = page.job_actions.question
    assert told is not None
    assert "Create the item, then choose Retry." in texts(told)
    copy = next(
        button
        for button in told.findChildren(type(page.command_bar.button("log")))
        if button.text() == "Copy"
    )
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "attempt 4" in copied
    assert 'File "process_import.py", line 40' in copied
    told.choose("close")


def test_the_log_the_records_and_the_card_open_for_the_selected_job(
    page: JobQueueEntries, queue: dict[str, str], window: Any, qtbot: QtBot
) -> None:
    page.list.choose(queue["running"])
    page.trigger("log")
    page.trigger("record")
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert window.opened[0] == ("job_queue_log_entries", {"job_id": queue["running"]})
    assert window.opened[1][0] == "integration_records"
    assert isinstance(window.opened[1][1]["run_id"], int)
    assert window.opened[2] == ("job_queue_entry_card", {"key": queue["running"]})


def test_deleting_asks_first_and_takes_the_log_along(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None]
) -> None:
    page.list.choose(queue["failed"])
    page.trigger("delete")
    assert page.job_actions.question is not None
    page.job_actions.question.choose("delete")
    settle(page)
    assert "Import prices.csv" not in shown(page)
    with connected():
        assert not JobQueueLogEntry.select().where(JobQueueLogEntry.job_id == queue["failed"]).exists()
        assert JobQueueEntry.select().count() == 6


def test_the_menu_on_a_row_has_the_actions_of_the_page(page: JobQueueEntries, queue: dict[str, str]) -> None:
    page.list.choose(queue["failed"])
    menu = page.row_menu()
    may = {action.text() for action in menu.actions() if action.isEnabled()}
    assert {"Retry", "Show error", "Delete"} <= may
    assert "Cancel job" not in may
    menu.deleteLater()
