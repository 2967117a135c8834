"""What a kill, a failed post-processing or an undo leaves of an import, as its pages tell it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from models import owners
from models.database import connected, database
from models.import_rows import INTERRUPTED_TEXT
from tests.ui.imports.shown_runs import ShownRuns


def write_entries(run_id: int) -> None:
    """Two records that a codeunit was to take: one it has taken, one it could not."""
    with connected(), database.atomic():
        for key, status, error in (("SO1", "Completed", ""), ("SO2", "Error", "The order has no lines.")):
            database.execute_sql(
                "INSERT INTO post_process_entry (run_id, table_name, record_key, codeunit, status, attempts,"
                " error_message, created_at) VALUES (?, 'sales_header', ?, 'recalculate_balances', ?, 1, ?,"
                " '2026-11-21T09:00:00.000Z')",
                (run_id, key, status, error),
            )


def test_the_card_says_why_post_processing_failed_and_what_of_it_was_undone(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged(processed=True)
    write_entries(run_id)
    page = shown_runs.card(run_id)
    assert page.tabs.facts["post_why"] == "1 × The order has no lines."
    with connected(), database.atomic():
        database.execute_sql("UPDATE post_process_entry SET status = 'Reversed'")
    page.refresh()
    shown_runs.settle()
    fact = page.tabs.facts
    assert (fact["post_done"], fact["post_errors"], fact["post_reversed"]) == ("0", "0", "2")
    assert page.tabs.tabs["Post-processing"].header.summary == "2 undone"


def test_a_killed_reading_is_told_as_interrupted_with_nothing_to_go_on_with(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged()
    here = owners.this_process().partition("/")[0]
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET state = 'Reading', owner = ?", (f"{here}/1/1",))
    page = shown_runs.runs()
    rows = page.list.table.rows
    status, result = (rows.index(0, rows.column_of(key)) for key in ("status", "result"))
    assert (status.data(), result.data()) == ("Interrupted", "Nothing was imported")
    assert result.data(Qt.ItemDataRole.ToolTipRole) == INTERRUPTED_TEXT
    page.list.choose(run_id)
    assert not {"go_on", "undo"} & {action.key for action in page.actions_of_page()}
    card = shown_runs.card(run_id)
    assert card.pill.status == "Interrupted"
    assert card.strip.isHidden()
    assert [text for _, text in card.banners.shown() if INTERRUPTED_TEXT in text]


def test_an_import_in_the_middle_of_which_the_program_ended_says_so_everywhere_and_goes_on(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged()
    here = owners.this_process().partition("/")[0]
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET state = 'Processing', owner = ?", (f"{here}/1/1",))
    page = shown_runs.runs()
    rows = page.list.table.rows
    status, result = (rows.index(0, rows.column_of(key)) for key in ("status", "result"))
    assert status.data() == "Interrupted"
    assert "Choose Go on." in result.data(Qt.ItemDataRole.ToolTipRole)
    page.list.choose(run_id)
    assert "go_on" in {action.key for action in page.actions_of_page()}
    card = shown_runs.card(run_id)
    assert card.pill.status == "Interrupted"
    assert [text for _, text in card.banners.shown() if "Choose Go on." in text]
    card.banners.action_triggered.emit("cut-off", "go_on")
    shown_runs.settle()
    assert card.pill.status == "Waiting"
    assert not [text for _, text in card.banners.shown() if "interrupted" in text]
