"""How long a running job will still take, told as a person would: late, rounded up, and without jumping."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

__all__ = ["RemainingTime", "spoken_duration"]

FIRST_AFTER_SECONDS = 5.0
FIRST_AFTER_SHARE = 0.05
SPEED_MEMORY_SECONDS = 8.0
MORE_MUST_BE = 1.25
"""A longer estimate replaces a shorter one only when it is this much longer."""


class RemainingTime:
    """Estimates the seconds left from counts of finished rows; ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Forget everything; the next ``update`` begins a new job."""
        self._started: float | None = None
        self._last_time = 0.0
        self._last_done = 0
        self._speed: float | None = None
        self._said: float | None = None
        self._said_at = 0.0

    def update(self, done: int, total: int) -> int | None:
        """Take in the rows done so far, of how many; return the seconds left, or None while it is too early.

        It is too early before 5 seconds and 5 % have passed. The answer is rounded up and damped: it counts down
        evenly, and becomes longer only when the job has clearly become slower.
        """
        now = self._clock()
        if self._started is None or done < self._last_done:
            self.restart()
            self._started = now
            self._last_time, self._last_done = now, done
            return None
        self._learn_speed(now, done)
        early = now - self._started < FIRST_AFTER_SECONDS or total <= 0 or done < total * FIRST_AFTER_SHARE
        if early or not self._speed:
            return None
        left = max(total - done, 0) / self._speed
        return rounded_up(self._damp(now, left))

    @property
    def per_second(self) -> float | None:
        """Rows in a second, damped; None while it is too early to say."""
        return self._speed

    def _learn_speed(self, now: float, done: int) -> None:
        passed = now - self._last_time
        if passed <= 0:
            return
        speed = (done - self._last_done) / passed
        if self._speed is None:
            self._speed = speed
        else:
            weight = 1 - math.exp(-passed / SPEED_MEMORY_SECONDS)
            self._speed += (speed - self._speed) * weight
        self._last_time, self._last_done = now, done

    def _damp(self, now: float, left: float) -> float:
        if self._said is None:
            self._said, self._said_at = left, now
            return left
        expected = max(self._said - (now - self._said_at), 0.0)
        if left <= expected or left > expected * MORE_MUST_BE + 1:
            expected += (left - expected) / 2
        self._said, self._said_at = expected, now
        return expected


def rounded_up(seconds: float) -> int:
    """Return seconds rounded up to a step that suits their size: 5 s, 10 s, 1 min, 5 min."""
    for limit, step in ((30, 5), (90, 10), (600, 60)):
        if seconds <= limit:
            return max(math.ceil(seconds / step), 1) * step
    return math.ceil(seconds / 300) * 300


def spoken_duration(seconds: int) -> str:
    """Return a duration in words, e.g. "40 s", "3 min", "1 h 10 min"."""
    if seconds <= 90:
        return f"{seconds} s"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
