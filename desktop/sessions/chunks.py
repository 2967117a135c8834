"""Work in chunks: each one transaction with its records, what is done to them, and where a retry goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

import peewee

from desktop.errors import SessionError
from desktop.formats import count_text
from desktop.sessions.checkpoints import Checkpoints, Place
from desktop.sessions.pace import Pace, Paced
from models.database import connected, database
from models.record import Record

R = TypeVar("R", bound=Record)
DEFAULT_SIZE, FIRST_SIZE, SMALLEST_SIZE = 500, 100, 50  # records


class Chunk(Generic[R]):
    """The next records, read and worked on in one transaction: `with chunk as records: …`.

    The end of the block commits the work together with the place behind its last record. An error in it takes back
    both, so neither is ever there without the other.
    """

    def __init__(self, read: Callable[[], list[R]], keep: Callable[[list[R]], None], pace: Pace) -> None:
        self._read = read
        self._keep = keep
        self._pace = pace
        self._began = 0.0
        self._transaction: Any = None
        self._records: list[R] = []
        self.committed = False

    def __enter__(self) -> list[R]:
        self._pace.make_room()
        self._transaction = database.atomic()
        self._transaction.__enter__()
        self._began = self._pace.now()
        try:
            self._records = self._read()
        except BaseException as error:
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise
        return self._records

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                self._keep(self._records)
            except BaseException as late:
                self._transaction.__exit__(type(late), late, late.__traceback__)
                raise
        self._transaction.__exit__(kind, error, traceback)
        self.committed = error is None
        if self.committed:
            self._pace.wrote(len(self._records), self._pace.now() - self._began)


def chunks_of(
    query: peewee.ModelSelect[R],
    size: int,
    name: str,
    kept: Checkpoints,
    progress: Callable[[int, int, str], None],
    worker: Paced,
) -> Iterator[Chunk[R]]:
    """Go through the records of a query by their keys, from where an earlier attempt ended.

    Args:
        query: gives records of one table, each once; an order and a limit of its own do not count.
        size: how many records in one transaction at most; fewer where they would keep somebody waiting who saves.
        name: of this loop, under which its place is kept.
        progress: receives done, total and a text before each chunk and at the end; may raise to stop.
        worker: the session that works; between two chunks others may write, and it may be told to stop.
    """
    if size < 1:
        raise ValueError(f"a chunk has at least one record, not {size}")
    model = cast(type[Record], query.model)
    key = model.primary_key()
    found = kept.place(name)
    place = found if found is not None and found.table == model.table() else Place(model.table())

    def rest() -> peewee.ModelSelect[R]:
        return query if place.last_key is None else query.where(key > place.last_key)

    def keep(records: list[R]) -> None:
        nonlocal place
        if records:
            reached = Place(place.table, getattr(records[-1], key.name), place.done + len(records))
            kept.keep_place(name, reached)
            place = reached

    with (
        connected(),
        Pace(worker, first=min(size, FIRST_SIZE), smallest=min(size, SMALLEST_SIZE), largest=size) as pace,
    ):
        total = place.done + rest().count()
        while True:
            of_all = f"{count_text(place.done)} of {count_text(total)} {model.CAPTION_PLURAL.lower()}"
            progress(place.done, max(total, place.done), of_all)
            if not rest().exists():
                return
            chunk: Chunk[R] = Chunk(lambda: list(rest().order_by(key).limit(pace.size)), keep, pace)
            yield chunk
            if not chunk.committed:
                raise SessionError(
                    "A chunk was left out: its records were not asked for, or an error in it was caught outside.",
                    "Write “with chunk as records:” as the first line of the loop, and catch errors inside of it.",
                    "ChunkLeftOut",
                )
