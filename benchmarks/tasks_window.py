"""Measurements of the whole window while tasks run: its event loop, cards that come and go, its end."""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.what_is_held import percentile, settled
from desktop import settings as settings_store
from desktop.tasks.task import ErrorLevel, TaskError
from models.database import close_company, database, open_company
from models.record_edit import Values
from ui.application import Application, run
from ui.main_window import MainWindow
from ui.navigation import PAGES
from ui.page_entry import PageEntry
from ui.pages.customer_card import CustomerCard
from ui.qt_setup import make_qt

HEARTBEAT_MS: Final = 10
CARD: Final = "bench_card"
CARD_TASKS: Final = 3
CARDS_BEFORE: Final = 50
LONGEST_SECONDS: Final = 60.0  # for which a card waits for its tasks
LOOK_MS: Final = 50
RUNNING, WAITING = 5, 100
# What the tasks do that run when the window is closed.
CLOSING_KINDS: Final = ("bench_endless_sql", "bench_waits", "bench_endless_python")


ONE, FIVE = 1, 5


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
        window = application.window
        # The window has something to paint meanwhile: the frame, always the same, whatever page is in it.
        self._painted = [
            widget
            for part in (window.top_bar, window.nav_bar, window.status_line)
            for widget in part.findChildren(QWidget)
        ]
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
        if not self._running:
            self.done.emit()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._beats.append((now - self._last) * 1000 - HEARTBEAT_MS)
        self._last = now
        for widget in self._painted:
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
    application = _open_window(company)
    load = _Load(application)
    found: dict[str, float] = {"turns_s": sys.getswitchinterval()}
    for name, codeunit, tasks in (
        ("idle", "bench_nothing", 0),
        ("sql", "bench_count_and_sum", FIVE),
        ("python", "bench_pure_python", ONE),
        ("five_python", "bench_pure_python", FIVE),
        ("rows", "bench_row_by_row", FIVE),
        ("one_call", "bench_one_long_call", ONE),
    ):
        found |= {f"{name}_{key}": value for key, value in load.course(codeunit, tasks, seconds).items()}
    application.shutdown()
    close_company()
    return found


def _open_window(company: Path) -> Application:
    """The whole application with a list of customers in front, settled."""
    open_company(company)
    application = Application(make_qt(["benchmark"]), company, settings_store.load())
    application.start(work_jobs=False)
    application.window.go_to("customer_list")
    _turn(1_500)
    return application


def _turn(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


# --- cards that come and go -----------------------------------------------------------------------


class BusyCard(CustomerCard):
    """A customer card with three more tasks for each record."""

    asked = 0
    ended = 0  # tasks of the card that is open
    late = 0  # callbacks of cards that were closed already

    def on_after_get_current_record(self, values: Values) -> None:
        super().on_after_get_current_record(values)
        for _ in range(CARD_TASKS):
            self.enqueue_background_task("bench_small_answer")
            BusyCard.asked += 1

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        BusyCard.ended += 1
        if self._closed:
            BusyCard.late += 1


class _Ends(logging.Handler):
    """Counts how many tasks of the cards have ended, as the log tells it."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        if vars(record).get("codeunit") == "bench_small_answer":
            self.count += 1


def cards(company: Path, times: int) -> dict[str, float]:
    """Open a card with tasks on top of a list and go back, at every stage of its tasks' way."""
    application = _open_window(company)
    ends = _Ends()
    log = logging.getLogger("desktop.sessions")
    log.setLevel(logging.INFO)
    log.addHandler(ends)
    PAGES[CARD] = PageEntry(CARD, "Busy Card", __name__, BusyCard.__name__, "people", listed=False)
    keys = [row[0] for row in _rows("SELECT no FROM customer ORDER BY no LIMIT 50")]
    before: dict[str, float] = {}
    begun = 0.0
    for number in range(CARDS_BEFORE + times):
        if number == CARDS_BEFORE:
            before, begun = settled(application.hub), time.perf_counter()
        BusyCard.ended = 0
        application.window.navigate(CARD, key=keys[number % len(keys)])
        stage = number % 10
        if stage < 6:
            _turn(stage * 2)  # left before its record is there, or while its tasks run
        else:
            _wait_for_tasks((stage - 3) // 2)  # left when one, two or all of them have ended
        application.window.go_back()
        _turn(0)
    seconds = time.perf_counter() - begun
    after = settled(application.hub)
    log.removeHandler(ends)
    completed = application.hub.counters().completed
    application.shutdown()
    close_company()
    return {
        **{f"{name}_more": after[name] - before[name] for name in before},
        "each_ms": seconds * 1000 / times,
        "asked": float(BusyCard.asked),
        "completed": float(completed),
        "late": float(BusyCard.late),
        "unaccounted": float(BusyCard.asked - ends.count),
        "ended_in_time": float(application.ended_in_time),
    }


def _wait_for_tasks(number: int) -> None:
    longest = time.monotonic() + LONGEST_SECONDS
    while number > BusyCard.ended:
        if time.monotonic() > longest:
            raise TimeoutError(f"{BusyCard.ended} tasks of a card have ended instead of {number}")
        _turn(1)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with database.connection_context():
        found: list[tuple[Any, ...]] = database.execute_sql(sql).fetchall()
    return found


# --- the window is closed -------------------------------------------------------------------------


class _Closing(QObject):
    """Closes the window as a person does, as soon as five tasks run and a hundred wait."""

    def __init__(self, codeunit: str) -> None:
        super().__init__()
        self._codeunit = codeunit
        self._asked = False
        self.closed_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        windows = [found for found in QApplication.topLevelWidgets() if isinstance(found, MainWindow)]
        page = windows[0].current_page() if windows else None
        if page is None:
            return
        hub = page.context.hub
        if not self._asked and hub.is_idle():
            self._asked = True
            for number in range(RUNNING + WAITING):
                hub.submit(
                    self,
                    self._codeunit,
                    {"number": str(number)},
                    on_completed=self._on_completed,
                    on_error=self._on_error,
                )
        elif (hub.running(), hub.waiting()) == (RUNNING, WAITING):
            self._timer.stop()
            # Said now, because a thread that ignores everything lets the process end without another word.
            self.closed_at = time.time()
            print(json.dumps({"closed_at": self.closed_at}), flush=True)
            windows[0].close()

    def _on_completed(self, task_id: int, _results: dict[str, str]) -> None:
        print(f"task {task_id} has ended before the window was closed", file=sys.stderr)

    def _on_error(self, task_id: int, error: TaskError, _level: ErrorLevel) -> None:
        print(f"task {task_id} has failed: {error.text}", file=sys.stderr)


def closing(company: Path, kind: int) -> dict[str, float]:
    """The program from its start to its end, closed while 105 tasks run and wait.

    Args:
        kind: which of `CLOSING_KINDS` they do.
    Returns:
        When the window was closed, in seconds of the system's clock.
    """
    logging.basicConfig(level=logging.ERROR)  # that a task ignores its end is no word for the console
    open_company(company)
    qt = make_qt(["benchmark"])
    person = _Closing(CLOSING_KINDS[kind])
    code = run(company, settings_store.load())
    close_company()
    del qt
    return {"closed_at": person.closed_at, "code": float(code)}
