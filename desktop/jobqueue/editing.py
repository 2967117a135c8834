"""Changing a job queue entry: at any time, one field at a time, with a note of who changed what.

A run that has begun keeps what it began with; a change holds from the next run on. The scheduled task of an entry
that waits follows in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import TransitionError
from desktop.jobqueue import actions, dependencies, entries, history, planning, recurrence
from desktop.jobqueue.field_rules import FIELDS
from desktop.jobqueue.recurrence import Schedule
from desktop.scheduler import tasks
from desktop.sessions import permissions
from models import changes
from models.database import connected, database
from models.errors import BackdeskError, FieldError, PermissionDeniedError, RecordChangedError
from models.job_queue import EntryStatus, JobQueueEntry, ObjectType, RunAfterRule


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def change_field(
    job_id: str,
    name: str,
    value: Any,
    expected: Any,
    *,
    user_id: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Any:
    """Save one field of an entry.

    Args:
        name: a key of `field_rules.FIELDS`; parameters are a dict of texts, moments aware or None.
        expected: the stored value that the person saw; somebody else's change in between is not overwritten.
        user_id: who changes it, for the history; who is no administrator and changes what runs becomes the user as
            whom it runs.
    Returns:
        The value as stored.
    Raises:
        FieldError: the value is refused.
        RecordChangedError: the field is another now, or the entry is gone.
        PermissionDeniedError: only an administrator lets work run as somebody else.
        KeyError: there is no such field.
    """
    field = FIELDS[name]
    with connected(), database.atomic():
        entry = _entry(job_id)
        before = getattr(entry, name)
        if before != expected:
            raise RecordChangedError(
                f"{field.caption} was changed by somebody else meanwhile.",
                "Your value was not saved. Press F5 to see the entry as it is, then change it again.",
            )
        stored = field.check(value)
        if name == "run_as_user_id" and stored != before:
            _check_run_as(stored, user_id)
        _save(entry, {name: stored}, user_id, clock, changes_work=field.changes_work)
        if field.moves_start:
            _move_start(entry, field.caption, clock)
        history.note(job_id, user_id, field.caption, field.shown(before), field.shown(stored), clock)
    return stored


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def change_object(
    job_id: str, object_type: ObjectType, name: str | int, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK
) -> None:
    """Let an entry run another codeunit or report; the parameters of the one before go.

    Raises:
        UnknownCodeunitError: there is none of that name or number.
        RecordChangedError: the entry is gone.
    """
    found = entries.object_name(object_type, name)
    with connected(), database.atomic():
        entry = _entry(job_id)
        if (entry.object_type, entry.codeunit) == (object_type, found):
            return
        before = f"{entry.object_type} {entry.codeunit}"
        output = "PDF" if object_type is ObjectType.REPORT else ""
        values = {"object_type": object_type, "codeunit": found, "report_output": output, "parameters": "{}"}
        _save(entry, values, user_id, clock, changes_work=True)
        history.note(job_id, user_id, "Object to Run", before, f"{object_type} {found}", clock)


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def change_schedule(
    job_id: str,
    schedule: Schedule | None,
    expected: str,
    *,
    user_id: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Let an entry run by another schedule, or only once.

    Args:
        expected: the stored schedule that the person saw; empty for none.
    Returns:
        The schedule as stored.
    Raises:
        ScheduleError: the schedule is none.
        FieldError: it has no run left.
        RecordChangedError: somebody else changed it, or the entry is gone.
    """
    with connected(), database.atomic():
        entry = _entry(job_id)
        if entry.schedule != expected:
            raise RecordChangedError(
                "The schedule was changed by somebody else meanwhile.",
                "Yours was not saved. Press F5 to see the entry as it is, then change it again.",
            )
        if schedule is not None:
            recurrence.check(schedule)
        before = planning.schedule_of(entry)
        stored = "" if schedule is None else recurrence.encode(schedule)
        _save(entry, {"schedule": stored, "recurring": schedule is not None}, user_id, clock)
        _move_start(entry, "Schedule", clock)
        old, new = ("Runs once" if one is None else recurrence.describe(one) for one in (before, schedule))
        history.note(job_id, user_id, "Schedule", old, new, clock)
    return stored


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def set_run_after(
    job_id: str,
    after_ids: Sequence[str],
    rule: RunAfterRule = RunAfterRule.FINISHED,
    *,
    user_id: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Let an entry wait for others.

    Raises:
        TransitionError: with code Cycle when they would wait for each other, NotFound when one of them is gone.
        RecordChangedError: the entry is gone.
    """
    with connected(), database.atomic():
        entry = _entry(job_id)
        before = _names(dependencies.predecessors(job_id))
        dependencies.set_dependencies(job_id, after_ids)
        _save(entry, {"run_after_rule": rule}, user_id, clock)
        if entry.status == EntryStatus.READY and entry.task_id:
            if dependencies.may_run(entry):
                dependencies.release_one(job_id, clock)
            else:
                tasks.hold_task(entry.task_id)
        history.note(job_id, user_id, "Run After", before, _names(after_ids), clock)


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def reschedule(
    job_ids: Iterable[str], earliest_start: datetime | None, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK
) -> list[tuple[str, BackdeskError]]:
    """Let several entries start no earlier than then; those that could not, with the reason."""
    return _for_each(job_ids, "earliest_start", earliest_start, user_id, clock)


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def set_priority(
    job_ids: Iterable[str], priority: int, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK
) -> list[tuple[str, BackdeskError]]:
    """Set the priority of several entries in their category: 1000 High, 2000 Normal, 3000 Low."""
    return _for_each(job_ids, "priority", priority, user_id, clock)


def _for_each(
    job_ids: Iterable[str], name: str, value: Any, user_id: str, clock: Clock
) -> list[tuple[str, BackdeskError]]:
    refused: list[tuple[str, BackdeskError]] = []
    for job_id in job_ids:
        try:
            with connected(), database.atomic():
                before = getattr(_entry(job_id), name)
                change_field(job_id, name, value, before, user_id=user_id, clock=clock)
        except BackdeskError as error:
            refused.append((job_id, error))
    return refused


def _entry(job_id: str) -> JobQueueEntry:
    entry: JobQueueEntry | None = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
    if entry is None:
        raise RecordChangedError(
            "This job queue entry has been deleted meanwhile.", "Close the page and refresh the list."
        )
    return entry


def _save(
    entry: JobQueueEntry, values: dict[str, Any], user_id: str, clock: Clock, *, changes_work: bool = False
) -> None:
    """Write the values, and let the waiting task follow."""
    if changes_work and user_id:
        run_as = actions.run_as(entry, user_id, work_changed=True)
        if run_as != entry.run_as_user_id:
            history.note(entry.id, user_id, "Run as User", entry.run_as_user_id, run_as, clock)
            values = {**values, "run_as_user_id": run_as}
    if changes_work:
        values = {**values, "checkpoint": ""}  # it was one of other work
    for name, value in values.items():
        setattr(entry, name, value)
    JobQueueEntry.update(**values, modified_at=clock.now()).where(JobQueueEntry.id == entry.id).execute()
    if entry.task_id:
        planning.follow(entry)
    changes.touch(JobQueueEntry.table(), entry.id)


def _move_start(entry: JobQueueEntry, caption: str, clock: Clock) -> None:
    """Plan an entry that is Ready anew, after what says when it runs was changed."""
    if None not in (entry.expires_at, entry.earliest_start) and entry.expires_at <= entry.earliest_start:
        raise FieldError(
            f"With this {caption.lower()} the entry expires before it may start.",
            "Set an expiration that is later than the earliest start.",
            "NeverRuns",
        )
    if entry.status != EntryStatus.READY or not entry.task_id:
        return
    try:
        start = planning.first_start(entry, clock.now())
    except TransitionError as error:
        raise FieldError(error.text, error.hint, "NeverRuns") from error
    JobQueueEntry.update(planned_at=start, next_start=start).where(JobQueueEntry.id == entry.id).execute()
    tasks.move_task(entry.task_id, start, clock=clock)


def _check_run_as(run_as: str, user_id: str) -> None:
    if user_id and run_as != user_id and not permissions.is_job_queue_admin(user_id):
        raise PermissionDeniedError(f"Job Queue Entry, to run as {run_as}", "Modify")


def _names(job_ids: Iterable[str]) -> str:
    rows = JobQueueEntry.select().where(JobQueueEntry.id.in_(list(job_ids)))
    return ", ".join(f"“{row.description}”" for row in rows)
