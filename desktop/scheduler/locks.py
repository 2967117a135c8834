"""A file that a worker locks while it lives: the operating system frees it at death, however it dies."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType

from desktop import paths
from desktop.file_lock import try_lock


class WorkerLock:
    """The lock of one worker.

    Args:
        company: the company file.
        worker_id: unique for ever.
    """

    def __init__(self, company: Path, worker_id: str) -> None:
        self._path = paths.worker_lock(company, worker_id)
        self._descriptor = -1

    def acquire(self) -> None:
        """Take it; it is this worker's own, so nobody else has it but for an instant while looking.

        Raises:
            OSError: the file cannot be made or locked.
        """
        self._descriptor = self._make()
        if not try_lock(self._descriptor):
            os.close(self._descriptor)
            self._descriptor = -1
            raise OSError(f"{self._path} is locked already")

    def _make(self) -> int:
        while True:
            self._path.parent.mkdir(exist_ok=True)
            try:
                return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except FileNotFoundError:  # the last of the others took the empty folder away in this moment
                if not self._path.parent.parent.exists():
                    raise

    def release(self) -> None:
        """Give it back and remove the file; the last one removes the folder too."""
        if self._descriptor < 0:
            return
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = -1
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # others are in it
            self._path.parent.rmdir()

    def __enter__(self) -> WorkerLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_alive(company: Path, worker_id: str) -> bool:
    """Whether a worker of this computer lives; the file of a dead one is removed."""
    path = paths.worker_lock(company, worker_id)
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        if not try_lock(descriptor):
            return True
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    return False
