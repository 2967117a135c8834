"""Scheduled tasks as the window lists them: plain rows, searched and sorted by the database."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from models.database import database
from models.fields import shown_time
from models.row_lists import MOST_ROWS, matching


class TaskView(StrEnum):
    """Which tasks a list shows."""

    ALL = "All"
    RUNNING = "Running"
    READY = "Ready"
    NOT_READY = "Not ready"


class TaskRow(NamedTuple):
    """One scheduled task of a list.

    Attributes:
        is_due: it is ready and its time has come.
        job_id, job: the job queue entry whose run it is, and the entry's description; empty for a task of its own.
        tries: how often it was put off by an error that passes by itself.
        trouble: the last of these errors.
        worker: host and process that run it now.
    """

    id: str
    codeunit: str
    failure_codeunit: str
    user_id: str
    category: str
    is_ready: bool
    is_due: bool
    running: bool
    stopping: bool
    tries: int
    trouble: str
    timeout_seconds: int
    job_id: str
    job: str
    worker: str
    not_before: datetime
    created_at: datetime


class TaskListing(NamedTuple):
    """The tasks of a view, and how many each view has."""

    rows: list[TaskRow]
    counts: dict[TaskView, int]


_CONDITIONS: Final[dict[TaskView, str]] = {
    TaskView.ALL: "1 = 1",
    TaskView.RUNNING: "task.running = 1",
    TaskView.READY: "task.running = 0 AND task.is_ready = 1",
    TaskView.NOT_READY: "task.running = 0 AND task.is_ready = 0",
}
_FROM: Final = (
    "FROM scheduled_task AS task LEFT JOIN job_queue_entry AS job ON job.id = task.job_id"
    " LEFT JOIN worker ON worker.id = task.worker_id"
)
_COLUMNS: Final = (
    "task.id, task.codeunit, task.failure_codeunit, task.user_id, task.category_code, task.is_ready, task.due,"
    " task.running, task.cancel_requested_at IS NOT NULL, task.tries, task.trouble_text, task.timeout_seconds,"
    " task.job_id, COALESCE(job.description, ''), COALESCE(worker.host || ' process ' || worker.process_id, ''),"
    " task.not_before, task.created_at"
)
_STATE: Final = "CASE WHEN task.running THEN 0 WHEN task.is_ready THEN 1 ELSE 2 END"
_ORDERS: Final[dict[str, str]] = {
    "state": _STATE,
    "what": "lower(COALESCE(job.description, task.codeunit))",
    "user": "lower(task.user_id)",
    "when": "task.not_before",
    "created": "task.created_at",
}
_SEARCHED: Final = ("task.codeunit", "task.user_id", "COALESCE(job.description, '')", "task.trouble_text")


def task_list(
    view: TaskView = TaskView.ALL,
    search: str = "",
    order: str = "",
    *,
    descending: bool = False,
    limit: int = MOST_ROWS,
) -> TaskListing:
    """The tasks of a view, and the counts of all views.

    Args:
        search: words, all of which must be in the task; empty for no search.
        order: a column's key; empty puts what runs first, then what is due first.
    """
    where, values = matching(search, _SEARCHED)
    way = "DESC" if descending else "ASC"
    sorting = (
        f"{_ORDERS[order]} {way}, task.sequence" if order else f"{_STATE}, task.not_before, task.sequence"
    )
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} {_FROM} WHERE {_CONDITIONS[view]} {where} ORDER BY {sorting} LIMIT ?",
        (*values, limit),
    ).fetchall()
    counted = ", ".join(f"COUNT(CASE WHEN {condition} THEN 1 END)" for condition in _CONDITIONS.values())
    counts = database.execute_sql(f"SELECT {counted} {_FROM} WHERE 1 = 1 {where}", values).fetchone()
    return TaskListing(
        [
            TaskRow._make(
                (*row[:5], *(bool(value) for value in row[5:9]), *row[9:15], *map(shown_time, row[15:]))
            )
            for row in rows
        ],
        dict(zip(_CONDITIONS, counts, strict=True)),
    )
