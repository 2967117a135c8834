"""What a worker puts right besides its jobs: again and again, and not at the price of them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop.scheduler.scheduler import RESCUE_SECONDS, TaskScheduler
from tests.scheduler.conftest import WAIT, MovableClock


def test_it_is_done_whenever_dead_workers_are_looked_for_and_its_trouble_stops_nothing(
    new_scheduler: Callable[..., TaskScheduler], moving: MovableClock
) -> None:
    reached = threading.Semaphore(0)
    calls: list[int] = []

    def look_after() -> None:
        calls.append(len(calls))
        reached.release()
        if len(calls) == 2:
            raise OSError("the company is away for a moment")

    scheduler = new_scheduler(clock=moving.clock, look_after=look_after)
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert calls == []
    for _ in range(3):
        moving.forward(RESCUE_SECONDS)
        scheduler.wake()
        assert reached.acquire(timeout=WAIT)
    assert scheduler.wait_until_idle(WAIT)
    assert calls == [0, 1, 2]
