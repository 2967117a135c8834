"""What `benchmarks.tasks` measures, each in a process of its own, so that a crash is seen as one.

`python -m benchmarks.tasks_process WHAT COMPANY SIZE` prints its figures as one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QRunnable, QThreadPool, Signal

from benchmarks import tasks_window
from benchmarks.task_codeunits import register_codeunits
from benchmarks.what_is_held import percentile, settled
from desktop.changes import ChangeWatcher
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from models.database import close_company, open_company

WARM_UP: Final = 200


class _Bare(QRunnable):
    """What a programmer would write without Backdesk."""

    def __init__(self, tell: Callable[[int], None], path: str) -> None:
        super().__init__()
        self._tell, self._path = tell, path

    def run(self) -> None:
        if self._path:
            connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
            connection.execute("PRAGMA schema_version").fetchone()  # only now is the file open
            connection.close()
        self._tell(1)


class _Timing(QObject):
    """Runs one task after the other and takes the time of each from its call to its callback."""

    ended = Signal(int)

    def __init__(self, hub: Hub, company: Path) -> None:
        super().__init__()
        self._hub, self._company = hub, str(company)
        self._pool = QThreadPool()
        self._loop = QEventLoop()
        self.ended.connect(self._on_ended)

    def task(self) -> float:
        """A page background task."""
        return self._time(
            lambda: self._hub.submit(
                self, "bench_nothing", on_completed=self._on_completed, on_error=self._on_error
            )
        )

    def bare(self, *, connection: bool) -> float:
        """A runnable that emits a signal."""
        path = self._company if connection else ""
        return self._time(lambda: self._pool.start(_Bare(self.ended.emit, path)))

    def _time(self, start: Callable[[], object]) -> float:
        begun = time.perf_counter()
        start()
        self._loop.exec()
        return (time.perf_counter() - begun) * 1000

    def _on_ended(self, _number: int) -> None:
        self._loop.quit()

    def _on_completed(self, _task_id: int, _results: dict[str, str]) -> None:
        self._loop.quit()

    def _on_error(self, _task_id: int, error: TaskError, _level: ErrorLevel) -> None:
        print(error.text, error.call_stack, file=sys.stderr)
        self._loop.quit()


def latency(company: Path, times: int) -> dict[str, float]:
    """Enqueue to callback, each round beside its peers, while a watcher looks at the company as in the window."""
    qt = QCoreApplication([])
    open_company(company)
    watcher = ChangeWatcher()
    watcher.start()
    hub = Hub(Settings(), user_id="BENCH")
    timing = _Timing(hub, company)
    rounds: list[tuple[float, float, float]] = []
    for number in range(times + WARM_UP):
        took = (timing.task(), timing.bare(connection=True), timing.bare(connection=False))
        if number >= WARM_UP:
            rounds.append(took)
    hub.close()
    watcher.stop()
    close_company()
    del qt
    ours, bare, barest = zip(*rounds, strict=True)
    return {
        "median_ms": statistics.median(ours),
        "p99_ms": percentile(ours, 99),
        "bare_ms": statistics.median(bare),
        "barest_ms": statistics.median(barest),
    }


def many(company: Path, times: int) -> dict[str, float]:
    """So many tasks in a row: what is left of them."""
    qt = QCoreApplication([])
    open_company(company)
    hub = Hub(Settings(), user_id="BENCH")
    timing = _Timing(hub, company)
    for _ in range(WARM_UP):
        timing.task()
    before = settled(hub)
    begun = time.perf_counter()
    for _ in range(times):
        timing.task()
    seconds = time.perf_counter() - begun
    after = settled(hub)
    counters = hub.counters()
    hub.close()
    close_company()
    del qt
    return {
        **{f"{name}_more": after[name] - before[name] for name in before},
        "completed": counters.completed - WARM_UP,
        "per_second": times / seconds,
    }


MEASUREMENTS: Final[dict[str, Callable[[Path, int], dict[str, float]]]] = {
    "latency": latency,
    "many": many,
    "gaps": tasks_window.gaps,
    "cards": tasks_window.cards,
    "closing": tasks_window.closing,
}


def main() -> None:
    """Run one measurement and print its figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=MEASUREMENTS)
    parser.add_argument("company", type=Path)
    parser.add_argument("size", type=int, help="how many times, for how many seconds, or which kind of work")
    args = parser.parse_args()
    register_codeunits()
    print(json.dumps(MEASUREMENTS[args.what](args.company, args.size)), flush=True)


if __name__ == "__main__":
    main()
