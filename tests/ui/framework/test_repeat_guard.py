"""Callbacks may enqueue again, but never go round without a pause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.sessions.session import Session
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from desktop.tasks.monitor import ChildSessionState
from desktop.tasks.task import TaskError
from tests.waiting import WAIT
from ui.framework.callbacks import TaskOrigin
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.framework.repeat_guard import LONGEST_FREE_CHAIN, MOST_FREE_STARTS, MOST_REMEMBERED, RepeatGuard
from ui.theme import Theme

INTERVAL_MS = 1_000


class Time:
    """Seconds that a test moves."""

    def __init__(self, clock: Clock) -> None:
        self.seconds = 100.0
        self.clock = Clock(now=clock.now, monotonic=lambda: self.seconds)


class Repeating(Page):
    """Enqueues its task again from either callback."""

    TITLE = "Repeating"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.ends: list[float] = []
        self.next_parameters: Callable[[], dict[str, str]] = dict

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self._again()

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        self._again()
        return True

    def _again(self) -> None:
        self.ends.append(self.context.clock.monotonic())
        self.enqueue_background_task("repeat", self.next_parameters())


def _run(session: Session) -> None:
    if session.parameters.get("fail"):
        raise ValueError("on purpose")


@pytest.fixture
def time(clock: Clock) -> Time:
    return Time(clock)


@pytest.fixture
def make_page(
    qtbot: QtBot, company: object, look: Theme, time: Time, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[type[Repeating]], Repeating]]:
    registry.register(registry.Codeunit(9_020, "repeat", "Repeats", __name__))
    monkeypatch.setattr(registry, "function_of", lambda _name: _run)
    hub = Hub(Settings(), time.clock, "MARIA")
    hub.synchronous = True
    settings = Settings(developer_mode=True)
    opened: list[Page] = []

    def make(kind: type[Repeating]) -> Repeating:
        made = kind(PageContext(hub, settings, time.clock, "MARIA", look))
        qtbot.addWidget(made)
        made.open_page()
        opened.append(made)
        return made

    yield make
    for made in opened:
        made.close_page()
    assert hub.close(WAIT)
    registry.unregister("repeat")


@pytest.fixture
def page(make_page: Callable[[type[Repeating]], Repeating]) -> Repeating:
    return make_page(Repeating)


@pytest.mark.parametrize("parameters", [{}, {"fail": "yes"}])
def test_a_task_that_its_callback_enqueues_again_runs_once_in_an_interval(
    page: Repeating, time: Time, parameters: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    page.next_parameters = lambda: dict(parameters)
    page.enqueue_background_task("repeat", parameters)
    for _ in range(4):
        page.context.hub.drain(WAIT)
        time.seconds += 0.5
    assert page.ends == [100.0, 101.0]
    assert [session.state for session in page.context.hub.child_sessions()] == [ChildSessionState.HELD]
    assert caplog.text.count("enqueues “repeat” again and again") == 1
    assert page.banners.shown() == [
        (
            "warn",
            "“repeat” starts itself again and again. It is held, so that it runs every 1,000 ms at the most.",
        )
    ]


def test_other_parameters_are_other_work_until_the_chain_is_long(page: Repeating) -> None:
    numbers = iter(range(1_000))
    page.next_parameters = lambda: {"number": str(next(numbers))}
    page.enqueue_background_task("repeat")
    page.context.hub.drain(WAIT)
    assert len(page.ends) == LONGEST_FREE_CHAIN + 1


class Work:
    """What a page enqueues, one after the other, on a clock that a test moves."""

    def __init__(self) -> None:
        self.guard, self.now = RepeatGuard("Page"), 100.0

    def enqueue(self, number: str = "", *, beside: bool = False) -> float:
        """Enqueue work that no callback asked for.

        Returns:
            How long it is held, in seconds.
        """
        start = self.guard.start("a", {"number": number}, None, self.now, INTERVAL_MS)
        self.guard.note("a", {"number": number}, start, INTERVAL_MS, beside=beside)
        return start - self.now


def test_what_no_callback_enqueues_does_not_wait() -> None:
    work = Work()
    assert [work.enqueue() for _ in range(MOST_FREE_STARTS)] == [0.0] * MOST_FREE_STARTS
    assert [work.enqueue(str(row)) for row in range(500)] == [0.0] * 500, "rows that one passes"
    beside = Work()
    assert [beside.enqueue(beside=True) for _ in range(50)] == [0.0] * 50


def test_a_part_that_follows_changes_all_day_does_not_wait() -> None:
    work = Work()
    held = []
    for _ in range(200):
        held.append(work.enqueue())
        work.now += 0.7
    assert set(held) == {0.0}


def test_a_circle_by_a_detour_is_held_until_it_has_paused() -> None:
    work = Work()
    for _ in range(MOST_FREE_STARTS):
        assert work.enqueue() == 0
        work.now += 0.01
    for _ in range(50):
        held = work.enqueue()
        assert held == pytest.approx(0.99)
        work.now += held + 0.01
    work.now += 2
    assert work.enqueue() == 0


def test_what_was_cancelled_before_it_began_keeps_nobody_waiting() -> None:
    guard, callback = RepeatGuard("Page"), TaskOrigin("a")
    guard.note("a", {}, 5.0, INTERVAL_MS)
    for _ in range(30):
        start = guard.start("a", {}, callback, 5.5, INTERVAL_MS)
        assert start == 6.0
        guard.note("a", {}, start, INTERVAL_MS)
        guard.take_back("a", {}, start)


def test_it_remembers_no_more_than_it_needs() -> None:
    work = Work()
    for row in range(5_000):
        work.enqueue(str(row))
        work.now += 0.5
    assert len(work.guard._starts) <= MOST_REMEMBERED + 2


class Detour(Repeating):
    """Refreshes itself from its callback, as CurrPage.Update does, and enqueues when it has been read."""

    def _again(self) -> None:
        self.ends.append(self.context.clock.monotonic())
        self.context.hub.query(self, dict, self._on_read, self._on_not_read)

    def _on_read(self, _found: object) -> None:
        self.enqueue_background_task("repeat")

    def _on_not_read(self, _error: TaskError) -> None:
        raise AssertionError


def test_a_page_that_refreshes_itself_from_its_callback_does_not_go_round_for_ever(
    make_page: Callable[[type[Repeating]], Repeating], time: Time
) -> None:
    page = make_page(Detour)
    page.enqueue_background_task("repeat")
    page.context.hub.drain(WAIT)
    assert len(page.ends) == MOST_FREE_STARTS
    time.seconds += 1
    page.context.hub.drain(WAIT)
    assert len(page.ends) == MOST_FREE_STARTS + 1
    assert [severity for severity, _ in page.banners.shown()] == ["warn"]


def test_a_cancelled_task_of_a_circle_does_not_delay_the_next(page: Repeating, time: Time) -> None:
    page.enqueue_background_task("repeat")
    page.context.hub.drain(WAIT)
    assert page.background_tasks_running()
    for _ in range(5):
        page.cancel_background_tasks()
        page.enqueue_background_task("repeat")
        page.context.hub.drain(WAIT)
    time.seconds += 1
    page.context.hub.drain(WAIT)
    assert page.ends == [100.0] * 6 + [101.0]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3), st.integers(0, 20), st.floats(0, 3)),
        max_size=60,
    )
)
def test_starts_of_the_same_work_are_never_closer_than_the_interval(
    calls: list[tuple[str, int, int, float]],
) -> None:
    guard, now = RepeatGuard("Page"), 0.0
    starts: dict[tuple[str, int], float] = {}
    for codeunit, number, chain, pause in calls:
        now += pause
        parameters = {"number": str(number)}
        start = guard.start(codeunit, parameters, TaskOrigin(codeunit, chain), now, INTERVAL_MS)
        guard.note(codeunit, parameters, start, INTERVAL_MS)
        last = starts.get((codeunit, number))
        assert start >= now
        if last is not None and chain < LONGEST_FREE_CHAIN:
            assert start - last >= INTERVAL_MS / 1_000 - 0.001
        starts[codeunit, number] = start
