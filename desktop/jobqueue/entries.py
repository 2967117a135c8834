"""Creating job queue entries, and reading them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.errors import TransitionError, UsageError
from desktop.formats import as_texts
from desktop.jobqueue import dependencies, field_rules, planning, recurrence
from desktop.jobqueue.recurrence import Schedule
from desktop.scheduler import gates, tasks
from desktop.scheduler.tasks import DEFAULT_TIMEOUT_SECONDS
from desktop.sessions import permissions
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes, statements
from models.database import connected, database
from models.job_queue import (
    EntryStatus,
    JobQueueEntry,
    JobQueueLogEntry,
    ObjectType,
    RunAfterRule,
    RunTrigger,
)

SHORTEST_ID_OF_DIGITS: Final = 8  # characters of an id that happens to begin with digits alone
_COPIED: Final = (
    "object_type",
    "codeunit",
    "report_output",
    "parameters",
    "category_code",
    "priority",
    "earliest_start",
    "expires_at",
    "schedule",
    "recurring",
    "retries",
    "retry_delay_seconds",
    "retry_backoff",
    "retry_cap_seconds",
    "stop_after_failures",
    "timeout_seconds",
    "inactivity_timeout_seconds",
    "notify_on_success",
    "notify_on_failure",
    "record_table",
    "record_id",
    "run_after_rule",
    "wake_table",
)


@permissions.indirect(permissions.Right.INSERT, "job_queue_entry", "user_id", "run_as_user_id")
def create_entry(
    description: str,
    codeunit: str | int,
    parameters: Mapping[str, str] | None = None,
    *,
    user_id: str,
    object_type: ObjectType = ObjectType.CODEUNIT,
    report_output: str = "",
    run_as_user_id: str = "",
    status: EntryStatus = EntryStatus.READY,
    earliest_start: datetime | None = None,
    expires_at: datetime | None = None,
    schedule: Schedule | None = None,
    retries: int | None = None,
    retry_delay_seconds: int = 0,
    retry_backoff: int = 1,
    retry_cap_seconds: int = 3_600,
    stop_after_failures: int = 5,
    timeout_seconds: int = DEFAULT_TIMEOUT_SECONDS,
    inactivity_timeout_seconds: int = 0,
    wake_table: str = "",
    category_code: str = "",
    priority: int = 2000,
    record_table: str = "",
    record_id: str = "",
    run_after: Sequence[str] = (),
    run_after_rule: RunAfterRule = RunAfterRule.FINISHED,
    idempotency_key: str | None = None,
    notify_on_success: bool = True,
    notify_on_failure: bool = True,
    trigger: RunTrigger = RunTrigger.PROGRAM,
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Create an entry and, when it is Ready, its scheduled task, in one transaction (the caller's, if it is in one).

    Args:
        description: what people read, e.g. "Import customers.csv".
        codeunit: a name or number of the registry; for a report, of the report registry.
        parameters: texts by name.
        user_id: who owns it.
        report_output: PDF or Excel, for a report.
        run_as_user_id: as whom it runs; the owner when empty.
        status: READY or ON_HOLD.
        earliest_start: aware; None is at once.
        expires_at: aware; when it is not yet running then, it expires. None is never.
        schedule: when it runs again and again; None is one run.
        retries: how often a failed or interrupted run is tried again; None is the codeunit's own number.
        retry_delay_seconds, retry_backoff, retry_cap_seconds: how long to wait before a retry, how many times longer
            before each further one, and how long at most.
        stop_after_failures: a recurring entry stops after so many failed runs in a row; 0 is never.
        timeout_seconds: when its process is killed and the run has failed; 0 is never.
        inactivity_timeout_seconds: how long a recurring entry rests that found nothing to do; 0 is not at all.
        wake_table: a table whose change ends that rest.
        run_after: ids of the entries that must have ended, as `run_after_rule` says, before it runs.
        idempotency_key: when an entry has it already, that one is returned and nothing is created.
        trigger: what makes its first run begin.
    Returns:
        The entry's id.
    Raises:
        UnknownCodeunitError: there is no such codeunit.
        TransitionError: it would never run.
        ScheduleError: the schedule is none.
        FieldError: a value is one that its field refuses, e.g. fewer retries than none.
        PermissionDeniedError: the user may not run it.
        TypeError, ValueError: for parameters that are no texts, a moment without a time zone, or another status.
    """
    if status not in (EntryStatus.READY, EntryStatus.ON_HOLD):
        raise ValueError(f"an entry begins Ready or On Hold, not {status}")
    field_rules.check_new(
        priority=priority,
        earliest_start=earliest_start,
        expires_at=expires_at,
        retries=retries or 0,
        retry_delay_seconds=retry_delay_seconds,
        retry_backoff=retry_backoff,
        retry_cap_seconds=retry_cap_seconds,
        stop_after_failures=stop_after_failures,
        inactivity_timeout_seconds=inactivity_timeout_seconds,
        wake_table=wake_table,
    )
    name = object_name(object_type, codeunit)
    own_retries = 0 if object_type is ObjectType.REPORT else registry.find(name).retries
    if schedule is not None:
        recurrence.check(schedule)
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
            object_type=object_type,
            codeunit=name,
            report_output=report_output,
            parameters=msgspec.json.encode(as_texts(parameters, "parameters")).decode(),
            category_code=category_code,
            priority=priority,
            owner_user_id=user_id,
            run_as_user_id=run_as_user_id or user_id,
            status=status,
            earliest_start=earliest_start,
            expires_at=expires_at,
            schedule="" if schedule is None else recurrence.encode(schedule),
            recurring=schedule is not None,
            retries=own_retries if retries is None else retries,
            retry_delay_seconds=retry_delay_seconds,
            retry_backoff=retry_backoff,
            retry_cap_seconds=retry_cap_seconds,
            stop_after_failures=stop_after_failures,
            timeout_seconds=timeout_seconds,
            inactivity_timeout_seconds=inactivity_timeout_seconds,
            wake_table=wake_table,
            notify_on_success=notify_on_success,
            notify_on_failure=notify_on_failure,
            record_table=record_table,
            record_id=record_id,
            run_after_rule=run_after_rule,
            idempotency_key=idempotency_key,
            run_trigger=trigger,
            created_at=now,
            modified_at=now,
        )
        if run_after:
            dependencies.set_dependencies(entry.id, run_after)
        if status == EntryStatus.READY:
            permissions.check_may_run(entry.run_as_user_id, planning.what_runs(entry)[0])
            start = planning.first_start(entry, now)
            entry.last_ready_at, entry.planned_at, entry.next_start = now, start, start
            entry.task_id = planning.place(entry, start, clock)
        statements.insert(JobQueueEntry, **entry.__data__)
        changes.touch(JobQueueEntry.table(), entry.id)
        telemetry.note(Event.ENQUEUED, entry=entry, status=entry.status)
        if entry.task_id and entry.next_start <= now:
            gates.tell_waiting([(entry.id, category_code)])
    return str(entry.id)


@permissions.indirect(permissions.Right.INSERT, "job_queue_entry")
def copy(job_id: str, *, user_id: str, clock: Clock = SYSTEM_CLOCK) -> str:
    """Copy an entry: the new one is On Hold, belongs to who copies it, and has run no time yet.

    Returns:
        The id of the copy.
    Raises:
        TransitionError: the entry does not exist any more.
    """
    now = clock.now()
    with connected(), database.atomic():
        entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
        if entry is None:
            raise TransitionError(
                f"The job queue entry {job_id} does not exist any more.", "Refresh the list.", "NotFound"
            )
        values = {name: getattr(entry, name) for name in _COPIED}
        new = JobQueueEntry(
            **values,
            id=uuid.uuid4().hex,
            entry_no=tasks.next_number(),
            description=f"Copy of {entry.description}",
            owner_user_id=user_id,
            run_as_user_id=user_id,
            status=EntryStatus.ON_HOLD,
            created_at=now,
            modified_at=now,
        )
        new.save(force_insert=True)
        dependencies.set_dependencies(new.id, dependencies.predecessors(job_id))
        changes.touch(JobQueueEntry.table(), new.id)
    return str(new.id)


def object_name(object_type: ObjectType, name: str | int) -> str:
    """The registered name of a codeunit or report that is given by name or number.

    Raises:
        UnknownCodeunitError: there is none.
    """
    if object_type is ObjectType.REPORT:
        from desktop.reports import registry as reports

        return reports.find(name).name
    return registry.find(name).name


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
        if text.isascii() and text.isdigit() and len(text) < SHORTEST_ID_OF_DIGITS:
            # It is a number, also when that entry is gone: another one whose id begins so is not meant.
            rows = list(JobQueueEntry.select().where(JobQueueEntry.entry_no == int(text)))
        else:
            query = JobQueueEntry.select().where(JobQueueEntry.id.startswith(text))
            rows = list(query.limit(2)) if text.isalnum() else []
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


@permissions.as_system()
def write_progress(job_id: str, attempt: int, done: int, total: int, text: str) -> None:
    """Note how far a run is, in a transaction of its own."""
    with database.atomic():
        entry = statements.get(JobQueueEntry, job_id)
        if entry is None or entry.attempts != attempt or entry.status != EntryStatus.IN_PROCESS:
            return
        statements.update(JobQueueEntry, job_id, progress_done=done, progress_total=total, progress_text=text)
        changes.touch(JobQueueEntry.table(), job_id)
        telemetry.note(
            Event.PROGRESS,
            entry,
            started_at=entry.started_at,
            progress_done=done,
            progress_total=total,
            progress_text=text,
        )
