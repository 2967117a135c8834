"""Lists of plain rows: of many, the best are found by what decides alone, and read whole only when they are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database import connected, database
from models.job_log_lists import LogView, log_list
from models.post_process_lists import PostProcessView, post_process_list
from models.row_lists import best_rows, newest_first

ENTRIES = 40


@pytest.fixture
def entries(company: Path) -> None:
    """Post-process entries of two imports, one after the other, every fifth of them with an error."""
    with connected(), database.atomic():
        for number in range(ENTRIES):
            database.execute_sql(
                "INSERT INTO post_process_entry (run_id, table_name, record_key, codeunit, status, attempts,"
                " error_message, created_at) VALUES (?, 'customer', ?, 'x', ?, ?, '', '2026-11-21T09:00:00.000Z')",
                (1 + number % 2, f"C{number}", "Error" if number % 5 == 0 else "Completed", number % 3),
            )


@pytest.mark.parametrize("run_id", [0, 1, 2])
@pytest.mark.parametrize("view", [PostProcessView.ALL, PostProcessView.ERRORS])
@pytest.mark.parametrize("order", ["", "attempts", "record"])
@pytest.mark.parametrize("descending", [False, True])
def test_the_best_rows_are_those_that_sorting_all_of_them_gives(
    entries: None, run_id: int, view: PostProcessView, order: str, descending: bool
) -> None:
    with connected():
        everything = post_process_list(run_id, view=view, limit=ENTRIES)
        everything.sort(key=lambda row: row.id, reverse=True)
        if order:
            attribute = {"attempts": "attempts", "record": "record_key"}[order]
            everything.sort(key=lambda row: getattr(row, attribute), reverse=descending)
        found = post_process_list(run_id, "", order, view=view, descending=descending, limit=5)
    assert found == everything[:5]


def test_what_is_long_is_read_of_the_rows_that_are_shown_alone(entries: None) -> None:
    read: list[str] = []
    sorting = newest_first("e.id", {"attempts": "e.attempts"}, "attempts", descending=True)
    with connected() as connection:
        connection.create_function("long_text", 1, lambda key: read.append(key) or key)
        sql = best_rows("e.id, long_text(e.record_key)", "post_process_entry AS e", "e.id", "1 = 1", sorting)
        assert len(connection.execute(sql, (5,)).fetchall()) == 5
    assert len(read) == 5


def test_the_log_finds_words_in_what_is_long(company: Path) -> None:
    with connected(), database.atomic():
        for number in range(10):
            database.execute_sql(
                "INSERT INTO job_queue_log_entry (job_id, description, status, messages, started_at)"
                " VALUES ('j', ?, ?, ?, '2026-11-21T09:00:00.000Z')",
                (f"Job {number}", "Error" if number % 2 else "Success", f"the line of {number} and more"),
            )
        found = log_list((), "line of 7", view=LogView.FAILED, order="description", limit=3)
    assert [row.description for row in found] == ["Job 7"]
