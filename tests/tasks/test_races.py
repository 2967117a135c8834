"""Whatever pages, people and the clock do at once: each task has one end, is told of once, and counted once."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

import pytest
import shiboken6
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from desktop.errors import TooManyTasksError
from desktop.sessions.session import Session
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from models.database import database
from models.errors import BackdeskError
from tests.waiting import WAIT, WAIT_MS

ACTIONS = 6_000
PAUSES, PAUSE_SECONDS = 100, 0.05  # after so many more actions the threads get a moment
PAGES = 6
SHORT_SQL = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000) SELECT COUNT(*) FROM c"
)


@dataclass
class Ledger:
    """What was asked for, and what was told about each."""

    accepted: dict[int, Page] = field(default_factory=dict)
    told: dict[int, list[str]] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    refused: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, page: Page, task_id: int, what: str) -> None:
        """A callback has come."""
        if page.closed or not shiboken6.isValid(page):
            self.faults.append(f"{what} of task {task_id} came to a page that is closed")
        if task_id in self.cancelled:
            self.faults.append(f"{what} of task {task_id} came after it was cancelled")
        self.told.setdefault(task_id, []).append(what)

    def check(self, hub: Hub) -> None:
        """All has ended: nothing is missing, doubled or miscounted."""
        assert self.faults == []
        assert {task_id: told for task_id, told in self.told.items() if len(told) > 1} == {}
        silent = {task_id for task_id, page in self.accepted.items() if page.gone()} | self.cancelled
        assert self.accepted.keys() - silent - self.told.keys() == set()
        counters = hub.counters()
        told = Counter(what for (what,) in self.told.values())
        assert (counters.completed, counters.failed) == (told["completed"], told["failed"])
        assert counters.timeouts >= told["timeout"]
        ended = counters.completed + counters.failed + counters.timeouts + counters.cancelled
        assert (ended, counters.refused) == (len(self.accepted), self.refused)
        assert (counters.active, counters.waiting, hub.child_sessions()) == (0, 0, [])


class Page(QObject):
    """A page that writes all it is told into the ledger, and may do something itself then."""

    def __init__(self, ledger: Ledger, react: Callable[[Page], None]) -> None:
        super().__init__()
        self.closed = False
        self._ledger, self._react = ledger, react

    def gone(self) -> bool:
        return self.closed or not shiboken6.isValid(self)

    def completed(self, task_id: int, _results: dict[str, str]) -> None:
        self._ledger.note(self, task_id, "completed")
        self._react(self)

    def failed(self, task_id: int, error: TaskError, _level: ErrorLevel) -> None:
        self._ledger.note(self, task_id, "timeout" if error.code == "ChildSessionTaskTimeout" else "failed")
        self._react(self)

    def was_stopped(self, task_id: int) -> None:
        self._ledger.note(self, task_id, "stopped")


def _submit(hub: Hub, ledger: Ledger, page: Page, step_name: str, **options: Any) -> int | None:
    try:
        task_id = hub.submit(
            page,
            "test_step",
            {"step": step_name},
            on_completed=page.completed,
            on_error=page.failed,
            on_stopped=page.was_stopped,
            **options,
        )
    except TooManyTasksError:
        ledger.refused += 1
        return None
    ledger.accepted[task_id] = page
    return task_id


def _cancel(hub: Hub, ledger: Ledger, task_id: int) -> None:
    if hub.cancel(task_id):
        ledger.cancelled.add(task_id)


def _close(hub: Hub, page: Page) -> None:
    page.closed = True
    hub.forget(page)


def _delete_pending() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# --- in the real time, with six threads ----------------------------------------------------------


def _fail(_session: Session) -> None:
    raise BackdeskError("This fails on purpose.")


class Storm:
    """Does at random what pages, people and the clock do, as fast as it can, also inside callbacks."""

    STEPS = ("quick", "short_sql", "endless_sql", "sleeps", "fails")

    def __init__(self, hub: Hub, seed: int) -> None:
        self.ledger = Ledger()
        self._hub = hub
        self._dice = random.Random(seed)
        self._kept: list[Page] = []  # also those that are closed, to hear what comes too late
        self._open: list[Page] = []

    def rage(self) -> None:
        """Until there was enough of everything, however slow the threads are beside this one."""
        deeds = (
            [self._ask] * 12 + [self._cancel] * 3 + [self._stop] * 2 + [self._leave, self._delete, self._turn]
        )
        until = monotonic() + WAIT
        for number in itertools.count(1):
            self._dice.choice(deeds)()
            if number >= ACTIONS and number % PAUSES == 0:
                if self._fewest() > 5:
                    break
                assert monotonic() < until, self._hub.counters()
                self._hub.drain(PAUSE_SECONDS)
        assert self._hub.drain(WAIT)
        _delete_pending()

    def _fewest(self) -> int:
        """Of each kind of end there were so many at least."""
        ends = self._hub.counters()
        return min(ends.completed, ends.failed, ends.timeouts, ends.cancelled)

    def _page(self) -> Page:
        if len(self._open) < PAGES:
            page = Page(self.ledger, self._react)
            self._kept.append(page)
            self._open.append(page)
            return page
        return self._dice.choice(self._open)

    def _react(self, page: Page) -> None:
        deed = self._dice.random()
        if deed < 0.1:
            _submit(self._hub, self.ledger, page, "quick")
        elif deed < 0.15:
            self._cancel()
        elif deed < 0.17 and page in self._open:
            self._open.remove(page)
            _close(self._hub, page)

    def _ask(self) -> None:
        name = self._dice.choice(self.STEPS)
        _submit(
            self._hub,
            self.ledger,
            self._page(),
            name,
            timeout_ms=self._dice.randrange(1, 20)
            if name == "endless_sql"
            else self._dice.choice((2, 60_000)),
            delay_ms=self._dice.choice((0, 0, 0, 3)),
        )

    def _someone(self) -> int:
        newest = max(self.ledger.accepted, default=0)
        return self._dice.randint(max(0, newest - 120), newest)

    def _cancel(self) -> None:
        _cancel(self._hub, self.ledger, self._someone())

    def _stop(self) -> None:
        self._hub.stop(self._someone())

    def _leave(self) -> None:
        page = self._page()
        self._open.remove(page)
        _close(self._hub, page)

    def _delete(self) -> None:
        page = self._page()
        self._open.remove(page)
        page.deleteLater()

    def _turn(self) -> None:
        """One turn of the event loop: outcomes arrive, times are over, pages are deleted."""
        QCoreApplication.processEvents()
        _delete_pending()


@pytest.mark.parametrize("seed", range(4))
def test_each_task_has_one_end_in_a_storm_of_pages_people_and_time_outs(
    new_hub: Any, step: Any, endless: Any, seed: int
) -> None:
    _, _, endless_sql = endless
    step("quick", lambda session: session.set_background_task_result({"n": "1"}))
    step("short_sql", lambda _session: database.execute_sql(SHORT_SQL).fetchone())
    step("endless_sql", endless_sql)
    step("sleeps", lambda session: session.sleep(2))
    step("fails", _fail)
    hub = new_hub(task_concurrency=6)
    storm = Storm(hub, seed)
    storm.rage()
    storm.ledger.check(hub)


# --- every order of events that can be thought of, with a clock of its own -------------------------


class Course(RuleBasedStateMachine):
    """Events in any order; tasks wait at gates, so that each may end before, amid or after any of them."""

    def __init__(self, time: Any, new_gate: Any, step: Any) -> None:
        super().__init__()
        time.seconds = 0.0
        self._time, self._new_gate, self._step = time, new_gate, step
        self._hub = Hub(Settings(task_concurrency=2, task_queue_length=3), time.clock(), "MARIA")
        self._ledger = Ledger()
        self._gates: list[Any] = []
        self._ids: list[int] = []
        self._kept: list[Page] = []
        self._pages: list[Page] = []

    @rule(
        page=st.integers(0, 2),
        listens=st.booleans(),
        timeout=st.sampled_from((1_000, 60_000)),
        held=st.booleans(),
    )
    def ask(self, page: int, listens: bool, timeout: int, held: bool) -> None:
        while len(self._pages) <= page:
            self._pages.append(Page(self._ledger, self._do_nothing))
            self._kept.append(self._pages[-1])
        gate = self._new_gate(listens)
        name = f"gate {len(self._gates)}"
        self._gates.append(gate)
        self._step(name, gate)
        task_id = _submit(
            self._hub, self._ledger, self._pages[page], name, timeout_ms=timeout, delay_ms=500 * held
        )
        self._ids.append(task_id or 0)

    @precondition(lambda self: self._gates)
    @rule(which=st.integers(0, 100))
    def let_one_end(self, which: int) -> None:
        self._gates[which % len(self._gates)].open()

    @precondition(lambda self: self._ids)
    @rule(which=st.integers(0, 100))
    def cancel(self, which: int) -> None:
        _cancel(self._hub, self._ledger, self._ids[which % len(self._ids)])

    @precondition(lambda self: self._ids)
    @rule(which=st.integers(0, 100))
    def stop_in_the_task_monitor(self, which: int) -> None:
        self._hub.stop(self._ids[which % len(self._ids)])

    @precondition(lambda self: self._pages)
    @rule()
    def close_a_page(self) -> None:
        _close(self._hub, self._pages.pop())

    @precondition(lambda self: self._pages)
    @rule()
    def delete_a_page(self) -> None:
        self._pages.pop().deleteLater()
        _delete_pending()

    @rule(seconds=st.sampled_from((0.3, 1.0, 2.5)))
    def time_goes_by(self, seconds: float) -> None:
        self._time.seconds += seconds
        self._hub.check_time()

    @rule()
    def outcomes_arrive(self) -> None:
        self._hub.drain(0)

    @invariant()
    def nothing_is_told_twice_or_too_late(self) -> None:
        assert self._ledger.faults == []
        assert self._hub.running() <= 2
        assert (
            self._hub.counters().abandoned <= self._hub.counters().cancelled + self._hub.counters().timeouts
        )

    def teardown(self) -> None:
        for gate in self._gates:
            gate.open()
        self._time.seconds += 0.5
        assert self._hub.drain(WAIT)
        assert self._hub._child.pool.waitForDone(WAIT_MS)
        self._hub.drain(WAIT)
        self._ledger.check(self._hub)
        assert self._hub.close(WAIT)

    def _do_nothing(self, _page: Page) -> None:
        """A page that asks for no more."""


def test_each_task_has_one_end_in_whatever_order_things_happen(
    qapp: QCoreApplication, company: Any, time: Any, new_gate: Any, step: Any
) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        partial(Course, time, new_gate, step),
        settings=settings(
            max_examples=200,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
