"""One chunk ahead: the next rows are mapped in a second thread while the database writes the ones before."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from desktop.imports.writing.work import Unit, Work


class Ahead:
    """Reads and maps units one chunk ahead."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._work: Work | None = None
        self._rows: Sequence[Any] = ()
        self._mapping: Future[list[Unit]] | None = None

    def begin(self, work: Work, size: int, after: int, positions: Sequence[int] | None) -> None:
        """Read the next units now, with the caller's connection, and let them be mapped; arguments as of `Work.read`.

        What was begun before and not taken is dropped.
        """
        self._work, self._rows = work, work.read(size, after, positions)
        self._mapping = self._thread.submit(work.map, self._rows) if self._rows else None

    def take(self) -> list[Unit]:
        """The units that were begun, by the look-ups of now; none at the end."""
        if self._work is None or self._mapping is None:
            return []
        units = self._mapping.result()
        self._mapping = None
        return self._work.map(self._rows) if self._work.refresh() else units
