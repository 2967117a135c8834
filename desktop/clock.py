"""The time, injected: tests and pictures set it, nothing else asks the system."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the program reads the time.

    Args:
        now: the moment, aware, in UTC.
        monotonic: seconds that only grow, for durations and time-outs.
    """

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic

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
