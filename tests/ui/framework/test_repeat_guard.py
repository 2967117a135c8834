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
from ui.framework.callbacks import TaskOrigin
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.framework.repeat_guard import LONGEST_FREE_CHAIN, RepeatGuard
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
def page(
    qtbot: QtBot, company: object, look: Theme, time: Time, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Repeating]:
    registry.register(registry.Codeunit(9_020, "repeat", "Repeats", __name__))
    monkeypatch.setattr(registry, "function_of", lambda _name: _run)
    hub = Hub(Settings(), time.clock, "MARIA")
    hub.synchronous = True
    settings = Settings(developer_mode=True)
    made = Repeating(PageContext(hub, settings, time.clock, "MARIA", look))
    qtbot.addWidget(made)
    made.open_page()
    yield made
    made.close_page()
    assert hub.close(5)
    registry.unregister("repeat")


@pytest.mark.parametrize("parameters", [{}, {"fail": "yes"}])
def test_a_task_that_its_callback_enqueues_again_runs_once_in_an_interval(
    page: Repeating, time: Time, parameters: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    page.next_parameters = lambda: dict(parameters)
    page.enqueue_background_task("repeat", parameters)
    for _ in range(4):
        page.context.hub.drain(1)
        time.seconds += 0.5
    assert page.ends == [100.0, 101.0]
    assert [session.state for session in page.context.hub.child_sessions()] == [ChildSessionState.HELD]
    assert caplog.text.count("enqueues “repeat” again from its own callback") == 1
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
    page.context.hub.drain(1)
    assert len(page.ends) == LONGEST_FREE_CHAIN + 1


def test_what_no_callback_enqueues_never_waits(page: Repeating) -> None:
    guard = RepeatGuard("Page")
    assert [guard.delay_ms("repeat", {}, None, 5.0, INTERVAL_MS) for _ in range(50)] == [0] * 50


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
        delay = guard.delay_ms(codeunit, parameters, TaskOrigin(codeunit, chain), now, INTERVAL_MS)
        start = now + delay / 1_000
        last = starts.get((codeunit, number))
        if last is not None and chain < LONGEST_FREE_CHAIN:
            assert start - last >= INTERVAL_MS / 1_000 - 0.001
        starts[codeunit, number] = start
