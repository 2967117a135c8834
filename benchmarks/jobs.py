"""The job queue: how many small jobs it takes through, how soon a job starts, and what an idle worker costs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure
from desktop.changes import ChangeWatcher
from desktop.company import create_company
from desktop.jobqueue import entries
from desktop.scheduler.scheduler import TaskScheduler
from desktop.scheduler.slots import QtSlots
from models.database import close_company

SMALL_JOB: Final = "blocked_customers"  # one short query
IDLE_SECONDS: Final = 5.0
STARTS: Final = 20
_ELSEWHERE: Final = """
import sys, time
from desktop.jobqueue import entries
from models.database import open_company
open_company(sys.argv[1])
for line in sys.stdin:
    print(entries.create_entry("small", "blocked_customers", user_id="BENCH"), time.time(), flush=True)
"""


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """Throughput and latency in two slots, with every run claimed, logged and notified; idle cost of a worker."""
    company = create_company(folder / "jobs.db", "Jobs", user_id="BENCH")
    watcher = ChangeWatcher()
    watcher.start()
    scheduler = TaskScheduler(company, kind="worker", slots=QtSlots(2), watcher=watcher)
    scheduler.start()
    try:
        yield _throughput(scheduler, 50 if quick else 500)
        yield _start_from_elsewhere(scheduler, company)
        yield _idle(scheduler)
    finally:
        scheduler.stop()
        watcher.stop()
        close_company()


def _throughput(scheduler: TaskScheduler, number: int) -> Figure:
    ended = threading.Semaphore(0)
    stop = scheduler.listen(on_job_ended=lambda _job: ended.release())
    begun = time.perf_counter()
    for position in range(number):
        entries.create_entry(f"small {position}", SMALL_JOB, user_id="BENCH")
    for _ in range(number):
        ended.acquire()
    seconds = time.perf_counter() - begun
    stop()
    return Figure(
        f"{number} small jobs, from Ready to Finished",
        seconds,
        "s",
        None,
        f"{number / seconds:,.0f} jobs/s in 2 slots",
    )


def _start_from_elsewhere(scheduler: TaskScheduler, company: Path) -> Figure:
    """From the commit in another process to the end of the job here."""
    waits: list[float] = []
    ended: dict[str, float] = {}
    happened = threading.Condition()

    def note(job_id: str) -> None:
        with happened:
            ended[job_id] = time.time()
            happened.notify_all()

    stop = scheduler.listen(on_job_ended=note)
    other = subprocess.Popen(
        [sys.executable, "-c", _ELSEWHERE, str(company)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    with other:
        for _ in range(STARTS):
            other.stdin.write("go\n")
            other.stdin.flush()
            job_id, moment = other.stdout.readline().split()
            with happened:
                while job_id not in ended:
                    happened.wait()
            waits.append((ended[job_id] - float(moment)) * 1000)
        other.stdin.close()
    stop()
    return Figure(
        "a job set to Ready in another process has ended here, median",
        statistics.median(waits),
        "ms",
        250,
        f"longest {max(waits):.0f} ms",
    )


def _idle(scheduler: TaskScheduler) -> Figure:
    scheduler.wait_until_idle()
    processor, begun = time.process_time(), time.perf_counter()
    threading.Event().wait(IDLE_SECONDS)
    share = (time.process_time() - processor) / (time.perf_counter() - begun) * 100
    return Figure("an idle worker's share of a core", share, "%", 1.0, f"over {IDLE_SECONDS:g} s")
