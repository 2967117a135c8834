"""Changing what a person may change of a job queue entry, one field at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import TransitionError
from desktop.scheduler import tasks
from models import changes
from models.database import connected, database
from models.errors import FieldError, RecordChangedError
from models.job_queue import EntryStatus, JobQueueEntry, ScheduledTask

LONGEST_DESCRIPTION: Final = 250
MOST_RETRIES: Final = 100
LONGEST_TIMEOUT_SECONDS: Final = 7 * 86_400
_WHILE_RUNNING: Final = ("description",)  # the run has taken all other fields with it
_CAPTIONS: Final = {
    "description": "Description",
    "earliest_start": "Earliest start",
    "retries": "Retries",
    "timeout_seconds": "Time-out",
}


def change_field(job_id: str, name: str, value: Any, expected: Any, clock: Clock = SYSTEM_CLOCK) -> Any:
    """Save one field of an entry; the scheduled task of an entry that is Ready follows, in one transaction.

    Args:
        name: description, earliest_start (aware or None), retries (a number) or timeout_seconds.
        expected: what the person saw before; somebody else's change in between is not overwritten.
    Returns:
        The value as stored.
    Raises:
        FieldError: the value is refused.
        RecordChangedError: the field is another now, or the entry is gone.
        TransitionError: the entry runs.
    """
    stored = _checked(name, value)
    field = getattr(JobQueueEntry, name)
    same = field.is_null() if expected is None else field == expected
    idle = JobQueueEntry.status.not_in([EntryStatus.IN_PROCESS.value, EntryStatus.CANCELLING.value])
    with connected(), database.atomic():
        guard = [JobQueueEntry.id == job_id, same]
        if name not in _WHILE_RUNNING:
            guard.append(idle)
        query = JobQueueEntry.update({field: stored, JobQueueEntry.modified_at: clock.now()})
        if not query.where(*guard).execute():
            raise _why_not(job_id, name, expected)
        entry = JobQueueEntry.get_by_id(job_id)
        if entry.status == EntryStatus.READY and entry.task_id:
            _follow(entry, name, clock)
        changes.touch(JobQueueEntry.table(), job_id)
    return stored


def _follow(entry: JobQueueEntry, name: str, clock: Clock) -> None:
    if name == "earliest_start":
        tasks.set_task_ready(entry.task_id, entry.earliest_start, clock=clock)
    elif name == "timeout_seconds":
        ScheduledTask.update(timeout_seconds=entry.timeout_seconds).where(
            ScheduledTask.id == entry.task_id, ScheduledTask.running == 0
        ).execute()


def _checked(name: str, value: Any) -> Any:
    if name == "description":
        text = " ".join(str(value).split())
        if not text:
            raise FieldError("The description is empty.", "Say what the job does.", "Required")
        if len(text) > LONGEST_DESCRIPTION:
            raise FieldError(
                f"The description has {len(text)} characters.",
                f"Shorten it to {LONGEST_DESCRIPTION}.",
                "TooLong",
            )
        return text
    if name == "earliest_start":
        if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
            raise ValueError("the earliest start is a moment with a time zone, or None")
        return value
    largest = {"retries": MOST_RETRIES, "timeout_seconds": LONGEST_TIMEOUT_SECONDS}[name]
    least = 0 if name == "retries" else 1
    if not least <= int(value) <= largest:
        raise FieldError(
            f"{_CAPTIONS[name]} cannot be {int(value):,}.",
            f"It is at least {least} and at most {largest:,}.",
            "OutOfRange",
        )
    return int(value)


def _why_not(job_id: str, name: str, expected: Any) -> RecordChangedError | TransitionError:
    entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
    if entry is None:
        return RecordChangedError(
            "This job queue entry has been deleted meanwhile.", "Close the page and refresh the list."
        )
    if getattr(entry, name) == expected:
        return TransitionError(
            f"“{entry.description}” is running, so its {_CAPTIONS[name].lower()} cannot be changed now.",
            "Wait until it has ended, or stop it first.",
        )
    return RecordChangedError(
        f"{_CAPTIONS[name]} was changed by somebody else meanwhile.",
        "Your value was not saved. Press F5 to see the entry as it is, then change it again.",
    )
