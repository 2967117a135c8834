"""A person reads the log: which runs failed, why, and where in the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from models import changes
from models.database import connected, database
from models.job_log_lists import LogView
from models.job_queue import JobQueueLogEntry, LogStatus
from ui.pages.job_queue_log_entries import JobQueueLogEntries
from ui.widgets.empty_state import EmptyKind


@pytest.fixture
def page(queue: dict[str, str], open_page: Callable[..., Any]) -> JobQueueLogEntries:
    made = open_page("job_queue_log_entries")
    assert isinstance(made, JobQueueLogEntries)
    return made


def cell(page: JobQueueLogEntries, line: int, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    rows = page.list.table.rows
    return str(rows.index(line, rows.column_of(column)).data(role))


def test_the_newest_run_stands_on_top_with_its_outcome(page: JobQueueLogEntries) -> None:
    assert page.count_label.text() == "5 log entries"
    assert cell(page, 0, "status") == "Success"
    assert cell(page, 0, "duration") == "1 min 12 s"
    assert cell(page, 0, "result") == "14 documents printed."
    assert cell(page, 1, "status", Qt.ItemDataRole.AccessibleTextRole) == "Status: Error"
    assert cell(page, 1, "attempt") == "4"
    assert cell(page, 1, "result").startswith("Row 14")


def test_failed_runs_alone_and_a_search(
    page: JobQueueLogEntries, settle: Callable[..., None], qtbot: QtBot
) -> None:
    page.views.setCurrentIndex(2)
    settle(page)
    assert {cell(page, line, "status") for line in range(4)} == {"Error", "Interrupted"}
    qtbot.keyClicks(page.search, "report")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    settle(page)
    assert page.list.nothing.kind is EmptyKind.NO_MATCH


def test_the_call_stack_of_an_error_opens_at_once(
    page: JobQueueLogEntries, settle: Callable[..., None]
) -> None:
    page.list.choose(page.list.table.rows.rows[1].id)
    page.trigger("stack")
    settle(page)
    told = page.log_actions.question
    assert told is not None
    details = told.findChild(QPlainTextEdit)
    assert details is not None
    assert details.isVisible()
    assert 'File "process_import.py", line 40' in details.toPlainText()
    told.choose("close")


def test_a_run_that_was_killed_has_no_call_stack_and_says_why(
    page: JobQueueLogEntries, settle: Callable[..., None]
) -> None:
    interrupted = next(row for row in page.list.table.rows.rows if row.status == LogStatus.INTERRUPTED)
    page.list.choose(interrupted.id)
    page.trigger("stack")
    settle(page)
    assert page.banners.keys == ["refused"]


def test_enter_shows_the_error_and_the_entry_is_one_step_away(
    page: JobQueueLogEntries, queue: dict[str, str], settle: Callable[..., None], window: Any, qtbot: QtBot
) -> None:
    page.list.choose(page.list.table.rows.rows[1].id)
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    settle(page)
    assert page.log_actions.question is not None
    page.log_actions.question.choose("close")
    page.trigger("entry")
    assert window.opened == [("job_queue_entry_card", {"key": queue["failed"]})]


def test_a_run_that_went_well_offers_no_error_and_says_what_it_did_on_enter(
    page: JobQueueLogEntries, settle: Callable[..., None], qtbot: QtBot
) -> None:
    page.list.choose(page.list.table.rows.rows[0].id)
    assert "error" not in [action.key for action in page.actions_of_page()]
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    settle(page)
    assert page.log_actions.question is not None
    page.list.choose(page.list.table.rows.rows[1].id)
    assert "error" in [action.key for action in page.actions_of_page()]


def test_only_one_jobs_runs_until_all_are_wanted(
    queue: dict[str, str], open_page: Callable[..., Any], settle: Callable[..., None], qtbot: QtBot
) -> None:
    page = open_page("job_queue_log_entries", job_id=queue["failed"])
    assert page.subtitle_label.text() == "of “Import prices.csv”"
    assert page.count_label.text() == "4 log entries"
    qtbot.mouseClick(page.all_button, Qt.MouseButton.LeftButton)
    settle(page)
    assert page.count_label.text() == "5 log entries"
    assert page.all_button.isHidden()


def test_a_run_that_begins_elsewhere_appears(
    page: JobQueueLogEntries, queue: dict[str, str], settle: Callable[..., None], clock: Any
) -> None:
    with connected(), database.atomic():
        before = changes.last_number()
        JobQueueLogEntry.create(
            job_id=queue["running"], description="Import customers.csv", started_at=clock.now()
        )
    with connected():
        page.records_changed(changes.since(before))
    settle(page)
    assert cell(page, 0, "status") == "In Process"
    assert cell(page, 0, "result") == "Still running"


def test_how_late_a_run_began_and_what_made_it_begin_stand_in_columns(
    page: JobQueueLogEntries, queue: dict[str, str], settle: Callable[..., None], clock: Any
) -> None:
    planned = clock.now() - timedelta(minutes=3)
    with connected(), database.atomic():
        JobQueueLogEntry.create(
            job_id=queue["ready"],
            description="Post invoices",
            status=LogStatus.SUCCESS,
            planned_at=planned,
            started_at=planned + timedelta(seconds=90),
            ended_at=clock.now(),
            delay_ms=90_000,
            duration_ms=90_000,
            run_trigger="Schedule",
            worker="harbour 4711",
            progress_done=14,
            progress_total=14,
            messages="14 invoices\nNone was late",
        )
    page.views.setCurrentIndex(list(LogView).index(LogView.LATE))
    settle(page)
    assert page.count_label.text() == "1 log entry"
    assert [cell(page, 0, name) for name in ("delay", "trigger", "host", "progress", "messages")] == [
        "1 min 30 s",
        "Schedule",
        "harbour 4711",
        "14 of 14",
        "14 invoices · None was late",
    ]
    assert cell(page, 0, "planned").startswith("Today ")


def test_old_log_entries_are_deleted_after_asking_and_young_ones_stay(
    page: JobQueueLogEntries, queue: dict[str, str], settle: Callable[..., None], window: Any, clock: Any
) -> None:
    long_ago = clock.now() - timedelta(days=8)
    with connected(), database.atomic():
        JobQueueLogEntry.create(
            job_id=queue["done"], status=LogStatus.SUCCESS, started_at=long_ago, ended_at=long_ago
        )
    page.trigger("old")
    assert page.log_actions.question is not None
    page.log_actions.question.choose("keep")
    settle(page)
    page.refresh()
    settle(page)
    assert page.count_label.text() == "6 log entries"
    page.trigger("old")
    page.log_actions.question.choose("delete")
    settle(page)
    assert page.count_label.text() == "5 log entries"
    assert window.notices[-1].text == "1 log entry was deleted"


def test_deleting_all_leaves_the_runs_in_process(
    page: JobQueueLogEntries, queue: dict[str, str], settle: Callable[..., None], clock: Any
) -> None:
    with connected(), database.atomic():
        JobQueueLogEntry.create(job_id=queue["running"], description="Import", started_at=clock.now())
    page.trigger("everything")
    assert page.log_actions.question is not None
    page.log_actions.question.choose("delete")
    settle(page)
    assert [row.status for row in page.list.table.rows.rows] == ["In Process"]


def test_the_record_of_a_run_is_one_step_away(
    page: JobQueueLogEntries, settle: Callable[..., None], window: Any
) -> None:
    page.list.choose(page.list.table.rows.rows[1].id)
    page.trigger("record")
    settle(page)
    assert window.opened[-1][0] == "integration_records"
    page.list.choose(page.list.table.rows.rows[0].id)
    page.trigger("record")
    settle(page)
    assert page.banners.keys == ["refused"]
