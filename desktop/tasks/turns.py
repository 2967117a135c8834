"""How often threads that compute in Python let the window's thread have its turn."""

from __future__ import annotations

import sys
from typing import Final

# A thread that computes gives the interpreter away only after this time, and the window's thread needs it for
# each slot, paint and model call of one turn of its loop. Longest gap of the loop while five tasks compute, and
# what they get done then, measured on two cores: 5 ms (Python's own): 155 to 270 ms, 100 %; 1 ms: 81 ms, 92 %;
# 0.5 ms: 35 ms, 99 %; 0.1 ms: 8 to 30 ms, 92 %; 0.02 ms: 5 ms, 76 %. One task that computes alone loses nothing.
# Files are read in child processes, so nothing else in this one computes for long.
SWITCH_SECONDS: Final = 0.0001


def take_short_turns() -> None:
    """Let the threads of this process take short turns; the program with the window calls it once."""
    sys.setswitchinterval(SWITCH_SECONDS)
