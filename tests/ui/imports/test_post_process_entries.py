"""What post-processing took of imports, what it refused and why, and how that is tried again."""

from __future__ import annotations

from collections.abc import Callable

from models.database import connected, database
from models.integration_record import ImportRun
from tests.ui.imports.conftest import Told, rows
from tests.ui.imports.shown_runs import ShownRuns, texts


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
