"""The states of a job queue entry: one table of transitions, each of them one guarded UPDATE."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any, Final

import peewee

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import TransitionError
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes, statements
from models.database import connected, database
from models.fields import stored_time
from models.job_queue import EntryStatus, JobQueueEntry


class Action(StrEnum):
    """What may happen to an entry; the first six are a person's."""

    SET_READY = "set to Ready"
    SET_ON_HOLD = "put on hold"
    CANCEL = "cancelled"
    RESTART = "started again"
    RUN_NOW = "run now"
    DELETE = "deleted"
    START = "started"
    FINISH = "finished"
    REPEAT = "planned again"  # a run of a recurring entry has ended, and another one follows
    REST = "put on hold for inactivity"  # the run found nothing to do
    WAKE = "woken"  # what an inactive entry watches has changed
    EXPIRE = "expired"
    STOP = "stopped"  # the run has obeyed the wish to stop
    FAIL = "failed"
    TRY_AGAIN = "tried again"  # the run failed, and attempts are left
    RELEASE = "released"  # the worker stops; the run goes on at the next start


_S = EntryStatus
_RUNNING: Final = (_S.IN_PROCESS, _S.CANCELLING)
_RUN_ENDS_AS: Final = {_S.CANCELLING: _S.CANCELLED}
_OVER: Final = (_S.ERROR, _S.CANCELLED, _S.FINISHED, _S.EXPIRED)

TRANSITIONS: Final[dict[Action, dict[EntryStatus, EntryStatus]]] = {
    Action.SET_READY: {_S.ON_HOLD: _S.READY, _S.INACTIVE: _S.READY, _S.ERROR: _S.READY},
    Action.SET_ON_HOLD: dict.fromkeys((_S.READY, _S.INACTIVE, *_OVER), _S.ON_HOLD),
    Action.CANCEL: {
        _S.ON_HOLD: _S.CANCELLED,
        _S.READY: _S.CANCELLED,
        _S.INACTIVE: _S.CANCELLED,
        _S.IN_PROCESS: _S.CANCELLING,
        _S.CANCELLING: _S.CANCELLING,
    },
    Action.RESTART: dict.fromkeys(_OVER, _S.READY),
    Action.RUN_NOW: {status: _S.READY for status in EntryStatus if status not in _RUNNING},
    # Deleting has no state behind it; the row goes from any state in which nothing runs.
    Action.DELETE: {status: status for status in EntryStatus if status not in _RUNNING},
    Action.START: {_S.READY: _S.IN_PROCESS, _S.INACTIVE: _S.IN_PROCESS},
    # Work that was complete before the wish to stop arrived is complete.
    Action.FINISH: {_S.IN_PROCESS: _S.FINISHED, _S.CANCELLING: _S.FINISHED},
    Action.REPEAT: {_S.IN_PROCESS: _S.READY, **_RUN_ENDS_AS},
    Action.REST: {_S.IN_PROCESS: _S.INACTIVE, **_RUN_ENDS_AS},
    Action.WAKE: {_S.INACTIVE: _S.READY},
    Action.EXPIRE: {_S.READY: _S.EXPIRED, _S.INACTIVE: _S.EXPIRED},
    Action.STOP: {_S.IN_PROCESS: _S.CANCELLED, _S.CANCELLING: _S.CANCELLED},
    Action.FAIL: {_S.IN_PROCESS: _S.ERROR, **_RUN_ENDS_AS},
    Action.TRY_AGAIN: {_S.IN_PROCESS: _S.READY, **_RUN_ENDS_AS},
    Action.RELEASE: {_S.IN_PROCESS: _S.READY, **_RUN_ENDS_AS},
}

_WHY_NOT: Final[dict[EntryStatus, tuple[str, str]]] = {
    _S.ON_HOLD: ("is On Hold", "set it to Ready first."),
    _S.INACTIVE: ("is On Hold with Inactivity Timeout", "set it to Ready first."),
    _S.READY: ("is Ready", "it starts as soon as it may."),
    _S.IN_PROCESS: ("is In Process", "stop it first."),
    _S.CANCELLING: ("is being stopped", "wait until it has stopped."),
    _S.FINISHED: ("is Finished", "there is nothing to stop; choose Retry to run it again."),
    _S.CANCELLED: ("is Cancelled", "choose Retry to run it again."),
    _S.EXPIRED: ("is Expired", "set a later expiration, then choose Retry to run it again."),
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
    before = statements.get(JobQueueEntry, job_id)
    fields, sql = _move_of(action, tuple(values))
    written = [field.db_value(value) for field, value in zip(fields, values.values(), strict=True)]
    row = database.execute_sql(
        sql, (*written, stored_time(clock.now()), job_id, attempt is None, attempt)
    ).fetchone()
    if row is None:
        raise why_not(job_id, action)
    changes.touch(JobQueueEntry.table(), job_id)
    if before is not None and before.status != row[0]:
        telemetry.note(
            Event.STATUS_CHANGED, before, old_status=before.status, status=row[0], action=action.value
        )
    return EntryStatus(row[0])


@cache
def _move_of(action: Action, names: tuple[str, ...]) -> tuple[list[peewee.Field], str]:
    """The fields of a transition and its one UPDATE, which changes nothing unless the entry is in a state for it."""
    table = TRANSITIONS[action]
    fields = [JobQueueEntry._meta.fields[name] for name in names]
    columns = "".join(f"{field.column_name} = ?, " for field in fields)
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in table.items())
    states = ", ".join(f"'{old}'" for old in table)
    return fields, (
        f"UPDATE job_queue_entry SET {columns}status = CASE status {cases} END, modified_at = ?"
        f" WHERE id = ? AND status IN ({states}) AND (? OR attempts = ?) RETURNING status"
    )


def why_not(job_id: str, action: Action) -> TransitionError:
    """The error that says why an entry cannot do that now."""
    with connected():
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
