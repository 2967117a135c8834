"""Runs of jobs on a calendar: those of the log between two moments, and how long the runs of one job took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from models.database import database
from models.fields import shown_time, stored_time
from models.job_queue import LogStatus

MOST_RUNS: Final = 12_000  # a calendar shows so many at once
MOST_JOBS: Final = 500
MOST_DURATIONS: Final = 1_000
USUAL_OF: Final = 10  # the last good runs whose mean is how long a job usually takes


class RunState(StrEnum):
    """How a run stands, as a calendar tells it."""

    PLANNED = "Planned"
    WAITING = "Waiting"  # its time has come
    RUNNING = "In process"
    SUCCESS = "Finished"
    CANCELLED = "Cancelled"
    INTERRUPTED = "Interrupted"
    ERROR = "Failed"


_STATE_OF: Final = {
    LogStatus.IN_PROCESS.value: RunState.RUNNING,
    LogStatus.SUCCESS.value: RunState.SUCCESS,
    LogStatus.ERROR.value: RunState.ERROR,
    LogStatus.CANCELLED.value: RunState.CANCELLED,
    LogStatus.INTERRUPTED.value: RunState.INTERRUPTED,
}


class Run(NamedTuple):
    """One run on a calendar.

    Attributes:
        log_id: its log entry; 0 for one that has not begun.
        start, end: when it ran, aware; the end of a planned one is a guess from earlier runs, that of a running one
            is now.
        text: what came of it, or why it failed.
        attempt: 1 for the first; 0 for one that has not begun.
        planned_at: for when it was planned; None where nobody knows.
        seconds: how long it took, or will by earlier runs; None where there were none.
    """

    job_id: str
    log_id: int
    name: str
    category: str
    state: RunState
    start: datetime
    end: datetime
    text: str = ""
    attempt: int = 0
    planned_at: datetime | None = None
    seconds: float | None = None


class CalendarJob(NamedTuple):
    """An entry by which a calendar can be filtered."""

    id: str
    description: str
    category: str


class Duration(NamedTuple):
    """One run of one job on its curve.

    Attributes:
        seconds: how long it took.
        error: why it failed; empty when it did not.
    """

    log_id: int
    started_at: datetime
    seconds: float
    state: RunState
    attempt: int
    error: str


def past_runs(
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    category: str = "",
    job_id: str = "",
    limit: int = MOST_RUNS,
) -> list[Run]:
    """Runs that were at work at some time between two moments, those that run now among them, oldest first.

    Args:
        start, end: aware.
        now: until then what runs now is drawn.
        category, job_id: only runs of these; empty for all.
    """
    where, values = _only(category, job_id)
    columns = (
        "job_id, id, description, codeunit, category_code, status, started_at, ended_at, result_text, error_text,"
        " attempt, planned_at, duration_ms"
    )
    # Two searches, each with an index of its own: what has ended since, and the few that have not ended.
    rows = database.execute_sql(
        f"SELECT * FROM (SELECT {columns} FROM job_queue_log_entry"
        f" WHERE ended_at >= ? AND started_at < ? {where}"
        f" UNION ALL SELECT {columns} FROM job_queue_log_entry"
        f" WHERE ended_at IS NULL AND started_at < ? {where}) ORDER BY started_at, id LIMIT ?",
        (stored_time(start), stored_time(end), *values, stored_time(end), *values, limit),
    ).fetchall()
    return [_run(row, now) for row in rows]


def usual_seconds(job_ids: Sequence[str]) -> dict[str, float]:
    """How long runs of these entries usually take, in seconds; entries without a good run are left out."""
    marks = ", ".join("?" * len(job_ids))
    rows = database.execute_sql(
        "SELECT job_id, AVG(duration_ms) / 1000.0 FROM ("
        " SELECT job_id, duration_ms, ROW_NUMBER() OVER (PARTITION BY job_id ORDER BY id DESC) AS place"
        f" FROM job_queue_log_entry WHERE job_id IN ({marks}) AND status = ? AND duration_ms IS NOT NULL)"
        " WHERE place <= ? GROUP BY job_id",
        (*job_ids, LogStatus.SUCCESS.value, USUAL_OF),
    ).fetchall()
    return {str(job_id): float(seconds) for job_id, seconds in rows}


def calendar_jobs(limit: int = MOST_JOBS) -> list[CalendarJob]:
    """The entries by which a calendar can be filtered: those that recur first, then the newest."""
    rows = database.execute_sql(
        "SELECT id, description, category_code FROM (SELECT * FROM job_queue_entry"
        " ORDER BY recurring DESC, entry_no DESC LIMIT ?) ORDER BY lower(description), entry_no",
        (limit,),
    ).fetchall()
    return [CalendarJob._make(row) for row in rows]


def calendar_categories() -> list[str]:
    """The codes of all categories that are set up or named by an entry."""
    rows = database.execute_sql(
        "SELECT code FROM job_queue_category UNION"
        " SELECT DISTINCT category_code FROM job_queue_entry WHERE category_code <> '' ORDER BY 1"
    ).fetchall()
    return [str(code) for (code,) in rows]


def durations(job_id: str, limit: int = MOST_DURATIONS) -> list[Duration]:
    """The newest runs of an entry that have ended, oldest first."""
    rows = database.execute_sql(
        "SELECT id, started_at, ended_at, duration_ms, status, attempt, error_text FROM job_queue_log_entry"
        " WHERE job_id = ? AND ended_at IS NOT NULL ORDER BY id DESC LIMIT ?",
        (job_id, limit),
    ).fetchall()
    found = []
    for log_id, started, ended, duration_ms, status, attempt, error in reversed(rows):
        start = shown_time(started)
        seconds = _seconds(start, shown_time(ended), duration_ms)
        found.append(Duration(log_id, start, seconds, _STATE_OF[status], attempt, error))
    return found


def _only(category: str, job_id: str) -> tuple[str, tuple[str, ...]]:
    where, values = "", []
    for column, value in (("category_code", category), ("job_id", job_id)):
        if value:
            where += f" AND {column} = ?"
            values.append(value)
    return where, tuple(values)


def _run(row: Sequence[Any], now: datetime) -> Run:
    state = _STATE_OF[row[5]]
    start = shown_time(row[6])
    end = shown_time(row[7]) if row[7] else max(now, start)
    return Run(
        job_id=row[0],
        log_id=row[1],
        name=row[2] or row[3],
        category=row[4],
        state=state,
        start=start,
        end=max(start, end),
        text=row[9] or row[8],
        attempt=row[10],
        planned_at=shown_time(row[11]) if row[11] else None,
        seconds=_seconds(start, end, row[12]),
    )


def _seconds(start: datetime, end: datetime, duration_ms: int | None) -> float:
    return duration_ms / 1000 if duration_ms is not None else max(0.0, (end - start).total_seconds())
