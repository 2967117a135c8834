"""How a process that a test kills tells of its steps: it never gets so far that there is nothing left to kill."""

from __future__ import annotations

import itertools
import threading

from desktop.sessions.session import ProgressCallback

AHEAD = 6  # steps that it may take while the test, on a busy computer, has not come to kill it


def told_to_the_killer(steps: int) -> ProgressCallback:
    """Writes a line to standard output at each step; goes on for some more than the test waits for, then stands.

    Args:
        steps: after how many lines the test kills it, at whatever moment that is.
    """
    numbers = itertools.count(1)

    def tell(done: int, _total: int, _text: str) -> None:
        print(done, flush=True)
        if next(numbers) == steps + AHEAD:
            threading.Event().wait()

    return tell
