"""A person looks after the job queue: watches, stops, retries, holds, and reads what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.jobqueue.recurrence import Schedule
from desktop.jobqueue.recurrence.schedule import encode
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry
from tests.ui.jobs.conftest import cell, shown
from ui.framework.context import PageContext
from ui.jobs.wording import LiveJob
from ui.pages.job_queue_entries import JobQueueEntries
from ui.widgets.empty_state import EmptyKind


def enabled(page: JobQueueEntries) -> set[str]:
    return {action.key for action in page.actions_of_page() if action.shown}


def test_what_runs_stands_on_top_and_what_has_ended_below(page: JobQueueEntries) -> None:
    assert shown(page) == [
        "Import customers.csv",
        "Import prices.csv",
        "Send letters",
        "Post invoices",
        "Recalculate inventory",
        "Report pack",
        "Import vendors.csv",
    ]
    assert page.views.tabText(0) == "All  7"
    assert page.views.tabText(1) == "Mine  7"
    assert page.views.tabText(2) == "Running  1"
    assert page.count_label.text() == "7 entries"


def test_each_row_says_how_it_stands_and_why(page: JobQueueEntries, queue: dict[str, str]) -> None:
    assert cell(page, queue["running"], "progress") == "1,248 of 2,010 rows"
    assert cell(page, queue["failed"], "progress").startswith("Row 14: there is no item 1896-X.")
    assert cell(page, queue["ready"], "progress").startswith("It does not start before its time: Today ")
    assert cell(page, queue["again"], "progress").startswith("Retry 1 of 3: Today ")
    assert cell(page, queue["again"], "progress").endswith(". The mail server does not answer.")
    assert cell(page, queue["held"], "progress") == "It is On Hold: set it to Ready to let it run."
    assert cell(page, queue["held"], "next") == "–"
    assert cell(page, queue["running"], "next") == "Now"
    assert cell(page, queue["ready"], "next").startswith("Today ")
    assert cell(page, queue["ready"], "recurs") == "Once"
    assert cell(page, queue["done"], "progress") == "14 documents printed · 1 min 12 s"
    assert cell(page, queue["running"], "attempts") == "1 of 4"


def test_a_screen_reader_hears_the_status_with_its_word(page: JobQueueEntries, queue: dict[str, str]) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert cell(page, queue["failed"], "status", role) == "Status: Error"
    assert cell(page, queue["running"], "progress", role) == "Progress: 1,248 of 2,010 rows, 62 percent"


def test_only_what_the_states_allow_can_be_done(page: JobQueueEntries, queue: dict[str, str]) -> None:
    always = {"new", "log", "failed", "columns"}
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


def test_live_progress_repaints_one_cell_however_fast_it_comes(
    page: JobQueueEntries, queue: dict[str, str], qtbot: QtBot
) -> None:
    rows = page.list.table.rows
    told: list[tuple[int, int, int, int]] = []

    def on_changed(first: QModelIndex, last: QModelIndex) -> None:
        told.append((first.row(), first.column(), last.row(), last.column()))

    rows.dataChanged.connect(on_changed)
    with qtbot.waitSignal(rows.dataChanged, timeout=5_000):
        for done in range(1300, 1700, 2):
            page.on_job_progressed(queue["running"], done, 2010, "Importing customers.csv")
    line, column = rows.index_of(queue["running"]).row(), rows.column_of("progress")
    assert told == [(line, column, line, column)]
    assert cell(page, queue["running"], "progress") == "1,698 of 2,010 rows"
    rows.dataChanged.disconnect(on_changed)


def test_progress_of_a_job_that_another_process_runs_comes_from_the_database(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], elsewhere: Callable[..., Any]
) -> None:
    moved = []
    page.list.table.rows.rows_replaced.connect(lambda: moved.append(True))
    page.records_changed(elsewhere(queue["running"], progress_done=1900))
    settle(page)
    assert cell(page, queue["running"], "progress") == "1,900 of 2,010 rows"
    assert not moved


def test_the_bar_never_runs_backwards_and_never_stands_full(
    page: JobQueueEntries, queue: dict[str, str], settle: Callable[..., None], elsewhere: Callable[..., Any]
) -> None:
    live = page.list._live[queue["running"]]
    for done in (2010, 1000):
        page.on_job_progressed(queue["running"], done, 2010, "")
        page.list._show_news()
        assert live.share == 0.99
    page.records_changed(elsewhere(queue["running"], attempts=2, progress_done=0))
    settle(page)
    assert live.share == 0.0


def test_the_time_left_is_told_after_a_while_and_silence_is_said(
    page: JobQueueEntries, queue: dict[str, str], context: PageContext
) -> None:
    seconds = [100.0]
    clock = replace(context.clock, monotonic=lambda: seconds[0])
    live = LiveJob(clock.monotonic)
    row = page.list.table.rows.row_of(queue["running"])
    live.begin(row)
    page.list._live[row.id] = live
    for step in range(1, 9):
        seconds[0] += 1
        page.on_job_progressed(row.id, 1248 + step * 20, 2010, "")
        page.list._show_news()
    assert cell(page, row.id, "progress") == "1,408 of 2,010 rows · about 40 s left"
    seconds[0] += 12
    page.list.renew_words()
    assert cell(page, row.id, "progress") == "1,408 of 2,010 rows · no news for 12 s"
    page.list.mark_stopping([row.id])
    assert cell(page, row.id, "progress") == "Stopping…"
    seconds[0] += 11
    page.list.renew_words()
    assert cell(page, row.id, "progress").startswith("Stopping by force")


def test_a_row_never_moves_under_the_pointer(
    page: JobQueueEntries,
    queue: dict[str, str],
    settle: Callable[..., None],
    elsewhere: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = shown(page)
    monkeypatch.setattr(page.list.table, "pointer_is_over", lambda: True)
    page.records_changed(elsewhere(queue["held"], status="In Process"))
    settle(page)
    assert shown(page) == before
    assert cell(page, queue["held"], "status") == "In Process"
    page.list.table.pointer_left.emit()
    assert shown(page)[:2] == ["Import customers.csv", "Recalculate inventory"]


def test_a_new_job_of_another_process_appears_and_the_selection_stays(
    page: JobQueueEntries,
    queue: dict[str, str],
    make_job: Callable[..., str],
    settle: Callable[..., None],
    elsewhere: Callable[..., Any],
) -> None:
    page.list.choose(queue["held"])
    new = make_job("Count stock", EntryStatus.IN_PROCESS, attempts=1)
    page.records_changed(elsewhere(new))
    settle(page)
    assert "Count stock" in shown(page)
    assert page.views.tabText(2) == "Running  2"
    assert [row.id for row in page.list.chosen()] == [queue["held"]]


def test_views_and_search_narrow_the_list_and_say_when_nothing_is_left(
    page: JobQueueEntries, settle: Callable[..., None], qtbot: QtBot
) -> None:
    for place, names in enumerate(
        (
            ["Import customers.csv"],
            ["Import prices.csv"],
            ["Send letters", "Post invoices"],
            ["Report pack", "Import vendors.csv"],
        ),
        start=2,
    ):
        page.views.setCurrentIndex(place)
        settle(page)
        assert shown(page) == names
    page.views.setCurrentIndex(0)
    qtbot.keyClicks(page.search, "import csv")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(page)
    assert len(shown(page)) == 3
    page.search.setText("zebra")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(page)
    assert page.list.nothing.kind is EmptyKind.NO_MATCH
    assert page.list.nothing.accessibleName() == "No jobs match “zebra”"
    qtbot.mouseClick(page.list.nothing.action_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert len(shown(page)) == 7
    assert page.search.text() == ""


def test_a_click_on_a_title_sorts_and_a_second_click_turns_it_round(
    page: JobQueueEntries, settle: Callable[..., None]
) -> None:
    header = page.list.table.horizontalHeader()
    header.sectionClicked.emit(0)
    settle(page)
    first = shown(page)
    assert first == sorted(first, key=str.lower)
    header.sectionClicked.emit(0)
    settle(page)
    assert shown(page) == sorted(first, key=str.lower, reverse=True)


def test_rows_are_copied_as_a_spreadsheet_takes_them(
    page: JobQueueEntries, queue: dict[str, str], qtbot: QtBot
) -> None:
    page.list.choose(queue["done"])
    qtbot.keyClick(page.list.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    titles, row = QApplication.clipboard().text().splitlines()
    assert titles.split("\t")[:3] == ["Description", "Status", "Progress"]
    assert row.split("\t")[:2] == ["Report pack", "Finished"]


def test_an_empty_queue_says_what_it_is_for(open_page: Callable[..., Any]) -> None:
    page = open_page("job_queue_entries")
    assert page.list.nothing.kind is EmptyKind.FIRST_USE
    assert page.list.nothing.action_button.text() == "Import data"


def test_a_job_named_by_who_opens_the_page_is_selected(
    queue: dict[str, str], open_page: Callable[..., Any]
) -> None:
    page = open_page("job_queue_entries", job_id=queue["again"])
    assert [row.id for row in page.list.chosen()] == [queue["again"]]


def test_the_menu_on_a_row_has_the_actions_of_the_page(page: JobQueueEntries, queue: dict[str, str]) -> None:
    page.list.choose(queue["failed"])
    menu = page.row_menu()
    may = {action.text() for action in menu.actions() if action.isEnabled()}
    assert {"Retry", "Show error", "Delete"} <= may
    assert "Cancel job" not in may
    menu.deleteLater()


def texts(dialog: Any) -> str:
    from ui.widgets.labels import Label

    return "\n".join(label.text() for label in dialog.findChildren(Label))
