"""What a person does with job queue entries; each is one transaction, and each may meet another person's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.jobqueue import dependencies, history, planning, recurrence, states
from desktop.jobqueue.states import Action
from desktop.scheduler import gates, tasks
from desktop.sessions import permissions
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes
from models.database import connected, database
from models.errors import BackdeskError
from models.job_queue import (
    EntryStatus,
    JobQueueChange,
    JobQueueEntry,
    JobQueueLogEntry,
    RunTrigger,
    ScheduledTask,
)

_FRESH: Final[dict[str, Any]] = {
    "attempts": 0,
    "failures_in_a_row": 0,
    "error_text": "",
    "result_text": "",
    "progress_done": 0,
    "progress_total": 0,
    "progress_text": "",
    "ended_at": None,
}


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def set_ready(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
    """Let an entry run as its schedule or earliest start says; when it is Ready already, nothing happens.

    Args:
        user_id: who does it; the entry runs as this user, see `run_as`. Empty keeps the one before.
    Raises:
        TransitionError: it cannot be set to Ready now, or would never run.
        PermissionDeniedError: the user may not run its object.
    """
    with connected(), database.atomic():
        entry = _entry(job_id, Action.SET_READY)
        if entry.status == EntryStatus.READY:
            return
        _make_ready(entry, Action.SET_READY, user_id, clock)


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def restart(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
    """Retry: let an entry that has ended run again, at once and with all its attempts.

    Raises:
        TransitionError: it has not ended, or has expired.
        PermissionDeniedError: the user may not run its object.
    """
    with connected(), database.atomic():
        _make_ready(_entry(job_id, Action.RESTART), Action.RESTART, user_id, clock, start=clock.now())


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def run_now(
    job_id: str, *, user_id: str = "", trigger: RunTrigger = RunTrigger.RUN_NOW, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Let an entry run at once, in the background; its schedule goes on afterwards.

    It waits neither for its time nor for the entries that it runs after, but for its category.

    Args:
        trigger: RUN_ONCE when a person waits for it in the foreground.
    Raises:
        TransitionError: it runs already, or has expired.
        PermissionDeniedError: the user may not run its object.
    """
    with connected(), database.atomic():
        entry = _entry(job_id, Action.RUN_NOW)
        _make_ready(entry, Action.RUN_NOW, user_id, clock, start=clock.now(), trigger=trigger)


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def set_on_hold(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
    """Keep an entry from running; when it is On Hold already, nothing happens.

    Raises:
        TransitionError: it runs.
    """
    with connected(), database.atomic():
        before = _entry(job_id, Action.SET_ON_HOLD)
        if before.status == EntryStatus.ON_HOLD:
            return
        states.move(job_id, Action.SET_ON_HOLD, clock, task_id="", next_start=None)
        _drop_tasks(job_id)
        history.note(job_id, user_id, "Status", before.status, EntryStatus.ON_HOLD, clock)


@permissions.indirect(permissions.Right.MODIFY, "job_queue_entry")
def cancel(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> EntryStatus:
    """Stop an entry: one that waits is Cancelled at once, one that runs is Cancelling until it has stopped.

    Returns:
        CANCELLED or CANCELLING.
    Raises:
        TransitionError: it has ended.
    """
    with connected(), database.atomic():
        before = _entry(job_id, Action.CANCEL)
        status = states.move(job_id, Action.CANCEL, clock)
        if status == EntryStatus.CANCELLED:
            _drop_tasks(job_id)
            JobQueueEntry.update(task_id="", next_start=None, ended_at=clock.now()).where(
                JobQueueEntry.id == job_id
            ).execute()
            telemetry.note(Event.CANCELLED, before)
            dependencies.release(job_id, clock)
        else:
            tasks.stop_task(before.task_id, clock=clock)
        history.note(job_id, user_id, "Status", before.status, status, clock)
    return status


@permissions.indirect(permissions.Right.DELETE, "job_queue_entry")
def delete(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
    """Remove an entry with its log and its history; entries that ran after it need not wait for it any more.

    Raises:
        TransitionError: it runs.
    """
    with connected(), database.atomic():
        deletable = [str(status) for status in states.TRANSITIONS[Action.DELETE]]
        removed = (
            JobQueueEntry.delete()
            .where(JobQueueEntry.id == job_id, JobQueueEntry.status.in_(deletable))
            .execute()
        )
        if not removed:
            raise states.why_not(job_id, Action.DELETE)
        _drop_tasks(job_id)
        JobQueueLogEntry.delete().where(JobQueueLogEntry.job_id == job_id).execute()
        JobQueueChange.delete().where(JobQueueChange.job_id == job_id).execute()
        waiting = dependencies.waiting_for(job_id)
        dependencies.forget(job_id)
        for other in waiting:
            history.note(other, user_id, "Run After", job_id, "", clock)
            dependencies.release_one(other, clock)
        changes.touch(JobQueueEntry.table(), job_id)
        changes.touch(JobQueueLogEntry.table())


@permissions.indirect(permissions.Right.DELETE, "job_queue_entry")
def remove_failed(owner_user_id: str = "", *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete all entries that do not recur and have ended with an error.

    Args:
        owner_user_id: only those of this user; empty for everybody's.
    Returns:
        How many there were.
    """
    with connected():
        query = JobQueueEntry.select(JobQueueEntry.id).where(
            JobQueueEntry.status == EntryStatus.ERROR, JobQueueEntry.recurring == 0
        )
        if owner_user_id:
            query = query.where(JobQueueEntry.owner_user_id == owner_user_id)
        failed = [entry.id for entry in query]
    refused = for_each(Action.DELETE, failed, user_id=user_id, clock=clock)
    return len(failed) - len(refused)


def for_each(
    action: Action, job_ids: Iterable[str], *, user_id: str = "", clock: Clock = SYSTEM_CLOCK
) -> list[tuple[str, BackdeskError]]:
    """Do one of a person's actions with several entries, each in a transaction of its own.

    Returns:
        The entries that could not do it, with the reason.
    Raises:
        ValueError: the action is not a person's.
    """
    do: dict[Action, Callable[..., object]] = {
        Action.SET_READY: set_ready,
        Action.SET_ON_HOLD: set_on_hold,
        Action.CANCEL: cancel,
        Action.RESTART: restart,
        Action.RUN_NOW: run_now,
        Action.DELETE: delete,
    }
    if action not in do:
        raise ValueError(f"{action} is not a person's action")
    refused: list[tuple[str, BackdeskError]] = []
    for job_id in job_ids:
        try:
            do[action](job_id, user_id=user_id, clock=clock)
        except BackdeskError as error:
            refused.append((job_id, error))
    return refused


def run_as(entry: JobQueueEntry, user_id: str, *, work_changed: bool = False) -> str:
    """As whom an entry runs that `user_id` lets run, or whose work they change.

    An administrator keeps the user that is entered; anybody else makes it their own, or they could let work run with
    rights that they do not have. The program's own work, which runs as nobody, stays that, unless it becomes another.
    """
    if not user_id or not (entry.run_as_user_id or work_changed):
        return str(entry.run_as_user_id)
    if entry.run_as_user_id and permissions.is_job_queue_admin(user_id):
        return str(entry.run_as_user_id)
    return user_id


def _entry(job_id: str, action: Action) -> JobQueueEntry:
    entry: JobQueueEntry | None = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
    if entry is None:
        raise states.why_not(job_id, action)
    return entry


def _make_ready(
    entry: JobQueueEntry,
    action: Action,
    user_id: str,
    clock: Clock,
    *,
    start: datetime | None = None,
    trigger: RunTrigger = RunTrigger.PERSON,
) -> None:
    now = clock.now()
    if not states.allowed(action, entry.status):
        raise states.why_not(entry.id, action)
    if start is not None and entry.expires_at is not None and entry.expires_at <= now:
        raise planning.expired_error(entry)
    before = entry.status
    before_user, entry.run_as_user_id = entry.run_as_user_id, run_as(entry, user_id)
    permissions.check_may_run(entry.run_as_user_id, planning.what_runs(entry)[0])
    entry.last_ready_at = now
    begins = planning.first_start(entry, now) if start is None else start
    entry.next_start = begins
    schedule = planning.schedule_of(entry)
    planned = begins if start is None or schedule is None else recurrence.last_slot(schedule, now)
    states.move(
        entry.id,
        action,
        clock,
        **_FRESH,
        run_as_user_id=entry.run_as_user_id,
        last_ready_at=now,
        planned_at=planned,
        next_start=begins,
        run_trigger=trigger,
    )
    _drop_tasks(entry.id)
    task_id = planning.place(entry, begins, clock, at_once=action is Action.RUN_NOW)
    JobQueueEntry.update(task_id=task_id).where(JobQueueEntry.id == entry.id).execute()
    history.note(entry.id, user_id, "Run as User", before_user, entry.run_as_user_id, clock)
    history.note(entry.id, user_id, "Status", before, EntryStatus.READY, clock)
    if begins <= now:
        gates.tell_waiting([(entry.id, entry.category_code)])


def _drop_tasks(job_id: str) -> None:
    ScheduledTask.delete().where(ScheduledTask.job_id == job_id, ScheduledTask.running == 0).execute()
    changes.touch(ScheduledTask.table())
