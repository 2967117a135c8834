"""A person looks at one import: what came of its file, what its jobs did, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QLabel, QLineEdit

from desktop.imports import service
from desktop.imports.afterwards.undo import UndoReport, start_undo, undo
from desktop.imports.mending import repair
from models.customer import Customer
from models.database import connected, database
from models.integration_record import ImportRun
from models.job_queue import JobQueueEntry, JobQueueLogEntry
from models.record_edit import save_field
from tests.ui.imports.conftest import NOW, Told, new_session, rows
from tests.ui.imports.shown_runs import ShownRuns


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


def test_what_was_left_out_of_the_file_stands_on_the_card_and_beside_the_sum(
    shown_runs: ShownRuns, tmp_path: Path
) -> None:
    path = tmp_path / "report.csv"
    path.write_text("Customers;;\nNo.;Name;City\n---;---;---\nC1;A;Kiel\n(1 row)\n", encoding="utf-8")
    page = shown_runs.card(service.read(path, "CUSTOMERS", new_session()))
    assert page.tabs.facts["left_out"] == (
        "1 row above the names of the columns, 1 border line, 1 row that tells how many there are"
    )
    assert page.tabs.facts["notes"].startswith(
        "The columns are named in line 2; what stands above is left out. ("
    )
    told = "The file also has 1 border line, 1 row that tells how many there are, left out."
    shown_runs.qtbot.waitUntil(lambda: page.strip.words.text() == f"Every row is accounted for. {told}")


def test_the_keyboard_goes_through_the_tabs_that_are_seen_and_round(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    page = shown_runs.card(staged(processed=True))
    seen = [tab for tab in page.folding_tabs() if tab.isVisible()]
    assert page.tabs.tabs["Undo"].isHidden(), "nothing was undone yet"
    for tab in (*seen, seen[0]):
        page.trigger("next_tab")
        assert page.focusWidget() is tab.header


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
    page.run_actions.question.choose("undo import")
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
    page.run_actions.question.choose("undo import")
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
