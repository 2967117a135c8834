"""How a process that a test kills tells of its steps: it never gets so far that there is nothing left to kill."""

from __future__ import annotations

import itertools
import threading

from desktop.sessions.session import ProgressCallback

AHEAD = 6  # steps that it may take while the test, on a busy computer, has not come to kill it


def told_to_the_killer(steps: int, phase: str = "") -> ProgressCallback:
    """Writes "phase number" at each step; where it is to be killed, it goes a little on and stands.

    Args:
        steps: after how many lines the test kills it, at whatever moment that is; 0 where it is not killed.
        phase: from whose first line on they count; from the very first when empty.
    """
    numbers = itertools.count(1)
    begun = not phase

    def tell(done: int, _total: int, text: str) -> None:
        nonlocal begun
        now = text.split()[0].casefold()
        print(now, done, flush=True)
        begun = begun or now == phase
        if steps and begun and next(numbers) == steps + AHEAD:
            threading.Event().wait()

    return tell
