"""The states of a job queue entry: one table of transitions, each of them one guarded UPDATE."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import msgspec
import peewee

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import TransitionError
from desktop.scheduler import tasks
from models import changes
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, ScheduledTask


class Action(StrEnum):
    """What may happen to an entry; the first five are a person's."""

    SET_READY = "set to Ready"
    SET_ON_HOLD = "put on hold"
    CANCEL = "cancelled"
    RESTART = "started again"
    DELETE = "deleted"
    START = "started"
    FINISH = "finished"
    STOP = "stopped"  # the run has obeyed the wish to stop
    FAIL = "failed"
    TRY_AGAIN = "tried again"  # the run failed, and attempts are left
    RELEASE = "released"  # the worker stops; the run goes on at the next start


_S = EntryStatus
_RUN_ENDS_AS: Final = {_S.CANCELLING: _S.CANCELLED}

TRANSITIONS: Final[dict[Action, dict[EntryStatus, EntryStatus]]] = {
    Action.SET_READY: {_S.ON_HOLD: _S.READY},
    Action.SET_ON_HOLD: {
        _S.READY: _S.ON_HOLD,
        _S.ERROR: _S.ON_HOLD,
        _S.CANCELLED: _S.ON_HOLD,
        _S.FINISHED: _S.ON_HOLD,
    },
    Action.CANCEL: {
        _S.ON_HOLD: _S.CANCELLED,
        _S.READY: _S.CANCELLED,
        _S.IN_PROCESS: _S.CANCELLING,
        _S.CANCELLING: _S.CANCELLING,
    },
    Action.RESTART: {_S.ERROR: _S.READY, _S.CANCELLED: _S.READY, _S.FINISHED: _S.READY},
    # Deleting has no state behind it; the row goes from any state in which nothing runs.
    Action.DELETE: {status: status for status in EntryStatus if status not in (_S.IN_PROCESS, _S.CANCELLING)},
    Action.START: {_S.READY: _S.IN_PROCESS},
    # Work that was complete before the wish to stop arrived is complete.
    Action.FINISH: {_S.IN_PROCESS: _S.FINISHED, _S.CANCELLING: _S.FINISHED},
    Action.STOP: {_S.IN_PROCESS: _S.CANCELLED, _S.CANCELLING: _S.CANCELLED},
    Action.FAIL: {_S.IN_PROCESS: _S.ERROR, **_RUN_ENDS_AS},
    Action.TRY_AGAIN: {_S.IN_PROCESS: _S.READY, **_RUN_ENDS_AS},
    Action.RELEASE: {_S.IN_PROCESS: _S.READY, **_RUN_ENDS_AS},
}

_WHY_NOT: Final[dict[EntryStatus, tuple[str, str]]] = {
    _S.ON_HOLD: ("is On Hold", "set it to Ready first."),
    _S.READY: ("is Ready", "it starts as soon as it may."),
    _S.IN_PROCESS: ("is In Process", "stop it first."),
    _S.CANCELLING: ("is being stopped", "wait until it has stopped."),
    _S.FINISHED: ("is Finished", "there is nothing to stop; choose Retry to run it again."),
    _S.CANCELLED: ("is Cancelled", "choose Retry to run it again."),
    _S.ERROR: ("ended with an error", "choose Retry to run it again."),
}


def allowed(action: Action, status: EntryStatus | str) -> bool:
    """Whether an entry in this state may do that: what enables a page's actions."""
    return EntryStatus(status) in TRANSITIONS[action]


def move(
    job_id: str, action: Action, clock: Clock = SYSTEM_CLOCK, *, attempt: int | None = None, **values: Any
) -> EntryStatus:
    """Make one transition, inside the running transaction.

    Args:
        attempt: the run that this is about; an entry that has begun another run since is left alone.
        values: further fields to write with it.
    Returns:
        The new status.
    Raises:
        TransitionError: the entry is gone, is in another state, or has begun another run.
    """
    table = TRANSITIONS[action]
    where = [JobQueueEntry.id == job_id, JobQueueEntry.status.in_([str(status) for status in table])]
    if attempt is not None:
        where.append(JobQueueEntry.attempts == attempt)
    status = peewee.Case(JobQueueEntry.status, [(str(old), str(new)) for old, new in table.items()])
    rows = list(
        JobQueueEntry.update(status=status, modified_at=clock.now(), **values)
        .where(*where)
        .returning(JobQueueEntry.status)
        .execute()
    )
    if not rows:
        raise why_not(job_id, action)
    changes.touch(JobQueueEntry.table(), job_id)
    return EntryStatus(rows[0].status)


def why_not(job_id: str, action: Action) -> TransitionError:
    """The error that says why an entry cannot do that now."""
    entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
    if entry is None:
        return TransitionError(
            f"The job queue entry {job_id} does not exist any more.", "Refresh the list.", "NotFound"
        )
    name = entry.description or entry.id
    state, then = _WHY_NOT[EntryStatus(entry.status)]
    if allowed(action, entry.status):
        return TransitionError(f"“{name}” has begun another run meanwhile.", "Refresh the list.")
    return TransitionError(f"“{name}” {state}, so it cannot be {action}; {then}")


def set_ready(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
    """Let an entry that is On Hold run; when it is Ready already, nothing happens.

    Args:
        user_id: who does it; the entry runs as this user. Empty keeps the one before.
    Raises:
        TransitionError: it cannot be set to Ready now.
    """
    with connected(), database.atomic():
        entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
        if entry is not None and entry.status == EntryStatus.READY:
            return
        _make_ready(job_id, Action.SET_READY, user_id, clock)


def restart(job_id: str, *, user_id: str = "", clock: Clock = SYSTEM_CLOCK) -> None:
    """Retry: let an entry that has ended run again, at once and with all its attempts.

    Raises:
        TransitionError: it has not ended.
    """
    with connected(), database.atomic():
        _make_ready(job_id, Action.RESTART, user_id, clock, earliest_start=None)


def set_on_hold(job_id: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Keep an entry from running; when it is On Hold already, nothing happens.

    Raises:
        TransitionError: it runs.
    """
    with connected(), database.atomic():
        entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
        if entry is not None and entry.status == EntryStatus.ON_HOLD:
            return
        move(job_id, Action.SET_ON_HOLD, clock, task_id="")
        _drop_tasks(job_id)


def cancel(job_id: str, *, clock: Clock = SYSTEM_CLOCK) -> EntryStatus:
    """Stop an entry: one that waits is Cancelled at once, one that runs is Cancelling until it has stopped.

    Returns:
        CANCELLED or CANCELLING.
    Raises:
        TransitionError: it has ended.
    """
    with connected(), database.atomic():
        status = move(job_id, Action.CANCEL, clock)
        if status == EntryStatus.CANCELLED:
            _drop_tasks(job_id)
            JobQueueEntry.update(task_id="", ended_at=clock.now()).where(JobQueueEntry.id == job_id).execute()
        else:
            entry = JobQueueEntry.get_by_id(job_id)
            tasks.stop_task(entry.task_id, clock=clock)
    return status


def delete(job_id: str) -> None:
    """Remove an entry and its log.

    Raises:
        TransitionError: it runs.
    """
    with connected(), database.atomic():
        states = [str(status) for status in TRANSITIONS[Action.DELETE]]
        removed = (
            JobQueueEntry.delete()
            .where(JobQueueEntry.id == job_id, JobQueueEntry.status.in_(states))
            .execute()
        )
        if not removed:
            raise why_not(job_id, Action.DELETE)
        _drop_tasks(job_id)
        JobQueueLogEntry.delete().where(JobQueueLogEntry.job_id == job_id).execute()
        changes.touch(JobQueueEntry.table(), job_id)
        changes.touch(JobQueueLogEntry.table())


def schedule(entry: JobQueueEntry, clock: Clock) -> str:
    """Store the scheduled task of an entry that has become Ready, inside the same transaction; its id."""
    return tasks.create_task(
        entry.codeunit,
        not_before=max(entry.earliest_start or clock.now(), clock.now()),
        record_table=entry.record_table,
        record_id=entry.record_id,
        parameters=msgspec.json.decode(entry.parameters, type=dict[str, str]),
        user_id=entry.run_as_user_id,
        timeout_seconds=entry.timeout_seconds,
        job_id=entry.id,
        category_code=entry.category_code,
        priority=entry.priority,
        clock=clock,
    )


def _make_ready(job_id: str, action: Action, user_id: str, clock: Clock, **values: Any) -> None:
    if user_id:
        values["run_as_user_id"] = user_id
    move(
        job_id,
        action,
        clock,
        attempts=0,
        error_text="",
        result_text="",
        progress_done=0,
        progress_total=0,
        progress_text="",
        **values,
    )
    task_id = schedule(JobQueueEntry.get_by_id(job_id), clock)
    JobQueueEntry.update(task_id=task_id).where(JobQueueEntry.id == job_id).execute()


def _drop_tasks(job_id: str) -> None:
    ScheduledTask.delete().where(ScheduledTask.job_id == job_id, ScheduledTask.running == 0).execute()
    changes.touch(ScheduledTask.table())
