"""The job queue beside other queues, in one run, on the same disk, with the same no-op job.

Backdesk runs each job in a child process, with a log entry, session events and full synchronisation. The others keep
no log, run in threads, and lose what they were running when they are killed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks import queue_peers
from benchmarks.figure import Figure
from benchmarks.queue_peers import Rates, rate_of
from desktop.changes import ChangeWatcher
from desktop.clock import SYSTEM_CLOCK
from desktop.company import create_company
from desktop.extensions.loader import forget_extensions
from desktop.jobqueue import dispatcher, entries
from desktop.scheduler import claims
from desktop.scheduler.engine import Claim
from desktop.scheduler.scheduler import TaskScheduler
from desktop.scheduler.slots import QtSlots
from models.database import close_company, company_path, connected, database
from models.fields import shown_time, stored_time
from models.job_queue import JobQueueLogEntry

ROUNDS: Final = 3
WAITING: Final = 50_000
CATEGORIES: Final = 20
_LINES: Final = 40
_CODEUNITS: Final = '''
"""Codeunits of the measurement."""
import time
from desktop.extensions import Codeunit, Extension
from models.database import database

def nothing(session):
    """The job."""

def one_row(session):
    """One row of its own."""
    database.execute_sql("INSERT INTO retention_policy (kind, keep_days) VALUES (?, 1)", (session.parameters["key"],))

def moments(session):
    """Tells when its first and its last line ran."""
    first = time.time()
    session.result_text = f"{first:.6f} {time.time():.6f}"

extension = Extension(
    name="Measurement",
    codeunits=tuple(
        Codeunit(99_000 + number, f"bench_{name}", name, f"bench_queues:{name}")
        for number, name in enumerate(("nothing", "one_row", "moments"))
    ),
)
'''


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """All rounds go through all queues in turn, so that a busy moment of the machine is shared."""
    with _home(folder):
        jobs = 200 if quick else 2_000
        yield from _beside_the_others(folder, jobs, 1 if quick else ROUNDS)
        yield _writing_jobs(folder, jobs // 2)
        with _worker(folder, 1) as scheduler:
            yield _first_line(scheduler)
            yield _hand_over(scheduler)
        yield from _claims(folder, 5_000 if quick else WAITING)
        yield _idle_memory(folder)


# --- beside the others ---------------------------------------------------------------------------


def _beside_the_others(folder: Path, jobs: int, rounds: int) -> Iterator[Figure]:
    few = max(100, jobs // 4)  # of the slowest, for which 2,000 would take minutes on a laptop
    all_queues: dict[str, Callable[[int], Rates]] = {
        "Backdesk": lambda slots: _backdesk(folder, jobs, slots, told=False),
        "Backdesk, with a notification each": lambda slots: _backdesk(folder, jobs, slots, told=True),
        "huey": lambda slots: queue_peers.huey(folder, jobs, slots),
        "APScheduler": lambda slots: queue_peers.apscheduler(folder, few, slots),
        "bare loop": lambda slots: queue_peers.bare_loop(folder, jobs, slots),
    }
    queues = {name: measure for name, measure in all_queues.items() if _is_there(name)}
    found: dict[tuple[str, int], list[Rates]] = {}
    for _ in range(rounds):
        for slots in (1, 2):
            for name, measure in queues.items():
                found.setdefault((name, slots), []).append(measure(slots))
    enqueued = {
        name: statistics.median(rates.enqueued for slots in (1, 2) for rates in found[name, slots])
        for name in queues
    }
    run = {key: statistics.median(rates.run for rates in all_rates) for key, all_rates in found.items()}
    for name in queues:
        yield Figure(
            f"{name}: jobs handed over", enqueued[name], "/s", None, _beside(name, enqueued), more=True
        )
    for slots in (1, 2):
        rates = {name: run[name, slots] for name in queues}
        goal = max(rates.get("huey", 0.0), 10 * rates.get("APScheduler", 0.0)) or None
        for name in queues:
            yield Figure(
                f"{name}: jobs run in {slots} slot{'s' * (slots > 1)}",
                rates[name],
                "/s",
                goal if name == "Backdesk" else None,
                _beside(name, rates),
                more=True,
            )


def _beside(name: str, rates: dict[str, float]) -> str:
    if not name.startswith("Backdesk"):
        return ""
    others = [other for other in rates if not other.startswith("Backdesk")]
    return ", ".join(f"{rates[name] / rates[other]:.2f} times {other}" for other in others)


def _is_there(name: str) -> bool:
    """Whether the other queue's package is installed: the dependency group `bench`."""
    package = name.lower()
    return package not in ("huey", "apscheduler") or find_spec(package) is not None


def _backdesk(folder: Path, jobs: int, slots: int, *, told: bool) -> Rates:
    with _company(folder):
        with connected():  # the others keep a connection as well
            begun = time.perf_counter()
            for number in range(jobs):
                entries.create_entry(
                    f"job {number}", "bench_nothing", user_id="BENCH", notify_on_success=told
                )
            enqueued = jobs / (time.perf_counter() - begun)
        with _running(slots) as scheduler:
            assert scheduler.wait_until_idle(queue_peers.PATIENCE_SECONDS)
        return Rates(enqueued, rate_of(_ends()))


def _writing_jobs(folder: Path, jobs: int) -> Figure:
    """Each job writes a row, so each has transactions and commits of its own."""
    with _company(folder):
        for number in range(jobs):
            entries.create_entry(
                "row", "bench_one_row", {"key": str(number)}, user_id="BENCH", notify_on_success=False
            )
        with _running(1) as scheduler:
            assert scheduler.wait_until_idle(queue_peers.PATIENCE_SECONDS)
        rate = rate_of(_ends())
    return Figure(
        "jobs that write a row each, in 1 slot", rate, "/s", None, "no two share a commit", more=True
    )


def _ends() -> list[float]:
    with connected():
        rows = database.execute_sql(
            "SELECT ended_at FROM job_queue_log_entry WHERE status = 'Success'"
        ).fetchall()
    return [shown_time(row[0]).timestamp() for row in rows]


# --- how soon ------------------------------------------------------------------------------------


def _first_line(scheduler: TaskScheduler) -> Figure:
    """From the commit that makes a job Ready to the first line of its code, one job at a time."""
    waits = []
    for _ in range(_LINES):
        job_id = entries.create_entry("moment", "bench_moments", user_id="BENCH", notify_on_success=False)
        ready = time.time()
        scheduler.wake()
        waits.append((_moments_of(scheduler, job_id)[0] - ready) * 1_000)
    waits = waits[1:]  # the first one starts the child
    return Figure(
        "from Ready to the first line, warm child, median",
        statistics.median(waits),
        "ms",
        150,
        f"longest of {len(waits)}: {max(waits):.1f} ms",
    )


def _moments_of(scheduler: TaskScheduler, job_id: str) -> tuple[float, float]:
    assert scheduler.wait_until_idle(queue_peers.PATIENCE_SECONDS)
    entry = entries.get(job_id)
    assert entry is not None
    first, last = entry.result_text.split()
    return float(first), float(last)


def _hand_over(scheduler: TaskScheduler) -> Figure:
    """From the last line of a job to the first line of the next one of its category."""
    job_ids = [
        entries.create_entry(
            "moment", "bench_moments", user_id="BENCH", category_code="GATE", notify_on_success=False
        )
        for _ in range(_LINES)
    ]
    scheduler.wake()
    told = sorted(_moments_of(scheduler, job_id) for job_id in job_ids)
    waits = [(later[0] - sooner[1]) * 1_000 for sooner, later in pairwise(told)]
    return Figure(
        "from the end of a job to the next one of its category, median",
        statistics.median(waits),
        "ms",
        100,
        f"longest of {len(waits)}: {max(waits):.1f} ms",
    )


# --- a long queue --------------------------------------------------------------------------------


def _claims(folder: Path, waiting: int) -> Iterator[Figure]:
    """Claims with many waiting, in one category and none, or in twenty."""
    with _company(folder):
        now = SYSTEM_CLOCK.now()
        _fill(waiting, stored_time(now - timedelta(seconds=1)))
        claimed, begun = [], []
        with connected():
            for _ in range(_LINES):
                claimed.append(
                    _milliseconds(lambda: claims.claim_due("bench", now, 60.0, lambda claim: claim))
                )
                begun.append(_milliseconds(lambda: claims.claim_due("bench", now, 60.0, _begin)))
    note = f"{waiting:,} waiting in {CATEGORIES} categories and in none, with the commit; longest {{:.2f}} ms"
    yield Figure("claiming a job", statistics.median(claimed), "ms", 1, note.format(max(claimed)))
    yield Figure(
        "claiming a job and beginning its run", statistics.median(begun), "ms", None, note.format(max(begun))
    )


def _begin(claim: Claim) -> Claim | None:
    return dispatcher.begin(claim, "bench", SYSTEM_CLOCK)


def _fill(waiting: int, due: str) -> None:
    columns = "id, codeunit, job_id, category_code, sequence, not_before, due, created_at"
    with connected() as connection, database.atomic():
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            f" INSERT INTO scheduled_task ({columns})"
            " SELECT 'task' || i, 'bench_nothing', 'job' || i,"
            " CASE i % ? WHEN 0 THEN '' ELSE 'C' || (i % ?) END, i, ?, 1, ? FROM n",
            (waiting, CATEGORIES + 1, CATEGORIES + 1, due, due),
        )
        connection.execute(
            "INSERT INTO job_queue_entry (id, entry_no, codeunit, status, task_id, category_code, created_at,"
            " modified_at) SELECT job_id, sequence, codeunit, 'Ready', id, category_code, created_at, created_at"
            " FROM scheduled_task"
        )


# --- at rest -------------------------------------------------------------------------------------


def _idle_memory(folder: Path) -> Figure:
    """What a worker without a window and its warm child take while nothing is to be done."""
    with _company(folder) as company:
        job_id = entries.create_entry("first", "bench_nothing", user_id="BENCH")
        worker = subprocess.Popen(
            [sys.executable, "-m", "desktop", "worker", "--slots", "1", "--company", str(company)],
            stderr=subprocess.DEVNULL,
        )
        try:
            while not _has_ended(job_id):
                threading.Event().wait(0.1)
            threading.Event().wait(1.0)
            child = int(_children_of(worker.pid)[0])
            own, childs = _memory(worker.pid), _memory(child)
        finally:
            worker.terminate()
            worker.wait()
    return Figure(
        "memory of an idle worker (USS)",
        own[1],
        "MB",
        None,
        f"RSS {own[0]:.0f} MB; its warm child USS {childs[1]:.0f}, RSS {childs[0]:.0f} MB",
    )


def _has_ended(job_id: str) -> bool:
    with connected():
        return (
            JobQueueLogEntry.select()
            .where(JobQueueLogEntry.job_id == job_id, JobQueueLogEntry.ended_at.is_null(False))
            .exists()
        )


def _children_of(process_id: int) -> list[str]:
    """Those that any of its threads has started."""
    threads = Path(f"/proc/{process_id}/task").glob("*/children")
    return [child for thread in threads for child in thread.read_text().split()]


def _memory(process_id: int) -> tuple[float, float]:
    """Resident and own memory of a process, in MB."""
    found: dict[str, int] = {}
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        found[name] = int(value.split()[0])
    own = found["Private_Clean"] + found["Private_Dirty"]
    return found["Rss"] / 1024, own / 1024


# --- the company and its worker ------------------------------------------------------------------


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Let this process and its children find the codeunits of the measurement."""
    extensions = folder / "home" / "extensions"
    extensions.mkdir(parents=True)
    (extensions / "bench_queues.py").write_text(_CODEUNITS, encoding="utf-8")
    before = os.environ.get("BACKDESK_HOME")
    os.environ["BACKDESK_HOME"] = str(folder / "home")
    forget_extensions()
    try:
        yield
    finally:
        if before is None:
            del os.environ["BACKDESK_HOME"]
        else:
            os.environ["BACKDESK_HOME"] = before
        forget_extensions()


@contextmanager
def _company(folder: Path) -> Iterator[Path]:
    company = create_company(folder / f"queue-{time.monotonic_ns()}.db", "Queue", user_id="BENCH")
    try:
        yield company
    finally:
        close_company()


@contextmanager
def _running(slots: int) -> Iterator[TaskScheduler]:
    """A worker on the company that is open."""
    watcher = ChangeWatcher()
    watcher.start()
    scheduler = TaskScheduler(company_path(), kind="worker", slots=QtSlots(slots), watcher=watcher)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.stop()
        watcher.stop()


@contextmanager
def _worker(folder: Path, slots: int) -> Iterator[TaskScheduler]:
    with _company(folder), _running(slots) as scheduler:
        yield scheduler


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1_000
