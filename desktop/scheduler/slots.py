"""The real slots of a worker: a QThreadPool of its own. The only file of the scheduler that knows Qt."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QThreadPool


class QtSlots:
    """So many threads, each of which only waits for its child process.

    Args:
        size: how many tasks run at once.
    """

    def __init__(self, size: int) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(size)
        self._size = size

    @property
    def size(self) -> int:
        """How many."""
        return self._size

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work`, which raises nothing, as soon as a thread is free."""
        self._pool.start(work)

    def wait(self) -> None:
        """Wait until nothing runs."""
        self._pool.waitForDone()
