"""All runs between two moments: those of the past and of now from the log, those to come from the schedules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from desktop.jobqueue import planning, recurrence
from desktop.jobqueue.recurrence import Schedule
from models.database import database
from models.fields import shown_time, stored_time
from models.job_calendar import MOST_RUNS, Run, RunState, past_runs, usual_seconds
from models.job_queue import EntryStatus, JobQueueEntry, ScheduledTask

MOST_OF_ONE_JOB: Final = 1_500  # planned runs of one entry that are worked out for one calendar
_ASKED_AT_ONCE: Final = 48
_GUESS: Final = timedelta(0)  # how long a job takes that has never run


class CalendarRuns(NamedTuple):
    """What a calendar shows.

    Attributes:
        runs: by their start.
        cut: there are more than it can hold; some are missing.
    """

    runs: list[Run]
    cut: bool


def runs_between(
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    category: str = "",
    job_id: str = "",
    limit: int = MOST_RUNS,
) -> CalendarRuns:
    """The runs of a stretch of time, past and planned.

    Args:
        start, end: aware.
        now: what is planned lies after it, what has happened before.
        category, job_id: only runs of these; empty for all.
        limit: how many at most.
    """
    past = past_runs(start, end, now, category=category, job_id=job_id, limit=limit)
    cut = len(past) == limit
    planned: list[Run] = []
    if end > now:
        planned, shortened = _planned(max(start, now), end, now, category, job_id, limit - len(past))
        cut = cut or shortened
    return CalendarRuns(sorted([*past, *planned], key=_start), cut)


def _start(run: Run) -> datetime:
    return run.start


def _planned(
    start: datetime, end: datetime, now: datetime, category: str, job_id: str, limit: int
) -> tuple[list[Run], bool]:
    query = (
        JobQueueEntry.select()
        .join(ScheduledTask, on=(ScheduledTask.id == JobQueueEntry.task_id))
        .where(
            JobQueueEntry.status.in_([EntryStatus.READY.value, EntryStatus.INACTIVE.value]),
            ScheduledTask.not_before < end,
            ScheduledTask.running == 0,
        )
        .order_by(ScheduledTask.not_before, ScheduledTask.sequence)
    )
    if category:
        query = query.where(JobQueueEntry.category_code == category)
    if job_id:
        query = query.where(JobQueueEntry.id == job_id)
    entries = list(query.limit(limit + 1))
    usual = usual_seconds([entry.id for entry in entries]) if entries else {}
    starts = _task_starts(end)
    found: list[Run] = []
    cut = len(entries) > limit
    for entry in entries:
        room = min(MOST_OF_ONE_JOB, limit - len(found))
        if room <= 0:
            return found, True
        slots = _slots(entry, max(starts[entry.task_id], now), start, end, room)
        cut = cut or len(slots) == room
        found += [_run(entry, slot, now, usual.get(entry.id)) for slot in slots]
    return found, cut


def _task_starts(end: datetime) -> dict[str, datetime]:
    """When the waiting tasks of entries may start, by the task's id."""
    rows = database.execute_sql(
        "SELECT id, not_before FROM scheduled_task WHERE job_id <> '' AND running = 0 AND not_before < ?",
        (stored_time(end),),
    )
    return {str(task_id): shown_time(start) for task_id, start in rows.fetchall()}


def _slots(
    entry: JobQueueEntry, first: datetime, start: datetime, end: datetime, most: int
) -> list[datetime]:
    """The starts of an entry, from its next one on, that lie between the two moments."""
    slots = [first] if start <= first < end else []
    schedule = planning.schedule_of(entry)
    if schedule is not None and len(slots) < most:
        slots += _upcoming(schedule, max(first, start), end, most - len(slots))
    return slots


def _upcoming(schedule: Schedule, after: datetime, end: datetime, most: int) -> list[datetime]:
    """The starts after a moment and before another, at most so many; asked for in portions."""
    found: list[datetime] = []
    last = after
    while len(found) < most:
        slots = [slot for slot in recurrence.upcoming(schedule, last, _ASKED_AT_ONCE) if slot > last]
        inside = [slot for slot in slots if slot < end]
        found += inside
        if not slots or len(inside) < len(slots):
            break
        last = slots[-1]
    return found[:most]


def _run(entry: JobQueueEntry, slot: datetime, now: datetime, seconds: float | None) -> Run:
    length = _GUESS if seconds is None else timedelta(seconds=seconds)
    return Run(
        job_id=entry.id,
        log_id=0,
        name=entry.description or entry.codeunit,
        category=entry.category_code,
        state=RunState.PLANNED if slot > now else RunState.WAITING,
        start=slot,
        end=slot + length,
        text=entry.result_text if entry.attempts and slot > now else "",
        planned_at=slot,
        seconds=seconds,
    )
