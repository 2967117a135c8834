"""The chunks of a job make room for whoever saves, and are as short as that person may wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from desktop.clock import Clock
from desktop.sessions import pace
from desktop.sessions.client import ClientSession
from desktop.sessions.session import Session, SessionKind
from desktop.sessions.watching import WINDOW
from models.customer import Customer
from models.database import connected

CUSTOMERS = 3_000


class _Time:
    """Time that only the work takes, in seconds, and what was waited between."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.rooms: list[float] = []

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.seconds, wait=lambda _event, seconds: self.rooms.append(seconds))


@pytest.fixture
def customers(company: Path) -> None:
    with connected():
        Customer.insert_many({"no": f"C{n:05}", "name": "Somebody"} for n in range(CUSTOMERS)).execute()


@pytest.fixture
def window(company: Path) -> Iterator[None]:
    """Somebody has a window open."""
    with ClientSession(company, "MARIA", WINDOW):
        yield


def _sizes(time: _Time, size: int, seconds_each: float) -> list[int]:
    """How many records each chunk of a job had, of which each takes so long."""
    session = Session(SessionKind.BACKGROUND, "MARIA", {}, date(2026, 11, 21), clock=time.clock())
    sizes = []
    for chunk in session.chunks(Customer.select(), size):
        with chunk as found:
            sizes.append(len(found))
            time.seconds += seconds_each * len(found)
    assert sum(sizes) == CUSTOMERS, "each record comes once, whatever the chunks"
    return sizes


def test_chunks_of_slow_records_are_short_beside_a_window(customers: None, window: None) -> None:
    time = _Time()
    sizes = _sizes(time, 500, seconds_each=0.001)
    assert sizes[0] == 100, "the first one is small, as nobody knows yet how long it takes"
    assert max(sizes[1:]) <= pace.ALONE.seconds / 0.001
    assert time.rooms == pytest.approx([pace.ROOM] * (len(sizes) - 1))


def test_chunks_of_quick_records_are_as_large_as_the_job_wants(customers: None, window: None) -> None:
    sizes = _sizes(_Time(), 500, seconds_each=0.000_01)
    assert sizes[:4] == [100, 200, 400, 500]


def test_after_a_long_chunk_there_is_room_for_whoever_asks_seldom_by_then(
    customers: None, window: None
) -> None:
    time = _Time()
    _sizes(time, 500, seconds_each=0.01)
    assert time.rooms == pytest.approx([pace.ROOM_AFTER_LONG] * len(time.rooms))


def test_where_no_window_is_open_nobody_is_waited_for(customers: None) -> None:
    time = _Time()
    assert max(_sizes(time, 500, seconds_each=0.001)) > pace.ALONE.seconds / 0.001
    assert time.rooms == []
