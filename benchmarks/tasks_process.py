"""What `benchmarks.tasks` measures, each in a process of its own, so that a crash is seen as one."""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QObject,
    QRunnable,
    QThreadPool,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QWidget

from benchmarks.task_codeunits import register_codeunits
from benchmarks.what_is_held import held, percentile
from desktop import settings as settings_store
from desktop.changes import ChangeWatcher
from desktop.clock import SYSTEM_CLOCK
from desktop.gc_guard import GcGuard
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from models.database import close_company, database, open_company
from models.record_edit import Values
from ui.application import Application, apply_theme, make_qt
from ui.framework.context import PageContext
from ui.pages.customer_card import CustomerCard

HEARTBEAT_MS: Final = 10
WARM_UP: Final = 200
CARD_TASKS: Final = 3
ONE, FIVE = 1, 5


# --- how long a task takes, beside bare runnables ------------------------------------------------


class _Bare(QRunnable):
    """What a programmer would write without Backdesk."""

    def __init__(self, tell: Callable[[int], None], path: str) -> None:
        super().__init__()
        self._tell, self._path = tell, path

    def run(self) -> None:
        if self._path:
            sqlite3.connect(f"file:{self._path}?mode=ro", uri=True).close()
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
    before = _settled(hub)
    begun = time.perf_counter()
    for _ in range(times):
        timing.task()
    seconds = time.perf_counter() - begun
    after = _settled(hub)
    counters = hub.counters()
    hub.close()
    close_company()
    del qt
    return {
        **{f"{name}_more": after[name] - before[name] for name in before},
        "completed": counters.completed - WARM_UP,
        "per_second": times / seconds,
    }


# --- what the event loop of the whole window feels ------------------------------------------------


class _Load(QObject):
    """Runs rounds of tasks in the real application and listens to its heartbeat."""

    done = Signal()

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self._beats: list[float] = []
        self._last = 0.0
        self._running = 0
        self._again = ""
        self._ended = 0
        self._heart = QTimer(self)
        self._heart.setInterval(HEARTBEAT_MS)
        self._heart.timeout.connect(self._beat)

    def course(self, codeunit: str, tasks: int, seconds: float) -> dict[str, float]:
        """So many at once, each one again when it ends, for so long.

        Returns:
            p99 and maximum of the lateness of the heartbeat, in ms, and how many have ended.
        """
        loop = QEventLoop()
        self.done.connect(loop.quit)
        self._beats, self._again, self._ended = [], codeunit, 0
        self._last = time.perf_counter()
        self._heart.start()
        for _ in range(tasks):
            self._start()
        QTimer.singleShot(int(seconds * 1000), self, self._stop)
        loop.exec()
        self._heart.stop()
        self.done.disconnect(loop.quit)
        return {
            "p99_ms": percentile(self._beats, 99),
            "max_ms": max(self._beats),
            "ended": float(self._ended),
        }

    def _start(self) -> None:
        self._running += 1
        self._application.hub.submit(
            self, self._again, on_completed=self._on_completed, on_error=self._on_error
        )

    def _stop(self) -> None:
        self._again = ""

    def _beat(self) -> None:
        now = time.perf_counter()
        self._beats.append((now - self._last) * 1000 - HEARTBEAT_MS)
        self._last = now
        # The window has something to paint meanwhile.
        for widget in self._application.window.findChildren(QWidget)[::10]:
            widget.update()

    def _on_completed(self, _task_id: int, _results: dict[str, str]) -> None:
        self._running -= 1
        self._ended += 1
        if self._again:
            self._start()
        elif not self._running:
            self.done.emit()

    def _on_error(self, _task_id: int, error: TaskError, _level: ErrorLevel) -> None:
        print(error.text, error.call_stack, file=sys.stderr)
        self._on_completed(0, {})


def gaps(company: Path, seconds: int) -> dict[str, float]:
    """Gaps of the event loop of the window, a list of customers in front, while tasks count, sum and compute."""
    open_company(company)
    qt = make_qt(["benchmark"])
    application = Application(qt, company, settings_store.load())
    application.start(work_jobs=False)
    application.window.go_to("customer_list")
    loop = QEventLoop()
    QTimer.singleShot(1_500, loop.quit)
    loop.exec()
    load = _Load(application)
    found: dict[str, float] = {}
    for name, codeunit, tasks in (
        ("idle", "bench_nothing", 0),
        ("sql", "bench_count_and_sum", FIVE),
        ("python", "bench_pure_python", ONE),
        ("five_python", "bench_pure_python", FIVE),
    ):
        if not tasks:
            QTimer.singleShot(seconds * 1000, load.done.emit)
        found |= {f"{name}_{key}": value for key, value in load.course(codeunit, tasks, seconds).items()}
    application.shutdown()
    close_company()
    return found


# --- pages that come and go -----------------------------------------------------------------------


class BusyCard(CustomerCard):
    """A customer card with three more tasks for each record."""

    late = 0  # callbacks of cards that were closed already

    def on_after_get_current_record(self, values: Values) -> None:
        super().on_after_get_current_record(values)
        for _ in range(CARD_TASKS):
            self.enqueue_background_task("bench_three_answers")

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        if self._closed:
            BusyCard.late += 1


def cards(company: Path, times: int) -> dict[str, float]:
    """Open and close a card with tasks, at every stage of their way."""
    open_company(company)
    qt = make_qt(["benchmark"])
    settings = Settings()
    collector = GcGuard()
    collector.start()
    hub = Hub(settings, user_id="BENCH")
    context = PageContext(hub, settings, SYSTEM_CLOCK, "BENCH", apply_theme(qt, settings))
    keys = [row[0] for row in _rows("SELECT no FROM customer ORDER BY no LIMIT 50")]
    before: dict[str, float] = {}
    begun = 0.0
    for number in range(WARM_UP // 4 + times):
        if number == WARM_UP // 4:
            before, begun = _settled(hub), time.perf_counter()
        card = BusyCard(context, key=keys[number % len(keys)])
        card.show()
        card.open_page()
        _turn(number % 7 * 2)  # closed before its record is there, while its tasks run, and after their end
        card.close_page()
        card.hide()
        card.deleteLater()
        _turn(0)
    seconds = time.perf_counter() - begun
    after = _settled(hub)
    counters = hub.counters()
    ended = hub.close()
    collector.stop()
    close_company()
    return {
        **{f"{name}_more": after[name] - before[name] for name in before},
        "each_ms": seconds * 1000 / times,
        "late": float(BusyCard.late),
        "unaccounted": float(
            counters.started
            - counters.completed
            - counters.failed
            - counters.timeouts
            - counters.cancelled
            + _never_started(counters.cancelled, counters.started, counters.completed)
        ),
        "ended": float(ended),
    }


def _never_started(cancelled: int, started: int, completed: int) -> int:
    """Cancelled tasks that were waiting still."""
    return max(0, cancelled + completed - started)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with database.connection_context():
        found: list[tuple[Any, ...]] = database.execute_sql(sql).fetchall()
    return found


def _turn(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _settled(hub: Hub) -> dict[str, float]:
    hub.drain(10)
    _turn(50)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return held()


def main() -> None:
    """Run one measurement and print its figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("latency", "many", "gaps", "cards"))
    parser.add_argument("company", type=Path)
    parser.add_argument("size", type=int, help="how many times, or for how many seconds")
    args = parser.parse_args()
    register_codeunits()
    measure = {"latency": latency, "many": many, "gaps": gaps, "cards": cards}[args.what]
    print(json.dumps(measure(args.company, args.size)))


if __name__ == "__main__":
    main()
