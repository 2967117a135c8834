"""When an entry runs: its first start, its next one, and the scheduled task that carries it there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
import msgspec.structs

from desktop.clock import Clock
from desktop.errors import TransitionError
from desktop.jobqueue import dependencies, recurrence
from desktop.jobqueue.recurrence import Schedule
from desktop.scheduler import tasks
from models.job_queue import JobQueueEntry, ObjectType, ScheduledTask

RUN_REPORT: Final = "run_report"  # the codeunit that makes the document of any report


def schedule_of(entry: JobQueueEntry) -> Schedule | None:
    """The schedule of a recurring entry, with the entry's own earliest start and expiry; None for a single run."""
    if not entry.schedule:
        return None
    return msgspec.structs.replace(
        recurrence.decode(entry.schedule), earliest_start=entry.earliest_start, expires_at=entry.expires_at
    )


def first_start(entry: JobQueueEntry, now: datetime) -> datetime:
    """When an entry begins that is set to Ready now.

    Raises:
        TransitionError: it would never run: it has expired, or its schedule has no run left.
    """
    if entry.expires_at is not None and entry.expires_at <= now:
        raise expired_error(entry)
    schedule = schedule_of(entry)
    if schedule is None:
        start = max(entry.earliest_start or now, now)
        if entry.expires_at is not None and start >= entry.expires_at:
            raise expired_error(entry)
        return start
    found = recurrence.next_run(schedule, None, now)
    if found is None:
        raise TransitionError(
            f"The schedule of “{entry.description}” has no run before it expires.",
            "Set a later expiration, or another schedule.",
            "NoRun",
        )
    return max(found, now)


def next_start(entry: JobQueueEntry, now: datetime) -> datetime | None:
    """When a recurring entry runs again whose run ends now; None when its schedule is over."""
    schedule = schedule_of(entry)
    return None if schedule is None else recurrence.next_run(schedule, entry.planned_at, now)


def later_start(entry: JobQueueEntry, now: datetime) -> datetime | None:
    """The next start of a recurring entry that lies after now: what was missed stays missed."""
    schedule = schedule_of(entry)
    if schedule is None:
        return None
    return recurrence.next_run(msgspec.structs.replace(schedule, misfire="Skip"), entry.planned_at, now)


def expired_error(entry: JobQueueEntry) -> TransitionError:
    """The error that says that an entry's time is over."""
    shown = entry.expires_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return TransitionError(
        f"“{entry.description}” expires at {shown}, before it could run.",
        "Set a later expiration, or none.",
        "Expired",
    )


def place(entry: JobQueueEntry, start: datetime, clock: Clock, *, at_once: bool = False) -> str:
    """Store the scheduled task of an entry that has become Ready, inside the same transaction.

    Args:
        start: not before then.
        at_once: it does not wait for the entries that it runs after.
    Returns:
        The task's id.
    """
    codeunit, parameters = what_runs(entry)
    return tasks.create_task(
        codeunit,
        is_ready=at_once or dependencies.may_run(entry),
        not_before=start,
        record_id=(entry.record_table, entry.record_id) if entry.record_table else None,
        parameters=parameters,
        user_id=entry.run_as_user_id,
        timeout=entry.timeout_seconds,
        job_id=entry.id,
        category_code=entry.category_code,
        priority=entry.priority,
        clock=clock,
    ).hex


def follow(entry: JobQueueEntry) -> None:
    """Let the waiting task of an entry carry what the entry says now, inside the running transaction."""
    codeunit, parameters = what_runs(entry)
    ScheduledTask.update(
        codeunit=codeunit,
        parameters=msgspec.json.encode(parameters).decode(),
        category_code=entry.category_code,
        priority=entry.priority,
        timeout_seconds=entry.timeout_seconds,
        user_id=entry.run_as_user_id,
        record_table=entry.record_table,
        record_id=entry.record_id,
    ).where(ScheduledTask.id == entry.task_id, ScheduledTask.running == 0).execute()


def what_runs(entry: JobQueueEntry) -> tuple[str, dict[str, str]]:
    """The codeunit and the parameters of an entry's run; a report is made by a codeunit of its own."""
    parameters = msgspec.json.decode(entry.parameters, type=dict[str, str])
    if entry.object_type == ObjectType.REPORT:
        return RUN_REPORT, {**parameters, "report": entry.codeunit, "output": entry.report_output or "PDF"}
    return entry.codeunit, parameters
