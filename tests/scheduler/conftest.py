"""A watcher, a worker in this process or in another one, and gates instead of sleeping."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.changes import ChangeWatcher
from desktop.jobqueue import entries
from desktop.scheduler.children import ChildPool
from desktop.scheduler.scheduler import TaskScheduler
from desktop.scheduler.slots import QtSlots
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry
from models.job_rows import NotificationRow, notification_history
from tests.waiting import WAIT, Gate, MovableClock, gate, moving

__all__ = [
    "ON_POSIX",
    "ROOT",
    "WAIT",
    "Gate",
    "MovableClock",
    "NewScheduler",
    "WaitFor",
    "WorkerProcess",
    "count",
    "create",
    "effects",
    "entry_of",
    "gate",
    "moving",
    "status_of",
    "test_codeunits",
]

ROOT = Path(__file__).resolve().parents[2]
ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and named pipes are POSIX")
NewScheduler = Callable[..., TaskScheduler]
WaitFor = Callable[[Callable[[], bool]], None]


@pytest.fixture(autouse=True)
def test_codeunits(put_extension: Callable[[str, str], Path]) -> None:
    """Let this process, its children and its workers know the codeunits of the tests."""
    put_extension("scheduler_jobs", Path(__file__).with_name("jobs.py").read_text(encoding="utf-8"))


@pytest.fixture
def watcher(company: Path) -> Iterator[ChangeWatcher]:
    """A running watcher."""
    made = ChangeWatcher(0.02)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def new_pool(company: Path) -> Iterator[Callable[[float], ChildPool]]:
    """Makes pools of one warm child with a grace time; they are closed with the test."""
    made: list[ChildPool] = []

    def make(grace_seconds: float) -> ChildPool:
        made.append(ChildPool(company, 1, grace_seconds=grace_seconds))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def pool(new_pool: Callable[[float], ChildPool]) -> ChildPool:
    """One warm child with a short grace time."""
    return new_pool(0.3)


@pytest.fixture
def new_scheduler(company: Path, watcher: ChangeWatcher) -> Iterator[NewScheduler]:
    """Makes workers in this process; they are stopped with the test."""
    made: list[TaskScheduler] = []

    def make(slots: int = 1, **options: Any) -> TaskScheduler:
        options.setdefault("grace_seconds", 0.3)
        made.append(TaskScheduler(company, kind="app", slots=QtSlots(slots), watcher=watcher, **options))
        return made[-1]

    yield make
    for scheduler in made:
        scheduler.stop()


class WorkerProcess:
    """`backdesk worker` in a process of its own."""

    def __init__(self, company: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "desktop", "worker", "--company", str(company), *words],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as pipe:
            for line in pipe:
                self.lines.put(line)

    def started(self) -> WorkerProcess:
        """Wait until it works."""
        line = self.lines.get(timeout=WAIT)
        assert line.startswith("Working on"), line
        return self

    def ended(self) -> int:
        """Wait for its end; its exit code."""
        code = self.process.wait(WAIT)
        self._reader.join(WAIT)
        return code


@pytest.fixture
def new_worker(company: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """Starts workers in processes of their own; they are ended with the test."""
    made: list[WorkerProcess] = []

    def make(*words: str) -> WorkerProcess:
        made.append(WorkerProcess(company, *words))
        return made[-1]

    yield make
    for worker in made:
        worker.process.kill()
        worker.ended()


@pytest.fixture
def wait_for(watcher: ChangeWatcher) -> WaitFor:
    """Waits until a question about the company is answered with yes; asks after each change of it."""

    def wait(question: Callable[[], bool]) -> None:
        changed = threading.Event()
        end = watcher.subscribe(lambda _changes: changed.set())
        until = time.monotonic() + WAIT
        try:
            while True:
                changed.clear()
                with connected():
                    if question():
                        return
                assert changed.wait(until - time.monotonic()), "it has not come true"
        finally:
            end()

    return wait


def create(codeunit: str, description: str = "A job", **options: Any) -> str:
    """Let ANNA create an entry; its id."""
    return entries.create_entry(
        description, codeunit, options.pop("parameters", None), user_id="ANNA", **options
    )


def entry_of(job_id: str) -> JobQueueEntry:
    """The entry, which exists."""
    entry = entries.get(job_id)
    assert entry is not None
    return entry


def status_of(job_id: str) -> EntryStatus:
    """How the entry stands."""
    return EntryStatus(entry_of(job_id).status)


def effects() -> list[str]:
    """What codeunits of the tests have written, in order."""
    with connected():
        rows = database.execute_sql("SELECT session_id FROM session_event WHERE kind = 'Effect' ORDER BY id")
        return [row[0] for row in rows.fetchall()]


def told_people() -> list[NotificationRow]:
    """What the bell of the person who makes these jobs shows."""
    with connected():
        return notification_history("ANNA")


def count(table: str) -> int:
    """How many rows a table has."""
    with connected():
        return int(database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0])
