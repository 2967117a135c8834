"""A person looks back: which files were imported, what came of each, and what can still be done about one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.afterwards.undo import UndoReport, start_undo, undo
from desktop.imports.mending import repair
from models import changes
from models.customer import Customer
from models.database import connected, database
from models.import_run_lists import RunView, run_list
from models.integration import Integration
from models.integration_record import ImportRun
from models.job_queue import JobQueueEntry, JobQueueLogEntry
from models.record_edit import save_field
from tests.ui.imports.conftest import NOW, Told, new_session, rows
from tests.ui.imports.shown_runs import ShownRuns
from ui.pages.import_runs import ImportRuns
from ui.pages.post_process_entries import PostProcessEntries


def texts(page: ImportRuns | PostProcessEntries, key: str) -> list[str]:
    model = page.list.table.rows
    place = model.column_of(key)
    return [str(model.index(row, place).data()) for row in range(model.rowCount())]


# --- the list -----------------------------------------------------------------------------------


def test_each_file_has_a_line_that_adds_up_the_newest_first(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    staged(processed=True)
    staged(good=1, wrong=())
    page = shown_runs.runs()
    assert texts(page, "result") == ["1 row = 1 ready", "5 rows = 3 created + 2 errors"]
    assert texts(page, "status") == ["Ready", "Completed with errors"]
    assert page.count_label.text() == "2 imports"


def test_the_views_and_the_search_find_what_needs_somebody(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    failed = staged(processed=True)
    waiting = staged(good=1, wrong=())
    page = shown_runs.runs(view="With errors")
    assert [row.id for row in page.list.table.rows.rows] == [failed]
    page.views.setCurrentIndex(3)
    shown_runs.settle()
    assert [row.id for row in page.list.table.rows.rows] == [waiting]
    page.views.setCurrentIndex(0)
    with connected():
        ImportRun.update(state="Undone").execute()
        waiting_for_nobody = run_list(view=RunView.ERRORS) + run_list(view=RunView.TO_PROCESS)
    assert waiting_for_nobody == []
    page.search.setText("maria nothing-like-this")
    page.search.search_now()
    shown_runs.settle()
    assert "No imports match" in page.list.nothing.accessibleName()


def test_a_company_without_imports_offers_to_import(shown_runs: ShownRuns, told: Told, qtbot: QtBot) -> None:
    page = shown_runs.runs()
    assert "No file has been imported yet" in page.list.nothing.accessibleName()
    qtbot.mouseClick(page.list.nothing.action_button, Qt.MouseButton.LeftButton)
    assert told.imports == [(None, "")]


def test_enter_opens_the_card_and_the_rows_are_one_key_away(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told, qtbot: QtBot
) -> None:
    run_id = staged(processed=True)
    page = shown_runs.runs()
    page.list.choose(run_id)
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    page.trigger("records")
    assert told.opened == [
        ("import_run_card", {"key": str(run_id)}),
        ("integration_records", {"run_id": run_id}),
    ]


def test_a_run_that_was_left_goes_on_and_is_not_started_twice(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged()
    page = shown_runs.runs()
    page.list.choose(run_id)
    page.trigger("go_on")
    shown_runs.settle()
    shown_runs.signals.tell()
    shown_runs.settle()
    assert rows("SELECT status FROM job_queue_entry") == [("Ready",)]
    assert texts(page, "status") == ["Waiting"]
    assert "go_on" not in {action.key for action in page.actions_of_page()}


def test_repeat_opens_the_same_file_again_or_says_where_it_was(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told, tmp_path: Path
) -> None:
    run_id = staged(processed=True)
    page = shown_runs.runs()
    page.list.choose(run_id)
    page.trigger("repeat")
    shown_runs.settle()
    assert told.imports == [(tmp_path / "customers.csv", "CUSTOMERS")]
    (tmp_path / "customers.csv").unlink()
    page.trigger("repeat")
    shown_runs.settle()
    assert page.banners.keys == ["refused"]
    assert "customers.csv" in page.banners.shown()[0][1]
    assert len(told.imports) == 1


def test_what_belongs_to_a_deleted_integration_is_not_repeated_with_another_one(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    page = shown_runs.card(staged(processed=True))
    assert page.tabs.facts["integration"] == "CUSTOMERS  Customers from CSV or Excel"
    with connected(), database.atomic():
        Integration.delete().where(Integration.code == "CUSTOMERS").execute()
        changes.touch("integration", "CUSTOMERS")
    shown_runs.signals.tell()
    shown_runs.qtbot.waitUntil(lambda: page.tabs.facts["integration"] == "CUSTOMERS  deleted since")
    assert "integration" not in {action.key for action in page.actions_of_page()}
    page.trigger("repeat")
    shown_runs.settle()
    assert "The integration CUSTOMERS is no longer there." in page.banners.shown()[0][1]
    assert told.imports == []


def test_the_folder_of_the_file_is_opened(
    shown_runs: ShownRuns, staged: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    run_id = staged(processed=True)
    page = shown_runs.runs()
    page.list.choose(run_id)
    page.trigger("folder")
    shown_runs.settle()
    assert opened == [str(tmp_path)]
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    page.trigger("folder")
    shown_runs.settle()
    assert page.banners.shown()[0][1].startswith(f"The folder could not be opened. It is {tmp_path};")
    with connected():
        ImportRun.update(file_path=str(tmp_path / "gone" / "customers.csv")).execute()
    page.refresh()
    shown_runs.settle()
    page.trigger("folder")
    shown_runs.settle()
    assert "The folder is no longer there." in page.banners.shown()[0][1]


# --- the card -----------------------------------------------------------------------------------


def test_the_card_says_what_came_of_a_file_and_why_some_failed(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown_runs.card(run_id)
    fact = page.tabs.facts
    assert page.title_label.text() == "customers.csv"
    assert page.counts.text() == "6 rows = 3 created + 3 errors"
    assert (fact["rows"], fact["created"], fact["errors"]) == ("6", "3", "3")
    assert fact["target"] == "Customers"
    assert fact["user"] == "MARIA"
    assert len(fact["sha256"]) == 64
    causes = page.tabs.causes.table.rows
    assert [row.group.value for row in causes.rows] == ["XX", "YY"]
    page.tabs.causes.table.opened.emit(causes.rows[0].id)
    name, arguments = told.opened[-1]
    assert (name, arguments["run_id"], arguments["cause"].value) == ("integration_records", run_id, "XX")  # type: ignore[attr-defined]


def test_a_folded_tab_says_its_facts_when_it_is_unfolded(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    page = shown_runs.card(staged(processed=True))
    tab = page.tabs.tabs["File"]
    assert tab.findChildren(QLineEdit) == [], "nothing is made that nobody sees"
    tab.set_expanded(True)
    edits = tab.findChildren(QLineEdit)
    shown_runs.qtbot.waitUntil(edits[0].isVisible)
    said = {edit.accessibleName(): edit.text() for edit in edits if edit.isVisible()}
    assert said["Columns"] == "No., Name, City, Country/Region Code"
    assert len(said["SHA-256"]) == 64
    assert "File with the lines" not in said, "there is none"


def test_the_card_knows_that_the_same_file_was_imported_before(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    staged(processed=True)
    page = shown_runs.card(staged(processed=True))
    assert page.tabs.facts["again"] == "Imported 1 more time"


def test_the_card_follows_the_job_and_bars_what_makes_no_sense_meanwhile(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged(good=100, wrong=())
    page = shown_runs.card(run_id)
    assert "go_on" in {action.key for action in page.actions_of_page()}
    job_id = service.start_processing(run_id, "MARIA")
    with connected():
        ImportRun.update(state="Processing").where(ImportRun.id == run_id).execute()
    shown_runs.signals.tell()
    shown_runs.qtbot.waitUntil(lambda: page.pill.status == "Processing")
    assert "go_on" not in {action.key for action in page.actions_of_page()}
    page.on_job_progressed(job_id, 50, 100, "")
    assert page.line.text == "50 of 100 records"


def test_the_card_says_what_its_job_does_or_why_it_waits_and_a_refusal_goes_with_its_reason(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged(processed=True)
    page = shown_runs.card(run_id)
    job_id = start_undo(run_id, "BEN")
    page.trigger("undo")
    assert page.run_actions.question is not None
    page.run_actions.question.choose("undo")
    shown_runs.settle()
    assert "is being undone already" in page.banners.shown()[0][1]
    page.refresh()
    shown_runs.settle()
    assert page.line.text == "Waiting for a worker…"
    said = []
    for status, error in (("In Process", ""), ("Ready", "The process was killed."), ("Finished", "")):
        with connected():
            JobQueueEntry.update(status=status, error_text=error).where(JobQueueEntry.id == job_id).execute()
        page.refresh()
        shown_runs.settle()
        said.append(page.line.text if page.line.isVisible() else "")
    assert said == ["Undo…", "Undo goes on soon. Its last attempt: The process was killed.", ""]
    assert page.banners.keys == []


def test_the_log_of_the_card_has_every_job_that_was_at_the_import(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id, jobs = staged(processed=True), []
    repair.retry(run_id)
    for start in (service.start_processing, service.start_processing, start_undo):
        job_id = start(run_id, "MARIA")
        jobs.append(job_id)
        with connected(), database.atomic():
            JobQueueEntry.update(status="Finished").execute()
            description = JobQueueEntry.get_by_id(job_id).description
            JobQueueLogEntry.create(job_id=job_id, description=description, started_at=NOW.now())
    other = staged(good=1, wrong=())
    service.start_processing(other, "MARIA")
    page = shown_runs.card(run_id)
    shown = page.tabs.log.table.rows.rows
    assert [row.description for row in shown] == [
        "Undo import customers.csv",
        "Import customers.csv",
        "Import customers.csv",
    ]
    page.tabs.log.opened.emit(shown[2].id)
    assert told.opened == [("job_queue_log_entries", {"job_id": jobs[0]})]


def test_a_run_that_is_deleted_while_it_is_looked_at_says_so(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged()
    page = shown_runs.card(run_id)
    with connected(), database.atomic():
        database.execute_sql("DELETE FROM import_run WHERE id = ?", (run_id,))
    page.refresh()
    shown_runs.settle()
    assert page.banners.keys == ["gone"]
    assert {"records", "go_on", "repeat"}.isdisjoint({action.key for action in page.actions_of_page()})


# --- undo ---------------------------------------------------------------------------------------


def undo_it(run_id: int) -> None:
    """Do what the job does that undoes the import."""
    undo(new_session(), run_id)
    with connected(), database.atomic():
        database.execute_sql("UPDATE job_queue_entry SET status = 'Finished'")


def test_an_import_is_undone_after_asking_and_the_card_says_what_stayed_and_why(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(good=3, wrong=(), processed=True)
    page = shown_runs.card(run_id)
    page.trigger("undo")
    assert page.run_actions.question is not None
    assert (
        "3 records that it created will be removed"
        in page.run_actions.question.findChildren(QLabel)[2].text()
    )
    page.run_actions.question.choose("keep")
    shown_runs.settle()
    assert rows("SELECT COUNT(*) FROM job_queue_entry") == [(0,)], "Keep is the safe answer"
    with connected():
        save_field(Customer, "C00002", "city", "Hamburg", "Bremen")
    page.trigger("undo")
    assert page.run_actions.question is not None
    page.run_actions.question.choose("undo")
    shown_runs.settle()
    assert rows("SELECT codeunit, status FROM job_queue_entry") == [("undo_import", "Ready")]
    assert "undo" not in {action.key for action in page.actions_of_page()}, "not twice at once"
    undo_it(run_id)
    page.refresh()
    shown_runs.settle()
    assert rows("SELECT no FROM customer") == [("C00002",)]
    assert page.pill.status == "Undone"
    assert page.counts.text() == "3 rows = 1 created + 2 reversed"
    assert page.tabs.tabs["Undo"].isVisible()
    (left,) = page.tabs.undo.table.rows.rows
    assert (left.group, left.row.key) == ("Kept", "C00002")
    page.tabs.undo.opened.emit(left.id)
    assert told.opened == [("customer_card", {"key": "C00002"})]


def test_an_undoing_that_was_stopped_says_how_it_goes_on(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged(processed=True)
    job_id = start_undo(run_id, "MARIA")
    with connected():
        report = msgspec.json.encode(UndoReport(reversed=1, position=3)).decode()
        ImportRun.update(undo=report).execute()
    page = shown_runs.card(run_id)
    assert page.tabs.facts["undone_at"] == "Under way"
    with connected():
        JobQueueEntry.update(status="Cancelled").where(JobQueueEntry.id == job_id).execute()
    page.refresh()
    shown_runs.settle()
    assert "choose Undo…" in page.tabs.facts["undone_at"]
    assert "undo" in {action.key for action in page.actions_of_page()}


def test_an_import_that_nobody_has_undone_has_no_report(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    page = shown_runs.card(staged(processed=True))
    assert page.tabs.tabs["Undo"].isHidden()


def test_an_import_that_has_written_nothing_cannot_be_undone(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged()
    page = shown_runs.runs()
    page.list.choose(run_id)
    assert "undo" not in {action.key for action in page.actions_of_page()}


# --- post-processing ----------------------------------------------------------------------------


def make_entries(run_id: int) -> None:
    with connected(), database.atomic():
        for key, status, error in (("SO1", "Completed", ""), ("SO2", "Error", "The order has no lines.")):
            database.execute_sql(
                "INSERT INTO post_process_entry (run_id, table_name, record_key, codeunit, status, attempts,"
                " error_message, created_at) VALUES (?, 'sales_header', ?, 'recalculate_balances', ?, 1, ?,"
                " '2026-11-21T09:00:00.000Z')",
                (run_id, key, status, error),
            )


def test_post_process_entries_say_which_record_failed_and_why(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(processed=True)
    make_entries(run_id)
    page = shown_runs.entries(run_id)
    assert texts(page, "status") == ["Error", "Completed"]
    assert texts(page, "error") == ["The order has no lines.", "–"]
    page.views.setCurrentIndex(2)
    shown_runs.settle()
    page.list.choose(page.list.table.rows.rows[0].id)
    page.trigger("record")
    page.trigger("run")
    assert told.opened == [
        ("sales_order_card", {"key": "SO2"}),
        ("import_run_card", {"key": str(run_id)}),
    ]


def test_what_failed_is_tried_again_and_nothing_else(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(processed=True)
    make_entries(run_id)
    page = shown_runs.entries(run_id)
    page.list.table.selectAll()
    page.trigger("retry")
    shown_runs.settle()
    assert rows("SELECT record_key, status FROM post_process_entry ORDER BY id") == [
        ("SO1", "Completed"),
        ("SO2", "Ready"),
    ]
    assert rows("SELECT codeunit, status FROM job_queue_entry") == [("post_process_import", "Ready")]
    assert told.notices[-1].text == "Post-processing is tried again."
    page.list.refresh()
    shown_runs.settle()
    assert "retry" not in {action.key for action in page.actions_of_page()}


def test_what_failed_in_every_import_is_tried_again_in_one_go(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    first, second = staged(processed=True), staged(good=1, wrong=(), processed=True)
    make_entries(first)
    make_entries(second)
    page = shown_runs.entries()
    page.trigger("retry_all")
    shown_runs.settle()
    assert rows("SELECT status, COUNT(*) FROM post_process_entry GROUP BY status") == [
        ("Completed", 2),
        ("Ready", 2),
    ]
    assert rows("SELECT codeunit FROM job_queue_entry") == [("post_process_import",)] * 2
    assert "retry_all" not in {action.key for action in page.actions_of_page()}


def test_one_import_whose_entries_cannot_be_taken_now_does_not_keep_the_others(
    shown_runs: ShownRuns, staged: Callable[..., int], told: Told
) -> None:
    undone, other = staged(processed=True), staged(good=1, wrong=(), processed=True)
    make_entries(undone)
    make_entries(other)
    with connected():
        ImportRun.update(state="Undone").where(ImportRun.id == undone).execute()
    page = shown_runs.entries()
    page.list.table.selectAll()
    page.trigger("retry")
    shown_runs.settle()
    assert rows("SELECT record_id FROM job_queue_entry") == [(str(other),)]
    assert page.banners.keys == []
    page.list.table.selectAll()
    page.trigger("retry")
    shown_runs.settle()
    assert "was undone" in page.banners.shown()[0][1]


def test_the_card_counts_what_post_processing_did(shown_runs: ShownRuns, staged: Callable[..., int]) -> None:
    run_id = staged(processed=True)
    make_entries(run_id)
    page = shown_runs.card(run_id)
    fact = page.tabs.facts
    assert (fact["post_done"], fact["post_errors"]) == ("1", "1")
    assert page.tabs.tabs["Post-processing"].error_count == 1
