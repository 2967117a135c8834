"""What happens to entries by themselves: their time runs out, or what they wait for is changed."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.clock import Clock
from desktop.errors import TransitionError
from desktop.jobqueue import dispatcher, planning, states
from desktop.jobqueue.states import Action
from desktop.scheduler import tasks
from models import changes
from models.database import database
from models.job_queue import EntryStatus, JobQueueEntry, RunTrigger, ScheduledTask


def watched_tables() -> set[str]:
    """The tables whose change wakes an entry that is inactive now."""
    rows = database.execute_sql(
        "SELECT DISTINCT wake_table FROM job_queue_entry WHERE wake_table <> '' AND status = ?",
        (EntryStatus.INACTIVE.value,),
    ).fetchall()
    return {row[0] for row in rows}


def wake(tables: Iterable[str], clock: Clock) -> int:
    """Let inactive entries run that watch one of these tables, at their next normal time; how many."""
    now = clock.now()
    woken = 0
    with database.atomic():
        entries = list(
            JobQueueEntry.select().where(
                JobQueueEntry.wake_table.in_(list(tables)), JobQueueEntry.status == EntryStatus.INACTIVE
            )
        )
        for entry in entries:
            start = max(planning.next_start(entry, now) or now, now)
            try:
                states.move(
                    entry.id,
                    Action.WAKE,
                    clock,
                    planned_at=start,
                    next_start=start,
                    last_ready_at=now,
                    run_trigger=RunTrigger.CHANGE,
                )
            except TransitionError:
                continue
            tasks.set_task_ready(entry.task_id, start, clock=clock)
            woken += 1
    return woken


def expire_due(clock: Clock) -> int:
    """Let entries expire that wait beyond their expiration; how many."""
    now = clock.now()
    query = JobQueueEntry.select(JobQueueEntry.id).where(
        JobQueueEntry.expires_at <= now,
        JobQueueEntry.status.in_([EntryStatus.READY.value, EntryStatus.INACTIVE.value]),
    )
    expired = 0
    for found in list(query):
        with database.atomic():
            job_id = found.id
            entry = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
            if entry is None or not states.allowed(Action.EXPIRE, entry.status):
                continue
            ScheduledTask.delete().where(ScheduledTask.job_id == job_id, ScheduledTask.running == 0).execute()
            changes.touch(ScheduledTask.table())
            dispatcher.expire(entry, clock)
            expired += 1
    return expired
