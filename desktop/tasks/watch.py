"""When the hub must look at a task again: its time is over, its grace is over, or it may start."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from desktop.clock import Clock

LONGEST_WAIT_MS: Final = 3_600_000


class Watch:
    """One timer for all moments, set to the earliest; it costs nothing while none is near.

    Args:
        wake: called in the event loop when a moment has come; it looks at what is due.
    """

    def __init__(self, parent: QObject, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._moments: dict[int, float] = {}
        self._set_for = math.inf
        self._timer = QTimer(parent, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(wake)

    def at(self, task_id: int, moment: float) -> None:
        """Look at this task then, in place of an earlier or later moment asked for before.

        Args:
            moment: on the clock's monotonic scale.
        """
        self._moments[task_id] = moment
        if moment < self._set_for:
            self._set(moment)

    def forget(self, task_id: int) -> None:
        """There is nothing to look at any more."""
        self._moments.pop(task_id, None)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Ask `take_due` inside; afterwards the timer is set to what is left, also when something was raised."""
        try:
            yield
        finally:
            self._set(min(self._moments.values(), default=math.inf))

    def take_due(self) -> int | None:
        """The task whose moment came first, once; None when no other's has come."""
        if not self._moments:
            return None
        task_id = min(self._moments, key=self._moments.__getitem__)
        if self._moments[task_id] > self._clock.monotonic():
            return None
        del self._moments[task_id]
        return task_id

    def stop(self) -> None:
        """Wake nobody any more."""
        self._timer.stop()

    def _set(self, moment: float) -> None:
        self._set_for = moment
        if moment == math.inf:
            self._timer.stop()
            return
        wait_ms = math.ceil((moment - self._clock.monotonic()) * 1000)
        self._timer.start(max(0, min(wait_ms, LONGEST_WAIT_MS)))
