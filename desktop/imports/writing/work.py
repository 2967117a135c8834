"""What processing needs to know of the kind of work: rows that stand alone, or documents of several rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from desktop.imports.values.mapping import Fault
from desktop.imports.writing.outcome import Outcome


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


@dataclass(slots=True)
class Decision:
    """What is to become of some units, before it is written; each kind of work adds what it writes.

    Attributes:
        moment: when it was decided, in its stored form.
        keys: the match values that were looked for; whoever writes records with other ones changes nothing in it.
    """

    moment: str
    outcome: Outcome = field(default_factory=Outcome)
    keys: set[Any] = field(default_factory=set)


class Work(Protocol):
    """One kind of work, on one connection.

    Only writing needs the transaction; where others wrote meanwhile, or `decides_apart` says so, deciding does too.
    """

    def beside(self, connection: sqlite3.Connection) -> Work:
        """The same work for another thread, to read, map and decide there; the two share their mappers."""

    def positions_of(self, record_ids: Sequence[int]) -> list[int]:
        """The positions of these rows, ascending, each once."""

    def read(self, size: int, after: int, positions: Sequence[int] | None) -> Sequence[Any]:
        """The staged rows of the next units with something ready, in the order of their positions; none at the end.

        Args:
            size: how many units at most.
            after: the position behind which they are.
            positions: only these; None for all.
        """

    def map(self, rows: Sequence[Any]) -> list[Unit]:
        """The units of what `read` gave; it uses no connection."""

    def refresh(self) -> bool:
        """Take over what others changed in look-up tables, while no rows are mapped; whether that was anything."""

    def decides_apart(self) -> bool:
        """Whether deciding about the units that were mapped so far only reads."""

    def decide(self, units: Sequence[Unit], moment: str) -> Decision:
        """What becomes of the units, as the database is now; the units stay as they are, but for their numbers.

        Args:
            moment: now, in its stored form.
        """

    def write(self, decision: Any) -> Outcome:
        """Write what was decided, but for the statuses and errors, which the outcome writes.

        Args:
            decision: what `decide` of this work gave.
        Raises:
            sqlite3.IntegrityError, OverflowError: the database refuses one of them; the caller rolls back.
        """
