"""The events of whole lives: what is told when a job runs, waits, fails, is cancelled or expires."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from desktop.jobqueue import actions, entries, watching
from desktop.scheduler import tasks
from models.database import connected
from models.job_queue import JobQueueCategory
from tests.jobqueue.conftest import claim, run_all, run_next
from tests.scheduler.conftest import MovableClock, moving, test_codeunits
from tests.telemetry.conftest import noted

__all__ = ["moving", "noted", "test_codeunits"]

Noted = list[dict[str, Any]]


def _names(noted: Noted) -> list[str]:
    return [event["event"] for event in noted]


def _make(moving: MovableClock, codeunit: str = "noop", **options: Any) -> str:
    return entries.create_entry("Nightly", codeunit, user_id="MARIA", clock=moving.clock, **options)


def test_a_run_that_goes_well(company: Path, moving: MovableClock, noted: Noted) -> None:
    job_id = _make(moving)
    run_next(moving)
    assert _names(noted) == ["enqueued", "status changed", "started", "status changed", "finished"]
    assert {event["entry_id"] for event in noted} == {job_id}
    changed = noted[1]
    assert (changed["old_status"], changed["status"], changed["action"]) == ("Ready", "In Process", "started")
    assert (noted[-1]["user_id"], noted[-1]["attempt"]) == ("MARIA", 1)


def test_a_run_that_fails_twice_is_told_twice_and_once_for_the_last_time(
    company: Path, moving: MovableClock, noted: Noted
) -> None:
    _make(moving, "fails", retries=1)
    run_all(moving)
    assert _names(noted).count("failed") == 2
    assert _names(noted).count("failed for the last time") == 1
    assert noted[-1]["event"] == "failed for the last time"
    assert noted[-1]["error"]


def test_a_job_whose_category_is_full_or_paused_says_that_it_waits(
    company: Path, moving: MovableClock, noted: Noted
) -> None:
    with connected():
        JobQueueCategory.insert(code="NIGHT", paused=True).execute()
    at_once = _make(moving, category_code="NIGHT")
    later = _make(moving, category_code="NIGHT", earliest_start=moving.clock.now() + timedelta(hours=1))
    waiting = [event for event in noted if event["event"] == "waiting for category"]
    assert [event["entry_id"] for event in waiting] == [at_once]
    assert (waiting[0]["paused"], waiting[0]["capacity"], waiting[0]["running"]) == (True, 1, 0)
    moving.forward(3_601)
    run_all(moving)
    waiting = [event for event in noted if event["event"] == "waiting for category"]
    assert [event["entry_id"] for event in waiting] == [at_once, later]


def test_cancelling_what_waits_and_the_life_of_a_plain_task_are_told(
    company: Path, moving: MovableClock, noted: Noted
) -> None:
    job_id = _make(moving, earliest_start=moving.clock.now() + timedelta(hours=1))
    actions.cancel(job_id, user_id="MARIA", clock=moving.clock)
    assert _names(noted) == ["enqueued", "status changed", "cancelled"]
    noted.clear()
    first = tasks.create_task("noop", user_id="MARIA", is_ready=False, clock=moving.clock)
    second = tasks.create_task("noop", user_id="MARIA", is_ready=False, clock=moving.clock)
    tasks.set_task_ready(first, clock=moving.clock)
    tasks.cancel_task(second)
    run_all(moving)
    assert _names(noted) == ["task created", "task created", "task ready", "task removed", "task removed"]
    assert [(event["task_id"], event["reason"]) for event in noted[3:]] == [
        (second.hex, "cancelled"),
        (first.hex, "ended"),
    ]


def test_progress_says_how_far_a_run_is_as_long_as_it_runs(
    company: Path, moving: MovableClock, noted: Noted
) -> None:
    job_id = _make(moving)
    with connected():
        entries.write_progress(job_id, 0, 1, 2, "too early: it does not run")
    assert "progress" not in _names(noted)
    assert claim(moving) is not None
    with connected():
        entries.write_progress(job_id, 1, 3, 10, "3 of 10 orders")
    event = noted[-1]
    assert (event["event"], event["entry_id"], event["attempt"]) == ("progress", job_id, 1)
    assert (event["progress_done"], event["progress_total"], event["progress_text"]) == (
        3,
        10,
        "3 of 10 orders",
    )
    assert "started_at" in event


def test_a_job_that_expires_while_it_waits_is_told(company: Path, moving: MovableClock, noted: Noted) -> None:
    with connected():
        JobQueueCategory.insert(code="NIGHT", paused=True).execute()
    job_id = _make(moving, category_code="NIGHT", expires_at=moving.clock.now() + timedelta(hours=1))
    moving.forward(3_601)
    with connected():
        watching.expire_due(moving.clock)
    assert [(event["event"], event["entry_id"]) for event in noted if event["event"] == "expired"] == [
        ("expired", job_id)
    ]
