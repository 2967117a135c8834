"""What processing needs to know of the kind of work: rows that stand alone, or documents of several rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from desktop.imports.integrations.definition import Definition
from desktop.imports.values.mapping import Fault, Mapper
from desktop.imports.writing.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Materials:
    """What a run is made of.

    Attributes:
        mapper: from a row to the values of the record, or of the document's header.
        line_mapper: from a row to the values of a line; None where there are no lines.
        two_files: headers stand in one file and lines in another.
    """

    connection: sqlite3.Connection
    run_id: int
    first_record_id: int
    definition: Definition
    mapper: Mapper
    line_mapper: Mapper | None
    two_files: bool

    @property
    def mappers(self) -> tuple[Mapper, ...]:
        """The mappers that there are."""
        return (self.mapper,) if self.line_mapper is None else (self.mapper, self.line_mapper)


class Unit(Protocol):
    """What is written or refused as a whole: a row, or a document."""

    @property
    def position(self) -> int:
        """What the run's cursor counts: the id of the row, or the number of the document."""

    @property
    def document_no(self) -> int:
        """The number of the document; 0 for a row that stands alone."""

    def refuse(self, fault: Fault) -> None:
        """Let it become an error, whatever it would have been."""


class Work(Protocol):
    """One kind of work. Reading and mapping happen outside of any transaction, writing inside."""

    def positions_of(self, record_ids: Sequence[int]) -> list[int]:
        """The positions of these rows, ascending, each once."""

    def next_units(self, size: int, after: int, positions: Sequence[int] | None) -> list[Unit]:
        """The next units with something ready, mapped, in the order of their positions.

        Args:
            size: how many at most.
            after: the position behind which they are.
            positions: only these; None for all.
        """

    def write(self, units: Sequence[Unit], moment: str) -> Outcome:
        """Write the units, their statuses and errors.

        Args:
            moment: now, in its stored form.
        Raises:
            sqlite3.IntegrityError, OverflowError: the database refuses one of them; the caller rolls back.
        """
