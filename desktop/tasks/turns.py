"""How often threads that compute in Python let the window's thread have its turn."""

from __future__ import annotations

import sys
from typing import Final

# A thread that computes gives the interpreter away only after this time, and the window's thread needs it for
# each slot, paint and model call of one turn of its loop. With Python's own 5 ms, five tasks that compute hold
# the window up for 150 to 250 ms; with 0.1 ms for less than 10. It costs them, while they compete, a fifth of
# their speed.
SWITCH_SECONDS: Final = 0.0001


def take_short_turns() -> None:
    """Let the threads of this process take short turns; the program with the window calls it once."""
    sys.setswitchinterval(SWITCH_SECONDS)
