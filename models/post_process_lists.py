"""Post-process entries as the window lists them: what a codeunit does with imported records, as plain rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from models.database import database
from models.row_lists import MOST_ROWS, best_rows, matching, newest_first, shown_moments


class PostProcessCounts(NamedTuple):
    """How far post-processing is, in entries."""

    ready: int
    completed: int
    errors: int
    reversed: int = 0

    @property
    def total(self) -> int:
        """All entries of the run."""
        return self.ready + self.completed + self.errors + self.reversed


class PostProcessReason(NamedTuple):
    """Why records could not be post-processed: how many, and the first of them by key."""

    message: str
    hint: str
    records: int
    keys: list[str]


class PostProcessView(StrEnum):
    """Which post-process entries a list shows."""

    ALL = "All"
    READY = "Ready"
    ERRORS = "Errors"
    COMPLETED = "Completed"


class PostProcessRow(NamedTuple):
    """One record or document that a post-processing codeunit takes."""

    id: int
    run_id: int
    file_name: str
    document_no: int
    table_name: str
    record_key: str
    was_created: bool
    codeunit: str
    status: str
    attempts: int
    error: str
    hint: str
    created_at: datetime
    ended_at: datetime | None


_COLUMNS: Final = (
    "e.id, e.run_id, COALESCE(u.file_name, ''), e.document_no, e.table_name, e.record_key, e.was_created, e.codeunit,"
    " e.status, e.attempts, e.error_message, e.error_hint, e.created_at, e.ended_at"
)
_FROM: Final = "post_process_entry AS e LEFT JOIN import_run AS u ON u.id = e.run_id"
_MOMENTS_FROM: Final = 12
_SEARCHED: Final = ("e.record_key", "e.table_name", "e.codeunit", "e.error_message", "u.file_name")
_ORDERS: Final[dict[str, str]] = {
    "status": "e.status",
    "record": "e.record_key",
    "codeunit": "e.codeunit",
    "attempts": "e.attempts",
    "error": "lower(e.error_message)",
    "file": "lower(u.file_name)",
    "ended": "COALESCE(e.ended_at, '')",
}
_VIEWS: Final[dict[PostProcessView, str]] = {
    PostProcessView.ALL: "",
    PostProcessView.READY: " AND e.status = 'Ready'",
    PostProcessView.ERRORS: " AND e.status = 'Error'",
    PostProcessView.COMPLETED: " AND e.status = 'Completed'",
}


def post_process_list(
    run_id: int = 0,
    search: str = "",
    order: str = "",
    *,
    view: PostProcessView = PostProcessView.ALL,
    descending: bool = True,
    limit: int = MOST_ROWS,
) -> list[PostProcessRow]:
    """Post-process entries, the newest first unless another order is asked for.

    Args:
        run_id: only those of this run; 0 for all.
        search: words, all of which must be in the entry.
        order: a column's key.
    """
    where, values = matching(search, _SEARCHED)
    bound: list[Any] = list(values)
    if run_id:
        where += " AND e.run_id = ?"
        bound.append(run_id)
    sorting = newest_first("e.id", _ORDERS, order, descending=descending)
    rows = database.execute_sql(
        best_rows(_COLUMNS, _FROM, "e.id", f"1 = 1 {where}{_VIEWS[view]}", sorting), (*bound, limit)
    ).fetchall()
    first = _MOMENTS_FROM
    return [
        PostProcessRow._make((*row[:6], bool(row[6]), *row[7:first], *shown_moments(row[first:])))
        for row in rows
    ]


def post_process_counts(run_id: int) -> PostProcessCounts:
    """How far the post-processing of a run is."""
    rows = database.execute_sql(
        "SELECT status, COUNT(*) FROM post_process_entry WHERE run_id = ? GROUP BY status", (run_id,)
    ).fetchall()
    counts = dict(rows)
    return PostProcessCounts(
        counts.get("Ready", 0), counts.get("Completed", 0), counts.get("Error", 0), counts.get("Reversed", 0)
    )


def post_process_errors(run_id: int) -> int:
    """How many entries of a run have errors."""
    found = database.execute_sql(
        "SELECT COUNT(*) FROM post_process_entry WHERE run_id = ? AND status = 'Error'", (run_id,)
    ).fetchone()
    return int(found[0])


def failed_runs() -> list[int]:
    """The import runs with entries that have errors, by id."""
    rows = database.execute_sql(
        "SELECT DISTINCT run_id FROM post_process_entry WHERE status = 'Error' ORDER BY run_id"
    ).fetchall()
    return [run_id for (run_id,) in rows]


def post_process_reasons(run_id: int, limit: int = 20, named: int = 10) -> list[PostProcessReason]:
    """What is wrong with the entries of a run that have errors, the most frequent reason first.

    Args:
        limit: how many reasons at most.
        named: how many keys of each at most.
    """
    rows = database.execute_sql(
        "SELECT error_message, error_hint, COUNT(*) FROM post_process_entry WHERE run_id = ? AND status = 'Error'"
        " GROUP BY error_message, error_hint ORDER BY COUNT(*) DESC, MIN(id) LIMIT ?",
        (run_id, limit),
    ).fetchall()
    return [
        PostProcessReason(message, hint, count, _keys_of(run_id, message, hint, named))
        for message, hint, count in rows
    ]


def _keys_of(run_id: int, message: str, hint: str, limit: int) -> list[str]:
    rows = database.execute_sql(
        "SELECT record_key FROM post_process_entry WHERE run_id = ? AND status = 'Error'"
        " AND error_message = ? AND error_hint = ? ORDER BY id LIMIT ?",
        (run_id, message, hint, limit),
    ).fetchall()
    return [key for (key,) in rows]
