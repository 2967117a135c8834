"""A child process whose imports wait after their first chunk as long as the file `hold` stands in its Backdesk home.

What is started instead of `desktop.scheduler.child` where a test needs an import in the middle, however fast it is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop.imports.processing import FIRST_CHUNK
from desktop.scheduler import child
from desktop.sessions.pace import Pace

FIRST = FIRST_CHUNK  # rows, which are done when an import waits


def command() -> list[str]:
    """How it is started; for `child_process.command`."""
    return [sys.executable, "-P", __file__]


def hold_file() -> Path:
    """The file, which a test makes and takes away."""
    return Path(os.environ["BACKDESK_HOME"], "hold")


def _hold_imports() -> None:
    make_room, wrote = Pace.make_room, Pace.wrote
    begun: set[Pace] = set()

    def note(self: Pace, units: int, seconds: float) -> None:
        wrote(self, units, seconds)
        begun.add(self)

    def wait_in_the_room(self: Pace) -> None:
        make_room(self)
        while self in begun and hold_file().exists():
            self._session.sleep(20)

    Pace.make_room, Pace.wrote = wait_in_the_room, note  # type: ignore[method-assign]


if __name__ == "__main__":
    _hold_imports()
    sys.exit(child.main(sys.argv[1:]))
