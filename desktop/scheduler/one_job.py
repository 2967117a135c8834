"""How one job stands that somebody waits for."""

from __future__ import annotations

from typing import Final

from desktop.clock import Clock
from models import statements
from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry, ScheduledTask

_OVER: Final = frozenset(
    {
        EntryStatus.FINISHED,
        EntryStatus.CANCELLED,
        EntryStatus.ERROR,
        EntryStatus.ON_HOLD,
        EntryStatus.INACTIVE,
        EntryStatus.EXPIRED,
    }
)


def is_over(job_id: str, clock: Clock) -> bool:
    """Whether nothing more happens to an entry now: it has ended, is gone, or runs only later."""
    with connected():
        entry = statements.get(JobQueueEntry, job_id)
        if entry is None or entry.status in _OVER:
            return True
        if entry.status != EntryStatus.READY:
            return False
        task = statements.get(ScheduledTask, entry.task_id)
        return task is None or bool(task.not_before > clock.now())


def status_of(job_id: str) -> EntryStatus | None:
    """The status of an entry; None when it does not exist any more."""
    with connected():
        entry = statements.get(JobQueueEntry, job_id)
    return None if entry is None else EntryStatus(entry.status)
