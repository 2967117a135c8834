"""What code that runs as a job asks of its session: who it is, its parameters, and where it goes on after a retry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec
import peewee

from desktop.clock import Clock
from desktop.errors import ParameterError
from desktop.formats import evaluate
from desktop.sessions.checkpoints import Checkpoints
from desktop.sessions.chunks import DEFAULT_SIZE, Chunk, R, chunks_of
from models.database import connected, database

V = TypeVar("V", str, bool, int, Decimal, date, datetime)
_KINDS: Final = {"int": "a whole number", "Decimal": "a number", "bool": "true or false", "date": "a date"}


class JobEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The job queue entry of a run.

    Attributes:
        job_id: its id.
        entry_no: its number, as people see it.
        description: as people read it.
        category_code: empty for none.
        retries: how often a failed run is tried again.
    """

    job_id: str
    entry_no: int
    description: str = ""
    category_code: str = ""
    retries: int = 0


class JobCalls:
    """The part of a session that only jobs need; elsewhere nothing is kept, and `entry` is None."""

    __slots__ = ()

    parameters: Mapping[str, str]
    kept: Checkpoints
    progress: Callable[[int, int, str], None]
    clock: Clock
    sleep: Callable[[float], None]

    def parameter(self, name: str, kind: type[V], default: V | None = None) -> V:
        """A named parameter, as a value of that type.

        Args:
            kind: str, bool, int, Decimal, date or datetime, written as `format_value` writes it.
            default: when the parameter is missing or empty; without one it must be there.
        Raises:
            ParameterError: it is missing, or no value of that type.

        Example:
            days = session.parameter("days", int, default=30)
        """
        text = self.parameters.get(name, "")
        if not text.strip():
            if default is None:
                raise ParameterError(
                    f"The parameter “{name}” is missing.",
                    f"Add it to the parameters of the job: {name} = {_KINDS.get(kind.__name__, 'a text')}.",
                )
            return default
        try:
            return evaluate(text, kind)
        except ValueError:
            wanted = _KINDS.get(kind.__name__, f"a {kind.__name__}")
            raise ParameterError(
                f"The parameter “{name}” is “{text}”, which is not {wanted}.",
                "Correct it among the parameters of the job.",
            ) from None

    @property
    def last_checkpoint(self) -> Any:
        """What the attempt before gave to `checkpoint` last; None on a first attempt."""
        return self.kept.state()

    def checkpoint(self, state: Any) -> None:
        """Keep a state for the next attempt, in the running transaction or in one of its own.

        What is kept in the transaction that does the work is there exactly when the work is. It is kept until a run
        ends well, also over a Restart by a person.

        Args:
            state: what JSON knows: None, texts, numbers, lists and dictionaries with texts as keys. It comes back as
                JSON gives it back, so a tuple as a list.
        Raises:
            TypeError: it is something else.
            SessionError: it is too long.
            ReplacedError: another worker has the run now; let it through.
        """
        with connected(), database.atomic():
            self.kept.keep_state(state)

    def chunks(
        self, query: peewee.ModelSelect[R], size: int = DEFAULT_SIZE, name: str = ""
    ) -> Iterator[Chunk[R]]:
        """Go through the records of a query, some in one transaction, each exactly once over all attempts.

        The end of each chunk commits what was done to its records together with the place where the next attempt
        goes on. Between two chunks progress is told, others may write, and the job may be cancelled.

        Args:
            size: how many records in one transaction at most; they are fewer where records take so long that
                somebody who saves would wait for them.
            query: gives records of one table, each once. They come in the order of their keys.
            name: tells several loops of one codeunit apart, if their order may change; else they are counted.
        Raises:
            TaskCancelledError, ReplacedError: between two chunks and at their end; let them through.

        Example:
            for chunk in session.chunks(Customer.select().where(Customer.blocked == ""), 500):
                with chunk as customers:
                    for customer in customers:
                        ...
        """
        return chunks_of(query, size, self.kept.loop_named(name), self.kept, self.progress, self)
