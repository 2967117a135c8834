"""A mark on the company's file that says "in use", which no other opening and closing of the file takes away.

SQLite marks a file that is in use by locks of the process. The system drops all of them as soon as anything in the
same process closes the file after a look at it, as a file dialog does for its icons. Another process that closes its
last connection then believes that nobody else has the company open, and removes the journal under everybody's hands.
A lock that belongs to one open file is kept until that one is closed, and SQLite respects it in the same place.
"""

from __future__ import annotations

import os
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_SHARED_FIRST: Final = 0x4000_0000 + 2  # of SQLite's format: the bytes on which readers of a file lock it
_SHARED_SIZE: Final = 510


class CompanyHold:
    """The mark of this process on one file. Where the system has no such locks, it does nothing.

    Windows drops no lock before the file that has taken it is closed, so that there is nothing to do there.
    """

    def __init__(self) -> None:
        self._descriptor = -1

    def take(self, company: Path) -> None:
        """Mark the file; a mark that cannot be made, such as on a network drive, is left out."""
        if sys.platform == "linux" and self._descriptor < 0:
            with suppress(OSError):
                self._descriptor = os.open(company, os.O_RDONLY | os.O_CLOEXEC)
                self._mark(shared=True)

    def release(self) -> None:
        """Take the mark away, so that whoever closes the file last can put its journal into it."""
        if self._descriptor >= 0:
            with suppress(OSError):
                self._mark(shared=False)

    def close(self) -> None:
        """Let the file go: not before all connections of this process are closed, whose locks go with it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _mark(self, *, shared: bool) -> None:
        if sys.platform == "linux":
            import fcntl  # Windows has none

            kind = fcntl.F_RDLCK if shared else fcntl.F_UNLCK
            asked = struct.pack("hhqqi4x", kind, os.SEEK_SET, _SHARED_FIRST, _SHARED_SIZE, 0)
            fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, asked)
