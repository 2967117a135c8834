"""Keeps callbacks that enqueue their own task again from going round without end or pause."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from ui.framework.callbacks import TaskOrigin

LONGEST_FREE_CHAIN: Final = 10
MOST_REMEMBERED: Final = 200  # starts; older than the interval they decide nothing
_log = logging.getLogger(__name__)

_Work = tuple[str, frozenset[tuple[str, str]]]


class RepeatGuard:
    """Of one page: decides how long a task that a callback enqueues has to wait.

    A callback may enqueue again: that is how a part refreshes itself, and how a page tries again after a time-out.
    The same codeunit with the same parameters then starts no sooner than the interval after its last start. With
    other parameters it starts at once, so that a page can go through a list of tables; but in a chain of more than
    ten, each enqueued by the callback of the one before, the interval holds for the codeunit whatever its parameters.
    Tasks that no callback enqueues never wait.
    """

    def __init__(self, page: str) -> None:
        self._page = page
        self._last: dict[_Work | str, float] = {}
        self._told: set[str] = set()

    def delay_ms(
        self,
        codeunit: str,
        parameters: Mapping[str, str],
        callback: TaskOrigin | None,
        now: float,
        interval_ms: int,
    ) -> int:
        """How long the task must be held, in milliseconds; its start is noted.

        Args:
            callback: the task whose callback enqueues this one; None for all others.
            now: on a scale of seconds that only grows.
            interval_ms: the shortest time between two starts.
        """
        work: _Work = (codeunit, frozenset(parameters.items()))
        last = None
        if callback is not None:
            last = self._last.get(codeunit if callback.chain >= LONGEST_FREE_CHAIN else work)
        interval = interval_ms / 1000
        start = now if last is None else max(now, last + interval)
        if len(self._last) > MOST_REMEMBERED:
            self._last = {key: at for key, at in self._last.items() if at + interval > now}
        self._last[work] = self._last[codeunit] = start
        return round((start - now) * 1000)

    def is_first_bite(self, codeunit: str) -> bool:
        """Whether nobody was told yet that tasks of this codeunit are held; logs it then."""
        if codeunit in self._told:
            return False
        self._told.add(codeunit)
        _log.warning(
            "%s enqueues “%s” again from its own callback without a pause; it is held back",
            self._page,
            codeunit,
        )
        return True
