"""A clock of Berlin, and a log of runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from desktop.clock import Clock
from desktop.jobqueue import entries
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus

JobMaker = Callable[..., str]
RunMaker = Callable[..., int]


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer stands in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def make_job(company: object, clock: Clock) -> JobMaker:
    """A function that makes an entry, on hold unless it gets a start."""

    def make(name: str, category: str = "", *, start: datetime | None = None, **values: object) -> str:
        status = EntryStatus.ON_HOLD if start is None else EntryStatus.READY
        with connected(), database.atomic():
            job_id = entries.create_entry(
                name,
                "recalculate_balances",
                user_id="MARIA",
                category_code=category,
                status=status,
                earliest_start=start,
                clock=clock,
            )
            if values:
                JobQueueEntry.update(values).where(JobQueueEntry.id == job_id).execute()
        return job_id

    return make


@pytest.fixture
def make_run(company: object, clock: Clock) -> RunMaker:
    """A function that writes a log entry of a run that began so many minutes ago; None for one that goes on."""

    def make(
        job_id: str,
        minutes_ago: float,
        minutes: float | None = 1,
        status: LogStatus = LogStatus.SUCCESS,
        error: str = "",
        **values: object,
    ) -> int:
        start = clock.now() - timedelta(minutes=minutes_ago)
        with connected(), database.atomic():
            entry = JobQueueEntry.get_by_id(job_id)
            row = JobQueueLogEntry.create(
                job_id=job_id,
                description=entry.description,
                codeunit=entry.codeunit,
                category_code=entry.category_code,
                status=LogStatus.IN_PROCESS if minutes is None else status,
                started_at=start,
                ended_at=None if minutes is None else start + timedelta(minutes=minutes),
                duration_ms=None if minutes is None else int(minutes * 60_000),
                error_text=error,
                **values,
            )
        return int(row.id)

    return make
