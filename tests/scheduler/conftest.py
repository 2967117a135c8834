"""A company, a watcher, a worker in this process or in another one, and gates instead of sleeping."""

from __future__ import annotations

import os
import queue
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.changes import ChangeWatcher
from desktop.clock import Clock
from desktop.jobqueue import entries
from desktop.scheduler.children import ChildPool
from desktop.scheduler.scheduler import TaskScheduler
from desktop.scheduler.slots import QtSlots
from models.database import close_company, connected, database, open_company
from models.job_queue import EntryStatus, JobQueueEntry

ROOT = Path(__file__).resolve().parents[2]
WAIT = 20.0  # seconds after which a test that waits for something fails


class MovableClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self._moved = 0.0
        self.clock = Clock(now=lambda: self.moment, monotonic=lambda: time.monotonic() + self._moved)

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self._moved += seconds


class Gate:
    """A named pipe that a codeunit writes to when it has reached a point."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        # Open for both ways, so that a writer who has left does not look like one who has arrived.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def wait(self) -> None:
        """Wait for the next arrival."""
        ready, _, _ = select.select([self._descriptor], [], [], WAIT)
        assert ready, "the job has not reached its gate"
        os.read(self._descriptor, 1)

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture(autouse=True)
def test_codeunits(put_extension: Callable[[str, str], Path]) -> None:
    """Let this process, its children and its workers know the codeunits of the tests."""
    put_extension("scheduler_jobs", Path(__file__).with_name("jobs.py").read_text(encoding="utf-8"))


@pytest.fixture
def company(tables_only: Path, tmp_path: Path, backdesk_home: Path) -> Iterator[Path]:
    """A new, empty company, open in this process."""
    path = open_company(shutil.copy(tables_only, tmp_path / "company.db"))
    yield path
    close_company()


@pytest.fixture
def moving() -> MovableClock:
    """A clock that the test moves."""
    return MovableClock()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A point that a codeunit tells it has reached."""
    if sys.platform == "win32":
        pytest.skip("gates are named pipes")
    made = Gate(tmp_path / "gate")
    yield made
    made.close()


@pytest.fixture
def watcher(company: Path) -> Iterator[ChangeWatcher]:
    """A running watcher."""
    made = ChangeWatcher(0.02)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def pool(company: Path) -> Iterator[ChildPool]:
    """One warm child with a short grace time."""
    made = ChildPool(company, 1, grace_seconds=0.3)
    yield made
    made.close()


@pytest.fixture
def new_scheduler(company: Path, watcher: ChangeWatcher) -> Iterator[Callable[..., TaskScheduler]]:
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
def wait_for(watcher: ChangeWatcher) -> Callable[[Callable[[], bool]], None]:
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


def count(table: str) -> int:
    """How many rows a table has."""
    with connected():
        return int(database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0])
