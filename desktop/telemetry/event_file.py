"""The events as lines of JSON in `<data folder>/telemetry/events.jsonl`, which all processes write together.

Lines go in one write to a file that is open for appending, so they never mix. When the file is full, whoever gets the
lock renames it; who still has the old one open finds that out before the next line.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop import paths
from desktop.file_lock import try_lock

NAME: Final = "events.jsonl"
MAX_BYTES: Final = 5_000_000  # of one file
OLDER_FILES: Final = 4  # events.1.jsonl is the newest of them

_encoder = msgspec.json.Encoder(enc_hook=str)
_APPENDING: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)

if sys.platform == "win32":
    import msvcrt

    def _append(descriptor: int, line: bytes, lock: Path) -> None:
        # Appending is two steps there, so writers take turns; one that has waited for ten seconds writes anyway.
        with suppress(OSError):
            turn = os.open(lock, os.O_RDWR | os.O_CREAT)
            try:
                with suppress(OSError):
                    msvcrt.locking(turn, msvcrt.LK_LOCK, 1)
                os.write(descriptor, line)
            finally:
                os.close(turn)

else:

    def _append(descriptor: int, line: bytes, lock: Path) -> None:
        os.write(descriptor, line)


class EventFile:
    """The file of one folder, for all threads of this process.

    Args:
        folder: it exists.
        max_bytes: how large the file grows before it is put aside.
        older_files: how many that were put aside are kept.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES, older_files: int = OLDER_FILES) -> None:
        self._path = folder / NAME
        self._lock_path = folder / "events.lock"
        self._max_bytes = max_bytes
        self._older_files = older_files
        self._descriptor = -1
        self._turn = threading.Lock()

    def write(self, *all_noted: dict[str, Any]) -> None:
        """Add events, in one go.

        Raises:
            OSError: the file cannot be written.
        """
        lines = _encoder.encode_lines(all_noted)
        with self._turn:
            _append(self._opened(), lines, self._lock_path)

    def close(self) -> None:
        """Let go of the file; the next event opens it again."""
        with self._turn:
            self._let_go()

    def _opened(self) -> int:
        if self._descriptor >= 0:
            size = self._size_if_current()
            if size is not None and size < self._max_bytes:
                return self._descriptor
            self._let_go()
            if size is not None:
                self._put_aside()
        self._descriptor = os.open(self._path, _APPENDING, 0o600)
        return self._descriptor

    def _let_go(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _size_if_current(self) -> int | None:
        """The file's size in bytes; None when another process has put aside what is open here."""
        mine = os.fstat(self._descriptor)
        try:
            there = self._path.stat()
        except OSError:
            return None
        return mine.st_size if os.path.samestat(mine, there) else None

    def _put_aside(self) -> None:
        """Rename the file, unless another process does it at this moment or has done it already."""
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # Windows does not rename what another process has open: the file grows until it can.
            with suppress(OSError):
                if try_lock(lock) and self._path.stat().st_size >= self._max_bytes:
                    free = 1
                    while free < self._older_files and self._older(free).exists():
                        free += 1
                    for number in range(free, 1, -1):
                        self._older(number - 1).replace(self._older(number))
                    self._path.replace(self._older(1))
        finally:
            os.close(lock)

    def _older(self, number: int) -> Path:
        return self._path.with_name(f"events.{number}.jsonl")


_current: tuple[str, EventFile] | None = None
_choosing = threading.Lock()


def write_all(all_noted: Sequence[dict[str, Any]]) -> None:
    """Add events to the person's file.

    Raises:
        OSError: it cannot be written.
    """
    home = os.environ.get("BACKDESK_HOME", "")
    current = _current
    if current is None or current[0] != home:
        current = _change_to(home)
    current[1].write(*all_noted)


def _change_to(home: str) -> tuple[str, EventFile]:
    global _current
    with _choosing:
        if _current is None or _current[0] != home:
            if _current is not None:
                _current[1].close()
            _current = (home, EventFile(paths.telemetry_folder()))
        return _current
