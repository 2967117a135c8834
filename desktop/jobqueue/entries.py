"""Creating job queue entries, and reading them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.errors import UsageError
from desktop.jobqueue import states
from desktop.scheduler import tasks
from models import changes
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry

_DEFAULT_TIMEOUT_SECONDS: Final = 43_200


def create_entry(
    description: str,
    codeunit: str,
    parameters: Mapping[str, str] | None = None,
    *,
    user_id: str,
    status: EntryStatus = EntryStatus.READY,
    earliest_start: datetime | None = None,
    retries: int | None = None,
    retry_delay_seconds: int = 0,
    timeout_seconds: int = _DEFAULT_TIMEOUT_SECONDS,
    category_code: str = "",
    priority: int = 2000,
    record_table: str = "",
    record_id: str = "",
    idempotency_key: str | None = None,
    notify_on_success: bool = True,
    notify_on_failure: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Create an entry and, when it is Ready, its scheduled task, in one transaction (the caller's, if it is in one).

    Args:
        description: what people read, e.g. "Import customers.csv".
        codeunit: a name of the registry.
        parameters: texts by name.
        user_id: who owns it, and as whom it runs.
        status: READY or ON_HOLD.
        earliest_start: aware; None is at once.
        retries: how often a failed or interrupted run is tried again; None is the codeunit's own number.
        timeout_seconds: when its process is killed and the run has failed; 0 is never.
        idempotency_key: when an entry has it already, that one is returned and nothing is created.
    Returns:
        The entry's id.
    Raises:
        UnknownCodeunitError: there is no such codeunit.
        ValueError: for another status.
    """
    if status not in (EntryStatus.READY, EntryStatus.ON_HOLD):
        raise ValueError(f"an entry begins Ready or On Hold, not {status}")
    found = registry.find(codeunit)
    now = clock.now()
    with connected(), database.atomic():
        if idempotency_key is not None:
            existing = JobQueueEntry.get_or_none(JobQueueEntry.idempotency_key == idempotency_key)
            if existing is not None:
                return str(existing.id)
        entry = JobQueueEntry(
            id=uuid.uuid4().hex,
            entry_no=tasks.next_number(),
            description=description,
            codeunit=found.name,
            parameters=msgspec.json.encode(dict(parameters or {})).decode(),
            category_code=category_code,
            priority=priority,
            owner_user_id=user_id,
            run_as_user_id=user_id,
            status=status,
            earliest_start=earliest_start,
            retries=found.retries if retries is None else retries,
            retry_delay_seconds=retry_delay_seconds,
            timeout_seconds=timeout_seconds,
            notify_on_success=notify_on_success,
            notify_on_failure=notify_on_failure,
            record_table=record_table,
            record_id=record_id,
            idempotency_key=idempotency_key,
            created_at=now,
            modified_at=now,
        )
        if status == EntryStatus.READY:
            entry.task_id = states.schedule(entry, clock)
        entry.save(force_insert=True)
    return str(entry.id)


def get(job_id: str) -> JobQueueEntry | None:
    """The entry, or None when there is none."""
    with connected():
        entry: JobQueueEntry | None = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
    return entry


def find(id_or_prefix: str) -> JobQueueEntry:
    """The entry whose id begins so, or whose entry number it is.

    Raises:
        UsageError: there is none, or more than one.
    """
    text = id_or_prefix.strip().lower()
    with connected():
        query = JobQueueEntry.select().where(JobQueueEntry.id.startswith(text))
        rows = list(query.limit(2)) if text.isalnum() else []
        if text.isascii() and text.isdigit() and len(text) < 16:
            numbered = JobQueueEntry.get_or_none(JobQueueEntry.entry_no == int(text))
            rows = [numbered] if numbered is not None else rows
    if not rows:
        raise UsageError(
            f"There is no job queue entry “{id_or_prefix}”.", "List them with: backdesk jobs list", "NotFound"
        )
    if len(rows) > 1:
        raise UsageError(
            f"More than one job queue entry begins with “{id_or_prefix}”.", "Give more characters of its id."
        )
    entry: JobQueueEntry = rows[0]
    return entry


def newest(limit: int, *, status: EntryStatus | None = None) -> list[JobQueueEntry]:
    """The newest entries, newest first; only those in `status`, if one is given."""
    with connected():
        query = JobQueueEntry.select().order_by(JobQueueEntry.entry_no.desc()).limit(limit)
        return list(query if status is None else query.where(JobQueueEntry.status == status))


def log_of(job_id: str) -> list[JobQueueLogEntry]:
    """The log entries of one entry, one per attempt, oldest first."""
    with connected():
        return list(
            JobQueueLogEntry.select().where(JobQueueLogEntry.job_id == job_id).order_by(JobQueueLogEntry.id)
        )


def write_progress(job_id: str, attempt: int, done: int, total: int, text: str) -> None:
    """Note how far a run is, in a transaction of its own."""
    with database.atomic():
        JobQueueEntry.update(progress_done=done, progress_total=total, progress_text=text).where(
            JobQueueEntry.id == job_id,
            JobQueueEntry.attempts == attempt,
            JobQueueEntry.status == EntryStatus.IN_PROCESS,
        ).execute()
        changes.touch(JobQueueEntry.table(), job_id)
