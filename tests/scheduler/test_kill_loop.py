"""The proof: three workers on one file, killed or frozen again and again, lose nothing and double nothing."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from desktop.jobqueue import entries
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus, ScheduledTask
from tests.scheduler.conftest import WaitFor, WorkerProcess, effects

NewWorker = Callable[..., WorkerProcess]

JOBS: Final = 1_000
CATEGORIES: Final = 20
KILLS: Final = 25
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and SIGSTOP are POSIX")


def create_jobs(number: int, folder: Path, **options: Any) -> None:
    """So many jobs in 20 categories; each leaves one effect, and notices when it is not alone in its category."""
    with connected(), database.atomic():
        for job in range(number):
            category = f"C{job % CATEGORIES:02d}"
            entries.create_entry(
                f"Job {job}",
                "alone",
                {"name": f"job {job}", "lock": str(folder / category)},
                user_id="ANNA",
                category_code=category,
                notify_on_success=False,
                **options,
            )


def finished() -> int:
    return JobQueueEntry.select().where(JobQueueEntry.status == EntryStatus.FINISHED).count()


def check_all(number: int) -> None:
    """Every job finished, every effect exactly once, nobody ever two in a category, and an intact file."""
    with connected():
        assert finished() == number
        assert database.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"
        open_logs = JobQueueLogEntry.select().where(JobQueueLogEntry.status == LogStatus.IN_PROCESS).count()
        successes = JobQueueLogEntry.select().where(JobQueueLogEntry.status == LogStatus.SUCCESS).count()
    assert (open_logs, successes) == (0, number)
    assert sorted(effects()) == sorted(f"job {job}" for job in range(number))
    with connected():
        assert not ScheduledTask.select().where(ScheduledTask.codeunit == "alone").exists()


@pytest.mark.long
def test_a_thousand_jobs_survive_twenty_five_kills_of_three_workers(
    new_worker: NewWorker, wait_for: WaitFor, tmp_path: Path
) -> None:
    create_jobs(JOBS, tmp_path, retries=50)
    chance = random.Random(20_261_121)
    workers = [new_worker("--slots", "2") for _ in range(3)]
    for kill in range(KILLS):
        reached = (kill + 1) * JOBS // (KILLS + 5) - chance.randrange(10)
        wait_for(lambda wanted=reached: finished() >= wanted)
        victim = chance.randrange(len(workers))
        workers[victim].process.kill()
        workers[victim].ended()
        workers[victim] = new_worker("--slots", "2")
    wait_for(lambda: finished() == JOBS)
    for worker in workers:
        worker.process.send_signal(signal.SIGTERM)
    assert [worker.ended() for worker in workers] == [0, 0, 0]
    check_all(JOBS)


@pytest.mark.long
def test_the_late_finish_of_a_frozen_worker_is_refused(
    new_worker: NewWorker, wait_for: WaitFor, tmp_path: Path
) -> None:
    number = 200
    create_jobs(number, tmp_path, retries=50)
    frozen = new_worker("--slots", "2").started()
    wait_for(lambda: finished() >= 20)
    # Whoever is frozen with the company locked locks out everybody: here nobody but the test has it locked.
    with connected(), database.atomic():
        frozen.process.send_signal(signal.SIGSTOP)
        # Its lease is over for all others: they need not wait a minute for that.
        database.execute_sql(
            "UPDATE scheduled_task SET lease_until = '2020-01-01T00:00:00.000Z' WHERE running = 1"
        )
    others = [new_worker("--slots", "2") for _ in range(2)]
    wait_for(lambda: finished() == number)
    frozen.process.send_signal(signal.SIGCONT)
    for worker in (frozen, *others):
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ended() == 0
    check_all(number)
