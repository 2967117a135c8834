"""Who runs when: jobs of one category after each other, as many as it lets run, and none before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.jobqueue import actions
from desktop.scheduler import scheduler as scheduling
from models.database import connected
from models.job_queue import EntryStatus, JobQueueCategory
from tests.scheduler.conftest import (
    ON_POSIX,
    WAIT,
    Gate,
    NewScheduler,
    WaitFor,
    create,
    entry_of,
    status_of,
)


@ON_POSIX
def test_one_category_never_overlaps_and_others_go_on_beside_it(
    new_scheduler: NewScheduler, gate: Gate, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("RESCUE_SECONDS", "HEARTBEAT_SECONDS"):  # nobody looks again: the next one is handed over
        monkeypatch.setattr(scheduling, pause, 3600.0)
    first = create("waits", "First", category_code="SALES", parameters={"reached": str(gate.path)})
    second = create("noop", "Second", category_code="SALES")
    beside = create("noop", "Beside", category_code="STOCK")
    scheduler = new_scheduler(slots=3)
    scheduler.start()
    gate.wait()
    wait_for(lambda: status_of(beside) == EntryStatus.FINISHED)
    assert status_of(second) == EntryStatus.READY
    actions.cancel(first)
    wait_for(lambda: status_of(second) == EntryStatus.FINISHED)
    assert entry_of(second).started_at >= entry_of(first).ended_at


@ON_POSIX
def test_a_category_lets_as_many_run_as_its_capacity_says(
    new_scheduler: NewScheduler, gate: Gate, wait_for: WaitFor
) -> None:
    with connected():
        JobQueueCategory(code="SALES", capacity=2).save(force_insert=True)
        JobQueueCategory(code="PAUSED", paused=True).save(force_insert=True)
    for number in range(3):
        create("waits", f"{number}", category_code="SALES", parameters={"reached": str(gate.path)})
    paused = create("noop", category_code="PAUSED")
    scheduler = new_scheduler(slots=4)
    scheduler.start()
    gate.wait()
    gate.wait()
    assert scheduler.status().busy == 2
    assert status_of(paused) == EntryStatus.READY
    with connected():
        JobQueueCategory(code="PAUSED", paused=False).save()
    wait_for(lambda: status_of(paused) == EntryStatus.FINISHED)
    assert len([task for task in scheduler.status().running if task.job_id != paused]) == 2


def test_a_job_due_tonight_does_not_block_its_category_now(new_scheduler: NewScheduler) -> None:
    tonight = SYSTEM_CLOCK.now() + timedelta(hours=8)
    later = create("noop", category_code="SALES", earliest_start=tonight, priority=1000)
    now = create("noop", category_code="SALES", priority=3000)
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert (status_of(later), status_of(now)) == (EntryStatus.READY, EntryStatus.FINISHED)


def test_a_job_starts_when_its_time_comes_without_anybody_waking_it(
    new_scheduler: NewScheduler, wait_for: WaitFor
) -> None:
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    start = SYSTEM_CLOCK.now() + timedelta(seconds=0.5)
    job = create("noop", earliest_start=start)
    wait_for(lambda: status_of(job) == EntryStatus.FINISHED)
    begun = entry_of(job).started_at
    assert begun - start >= timedelta(milliseconds=-1)
