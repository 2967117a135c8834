"""How the job queue does: what has waited for longest, and what came of the runs since a moment."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from models.database import database
from models.fields import shown_time, stored_time


class OldestWaiting(NamedTuple):
    """The ready job whose time came first and that has not begun.

    Attributes:
        since: when its time came.
    """

    job_id: str
    description: str
    since: datetime


class RunCounts(NamedTuple):
    """Runs that have ended since a moment."""

    ended: int
    failed: int


def oldest_waiting(now: datetime) -> OldestWaiting | None:
    """The job that has waited for longest; None when none waits."""
    row = database.execute_sql(
        "SELECT job.id, COALESCE(NULLIF(job.description, ''), job.codeunit), task.not_before"
        " FROM scheduled_task AS task JOIN job_queue_entry AS job ON job.id = task.job_id"
        " WHERE task.running = 0 AND task.is_ready = 1 AND task.not_before <= ?"
        " ORDER BY task.not_before, task.sequence LIMIT 1",
        (stored_time(now),),
    ).fetchone()
    return OldestWaiting(row[0], row[1], shown_time(row[2])) if row else None


def run_counts(since: datetime) -> RunCounts:
    """How many runs have ended since then, and how many of them with an error or because their worker died."""
    row = database.execute_sql(
        "SELECT COUNT(*), COUNT(CASE WHEN status IN ('Error', 'Interrupted') THEN 1 END)"
        " FROM job_queue_log_entry WHERE ended_at >= ?",
        (stored_time(since),),
    ).fetchone()
    return RunCounts(int(row[0]), int(row[1]))
