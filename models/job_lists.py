"""Job queue entries and their log as the window lists them: plain rows, searched and sorted by the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from models.database import contains, database
from models.fields import shown_time
from models.integration_record import ImportRun
from models.job_queue import EntryStatus, LogStatus

MOST_ROWS: Final = 500  # a list shows so many; the search finds the others


class JobView(StrEnum):
    """Which entries a list shows."""

    ALL = "All"
    RUNNING = "Running"
    FAILED = "Failed"
    SCHEDULED = "Scheduled"
    FINISHED = "Finished"


VIEW_STATUSES: Final[dict[JobView, tuple[EntryStatus, ...]]] = {
    JobView.ALL: tuple(EntryStatus),
    JobView.RUNNING: (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING),
    JobView.FAILED: (EntryStatus.ERROR,),
    JobView.SCHEDULED: (EntryStatus.READY, EntryStatus.ON_HOLD),
    JobView.FINISHED: (EntryStatus.FINISHED, EntryStatus.CANCELLED),
}


class JobRow(NamedTuple):
    """One entry of a list."""

    id: str
    entry_no: int
    description: str
    status: str
    done: int
    total: int  # 0 while it is not known
    text: str  # what the run says that it does
    result: str
    error: str
    category: str
    codeunit: str
    user_id: str  # as whom it runs
    attempts: int
    retries: int
    record_table: str
    record_id: str
    paused: bool  # its category lets nothing start now
    waits_for: str  # the description of the job of its category that must end first, if any
    earliest_start: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime


class JobDetails(NamedTuple):
    """What an entry's card shows beside its row."""

    row: JobRow
    owner_user_id: str
    priority: int
    parameters: dict[str, str]
    retry_delay_seconds: int
    timeout_seconds: int


class LogRow(NamedTuple):
    """One attempt of one entry."""

    id: int
    job_id: str
    attempt: int
    status: str
    description: str
    user_id: str
    worker: str
    started_at: datetime
    ended_at: datetime | None
    result: str
    error: str


class LogDetails(NamedTuple):
    """What went wrong in one attempt, and what it said while it ran."""

    description: str
    attempt: int
    error_code: str
    error: str
    call_stack: str
    messages: str


class KeptRecords(NamedTuple):
    """What stays of an import that is stopped now."""

    created: int
    updated: int
    left: int  # records that are not processed any more


_RANK: Final = (
    "CASE status WHEN 'In Process' THEN 0 WHEN 'Cancelling' THEN 0 WHEN 'Error' THEN 1 WHEN 'Ready' THEN 2"
    " WHEN 'On Hold' THEN 3 ELSE 4 END"
)
_START: Final = "COALESCE(earliest_start, started_at, created_at)"
_ORDERS: Final[dict[str, str]] = {
    "description": "lower(description)",
    "status": _RANK,
    "start": _START,
    "started": "COALESCE(started_at, '')",
    "attempts": "attempts",
    "user": "lower(run_as_user_id)",
}
_LOG_ORDERS: Final[dict[str, str]] = {
    "status": "status",
    "description": "lower(description)",
    "user": "lower(user_id)",
    "start": "started_at",
    "attempt": "attempt",
}
_COLUMNS: Final = (
    "id, entry_no, description, status, progress_done, progress_total, progress_text, result_text, error_text,"
    " category_code, codeunit, run_as_user_id, attempts, retries, record_table, record_id,"
    " earliest_start, started_at, ended_at, created_at"
)
_LOG_COLUMNS: Final = (
    "id, job_id, attempt, status, description, user_id, worker, started_at, ended_at, result_text, error_text"
)
_SEARCHED: Final = ("description", "codeunit", "run_as_user_id", "result_text", "error_text")
_LOG_SEARCHED: Final = ("description", "codeunit", "user_id", "result_text", "error_text")


def job_list(
    view: JobView = JobView.ALL,
    search: str = "",
    order: str = "",
    *,
    descending: bool = False,
    limit: int = MOST_ROWS,
) -> list[JobRow]:
    """The entries of a view.

    Args:
        search: words, all of which must be in the entry; empty for no search.
        order: a column's key; empty puts what runs first, then what failed, waits and has ended.
    """
    statuses = [status.value for status in VIEW_STATUSES[view]]
    where, values = _matching(search, _SEARCHED)
    if order:
        sorting = f"{_ORDERS[order]} {'DESC' if descending else 'ASC'}, entry_no DESC"
    else:
        sorting = f"{_RANK}, CASE WHEN {_RANK} IN (0, 2) THEN {_START} END, {_START} DESC, entry_no DESC"
    marks = ", ".join("?" * len(statuses))
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} FROM job_queue_entry WHERE status IN ({marks}) {where} ORDER BY {sorting} LIMIT ?",
        (*statuses, *values, limit),
    ).fetchall()
    return _job_rows(rows)


def jobs_by_id(ids: Sequence[str]) -> list[JobRow]:
    """These entries, in no order; those that are gone are left out."""
    marks = ", ".join("?" * len(ids))
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} FROM job_queue_entry WHERE id IN ({marks})", tuple(ids)
    ).fetchall()
    return _job_rows(rows)


def view_counts(search: str = "") -> dict[JobView, int]:
    """How many entries each view has with this search."""
    where, values = _matching(search, _SEARCHED)
    by_status = dict(
        database.execute_sql(
            f"SELECT status, COUNT(*) FROM job_queue_entry WHERE 1 = 1 {where} GROUP BY status", values
        ).fetchall()
    )
    return {view: sum(by_status.get(status.value, 0) for status in VIEW_STATUSES[view]) for view in JobView}


def job_details(job_id: str) -> JobDetails | None:
    """One entry with everything that its card shows; None when there is none."""
    found = jobs_by_id([job_id])
    if not found:
        return None
    more = database.execute_sql(
        "SELECT owner_user_id, priority, parameters, retry_delay_seconds, timeout_seconds"
        " FROM job_queue_entry WHERE id = ?",
        (job_id,),
    ).fetchone()
    return JobDetails._make((found[0], *more[:2], json.loads(more[2]), *more[3:]))


def log_list(
    job_id: str = "",
    search: str = "",
    order: str = "",
    *,
    failed_only: bool = False,
    descending: bool = True,
    limit: int = MOST_ROWS,
) -> list[LogRow]:
    """Log entries, the newest first unless another order is asked for.

    Args:
        job_id: only those of this entry; empty for all.
        search: words, all of which must be in the log entry.
        order: a column's key.
    """
    where, values = _matching(search, _LOG_SEARCHED)
    if job_id:
        where, values = f"{where} AND job_id = ?", (*values, job_id)
    if failed_only:
        where = f"{where} AND status IN ('{LogStatus.ERROR.value}', '{LogStatus.INTERRUPTED.value}')"
    way = "DESC" if descending else "ASC"
    sorting = f"{_LOG_ORDERS[order]} {way}, id DESC" if order else "id DESC"
    rows = database.execute_sql(
        f"SELECT {_LOG_COLUMNS} FROM job_queue_log_entry WHERE 1 = 1 {where} ORDER BY {sorting} LIMIT ?",
        (*values, limit),
    ).fetchall()
    return [
        LogRow._make((*row[:7], shown_time(row[7]), shown_time(row[8]) if row[8] else None, *row[9:]))
        for row in rows
    ]


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


def kept_records(job_id: str) -> KeptRecords | None:
    """What stays when this job is stopped now; None for a job that is no import."""
    row = database.execute_sql(
        "SELECT run.created, run.updated, run.ready FROM job_queue_entry AS job"
        " JOIN import_run AS run ON run.id = CAST(job.record_id AS INTEGER)"
        " WHERE job.id = ? AND job.record_table = ?",
        (job_id, ImportRun.table()),
    ).fetchone()
    return KeptRecords._make(row) if row else None


def _matching(search: str, columns: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The condition that every word stands in one of the columns, and its values."""
    where, values = "", []
    for word in search.split():
        where += f" AND ({' OR '.join(contains(f'lower({column})') for column in columns)})"
        values += [word.lower()] * len(columns)
    return where, tuple(values)


def _job_rows(rows: Sequence[Sequence[Any]]) -> list[JobRow]:
    gates = _closed_gates() if any(row[3] == EntryStatus.READY and row[9] for row in rows) else {}
    return [
        JobRow._make(
            (
                *row[:16],
                *(gates.get(row[9], _OPEN) if row[3] == EntryStatus.READY else _OPEN),
                *(shown_time(moment) if moment else None for moment in row[16:]),
            )
        )
        for row in rows
    ]


_OPEN: Final = (False, "")


def _closed_gates() -> dict[str, tuple[bool, str]]:
    """The categories that let nothing start now: whether paused, and what runs in them."""
    rows = database.execute_sql(
        "SELECT gate.code, gate.paused, '' FROM job_queue_category AS gate WHERE gate.paused = 1"
        " UNION ALL SELECT job.category_code, 0, MIN(job.description) FROM job_queue_entry AS job"
        " LEFT JOIN job_queue_category AS gate ON gate.code = job.category_code"
        " WHERE job.category_code <> '' AND job.status IN ('In Process', 'Cancelling')"
        " GROUP BY job.category_code, gate.capacity, gate.paused"
        " HAVING COUNT(*) >= COALESCE(gate.capacity, 1) AND COALESCE(gate.paused, 0) = 0"
    ).fetchall()
    return {code: (bool(paused), running) for code, paused, running in rows}
