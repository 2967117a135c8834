"""How long runs of each codeunit take here, and so how many of them are worth one order."""

from __future__ import annotations

import threading
from typing import Final

QUICK_MS: Final = 5.0  # a run that takes no longer is quick
ORDER_MS: Final = 20.0  # what quick runs of one order should take together
MOST: Final = 256  # runs of one order
_WEIGHT: Final = 0.25  # of the newest figure


class Pace:
    """What a worker has learned of its runs; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ms: dict[str, float] = {}

    def note(self, codeunit: str, ran_ms: float, runs: int = 1) -> None:
        """Runs have taken so long, each; one that was slow counts at once, those that were quick little by little."""
        with self._lock:
            before = self._ms.get(codeunit, ran_ms)
            old = (1 - _WEIGHT) ** runs
            self._ms[codeunit] = max(ran_ms * (1 - old) + before * old, min(ran_ms, 2 * QUICK_MS))

    def quick(self) -> dict[str, float]:
        """The codeunits that take a moment, with the milliseconds that a run of each takes."""
        with self._lock:
            return {name: ms for name, ms in self._ms.items() if ms <= QUICK_MS}


def runs_of_one_order(quick: dict[str, float]) -> int:
    """How many quick runs go together, so that the last of them does not wait longer than a moment."""
    slowest = max(quick.values(), default=ORDER_MS)
    return max(1, min(MOST, int(ORDER_MS / max(slowest, 0.01))))
