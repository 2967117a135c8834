"""The same no-op job in other queues on the same disk: huey, APScheduler, and a bare loop of three commits."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PATIENCE_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Rates:
    """What one queue does in a second.

    Args:
        enqueued: jobs handed over, each with a commit of its own.
        run: jobs ended, between the first tenth, which warms it up, and the last one.
    """

    enqueued: float
    run: float


class Ends:
    """Counts the ends of jobs and knows their moments."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self._wanted = 0
        self._reached = threading.Event()

    def expect(self, count: int) -> None:
        """Begin anew; `wait` returns after so many ends."""
        self.moments, self._wanted = [], count
        self._reached.clear()

    def note(self) -> None:
        """One job has ended."""
        self.moments.append(time.perf_counter())
        if len(self.moments) >= self._wanted:
            self._reached.set()

    def wait(self) -> None:
        """Wait for the last end."""
        assert self._reached.wait(PATIENCE_SECONDS), "the jobs have not ended"

    def rate(self) -> float:
        """Jobs a second after the first tenth."""
        return rate_of(self.moments)


def rate_of(moments: list[float]) -> float:
    """Ends a second, without the first tenth of them."""
    ordered = sorted(moments)
    first = len(ordered) // 10
    return (len(ordered) - 1 - first) / (ordered[-1] - ordered[first])


_ends: Final = Ends()


def nothing() -> None:
    """The job."""
    _ends.note()


def huey(folder: Path, jobs: int, slots: int) -> Rates:
    """SqliteHuey with its own settings: WAL and full synchronisation; its workers are threads."""
    from huey import SqliteHuey

    logging.getLogger("huey").setLevel(logging.ERROR)
    queue = SqliteHuey("bench", filename=str(folder / f"huey-{uuid.uuid4().hex}.db"))
    job = queue.task()(nothing)
    enqueued = _timed(lambda _number: job(), jobs)
    _ends.expect(jobs)
    consumer = queue.create_consumer(workers=slots, periodic=False, worker_type="thread")
    consumer.start()
    try:
        _ends.wait()
    finally:
        consumer.stop(graceful=True)
        queue.storage.close()
    return Rates(enqueued, _ends.rate())


def apscheduler(folder: Path, jobs: int, slots: int) -> Rates:
    """APScheduler 3.11 with SQLAlchemyJobStore on SQLite; its workers are threads."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    store = SQLAlchemyJobStore(url=f"sqlite:///{folder / f'apscheduler-{uuid.uuid4().hex}.db'}")
    scheduler = BackgroundScheduler(
        jobstores={"default": store}, executors={"default": ThreadPoolExecutor(slots)}, timezone="UTC"
    )
    scheduler.start(paused=True)
    enqueued = _timed(lambda _number: scheduler.add_job(nothing, misfire_grace_time=None), jobs)
    _ends.expect(jobs)
    scheduler.resume()
    try:
        _ends.wait()
    finally:
        scheduler.shutdown(wait=True)
    return Rates(enqueued, _ends.rate())


def bare_loop(folder: Path, jobs: int, slots: int) -> Rates:
    """The three commits alone, with raw sqlite3: enqueue; claim; finish with a row of the log."""
    path = folder / f"bare-{uuid.uuid4().hex}.db"
    writing = _bare_connection(path)
    writing.executescript(_BARE_SCHEMA)
    enqueued = _timed(lambda number: writing.execute(_BARE_ENQUEUE, (uuid.uuid4().hex, number)), jobs)
    writing.close()
    _ends.expect(jobs)
    threads = [threading.Thread(target=_bare_worker, args=(path,)) for _ in range(slots)]
    for thread in threads:
        thread.start()
    _ends.wait()
    for thread in threads:
        thread.join()
    return Rates(enqueued, _ends.rate())


_BARE_SCHEMA: Final = """
    PRAGMA journal_mode = wal;
    CREATE TABLE job (id TEXT PRIMARY KEY, number INTEGER, state TEXT DEFAULT 'Ready');
    CREATE INDEX job_ready ON job (number) WHERE state = 'Ready';
    CREATE TABLE log (id INTEGER PRIMARY KEY, job_id TEXT, ended_at REAL);
"""
_BARE_ENQUEUE: Final = "INSERT INTO job (id, number) VALUES (?, ?)"
_BARE_CLAIM: Final = (
    "UPDATE job SET state = 'Running' WHERE id ="
    " (SELECT id FROM job WHERE state = 'Ready' ORDER BY number LIMIT 1) RETURNING id"
)


def _bare_connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("PRAGMA synchronous = full")
    return connection


def _bare_worker(path: Path) -> None:
    connection = _bare_connection(path)
    while True:
        row = connection.execute(_BARE_CLAIM).fetchone()
        if row is None:
            break
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE job SET state = 'Finished' WHERE id = ? AND state = 'Running'", row)
        connection.execute("INSERT INTO log (job_id, ended_at) VALUES (?, ?)", (row[0], time.time()))
        connection.execute("COMMIT")
        _ends.note()
    connection.close()


def _timed(enqueue: Callable[[int], Any], jobs: int) -> float:
    begun = time.perf_counter()
    for number in range(jobs):
        enqueue(number)
    return jobs / (time.perf_counter() - begun)
