"""Job queue entries as the window lists them: plain rows, searched and sorted by the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from models.database import database
from models.enforcement import as_system
from models.fields import shown_time
from models.integration_record import ImportRun
from models.job_queue import EntryStatus
from models.row_lists import MOST_ROWS, matching, shown_moments


class JobView(StrEnum):
    """Which entries a list shows."""

    ALL = "All"
    MINE = "Mine"
    RUNNING = "Running"
    FAILED = "Failed"
    SCHEDULED = "Scheduled"
    ARCHIVE = "Archive"


VIEW_STATUSES: Final[dict[JobView, tuple[EntryStatus, ...]]] = {
    JobView.ALL: tuple(EntryStatus),
    JobView.MINE: tuple(EntryStatus),
    JobView.RUNNING: (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING),
    JobView.FAILED: (EntryStatus.ERROR,),
    JobView.SCHEDULED: (EntryStatus.READY, EntryStatus.INACTIVE),
    JobView.ARCHIVE: (EntryStatus.FINISHED, EntryStatus.CANCELLED, EntryStatus.EXPIRED),
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
    priority: int
    object_type: str
    codeunit: str  # the name of a codeunit or report
    user_id: str  # as whom it runs
    owner: str
    attempts: int
    retries: int
    record_table: str
    record_id: str
    recurring: bool
    schedule: str  # as it is stored
    total_runs: int
    user_gone: bool  # that user is disabled or does not exist
    earliest_start: datetime | None
    next_start: datetime | None
    expires_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    last_ready_at: datetime | None
    created_at: datetime
    why: str = ""  # the diagnosis: why an entry that waits does not run


class JobDetails(NamedTuple):
    """What an entry's card shows beside its row; `values` has the stored value of each field by its name."""

    row: JobRow
    values: dict[str, Any]
    run_after: tuple[tuple[str, str], ...]  # ids and descriptions of the entries it waits for


class CardChoices(NamedTuple):
    """What a person chooses from on a card: codes and descriptions of categories, and ids of users."""

    categories: tuple[tuple[str, str], ...]
    users: tuple[str, ...]


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
    "category": "category_code",
    "priority": "priority",
    "next": "COALESCE(next_start, '9999')",
    "recurs": "recurring",
    "object": "lower(codeunit)",
    "owner": "lower(owner_user_id)",
    "expires": "COALESCE(expires_at, '9999')",
    "ready": "COALESCE(last_ready_at, '')",
    "ended": "COALESCE(ended_at, '')",
    "created": "created_at",
    "runs": "total_runs",
    "number": "entry_no",
    "error": "lower(error_text)",
}
_COLUMNS: Final = (
    "id, entry_no, description, status, progress_done, progress_total, progress_text, result_text, error_text,"
    " category_code, priority, object_type, codeunit, run_as_user_id, owner_user_id, attempts, retries,"
    " record_table, record_id, recurring, schedule, total_runs,"
    " earliest_start, next_start, expires_at, started_at, ended_at, last_ready_at, created_at"
)
_USER, _RECURRING, _MOMENTS_FROM = 13, 19, 22  # places among the columns
_DETAILS: Final = (
    "description",
    "report_output",
    "parameters",
    "owner_user_id",
    "run_as_user_id",
    "earliest_start",
    "expires_at",
    "schedule",
    "retries",
    "retry_delay_seconds",
    "retry_backoff",
    "retry_cap_seconds",
    "stop_after_failures",
    "failures_in_a_row",
    "timeout_seconds",
    "inactivity_timeout_seconds",
    "wake_table",
    "category_code",
    "priority",
    "notify_on_success",
    "notify_on_failure",
    "record_table",
    "record_id",
    "run_after_rule",
    "idempotency_key",
    "planned_at",
    "run_trigger",
)
_DETAIL_MOMENTS: Final = ("earliest_start", "expires_at", "planned_at")
_SEARCHED: Final = (
    "description",
    "codeunit",
    "category_code",
    "owner_user_id",
    "run_as_user_id",
    "result_text",
    "error_text",
)


def job_list(
    view: JobView = JobView.ALL,
    search: str = "",
    order: str = "",
    *,
    descending: bool = False,
    limit: int = MOST_ROWS,
    user_id: str = "",
    owner: str = "",
) -> list[JobRow]:
    """The entries of a view.

    Args:
        user_id: who looks at it, for the view Mine.
        owner: only entries of this user; empty for everybody's.
        search: words, all of which must be in the entry; empty for no search.
        order: a column's key; empty puts what runs first, then what failed, waits and has ended.
    """
    statuses = [status.value for status in VIEW_STATUSES[view]]
    where, values = _filter(search, owner)
    if view is JobView.MINE:
        where, values = f"{where} AND {_MINE}", (*values, user_id, user_id)
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


def view_counts(search: str = "", *, user_id: str = "", owner: str = "") -> dict[JobView, int]:
    """How many entries each view has with this search; see `job_list`."""
    where, values = _filter(search, owner)
    rows = database.execute_sql(
        f"SELECT status, COUNT(*), SUM({_MINE}) FROM job_queue_entry WHERE 1 = 1 {where} GROUP BY status",
        (user_id, user_id, *values),
    ).fetchall()
    by_status = {status: number for status, number, _mine in rows}
    counts = {view: sum(by_status.get(one.value, 0) for one in VIEW_STATUSES[view]) for view in JobView}
    counts[JobView.MINE] = sum(mine for _status, _number, mine in rows)
    return counts


def job_details(job_id: str) -> JobDetails | None:
    """One entry with everything that its card shows; None when there is none."""
    found = jobs_by_id([job_id])
    if not found:
        return None
    stored = database.execute_sql(
        f"SELECT {', '.join(_DETAILS)} FROM job_queue_entry WHERE id = ?", (job_id,)
    ).fetchone()
    values = dict(zip(_DETAILS, stored, strict=True))
    for name in _DETAIL_MOMENTS:
        values[name] = shown_time(values[name]) if values[name] else None
    for name in ("notify_on_success", "notify_on_failure"):
        values[name] = bool(values[name])
    return JobDetails(found[0], values, _run_after(job_id))


def others_to_run_after(job_id: str, limit: int = MOST_ROWS) -> list[JobRow]:
    """The entries that this one may be made to wait for, those that recur or have not ended first."""
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} FROM job_queue_entry WHERE id <> ? ORDER BY"
        f" status IN ('{EntryStatus.FINISHED}', '{EntryStatus.CANCELLED}', '{EntryStatus.EXPIRED}'),"
        " recurring DESC, lower(description), entry_no LIMIT ?",
        (job_id, limit),
    ).fetchall()
    return _job_rows(rows)


@as_system()
def card_choices() -> CardChoices:
    """The categories and the users that a person chooses from on a card."""
    codes = database.execute_sql("SELECT code, description FROM job_queue_category ORDER BY code").fetchall()
    users = database.execute_sql("SELECT user_id FROM users WHERE enabled = 1 ORDER BY user_id").fetchall()
    return CardChoices(tuple((row[0], row[1]) for row in codes), tuple(row[0] for row in users))


def kept_records(job_id: str) -> KeptRecords | None:
    """What stays when this job is stopped now; None for a job that is no import."""
    row = database.execute_sql(
        "SELECT run.created, run.updated, run.ready FROM job_queue_entry AS job"
        " JOIN import_run AS run ON run.id = CAST(job.record_id AS INTEGER)"
        " WHERE job.id = ? AND job.record_table = ?",
        (job_id, ImportRun.table()),
    ).fetchone()
    return KeptRecords._make(row) if row else None


_MINE: Final = "(owner_user_id = ? OR run_as_user_id = ?)"


def _filter(search: str, owner: str) -> tuple[str, tuple[str, ...]]:
    where, values = matching(search, _SEARCHED)
    return (f"{where} AND owner_user_id = ?", (*values, owner)) if owner else (where, values)


@as_system()
def _run_after(job_id: str) -> tuple[tuple[str, str], ...]:
    rows = database.execute_sql(
        "SELECT entry.id, entry.description FROM job_queue_dependency AS step"
        " JOIN job_queue_entry AS entry ON entry.id = step.after_id WHERE step.job_id = ? ORDER BY step.id",
        (job_id,),
    ).fetchall()
    return tuple((row[0], row[1]) for row in rows)


@as_system()
def _users_gone(names: Iterable[str]) -> set[str]:
    """Those of these users who are disabled, or not there although the company has users."""
    users = dict(database.execute_sql("SELECT user_id, enabled FROM users").fetchall())
    return {name for name in names if name and not users.get(name, not users)}


def _job_rows(rows: Sequence[Sequence[Any]]) -> list[JobRow]:
    first = _MOMENTS_FROM
    gone = _users_gone({row[_USER] for row in rows})
    return [
        JobRow._make(
            (
                *row[:_RECURRING],
                bool(row[_RECURRING]),
                *row[_RECURRING + 1 : first],
                row[_USER] in gone,
                *shown_moments(row[first:]),
                "",
            )
        )
        for row in rows
    ]
