"""A person watches an import: live counts, a stop that says what stays, and an end whose counts add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.processing import process
from models import changes
from models.database import connected, database
from models.integration_record import ImportRun
from tests.ui.imports.conftest import Signals, Told, new_session, rows
from ui.dialogs import Question
from ui.framework.context import PageContext
from ui.import_dialog import JobFeed, ProgressWindow
from ui.widgets.remaining_time import RemainingTime


@pytest.fixture
def watch(
    window: QWidget, context: PageContext, feed: JobFeed, staged: Callable[..., int], qtbot: QtBot
) -> Callable[..., ProgressWindow]:
    """Starts the job of a file of customers and opens the window about it."""

    def make(**values: Any) -> ProgressWindow:
        run_id = staged(**values)
        job_id = service.start_processing(run_id, "MARIA")
        made = ProgressWindow(window, context, run_id, job_id, "customers.csv", feed)
        made.show()
        qtbot.waitUntil(context.hub.is_idle)
        return made

    return make


def set_job(status: str, **values: object) -> None:
    """Let the job be in a state, as its worker would."""
    with connected(), database.atomic():
        sets = "".join(f", {name} = ?" for name in values)
        sql = f"UPDATE job_queue_entry SET status = ?{sets}"
        database.execute_sql(sql, (status, *values.values()))
        database.execute_sql("INSERT INTO change_log (table_name, record_id) VALUES ('job_queue_entry', '')")


def told_and_shown(qtbot: QtBot, signals: Signals, context: PageContext, shown: ProgressWindow) -> None:
    signals.tell()
    qtbot.waitUntil(lambda: not shown._again.isActive() and context.hub.is_idle())


def test_a_job_that_waits_for_a_worker_says_so(watch: Callable[..., ProgressWindow]) -> None:
    shown = watch()
    assert shown.pill.status == "Waiting"
    assert shown.line.text == "Waiting for a worker…"
    assert "You may close this window" in shown.sentence.text()
    shown.close()


def test_the_window_is_as_high_before_the_counts_are_known_as_with_them(
    window: QWidget, context: PageContext, feed: JobFeed, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged()
    shown = ProgressWindow(
        window, context, run_id, service.start_processing(run_id, "MARIA"), "customers.csv", feed
    )
    shown.show()
    before = shown.height()
    qtbot.waitUntil(lambda: shown.counts.text() != "No import" and context.hub.is_idle())
    assert shown.layout().totalHeightForWidth(shown.width()) == before
    shown.close()


def test_progress_says_how_many_of_how_many_and_the_errors(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch(good=498, wrong=("XX", "XX"))
    set_job("In Process")
    with connected():
        ImportRun.update(state="Processing", ready=350, created=148, errors=2).execute()
    told_and_shown(qtbot, signals, context, shown)
    assert shown.pill.status == "Processing"
    assert shown.line.text == "Processing: 150 of 500 records · Errors: 2"
    signals.job_progressed.emit(shown._job_id, 250, 500, "")
    assert shown.line.text == "Processing: 250 of 500 records · Errors: 2"
    assert shown.counts.text() == "500 rows = 148 created + 2 errors + 350 ready"
    shown.close()


def test_the_end_adds_up_and_opens_the_results(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, told: Told, qtbot: QtBot
) -> None:
    shown = watch()
    process(new_session(), shown._run_id)
    set_job("Finished")
    told_and_shown(qtbot, signals, context, shown)
    assert shown.pill.status == "Completed with errors"
    assert shown.line.text == "Imported 3 of 5 records, 2 need attention"
    assert shown.counts.text() == "5 rows = 3 created + 2 errors"
    assert not shown.stop_button.isVisible()
    qtbot.mouseClick(shown.results_button, Qt.MouseButton.LeftButton)
    assert told.opened == [("integration_records", {"run_id": 1})]
    assert told.notices == [], "nothing goes on in the background"


def test_large_counts_of_every_kind_are_read_to_their_end(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    with connected(), database.atomic():
        ImportRun.update(
            rows=1_000_000, created=300_000, updated=200_000, unchanged=400_000, errors=60_000, ready=40_000
        ).execute()
        changes.touch("import_run")
    told_and_shown(qtbot, signals, context, shown)
    qtbot.waitUntil(lambda: shown.counts.width() >= shown.counts.sizeHint().width())
    shown.close()


def test_a_file_without_errors_ends_without_a_warning(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch(good=4, wrong=())
    process(new_session(), shown._run_id)
    set_job("Finished")
    told_and_shown(qtbot, signals, context, shown)
    assert shown.pill.status == "Completed"
    assert shown.line.text == "Imported 4 of 4 records"
    shown.close()


def test_closing_it_says_that_the_work_goes_on(watch: Callable[..., ProgressWindow], told: Told) -> None:
    watch().close()
    assert [notice.text for notice in told.notices] == ["Import customers.csv continues in the background."]


def test_stopping_asks_first_and_says_what_stays(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    qtbot.mouseClick(shown.stop_button, Qt.MouseButton.LeftButton)
    (question,) = shown.findChildren(Question)
    question.choose("keep")
    assert rows("SELECT status FROM job_queue_entry") == [("Ready",)]
    shown._on_answer("stop")
    assert shown.stop_button.text() == "Stopping…"
    qtbot.waitUntil(lambda: rows("SELECT status FROM job_queue_entry") == [("Cancelled",)])
    told_and_shown(qtbot, signals, context, shown)
    assert shown.pill.status == "Cancelled"
    assert shown.line.text == "Stopped: 0 of 5 records were processed."
    assert shown.line.tone == "fg2", "what a person wanted is no error"
    assert "5 records are still ready" in shown.sentence.text()
    shown.close()


def test_while_it_is_being_stopped_nothing_says_that_the_work_goes_on(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, told: Told, qtbot: QtBot
) -> None:
    shown = watch()
    set_job("Cancelling")
    shown._stopping = True
    told_and_shown(qtbot, signals, context, shown)
    assert shown.sentence.text() == "The records that are being written are finished first."
    shown.close()
    assert told.notices[-1].text == "Import customers.csv is being stopped."


def test_what_was_stopped_goes_on_in_the_same_window(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    shown._on_answer("stop")
    qtbot.waitUntil(lambda: rows("SELECT status FROM job_queue_entry") == [("Cancelled",)])
    told_and_shown(qtbot, signals, context, shown)
    assert shown.go_on_button.isVisible()
    qtbot.mouseClick(shown.go_on_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(rows("SELECT status FROM job_queue_entry")) == 2)
    qtbot.waitUntil(lambda: shown.pill.status == "Waiting")
    assert not shown.go_on_button.isVisible()
    assert shown.stop_button.isEnabled()
    assert shown.stop_button.text() == "Cancel job"
    assert shown.focusWidget() is shown.close_button
    process(new_session(), shown._run_id)
    set_job("Finished")
    told_and_shown(qtbot, signals, context, shown)
    assert shown.counts.text() == "5 rows = 3 created + 2 errors"
    assert not shown.go_on_button.isVisible(), "nothing is left to go on with"
    shown.close()


def test_a_run_that_stopped_at_its_limit_of_errors_says_what_is_left(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    with connected():
        ImportRun.update(state="Stopped", ready=1, created=3, errors=1).execute()
    set_job("Finished")
    told_and_shown(qtbot, signals, context, shown)
    assert shown.line.text == "Stopped: 4 of 5 records were processed."
    assert "1 are still ready" not in shown.sentence.text()
    assert "1 record is still ready" in shown.sentence.text()
    assert shown.go_on_button.isVisible()
    shown.close()


def test_the_rate_is_said_as_soon_as_it_can_be_known(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch(good=500, wrong=())
    set_job("In Process")
    with connected():
        ImportRun.update(state="Processing").execute()
    told_and_shown(qtbot, signals, context, shown)
    moments = iter((0.0, 10.0))
    shown._remaining = RemainingTime(lambda: next(moments))
    signals.job_progressed.emit(shown._job_id, 0, 500, "")
    signals.job_progressed.emit(shown._job_id, 123, 500, "")
    assert shown.line.text == "Processing: 123 of 500 records · Errors: 0 · 12 a second · about 40 s left"
    shown.close()


def test_a_job_that_failed_says_why(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    set_job("Error", error_text="The disk is full. Free some space, then try again.")
    told_and_shown(qtbot, signals, context, shown)
    assert shown.pill.status == "Failed"
    assert "Free some space" in shown.sentence.text()
    shown.close()


def test_a_failed_attempt_says_when_the_next_begins(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    values = {"attempts": 1, "earliest_start": "2026-11-21T10:30:00.000Z", "error_text": "It was locked."}
    set_job("Ready", **values)
    told_and_shown(qtbot, signals, context, shown)
    assert shown.line.text.startswith("An attempt failed; the next one starts today ")
    assert shown.sentence.text() == "It was locked."
    shown.close()


def test_a_run_that_is_deleted_meanwhile_is_no_trouble(
    watch: Callable[..., ProgressWindow], signals: Signals, context: PageContext, qtbot: QtBot
) -> None:
    shown = watch()
    with connected(), database.atomic():
        database.execute_sql("DELETE FROM import_run")
        database.execute_sql("INSERT INTO change_log (table_name, record_id) VALUES ('import_run', '1')")
    told_and_shown(qtbot, signals, context, shown)
    assert shown.line.text == "This import has been deleted meanwhile."
    shown.close()
