"""Recurring jobs with two weeks of runs behind them, for pictures of pages that are about time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from desktop.clock import SYSTEM_CLOCK
from desktop.jobqueue import entries
from desktop.jobqueue.recurrence import Schedule
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueCategory, JobQueueEntry, JobQueueLogEntry, LogStatus

CODEUNIT: Final = "recalculate_balances"
WEEKDAYS, EVERY_DAY = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
DAYS_BEHIND: Final = 12
ZONE: Final = "Europe/Berlin"
FAILURES: Final = (
    "The mail server does not answer. Check the address in E-Mail Setup, then choose Retry.",
    "Row 14: there is no item 1896-X. Create the item, then choose Retry.",
)
CATEGORIES: Final = (
    ("IMPORT", "Imports, one after the other", 1),
    ("MAIL", "Letters", 2),
    ("NIGHT", "Reports", 1),
)


class SampleJob(NamedTuple):
    """A job with its habits: minutes between runs (0 for once a day), usual seconds, failures of a thousand."""

    name: str
    category: str
    weekdays: tuple[int, ...]
    begin: str
    end: str
    minutes: int
    seconds: float
    failures: int


JOBS: Final = (
    SampleJob("Import web orders", "IMPORT", WEEKDAYS, "06:00", "20:00", 60, 310, 25),
    SampleJob("Send order confirmations", "MAIL", WEEKDAYS, "06:30", "19:00", 120, 95, 40),
    SampleJob("Recalculate customer balances", "", EVERY_DAY, "01:15", "", 0, 1_740, 0),
    SampleJob("Update prices from Hansa AG", "IMPORT", WEEKDAYS, "02:00", "", 0, 6_900, 80),
    SampleJob("Sales statistics", "NIGHT", EVERY_DAY, "03:30", "", 0, 2_400, 0),
    SampleJob("Reconcile stock levels", "NIGHT", WEEKDAYS, "12:30", "", 0, 4_300, 120),
)


def write_sample_jobs() -> None:
    """Store the jobs and their past; the first run to come is at least half an hour away."""
    numbers = random.Random(20)
    now = SYSTEM_CLOCK.now()
    with connected(), database.atomic():
        for code, description, capacity in CATEGORIES:
            JobQueueCategory.create(code=code, description=description, capacity=capacity)
        for job in JOBS:
            _write_runs(job, _write_entry(job, now), now, numbers)


def _write_entry(job: SampleJob, now: datetime) -> str:
    schedule = Schedule(
        weekdays=job.weekdays,
        starting_time=job.begin,
        ending_time=job.end,
        minutes_between=job.minutes,
        time_zone=ZONE,
    )
    return entries.create_entry(
        job.name,
        CODEUNIT,
        user_id="MARIA",
        category_code=job.category,
        status=EntryStatus.READY,
        schedule=schedule,
        earliest_start=now + timedelta(minutes=30),
    )


def _write_runs(job: SampleJob, job_id: str, now: datetime, numbers: random.Random) -> None:
    first = now.astimezone() - timedelta(days=DAYS_BEHIND)
    hour, minute = (int(part) for part in job.begin.split(":"))
    count = 0
    for day in range(DAYS_BEHIND + 1):
        start = (first + timedelta(days=day)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        if start.weekday() not in job.weekdays:
            continue
        last = start.replace(hour=int(job.end[:2])) if job.end else start
        while start <= last:
            seconds = job.seconds * numbers.uniform(0.75, 1.3) * (1 + 0.012 * day)
            if start + timedelta(seconds=seconds) < now:
                _write_run(job, job_id, start, seconds, numbers)
                count += 1
            start += timedelta(minutes=job.minutes or 24 * 60)
    JobQueueEntry.update(total_runs=count).where(JobQueueEntry.id == job_id).execute()


def _write_run(
    job: SampleJob, job_id: str, planned: datetime, seconds: float, numbers: random.Random
) -> None:
    failed = numbers.randrange(1_000) < job.failures
    late_s = numbers.choice((0.1, 0.2, 0.4, 45.0))
    start = planned + timedelta(seconds=late_s)
    took = seconds * (0.3 if failed else 1)
    JobQueueLogEntry.create(
        job_id=job_id,
        status=LogStatus.ERROR if failed else LogStatus.SUCCESS,
        description=job.name,
        codeunit=CODEUNIT,
        category_code=job.category,
        user_id="MARIA",
        worker="harbour-1 process 4711",
        started_at=start,
        ended_at=start + timedelta(seconds=took),
        planned_at=planned,
        delay_ms=int(late_s * 1_000),
        duration_ms=int(took * 1_000),
        error_text=numbers.choice(FAILURES) if failed else "",
        result_text="" if failed else f"{numbers.randrange(200, 4_000):,} records.",
    )
