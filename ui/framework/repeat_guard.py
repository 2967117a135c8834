"""Keeps tasks that ask for themselves again from going round without end or pause."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from typing import Final

from ui.framework.callbacks import TaskOrigin

LONGEST_FREE_CHAIN: Final = 10
MOST_FREE_STARTS: Final = 10  # of the same work, in half as many intervals
MOST_REMEMBERED: Final = 200  # kinds of work; what lies back far enough decides nothing
_log = logging.getLogger(__name__)

_Work = tuple[str, frozenset[tuple[str, str]]]


class RepeatGuard:
    """Of one page: decides when a task may start that leads back to itself.

    A callback may enqueue again: that is how a part refreshes itself, and how a page tries again after a time-out.
    The same codeunit with the same parameters then starts no sooner than the interval after its last start. With
    other parameters it starts at once, so that a page can go through a list of tables; but in a chain of more than
    ten, each enqueued by the callback of the one before, the interval holds for the codeunit whatever its parameters.

    A callback may also come back to itself by a detour: it refreshes its page, or writes what the page listens to,
    and the page enqueues again. So the interval holds as well for work that no callback enqueues, when the same
    codeunit with the same parameters has started ten times in five intervals, each time after the one before had
    ended, and until it has paused for two.
    """

    def __init__(self, page: str) -> None:
        self._page = page
        self._starts: dict[_Work | str, deque[float]] = {}
        self._circling: set[_Work] = set()
        self._told: set[str] = set()

    def start(
        self,
        codeunit: str,
        parameters: Mapping[str, str],
        callback: TaskOrigin | None,
        now: float,
        interval_ms: int,
    ) -> float:
        """When the task may start, on the scale of `now`; `now` itself when nothing holds it.

        Args:
            callback: the task whose callback enqueues this one; None for all others.
            now: in seconds, on a scale that only grows.
            interval_ms: the shortest time between two starts.
        """
        interval = interval_ms / 1000
        work = _work(codeunit, parameters)
        last = None
        if self._goes_round(work, now, interval):
            last = self._starts[work][-1]
        if callback is not None:
            starts = self._starts.get(codeunit if callback.chain >= LONGEST_FREE_CHAIN else work)
            last = max(starts[-1], last or 0.0) if starts else last
        return now if last is None else max(now, last + interval)

    def note(
        self,
        codeunit: str,
        parameters: Mapping[str, str],
        start: float,
        interval_ms: int,
        *,
        beside: bool = False,
    ) -> None:
        """The task was accepted, and starts then.

        Args:
            beside: another one of the same work has not ended yet, so it cannot have led to this one.
        """
        if len(self._starts) > MOST_REMEMBERED:
            old = start - MOST_FREE_STARTS / 2 * interval_ms / 1000
            self._starts = {key: starts for key, starts in self._starts.items() if starts[-1] > old}
        for key in (_work(codeunit, parameters), codeunit):
            starts = self._starts.setdefault(key, deque(maxlen=MOST_FREE_STARTS))
            if starts and beside:
                starts.pop()
            starts.append(start)

    def take_back(self, codeunit: str, parameters: Mapping[str, str], start: float) -> None:
        """The task was cancelled before it could start, so it keeps no other waiting."""
        for key in (_work(codeunit, parameters), codeunit):
            starts = self._starts.get(key)
            if starts is not None and start in starts:
                starts.remove(start)
                if not starts:
                    del self._starts[key]

    def is_first_bite(self, codeunit: str) -> bool:
        """Whether nobody was told yet that tasks of this codeunit are held; logs it then."""
        if codeunit in self._told:
            return False
        self._told.add(codeunit)
        _log.warning(
            "%s enqueues “%s” again and again without a pause; it is held back",
            self._page,
            codeunit,
        )
        return True

    def _goes_round(self, work: _Work, now: float, interval: float) -> bool:
        starts = self._starts.get(work)
        if starts is None or now >= starts[-1] + 2 * interval:
            self._circling.discard(work)
            return False
        if len(starts) == MOST_FREE_STARTS and now - starts[0] < MOST_FREE_STARTS / 2 * interval:
            self._circling.add(work)
        return work in self._circling


def _work(codeunit: str, parameters: Mapping[str, str]) -> _Work:
    return codeunit, frozenset(parameters.items())
