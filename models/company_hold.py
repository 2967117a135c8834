"""A mark on the company's file that says "in use", which no other opening and closing of the file takes away.

SQLite marks a file that is in use by locks of the process. The system drops all of them as soon as anything in the
same process closes the file after a look at it, as a file dialog does for its icons. Another process that closes its
last connection then believes that nobody else has the company open, and removes the journal under everybody's hands.
A lock that belongs to one open file is kept until that one is closed, and SQLite respects it in the same place.

The same holds for the journal's index, which all processes share as memory: who opens it and sees no mark begins it
anew, and a process that was still reading it ends there and then, with a bus error.
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
_INDEX_IN_USE: Final = 128  # the byte of the journal's index that everybody locks who has it open


class CompanyHold:
    """The marks of this process on one file and on its journal's index. Where the system has no such locks, it does
    nothing.

    Windows drops no lock before the file that has taken it is closed, so that there is nothing to do there.
    """

    def __init__(self) -> None:
        self._marks: list[tuple[int, int, int]] = []  # descriptor, first byte, number of bytes

    def take(self, company: Path) -> None:
        """Mark the files, which a connection of this process must have open; a mark that cannot be made, such as on a
        network drive, is left out."""
        if sys.platform == "linux" and not self._marks:
            self._take(company, _SHARED_FIRST, _SHARED_SIZE)
            self._take(company.with_name(f"{company.name}-shm"), _INDEX_IN_USE, 1)

    def release(self) -> None:
        """Take the marks away, so that whoever closes the file last can put its journal into it."""
        for mark in self._marks:
            with suppress(OSError):
                _lock(*mark, shared=False)

    def close(self) -> None:
        """Let the files go: not before all connections of this process are closed, whose locks go with them."""
        for descriptor, _first, _size in self._marks:
            os.close(descriptor)
        self._marks.clear()

    def _take(self, file: Path, first: int, size: int) -> None:
        with suppress(OSError):
            descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            self._marks.append((descriptor, first, size))
            _lock(descriptor, first, size, shared=True)


def _lock(descriptor: int, first: int, size: int, *, shared: bool) -> None:
    if sys.platform == "linux":
        import fcntl  # Windows has none

        kind = fcntl.F_RDLCK if shared else fcntl.F_UNLCK
        asked = struct.pack("hhqqi4x", kind, os.SEEK_SET, first, size, 0)
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, asked)
