"""How many sessions run and wait, for how long, and what is refused at the call; without processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desktop.clock import Clock
from desktop.errors import SessionError, UnknownCodeunitError
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending
from desktop.sessions.session import CancelToken, ProgressCallback
from desktop.settings import Settings
from models.database import connected, database
from tests.sessions.conftest import WAIT, NewSessions, story


class Held:
    """Sessions without processes, which all wait until they are released."""

    def __init__(self, new_sessions: NewSessions) -> None:
        self.settings = Settings()
        self.moment = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self.order: list[str] = []
        self._begun = threading.Semaphore(0)
        self._free = threading.Event()
        self.sessions = new_sessions(self.settings, runner=self, clock=Clock(now=lambda: self.moment))

    def run(
        self,
        request: ChildRequest,
        on_progress: ProgressCallback | None = None,
        token: CancelToken | None = None,
        timeout_seconds: float | None = None,
    ) -> ChildOutcome:
        self.order.append(request.parameters.get("no", ""))
        self._begun.release()
        self._free.wait(WAIT)
        return ChildOutcome(ending=Ending.DONE)

    def close(self) -> None:
        self.release()

    def wait_for(self, count: int) -> None:
        """Wait until so many have begun."""
        for _ in range(count):
            assert self._begun.acquire(timeout=WAIT)

    def release(self) -> None:
        """Let all go on."""
        self._free.set()


@pytest.fixture
def held(new_sessions: NewSessions) -> Iterator[Held]:
    """Sessions that run until the test releases them."""
    made = Held(new_sessions)
    yield made
    made.release()


def write_something() -> None:
    database.execute_sql("INSERT INTO post_code (code, city) VALUES ('2', 'Bremen')")


def test_the_time_out_is_eight_hours_unless_somebody_says_otherwise(held: Held) -> None:
    held.sessions.start_session("quick")
    held.sessions.start_session("quick", timeout=90)
    held.sessions.start_session("quick", timeout=timedelta(minutes=5))
    assert [info.timeout_seconds for info in held.sessions.sessions()] == [28_800, 90, 300]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"parameters": {"count": 3}}, TypeError),
        ({"record": ("customer",)}, TypeError),
        ({"record": ("customer", 10000)}, TypeError),
        ({"timeout": 0}, ValueError),
        ({"timeout": timedelta(seconds=-1)}, ValueError),
    ],
)
def test_arguments_that_are_none_are_refused_at_the_call(
    held: Held, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        held.sessions.start_session("quick", **arguments)
    assert held.sessions.sessions() == []


def test_an_unknown_codeunit_is_refused_at_the_call(held: Held) -> None:
    with pytest.raises(UnknownCodeunitError):
        held.sessions.start_session("no_such_codeunit")


def test_ten_run_at_once_a_hundred_wait_and_the_next_is_refused(held: Held) -> None:
    ids = [held.sessions.start_session("quick", parameters={"no": str(no)}) for no in range(110)]
    held.wait_for(10)
    states = [info.state for info in held.sessions.sessions()]
    assert states == ["Running"] * 10 + ["Waiting"] * 100
    with pytest.raises(SessionError, match=r"^100 background sessions wait already") as caught:
        held.sessions.start_session("quick")
    assert caught.value.code == "TooManySessions"
    counters = held.sessions.counters()
    assert (counters.active, counters.waiting, counters.refused) == (10, 100, 1)
    assert all(held.sessions.is_session_active(session_id) for session_id in ids)
    held.release()
    assert held.sessions.wait_until_idle(WAIT)
    assert len(held.order) == 110
    assert held.sessions.counters().completed == 110


def test_who_came_first_runs_first(held: Held) -> None:
    held.settings.session_concurrency = 1
    for number in range(5):
        held.sessions.start_session("quick", parameters={"no": str(number)})
    held.release()
    assert held.sessions.wait_until_idle(WAIT)
    assert held.order == ["0", "1", "2", "3", "4"]


def test_a_waiting_session_is_simply_dropped_when_it_is_stopped(held: Held) -> None:
    held.settings.session_concurrency = 1
    first = held.sessions.start_session("quick", parameters={"no": "1"})
    second = held.sessions.start_session("quick", parameters={"no": "2"})
    held.wait_for(1)
    assert held.sessions.stop_session(second, "Changed my mind")
    assert not held.sessions.is_session_active(second)
    assert not held.sessions.stop_session(second)
    assert held.sessions.is_session_active(first)
    held.release()
    assert held.sessions.wait_until_idle(WAIT)
    assert held.order == ["1"]
    assert story(second) == [("Close", "Changed my mind")]


def test_a_session_that_waits_longer_than_eight_hours_is_dropped(held: Held) -> None:
    held.settings.session_concurrency = 1
    held.sessions.start_session("quick", parameters={"no": "1"})
    late = held.sessions.start_session("quick", parameters={"no": "2"})
    held.wait_for(1)
    held.moment += timedelta(hours=9)
    held.release()
    assert held.sessions.wait_until_idle(WAIT)
    assert held.order == ["1"]
    assert story(late) == [("Close", "It was not its turn within 8 hours.")]


def test_who_starts_and_stops_never_waits_for_the_company(held: Held) -> None:
    held.settings.session_concurrency = 1
    with connected(), database.atomic():  # somebody else writes all the time
        write_something()
        held.sessions.start_session("quick", parameters={"no": "1"})
        second = held.sessions.start_session("quick", parameters={"no": "2"})
        assert held.sessions.stop_session(second, "Changed my mind")
        assert not held.sessions.is_session_active(second)
    held.release()
    assert held.sessions.wait_until_idle(WAIT)
    assert story(second) == [("Close", "Changed my mind")]


def test_stopping_a_session_that_is_being_stopped_says_no_but_it_counts_until_it_has_gone(held: Held) -> None:
    session_id = held.sessions.start_session("quick")
    held.wait_for(1)
    assert held.sessions.stop_session(session_id, "First")
    assert held.sessions.is_session_active(session_id)
    assert not held.sessions.stop_session(session_id, "Second")
    held.release()
    assert held.sessions.wait_until_idle(WAIT)
    assert not held.sessions.is_session_active(session_id)
