"""Auto refresh: a part that works itself out anew every so many seconds, as long as somebody can see it."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from ui.later import later

MOST_DOUBLINGS: Final = 5  # after so many failures in a row the wait grows no further


class AutoRefresh(QObject):
    """Tells when a part should refresh itself again.

    The next time is counted from the end of the run before, so a slow run never overtakes itself. Each failure in a
    row doubles the wait. While the part cannot be seen, because its page is not in front, its pane is hidden or the
    window is minimised, nothing is asked for; when it is seen again, it is refreshed at once if its time has passed.

    Args:
        part: whose showing and hiding counts.
        every_s: seconds between the end of a run and the next one.
        least_ms: what the settings allow at least.

    Signals:
        due: the part should refresh itself now.

    Raises:
        ValueError: when `every_s` is no positive number.
    """

    due = Signal()

    def __init__(self, part: QWidget, clock: Clock, every_s: float, least_ms: int) -> None:
        super().__init__(part)
        if not math.isfinite(every_s) or every_s <= 0:
            raise ValueError(f"a part refreshes itself every so many seconds, not every {every_s}")
        self._part, self._clock = part, clock
        self._every_s = max(every_s, least_ms / 1000)
        self._failures = 0
        self._due_at: float | None = None  # on the monotonic clock; None while it runs, or has not run yet
        self._timer = later(self, 0, self.check)
        part.installEventFilter(self)

    def begun(self) -> None:
        """The part is being worked out, for whatever reason: the next time counts from its end."""
        self._due_at = None
        self._timer.stop()

    def ended(self, *, good: bool) -> None:
        """The part has its values, or an error."""
        self._failures = 0 if good else self._failures + 1
        self._due_at = self._clock.monotonic() + self._wait_s()
        self._plan()

    def stop(self) -> None:
        """The part is about something else, about nothing, or is closed; failures are forgotten."""
        self.begun()
        self._failures = 0

    def due_in_s(self) -> float | None:
        """Seconds until it refreshes itself; None while it does not wait for that."""
        if self._due_at is None or not self._timer.isActive():
            return None
        return max(0.0, self._due_at - self._clock.monotonic())

    def check(self) -> None:
        """Ask for a refresh if it is time."""
        if self._due_at is None or not self._is_seen():
            return
        if self._clock.monotonic() >= self._due_at:
            self._due_at = None
            self.due.emit()
        else:
            self._plan()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            # Later: the part is being shown just now, and its page may refresh it in the same breath.
            self._plan()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return super().eventFilter(watched, event)

    def _wait_s(self) -> float:
        return float(self._every_s * 2 ** min(self._failures, MOST_DOUBLINGS))

    def _is_seen(self) -> bool:
        if not self._part.isVisible():
            return False
        if self._part.window().isMinimized():
            self._timer.start(int(self._every_s * 1000))  # not every platform tells when it comes back
            return False
        return True

    def _plan(self) -> None:
        if self._due_at is not None and self._part.isVisible():
            left_s = max(0.0, self._due_at - self._clock.monotonic())
            self._timer.start(math.ceil(left_s * 1000))
