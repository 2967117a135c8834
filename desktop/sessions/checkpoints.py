"""What a run keeps for its retry: a state of its own choosing, and how far its chunks have come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from desktop.errors import SessionError

LONGEST_STATE: Final = 100_000  # characters of JSON; what is longer belongs into a table
_STATE: Final = "state"
_PLACE: Final = "chunks "  # before the name of the loop


def _forget(_name: str, _value: str) -> None:
    """A session that nobody tries again."""


class Place(msgspec.Struct, frozen=True):
    """How far one loop of chunks has come.

    Attributes:
        table: whose records it goes through.
        last_key: of the last record that is done; None at the beginning.
        done: how many records are done.
    """

    table: str
    last_key: str | int | None = None
    done: int = 0


class Checkpoints:
    """The checkpoints of one session.

    Args:
        stored: what the attempts before have left, as a JSON object; empty for nothing.
        write: stores a name and a value (JSON) inside the running transaction; raises ReplacedError when the run
            belongs to another worker now.
    """

    def __init__(self, stored: str = "", write: Callable[[str, str], None] = _forget) -> None:
        self._found = msgspec.json.decode(stored, type=dict[str, msgspec.Raw]) if stored else {}
        self.write = write
        self._loops = 0

    def state(self) -> Any:
        """The state that the attempt before kept last; None when there is none."""
        found = self._found.get(_STATE)
        return None if found is None else msgspec.json.decode(found)

    def keep_state(self, state: Any) -> None:
        """Store a state.

        Raises:
            TypeError: it is more than JSON knows.
            SessionError: it is too long.
            ReplacedError: another worker has the run now.
        """
        text = msgspec.json.encode(state).decode()
        if len(text) > LONGEST_STATE:
            raise SessionError(
                f"A checkpoint of {len(text):,} characters is too long; at most {LONGEST_STATE:,} are kept.",
                "Keep the place where to go on, and the data itself in a table.",
                "CheckpointTooLong",
            )
        self.write(_STATE, text)

    def loop_named(self, name: str) -> str:
        """The name of the next loop of chunks: its number, unless it has one.

        Raises:
            ValueError: for a name with quotation marks.
        """
        if '"' in name:
            raise ValueError(f"a loop's name has no quotation marks: {name}")
        self._loops += 1
        return name or str(self._loops)

    def place(self, name: str) -> Place | None:
        """How far the attempt before had come in that loop of chunks."""
        found = self._found.get(_PLACE + name)
        return None if found is None else msgspec.json.decode(found, type=Place)

    def keep_place(self, name: str, place: Place) -> None:
        """Store how far that loop has come.

        Raises:
            ReplacedError: another worker has the run now.
        """
        self.write(_PLACE + name, msgspec.json.encode(place).decode())
