"""One chunk ahead: the next rows are read, mapped and decided about while the database writes the ones before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple, Self

from desktop.clock import Clock
from desktop.imports.second_thread import second_thread
from desktop.imports.writing.work import Decision, Unit, Work
from models.beside import reading_beside
from models.database import data_version
from models.fields import stored_time
from models.integration_record import ImportRun, IntegrationRecord, IntegrationRecordStatus

_SYSTEMS: Final = (
    "change_log",
    *(one.table() for one in (ImportRun, IntegrationRecord, IntegrationRecordStatus)),
)


class Chunk(NamedTuple):
    """Units that are mapped.

    Attributes:
        early: what was decided about them already, where that could be.
        version: of the database by which it was decided, as `data_version` gives it.
    """

    units: list[Unit]
    early: Decision | None
    version: int


class _Prepared(NamedTuple):
    rows: Sequence[Any]
    units: list[Unit]
    early: Decision | None


class Ahead:
    """Prepares one chunk while the caller writes the one before."""

    def __init__(self, thread: ThreadPoolExecutor, connection: sqlite3.Connection, clock: Clock) -> None:
        """`connection`: only for reading; see `running`."""
        self._thread, self._connection, self._clock = thread, connection, clock
        self._work: Work | None = None
        self._beside: Work | None = None
        self._version = 0
        self._preparing: Future[_Prepared] | None = None

    @classmethod
    @contextmanager
    def running(cls, clock: Clock) -> Iterator[Self]:
        """For as long as the block lasts, with a thread and a connection of its own."""
        with reading_beside(_SYSTEMS) as connection, second_thread("ahead") as thread:
            yield cls(thread, connection, clock)

    def begin(
        self, work: Work, size: int, after: int, positions: Sequence[int] | None, *, decides: bool
    ) -> None:
        """Let the next units be prepared; size, after and positions as of `Work.read`.

        What was begun before and not taken is dropped.

        Args:
            decides: nothing that is written meanwhile changes what the next units depend on, but for records with
                the same match values.
        """
        if self._work is not work or self._beside is None:
            if self._preparing is not None:
                self._preparing.exception()
            self._work, self._beside = work, work.beside(self._connection)
        self._version = data_version()
        self._preparing = self._thread.submit(self._prepare, self._beside, size, after, positions, decides)

    def take(self) -> Chunk | None:
        """The units that were begun, by the look-ups of now; None at the end."""
        if self._work is None or self._preparing is None:
            return None
        rows, units, early = self._preparing.result()
        self._preparing = None
        if not rows:
            return None
        if self._work.refresh():
            return Chunk(self._work.map(rows), None, self._version)
        return Chunk(units, early, self._version)

    def _prepare(
        self, work: Work, size: int, after: int, positions: Sequence[int] | None, decides: bool
    ) -> _Prepared:
        rows = work.read(size, after, positions)
        units = work.map(rows)
        early = None
        if decides and units and work.decides_apart():
            # What goes wrong here happens again where the caller decides, and there it is told of the right row.
            with suppress(Exception):
                early = work.decide(units, stored_time(self._clock.now()))
        return _Prepared(rows, units, early)
