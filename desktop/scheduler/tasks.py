"""Scheduled tasks: one run of one codeunit, not before a time; they survive restarts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

import msgspec
import peewee

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.formats import as_texts
from desktop.sessions import permissions
from desktop.sessions.hosting import RecordReference, reference_of
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes, statements
from models.database import connected, database
from models.job_queue import ScheduledTask

DEFAULT_TIMEOUT_SECONDS: Final = 43_200  # 12 hours


def next_number() -> int:
    """The next entry number; inside the transaction that uses it."""
    row = database.execute_sql(
        "UPDATE entry_number SET last_number = last_number + 1 WHERE id = 1 RETURNING last_number"
    ).fetchone()
    return int(row[0])


@permissions.indirect(permissions.Right.INSERT, "scheduled_task", "user_id")
def create_task(
    codeunit: str | int,
    failure_codeunit: str | int | None = None,
    *,
    is_ready: bool = True,
    not_before: datetime | None = None,
    record_id: RecordReference | None = None,
    timeout: float | timedelta | None = None,
    parameters: Mapping[str, str] | None = None,
    user_id: str,
    job_id: str = "",
    category_code: str = "",
    priority: int = 2000,
    clock: Clock = SYSTEM_CLOCK,
) -> uuid.UUID:
    """Store one run of a codeunit; inside a transaction of the caller it is stored with it.

    It runs once, at or after its time, as `user_id`, on any worker, and survives restarts.

    Args:
        codeunit: a name or number of the registry.
        failure_codeunit: runs in a new session when `codeunit` fails; it is given the same record, and finds
            error_code, error_text and error_call_stack among its parameters.
        is_ready: False keeps it until `set_task_ready`.
        not_before: aware; None is now.
        record_id: handed over by table and key.
        timeout: seconds, or a timedelta, after which its process is killed; 12 hours by default, 0 is never.
    Returns:
        The task's id.
    Raises:
        UnknownCodeunitError: there is no such codeunit.
        TypeError, ValueError: parameters, record or time-out are none, or the time has no zone.
    """
    if not_before is not None and not_before.tzinfo is None:
        raise ValueError("the time of a task needs a time zone")
    name = registry.find(codeunit).name
    failure_name = registry.find(failure_codeunit).name if failure_codeunit else ""
    table, key = reference_of(record_id)
    task_id = uuid.uuid4()
    now = clock.now()
    start = not_before or now
    with connected(), database.atomic():
        statements.insert(
            ScheduledTask,
            id=task_id.hex,
            codeunit=name,
            failure_codeunit=failure_name,
            parameters=msgspec.json.encode(as_texts(parameters, "parameters")).decode(),
            job_id=job_id,
            category_code=category_code,
            priority=priority,
            sequence=next_number(),
            is_ready=is_ready,
            not_before=start,
            due=is_ready and start <= now,
            user_id=user_id,
            record_table=table,
            record_id=key,
            timeout_seconds=_seconds(timeout),
            created_at=now,
        )
        changes.touch(ScheduledTask.table(), task_id.hex)
        if not job_id:
            telemetry.note(
                Event.TASK_CREATED, task_id=task_id.hex, object_name=name, user_id=user_id, planned_at=start
            )
    return task_id


@permissions.indirect(permissions.Right.MODIFY, "scheduled_task")
def set_task_ready(
    task_id: uuid.UUID | str, not_before: datetime | None = None, *, clock: Clock = SYSTEM_CLOCK
) -> bool:
    """Let a task run, at once or not before a time; False when it is gone or runs already."""
    task_id = _key(task_id)
    now = clock.now()
    start = not_before or now
    with connected(), database.atomic():
        changed = (
            ScheduledTask.update(is_ready=True, not_before=start, due=start <= now)
            .where(ScheduledTask.id == task_id, ScheduledTask.running == 0)
            .execute()
        )
        if changed:
            changes.touch(ScheduledTask.table(), task_id)
            _tell(Event.TASK_READY, statements.get(ScheduledTask, task_id))
    return bool(changed)


@permissions.indirect(permissions.Right.MODIFY, "scheduled_task")
def move_task(task_id: str, not_before: datetime, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Give a task that waits another time, whether it is ready or not; False when it is gone or runs already."""
    now = clock.now()
    with connected(), database.atomic():
        changed = (
            ScheduledTask.update(
                not_before=not_before,
                due=peewee.Case(None, [(ScheduledTask.is_ready == 1, int(not_before <= now))], 0),
            )
            .where(ScheduledTask.id == task_id, ScheduledTask.running == 0)
            .execute()
        )
        if changed:
            changes.touch(ScheduledTask.table(), task_id)
    return bool(changed)


@permissions.indirect(permissions.Right.MODIFY, "scheduled_task")
def hold_task(task_id: str) -> bool:
    """Keep a task that waits until `set_task_ready`; False when it is gone or runs already."""
    with connected(), database.atomic():
        changed = (
            ScheduledTask.update(is_ready=False, due=False)
            .where(ScheduledTask.id == task_id, ScheduledTask.running == 0)
            .execute()
        )
        if changed:
            changes.touch(ScheduledTask.table(), task_id)
    return bool(changed)


@permissions.as_system()
def task_exists(task_id: uuid.UUID | str) -> bool:
    """Whether the task still waits or runs; False once it has ended."""
    with connected():
        return bool(ScheduledTask.select().where(ScheduledTask.id == _key(task_id)).exists())


@permissions.indirect(permissions.Right.DELETE, "scheduled_task")
def cancel_task(task_id: uuid.UUID | str) -> bool:
    """Take back a task that has not started; False when it is gone or runs."""
    task_id = _key(task_id)
    with connected(), database.atomic():
        task = statements.get(ScheduledTask, task_id)
        removed = (
            ScheduledTask.delete().where(ScheduledTask.id == task_id, ScheduledTask.running == 0).execute()
        )
        if removed:
            changes.touch(ScheduledTask.table(), task_id)
            _tell(Event.TASK_REMOVED, task, reason="cancelled")
    return bool(removed)


@permissions.indirect(permissions.Right.MODIFY, "scheduled_task")
def stop_task(task_id: uuid.UUID | str, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Ask whoever runs the task to stop it; False when it does not run."""
    task_id = _key(task_id)
    with connected(), database.atomic():
        changed = (
            ScheduledTask.update(cancel_requested_at=clock.now())
            .where(ScheduledTask.id == task_id, ScheduledTask.running == 1)
            .execute()
        )
        if changed:
            changes.touch(ScheduledTask.table(), task_id)
    return bool(changed)


def can_create_task(user_id: str) -> bool:
    """Whether tasks may run in a user's name: the user is enabled and has the right to run anything at all."""
    with connected():
        return permissions.may_create_tasks(user_id)


def _tell(event: Event, task: ScheduledTask | None, **more: Any) -> None:
    if task is not None:
        telemetry.note(
            event,
            entry_id=task.job_id,
            task_id=task.id,
            object_name=task.codeunit,
            user_id=task.user_id,
            planned_at=task.not_before,
            **more,
        )


def _key(task_id: uuid.UUID | str) -> str:
    """The key of a task: ids are kept without hyphens; what is no id is that of no task."""
    if isinstance(task_id, uuid.UUID):
        return task_id.hex
    try:
        return uuid.UUID(task_id).hex
    except ValueError:
        return task_id


def _seconds(timeout: float | timedelta | None) -> int:
    if timeout is None:
        return DEFAULT_TIMEOUT_SECONDS
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if seconds < 0:
        raise ValueError("a time-out is not negative")
    return ceil(seconds)
