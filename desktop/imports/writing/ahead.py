"""One chunk ahead: the next rows are mapped in a second thread while the database writes the ones before."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Self

from desktop.imports.writing.work import Unit, Work

# SQLite works without the interpreter, but the writing thread asks for it between two statements, while it keeps
# others from writing; Python's own 5 ms for each of them would make the lock twice as long.
_SWITCH_SECONDS: Final = 0.0001


class Ahead:
    """Reads and maps units one chunk ahead; a context whose block is the whole work."""

    def __init__(self) -> None:
        self._work: Work | None = None
        self._rows: Sequence[Any] = ()
        self._mapping: Future[list[Unit]] | None = None
        self._thread = ThreadPoolExecutor(1, "mapping")
        self._switch_seconds = sys.getswitchinterval()

    def __enter__(self) -> Self:
        sys.setswitchinterval(min(_SWITCH_SECONDS, self._switch_seconds))
        return self

    def __exit__(self, *_raised: object) -> None:
        self._thread.shutdown(cancel_futures=True)
        sys.setswitchinterval(self._switch_seconds)

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
