"""Who changed what of a job queue entry, as people read it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from desktop.clock import Clock
from models import changes
from models.database import connected
from models.job_queue import JobQueueChange


class ChangeRow(NamedTuple):
    """One change.

    Attributes:
        field: caption of the field, or "Status".
        old, new: the values as people read them; empty for none.
    """

    at: datetime
    user_id: str
    field: str
    old: str
    new: str


def note(job_id: str, user_id: str, field: str, old: str, new: str, clock: Clock) -> None:
    """Note one change, inside the running transaction; a value that stays the same is none."""
    if old == new:
        return
    JobQueueChange.insert(
        job_id=job_id, at=clock.now(), user_id=user_id, field=field, old_value=old, new_value=new
    ).execute()
    changes.touch(JobQueueChange.table(), job_id)


def changes_of(job_id: str, limit: int = 500) -> list[ChangeRow]:
    """The changes of one entry, newest first."""
    with connected():
        rows = (
            JobQueueChange.select()
            .where(JobQueueChange.job_id == job_id)
            .order_by(JobQueueChange.id.desc())
            .limit(limit)
        )
        return [ChangeRow(row.at, row.user_id, row.field, row.old_value, row.new_value) for row in rows]
