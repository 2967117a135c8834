"""Scheduled tasks: one run of one codeunit, not before a time; they survive restarts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

import msgspec

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from models import changes
from models.database import connected, database
from models.job_queue import ScheduledTask


def next_number() -> int:
    """The next entry number; inside the transaction that uses it."""
    row = database.execute_sql(
        "UPDATE entry_number SET last_number = last_number + 1 WHERE id = 1 RETURNING last_number"
    ).fetchone()
    return int(row[0])


def create_task(
    codeunit: str,
    failure_codeunit: str | None = None,
    *,
    is_ready: bool = True,
    not_before: datetime | None = None,
    record_table: str = "",
    record_id: str = "",
    parameters: Mapping[str, str] | None = None,
    user_id: str,
    timeout_seconds: int = 43_200,
    job_id: str = "",
    category_code: str = "",
    priority: int = 2000,
    clock: Clock = SYSTEM_CLOCK,
) -> str:
    """Store one run; inside a transaction of the caller it is stored with it.

    Args:
        failure_codeunit: runs in a new session when `codeunit` fails; it finds error_code, error_text and
            error_call_stack among its parameters.
        is_ready: False keeps it until `set_task_ready`.
        not_before: aware; None is now.
        timeout_seconds: when its process is killed; 0 is never.
    Returns:
        The task's id.
    Raises:
        UnknownCodeunitError: there is no such codeunit.
    """
    registry.find(codeunit)
    if failure_codeunit:
        registry.find(failure_codeunit)
    task_id = uuid.uuid4().hex
    now = clock.now()
    start = not_before or now
    with connected(), database.atomic():
        ScheduledTask.insert(
            id=task_id,
            codeunit=codeunit,
            failure_codeunit=failure_codeunit or "",
            parameters=msgspec.json.encode(dict(parameters or {})).decode(),
            job_id=job_id,
            category_code=category_code,
            priority=priority,
            sequence=next_number(),
            is_ready=is_ready,
            not_before=start,
            due=is_ready and start <= now,
            user_id=user_id,
            record_table=record_table,
            record_id=record_id,
            timeout_seconds=timeout_seconds,
            created_at=now,
        ).execute()
        changes.touch(ScheduledTask.table(), task_id)
    return task_id


def set_task_ready(task_id: str, not_before: datetime | None = None, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Let a task run, at once or not before a time; False when it is gone or runs already."""
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
    return bool(changed)


def task_exists(task_id: str) -> bool:
    """Whether the task still waits or runs; False once it has ended."""
    with connected():
        return bool(ScheduledTask.select().where(ScheduledTask.id == task_id).exists())


def cancel_task(task_id: str) -> bool:
    """Take back a task that has not started; False when it is gone or runs."""
    with connected(), database.atomic():
        removed = (
            ScheduledTask.delete().where(ScheduledTask.id == task_id, ScheduledTask.running == 0).execute()
        )
        if removed:
            changes.touch(ScheduledTask.table(), task_id)
    return bool(removed)


def stop_task(task_id: str, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Ask whoever runs the task to stop it; False when it does not run."""
    with connected(), database.atomic():
        changed = (
            ScheduledTask.update(cancel_requested_at=clock.now())
            .where(ScheduledTask.id == task_id, ScheduledTask.running == 1)
            .execute()
        )
        if changed:
            changes.touch(ScheduledTask.table(), task_id)
    return bool(changed)
