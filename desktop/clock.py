"""The time, injected: tests set it, nothing else asks the system.

The environment variable `BACKDESK_CLOCK_OFFSET` (seconds, may be negative) moves the clock of a whole program with
all its child processes, so that pictures show the same day whenever they are drawn.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

OFFSET_VARIABLE: Final = "BACKDESK_CLOCK_OFFSET"


def _utc_now() -> datetime:
    offset = os.environ.get(OFFSET_VARIABLE)
    now = datetime.now(UTC)
    return now + timedelta(seconds=float(offset)) if offset else now


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the program reads the time.

    Args:
        now: the moment, aware, in UTC.
        monotonic: seconds that only grow, for durations and time-outs.
        wait: waits so many seconds, or until the event is set.
    """

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event, float], object] = threading.Event.wait

    def today(self) -> date:
        """The date where the person is."""
        return self.now().astimezone().date()


SYSTEM_CLOCK = Clock()


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still; `moment` must be aware.

    Raises:
        ValueError: for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return Clock(now=lambda: moment.astimezone(UTC), monotonic=time.monotonic)


def waiting_clock(moment: datetime) -> Clock:
    """A clock that stands still but for waits, which pass at once and move it on; for tests of what waits.

    Raises:
        ValueError: for a moment without a time zone.
    """
    start = fixed_clock(moment)
    waited = 0.0

    def wait(event: threading.Event, seconds: float) -> None:
        nonlocal waited
        if not event.is_set():
            waited += seconds

    return Clock(lambda: start.now() + timedelta(seconds=waited), lambda: waited, wait)
