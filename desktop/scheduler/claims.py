"""Claiming, holding and giving back tasks. SQLite has one writer, so one UPDATE … RETURNING is the whole lock."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

import msgspec
import msgspec.structs

from desktop.errors import ReplacedError
from desktop.scheduler import gates
from desktop.scheduler.engine import Claim
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes
from models.database import database
from models.fields import stored_time
from models.job_queue import JobQueueEntry, JobQueueLogEntry, ScheduledTask

StartCallback = Callable[[Claim], Claim | None]

_PROMOTE: Final = (
    "UPDATE scheduled_task SET due = 1 WHERE due = 0 AND is_ready = 1 AND running = 0 AND not_before <= ?"
    " RETURNING job_id, category_code"
)

# The categories are found by a loose index scan, one seek each; of every open one only its head is looked at.
# So neither a long backlog nor tasks of the future make a claim slower.
_HEAD: Final = """
    WITH RECURSIVE waiting (code) AS (
        SELECT min(category_code) FROM scheduled_task WHERE due = 1 AND running = 0
        UNION ALL
        SELECT (SELECT min(category_code) FROM scheduled_task
                WHERE due = 1 AND running = 0 AND category_code > waiting.code)
        FROM waiting WHERE waiting.code IS NOT NULL
    ), head (id) AS (
        SELECT (SELECT id FROM scheduled_task
                WHERE due = 1 AND running = 0 AND category_code = waiting.code
                ORDER BY priority, sequence LIMIT 1)
        FROM waiting LEFT JOIN job_queue_category gate ON gate.code = waiting.code
        WHERE waiting.code IS NOT NULL AND (waiting.code = '' OR (
            COALESCE(gate.paused, 0) = 0
            AND (SELECT count(*) FROM scheduled_task
                 WHERE running = 1 AND category_code = waiting.code) < COALESCE(gate.capacity, 1)))
    )
    SELECT id FROM scheduled_task WHERE id IN (SELECT id FROM head) ORDER BY priority, sequence LIMIT 1
"""
_OF_JOB: Final = """
    SELECT task.id FROM scheduled_task task LEFT JOIN job_queue_category gate ON gate.code = task.category_code
    WHERE task.job_id = ? AND task.due = 1 AND task.running = 0 AND (task.category_code = '' OR (
        COALESCE(gate.paused, 0) = 0
        AND (SELECT count(*) FROM scheduled_task
             WHERE running = 1 AND category_code = task.category_code) < COALESCE(gate.capacity, 1)))
    LIMIT 1
"""
# What follows the head in a queue without a category. What is not quick stands in the way of those behind it.
_NEXT: Final = """
    SELECT task.id, task.codeunit, task.fence = 0 AND task.failure_codeunit = '' AND COALESCE(
        entry.schedule = '' AND entry.expires_at IS NULL AND entry.attempts = 0
        AND entry.object_type = 'Codeunit' AND entry.status = 'Ready' AND entry.task_id = task.id
        AND entry.checkpoint = '', 0), entry.entry_no, entry.description, entry.retries
    FROM scheduled_task task LEFT JOIN job_queue_entry entry ON entry.id = task.job_id
    WHERE task.due = 1 AND task.running = 0 AND task.category_code = ''
    ORDER BY task.priority, task.sequence LIMIT ?
"""
_COLUMNS: Final = (
    "id, worker_id, fence, codeunit, failure_codeunit, parameters, job_id, user_id, record_table, record_id,"
    " timeout_seconds, not_before, tries"
)
_CLAIM: Final = (
    "UPDATE scheduled_task SET running = 1, worker_id = ?, fence = fence + 1, lease_until = ?,"
    " cancel_requested_at = NULL WHERE id = ({head}) RETURNING " + _COLUMNS
)
_CLAIM_DUE: Final = _CLAIM.format(head=_HEAD)
_CLAIM_JOB: Final = _CLAIM.format(head=_OF_JOB)
FEWEST_QUICK: Final = 4  # tasks that are claimed together
_MINE: Final = "id = ? AND worker_id = ? AND fence = ? AND running = 1"


def claim_of(row: tuple[Any, ...]) -> Claim:
    """The claim behind a row of the columns that this module reads."""
    return Claim(
        task_id=row[0],
        worker_id=row[1],
        fence=row[2],
        codeunit=row[3],
        failure_codeunit=row[4],
        parameters=msgspec.json.decode(row[5], type=dict[str, str]),
        job_id=row[6],
        user_id=row[7],
        record_table=row[8],
        record_id=row[9],
        timeout_seconds=row[10],
        not_before=row[11],
        tries=row[12],
        attempt=row[2],
    )


def with_entry(claim: Claim, entry: JobQueueEntry, log: JobQueueLogEntry | None) -> Claim:
    """The claim with its entry's side filled in."""
    return msgspec.structs.replace(
        claim,
        description=entry.description,
        attempt=entry.attempts,
        log_id=log.id if log is not None else 0,
        entry_no=entry.entry_no,
        object_name=entry.codeunit,
        category_code=entry.category_code,
        retries=entry.retries,
        checkpoint=entry.checkpoint,
        started_at=stored_time(entry.started_at) if entry.started_at is not None else "",
        trigger=entry.run_trigger,
    )


def claim_due(
    worker_id: str, now: datetime, lease_seconds: float, start: StartCallback, *, only_job: str = ""
) -> Claim | None:
    """Take the most urgent task that is due and whose category is open, in one transaction.

    Args:
        start: called inside the transaction; it marks the entry In Process and fills in its side of the claim.
            None says that the entry does not start now; it has taken the task away or put it back then.
        only_job: take the task of this entry and no other.
    Returns:
        The claim; None when nothing can start now.
    """
    until = stored_time(now + timedelta(seconds=lease_seconds))
    while True:
        with database.atomic():
            gates.tell_waiting(database.execute_sql(_PROMOTE, (stored_time(now),)).fetchall())
            if only_job:
                row = database.execute_sql(_CLAIM_JOB, (worker_id, until, only_job)).fetchone()
            else:
                row = database.execute_sql(_CLAIM_DUE, (worker_id, until)).fetchone()
            if row is None:
                return None
            started = start(claim_of(row))
        if started is not None:
            return started


def claim_quick(
    worker_id: str, now: datetime, lease_seconds: float, codeunits: Collection[str], most: int
) -> list[Claim]:
    """Take several tasks at once that will take a moment each, in their order, in one transaction.

    They are the first runs of entries without category, schedule and expiration. Their entries are
    Ready still: a run is begun on paper with its end, or when it takes longer than a moment.

    Args:
        codeunits: those that take a moment.
    Returns:
        The claims; none when the most urgent task is another one, or when there are too few to be worth it.
    """
    with database.atomic():
        gates.tell_waiting(database.execute_sql(_PROMOTE, (stored_time(now),)).fetchall())
        head = database.execute_sql(_HEAD).fetchone()
        rows = database.execute_sql(_NEXT, (most,)).fetchall() if head is not None else []
        quick = {row[0]: row[3:] for row in takewhile(lambda row: row[2] and row[1] in codeunits, rows)}
        if len(quick) < FEWEST_QUICK or next(iter(quick)) != head[0]:
            return []
        marks = ", ".join("?" * len(quick))
        until = stored_time(now + timedelta(seconds=lease_seconds))
        taken = database.execute_sql(
            _CLAIM.replace("= ({head})", f"IN ({marks})"), (worker_id, until, *quick)
        )
        claims = {row[0]: claim_of(row) for row in taken.fetchall()}
    return [_named(claims[task_id], *said) for task_id, said in quick.items()]


def _named(claim: Claim, entry_no: int, description: str, retries: int) -> Claim:
    return msgspec.structs.replace(claim, entry_no=entry_no, description=description, retries=retries)


def something_is_due(now: datetime) -> bool:
    """Whether a claim could find anything; reads only, so that an idle worker never takes the write lock."""
    row = database.execute_sql(
        "SELECT EXISTS (SELECT 1 FROM scheduled_task WHERE due = 1 AND running = 0)"
        " OR EXISTS (SELECT 1 FROM scheduled_task"
        " WHERE due = 0 AND is_ready = 1 AND running = 0 AND not_before <= ?)",
        (stored_time(now),),
    ).fetchone()
    return bool(row[0])


def next_start() -> str:
    """The stored time of the next task that is not due yet; "" when there is none."""
    row = database.execute_sql(
        "SELECT min(not_before) FROM scheduled_task WHERE due = 0 AND is_ready = 1 AND running = 0"
    ).fetchone()
    return str(row[0] or "")


def check(claim: Claim) -> None:
    """Make sure, inside a transaction, that the claim still holds.

    Raises:
        ReplacedError: it does not.
    """
    row = database.execute_sql(
        f"SELECT 1 FROM scheduled_task WHERE {_MINE}", (claim.task_id, claim.worker_id, claim.fence)
    ).fetchone()
    if row is None:
        raise ReplacedError


def remove(claim: Claim) -> None:
    """The run has ended: the task goes, and with it its category's gate opens; inside a transaction.

    Raises:
        ReplacedError: the claim does not hold any more.
    """
    row = database.execute_sql(
        f"DELETE FROM scheduled_task WHERE {_MINE} RETURNING id",
        (claim.task_id, claim.worker_id, claim.fence),
    ).fetchone()
    if row is None:
        raise ReplacedError
    changes.touch(ScheduledTask.table(), claim.task_id)
    if not claim.job_id:
        telemetry.note(
            Event.TASK_REMOVED,
            task_id=claim.task_id,
            object_name=claim.codeunit,
            user_id=claim.user_id,
            planned_at=claim.not_before,
            started_at=claim.started_at,
            reason="ended",
        )


def put_back(
    claim: Claim,
    not_before: datetime,
    now: datetime,
    *,
    is_ready: bool = True,
    tries: int = 0,
    trouble_text: str = "",
) -> None:
    """The task is to run again, now or later; inside a transaction.

    Args:
        is_ready: False keeps it until `tasks.set_task_ready`.
        tries, trouble_text: how often in a row it has met an error that passes by itself, and the last of them.
    Raises:
        ReplacedError: the claim does not hold any more.
    """
    row = database.execute_sql(
        "UPDATE scheduled_task SET running = 0, worker_id = '', lease_until = NULL,"
        " cancel_requested_at = NULL, is_ready = ?, not_before = ?, due = ?, tries = ?, trouble_text = ?"
        f" WHERE {_MINE} RETURNING id",
        (
            int(is_ready),
            stored_time(not_before),
            int(is_ready and not_before <= now),
            tries,
            trouble_text,
            claim.task_id,
            claim.worker_id,
            claim.fence,
        ),
    ).fetchone()
    if row is None:
        raise ReplacedError
    changes.touch(ScheduledTask.table(), claim.task_id)


def renew(worker_id: str, task_ids: list[str], now: datetime, lease_seconds: float) -> set[str]:
    """Hold the leases for longer; the ids of those that are still this worker's."""
    if not task_ids:
        return set()
    marks = ", ".join("?" * len(task_ids))
    rows = database.execute_sql(
        "UPDATE scheduled_task SET lease_until = ? WHERE worker_id = ? AND running = 1"
        f" AND id IN ({marks}) RETURNING id",
        (stored_time(now + timedelta(seconds=lease_seconds)), worker_id, *task_ids),
    ).fetchall()
    return {row[0] for row in rows}


def to_cancel(worker_id: str) -> set[str]:
    """The ids of this worker's tasks that somebody wants stopped."""
    rows = database.execute_sql(
        "SELECT id FROM scheduled_task WHERE worker_id = ? AND running = 1"
        " AND cancel_requested_at IS NOT NULL",
        (worker_id,),
    ).fetchall()
    return {row[0] for row in rows}


def held_by(worker_ids: list[str]) -> list[Claim]:
    """The claims of these workers."""
    marks = ", ".join("?" * len(worker_ids))
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} FROM scheduled_task WHERE running = 1 AND worker_id IN ({marks})", worker_ids
    ).fetchall()
    return [claim_of(row) for row in rows]


def expired(now: datetime) -> list[Claim]:
    """The claims whose lease has run out."""
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} FROM scheduled_task WHERE running = 1 AND lease_until < ?", (stored_time(now),)
    ).fetchall()
    return [claim_of(row) for row in rows]
