"""Changing one field of an entry: guarded, and followed by its scheduled task."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.clock import fixed_clock
from desktop.jobqueue import actions, entries
from desktop.jobqueue.editing import change_field
from models.database import connected
from models.errors import FieldError, RecordChangedError
from models.job_queue import EntryStatus, JobQueueEntry, ScheduledTask

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
CLOCK = fixed_clock(NOW)


@pytest.fixture
def job(company: Path) -> str:
    return entries.create_entry(
        "Recalculate", "recalculate_balances", user_id="MARIA", retries=1, clock=CLOCK
    )


def entry(job: str) -> JobQueueEntry:
    with connected():
        found: JobQueueEntry = JobQueueEntry.get_by_id(job)
    return found


def task_of(job: str) -> ScheduledTask:
    with connected():
        found: ScheduledTask = ScheduledTask.get(ScheduledTask.job_id == job)
    return found


def test_the_scheduled_task_of_a_ready_entry_follows(job: str) -> None:
    later = NOW + timedelta(hours=3)
    change_field(job, "earliest_start", later, None, clock=CLOCK)
    change_field(job, "timeout_seconds", 60, 43_200, clock=CLOCK)
    assert (task_of(job).not_before, task_of(job).due, task_of(job).timeout_seconds) == (later, False, 60)
    change_field(job, "earliest_start", None, later, clock=CLOCK)
    assert (task_of(job).not_before, task_of(job).due) == (NOW, True)


def test_an_entry_on_hold_keeps_its_new_values_for_later(job: str) -> None:
    actions.set_on_hold(job, clock=CLOCK)
    later = NOW + timedelta(days=1)
    change_field(job, "earliest_start", later, None, clock=CLOCK)
    actions.set_ready(job, clock=CLOCK)
    assert task_of(job).not_before == later


def test_another_persons_change_is_kept(job: str) -> None:
    change_field(job, "retries", 5, 1, clock=CLOCK)
    with pytest.raises(RecordChangedError, match="Retries was changed by somebody else"):
        change_field(job, "retries", 2, 1, clock=CLOCK)
    assert entry(job).retries == 5


def test_a_running_entry_takes_changes_for_its_next_run(job: str) -> None:
    with connected():
        JobQueueEntry.update(status=EntryStatus.IN_PROCESS.value).where(JobQueueEntry.id == job).execute()
    assert change_field(job, "retries", 2, 1, clock=CLOCK) == 2
    assert (
        change_field(job, "description", "  Recalculate   all ", "Recalculate", clock=CLOCK)
        == "Recalculate all"
    )
    assert entry(job).description == "Recalculate all"


def test_an_entry_that_is_gone_says_so(job: str) -> None:
    actions.delete(job)
    with pytest.raises(RecordChangedError, match="deleted meanwhile"):
        change_field(job, "retries", 2, 1, clock=CLOCK)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("description", "   ", "Required"),
        ("description", "x" * 251, "TooLong"),
        ("retries", -1, "OutOfRange"),
        ("retries", 101, "OutOfRange"),
        ("timeout_seconds", 0, "OutOfRange"),
    ],
)
def test_bad_values_are_refused_and_nothing_is_written(job: str, name: str, value: Any, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        change_field(job, name, value, getattr(entry(job), name), clock=CLOCK)
    assert refused.value.code == code
    assert entry(job).modified_at == NOW
