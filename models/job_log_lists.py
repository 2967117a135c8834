"""Log entries of the job queue as the window lists them: one row per attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from models.database import database
from models.job_queue import LogStatus
from models.row_lists import MOST_ROWS, best_rows, matching, newest_first, shown_moments


class LogRow(NamedTuple):
    """One attempt of one entry."""

    id: int
    job_id: str
    attempt: int
    status: str
    description: str
    object_type: str
    codeunit: str
    category: str
    user_id: str
    worker: str  # host and process
    trigger: str  # what made the run begin
    delay_ms: int  # how much later than planned it began
    duration_ms: int | None
    done: int  # how far it had come at its end
    total: int
    text: str
    messages: str
    result: str
    error: str
    planned_at: datetime | None
    started_at: datetime
    ended_at: datetime | None


class LogDetails(NamedTuple):
    """What went wrong in one attempt, and what it said while it ran."""

    description: str
    attempt: int
    error_code: str
    error: str
    call_stack: str
    messages: str


_LOG_ORDERS: Final[dict[str, str]] = {
    "status": "status",
    "description": "lower(description)",
    "user": "lower(user_id)",
    "start": "started_at",
    "planned": "COALESCE(planned_at, started_at)",
    "delay": "delay_ms",
    "duration": "COALESCE(duration_ms, 0)",
    "trigger": "run_trigger",
    "host": "worker",
    "attempt": "attempt",
    "category": "category_code",
    "object": "lower(codeunit)",
    "ended": "COALESCE(ended_at, '')",
}
_LOG_COLUMNS: Final = (
    "id, job_id, attempt, status, description, object_type, codeunit, category_code, user_id, worker, run_trigger,"
    " delay_ms, duration_ms, progress_done, progress_total, progress_text, messages, result_text, error_text,"
    " planned_at, started_at, ended_at"
)
_MOMENTS_FROM: Final = 19
_LOG_SEARCHED: Final = (
    "description",
    "codeunit",
    "category_code",
    "user_id",
    "worker",
    "result_text",
    "error_text",
    "messages",
)


class LogView(StrEnum):
    """Which log entries a list shows."""

    ALL = "All"
    RUNNING = "Running"
    FAILED = "Failed"
    LATE = "Late"


LATE_MS: Final = 60_000  # a run that began so much later than planned is late
_VIEWS: Final[dict[LogView, str]] = {
    LogView.ALL: "",
    LogView.RUNNING: f" AND status = '{LogStatus.IN_PROCESS.value}'",
    LogView.FAILED: f" AND status IN ('{LogStatus.ERROR.value}', '{LogStatus.INTERRUPTED.value}')",
    LogView.LATE: f" AND delay_ms >= {LATE_MS}",
}


def log_list(
    job_ids: Sequence[str] = (),
    search: str = "",
    order: str = "",
    *,
    view: LogView = LogView.ALL,
    descending: bool = True,
    limit: int = MOST_ROWS,
) -> list[LogRow]:
    """Log entries, the newest first unless another order is asked for.

    Args:
        job_ids: only those of these entries; none for all.
        search: words, all of which must be in the log entry.
        order: a column's key.
    """
    where, values = matching(search, _LOG_SEARCHED)
    if job_ids:
        where, values = f"{where} AND job_id IN ({', '.join('?' * len(job_ids))})", (*values, *job_ids)
    where += _VIEWS[view]
    sorting = newest_first("id", _LOG_ORDERS, order, descending=descending)
    rows = database.execute_sql(
        best_rows(_LOG_COLUMNS, "job_queue_log_entry", "id", f"1 = 1 {where}", sorting), (*values, limit)
    ).fetchall()
    first = _MOMENTS_FROM
    return [LogRow._make((*row[:first], *shown_moments(row[first:]))) for row in rows]


def log_details(log_id: int) -> LogDetails | None:
    """The error of one attempt; None when the log entry is gone."""
    row = database.execute_sql(
        "SELECT description, attempt, error_code, error_text, call_stack, messages"
        " FROM job_queue_log_entry WHERE id = ?",
        (log_id,),
    ).fetchone()
    return LogDetails._make(row) if row else None


def last_error(job_id: str) -> LogDetails | None:
    """The error of the newest attempt that had one; None when there is none."""
    row = database.execute_sql(
        "SELECT id FROM job_queue_log_entry WHERE job_id = ? AND error_text <> '' ORDER BY id DESC LIMIT 1",
        (job_id,),
    ).fetchone()
    return log_details(int(row[0])) if row else None
