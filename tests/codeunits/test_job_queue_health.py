"""How the job queue does, as the Role Centre tells it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.formats import evaluate, format_value
from desktop.jobqueue import entries
from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus, ScheduledTask, Worker
from tests.codeunits.conftest import results_of

pytestmark = pytest.mark.usefixtures("small_company")


def test_the_health_of_an_idle_job_queue() -> None:
    health = results_of("job_queue_health", midnight="2026-11-19T00:00:00Z")
    assert (health["workers"], health["waiting"], health["failed_today"]) == ("0", "", "0")


def test_the_health_names_the_oldest_waiting_job_and_why_and_counts_todays_runs() -> None:
    now = SYSTEM_CLOCK.now()
    with connected():
        for name, minutes in (("Second", 5), ("First", 9), ("Later", -60)):
            entries.create_entry(
                name,
                "recalculate_balances",
                user_id="MARIA",
                status=EntryStatus.READY,
                earliest_start=now - timedelta(minutes=minutes),
            )
        ScheduledTask.update(not_before=now - timedelta(minutes=9)).where(
            ScheduledTask.job_id == JobQueueEntry.get(JobQueueEntry.description == "First").id
        ).execute()
        for status, hours in ((LogStatus.SUCCESS, 0.5), (LogStatus.ERROR, 2), (LogStatus.INTERRUPTED, 30)):
            JobQueueLogEntry.create(
                job_id="x",
                status=status,
                started_at=now - timedelta(hours=hours),
                ended_at=now - timedelta(hours=hours),
            )
    health = results_of("job_queue_health", midnight=format_value(now - timedelta(hours=3)))
    assert health["waiting"] == "First"
    assert evaluate(health["waiting_since"], datetime) == now.replace(
        microsecond=now.microsecond // 1000 * 1000
    ) - timedelta(minutes=9)
    assert "worker" in health["waiting_why"]
    assert (health["runs_today"], health["failed_today"], health["runs_hour"]) == ("2", "1", "1")


def test_a_worker_that_lives_is_counted_with_its_slots(tmp_path: Path) -> None:
    with connected():
        Worker.create(
            id="far",
            host="far-away",
            process_id=1,
            kind="worker",
            slots=4,
            started_at=SYSTEM_CLOCK.now(),
            heartbeat_at=SYSTEM_CLOCK.now(),
        )
    health = results_of("job_queue_health", midnight="2026-11-19T00:00:00Z")
    assert (health["workers"], health["services"], health["hosts"]) == ("1", "1", "far-away")
    assert (health["slots"], health["busy"]) == ("4", "0")
