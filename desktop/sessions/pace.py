"""How large the chunks of long work are: as large as they may be without keeping somebody waiting who saves."""

from __future__ import annotations

import math
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

from desktop.clock import Clock
from desktop.sessions.watching import window_is_open
from models.database import company_path, data_version
from models.lasting_later import checkpoint_after, checkpoints_after
from models.private_copy import works_on_copy

ALONE_AFTER: Final = 3.0  # seconds
LOOK_EVERY: Final = 1.0  # seconds between two looks for a window
# Seconds between two chunks where somebody may save. Whoever waits for SQLite's lock asks for it every 25 ms to begin
# with; who has waited for longer than 0.1 s asks every 50 ms, and then every 100.
ROOM: Final = 0.025
LONG: Final = 0.1
ROOM_AFTER_LONG: Final = 0.105


class Share(NamedTuple):
    """How much long work takes at a time of what others need as well.

    Attributes:
        seconds: that a chunk may keep others from writing.
        pages: of the journal that are put into the file at a time, while the disk lets others wait.
        leaves_room: whether there is some time between two chunks, in which others may write.
    """

    seconds: float
    pages: int
    leaves_room: bool


OTHERS_WRITE: Final = Share(0.050, 1_000, leaves_room=True)
ALONE: Final = Share(0.085, 3_000, leaves_room=True)  # a window is open; nobody else has written for a while
UNWATCHED: Final = Share(0.150, 12_000, leaves_room=False)  # no window is open: only programs wait


class Paced(Protocol):
    """What is asked of the session that works."""

    @property
    def clock(self) -> Clock: ...
    def sleep(self, milliseconds: float) -> None: ...


class Pace:
    """Measures each chunk, and says how large the next one is; used as a context around all of them.

    Args:
        first: units of the first chunk; `smallest` and `largest`: what a chunk has at least and at most. Leave them
            out for work whose chunks have a size of their own.

    Attributes:
        size: of the next chunk, in units: rows, documents, entries.
    """

    def __init__(self, session: Paced, *, first: int = 1, smallest: int = 1, largest: int = 1) -> None:
        """Needs the open connection with which the chunks are written."""
        self.size = first
        self._smallest, self._largest = smallest, largest
        self._session = session
        now = session.clock.monotonic()
        self._looked, self._watched = now, _is_watched()
        self._share = OTHERS_WRITE if self._watched else UNWATCHED
        self._room_until = -math.inf
        self._began = now
        self._others_wrote = now if self._watched else -math.inf
        self._version = data_version()
        self._pages_before = 0

    def __enter__(self) -> Self:
        self._pages_before = checkpoints_after()
        checkpoint_after(self._share.pages)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        checkpoint_after(self._pages_before)

    @property
    def seconds(self) -> float:
        """How long a chunk may keep others from writing now."""
        return self._share.seconds

    def now(self) -> float:
        """The moment by the session's clock, in seconds."""
        return self._session.clock.monotonic()

    def make_room(self) -> None:
        """Let others write before the next chunk, where there may be others.

        Raises:
            TaskCancelledError: the work is to stop.
        """
        rest = self._room_until - self.now()
        if rest > 0 and self._share.leaves_room:
            self._session.sleep(rest * 1000)
        self._began = self.now()

    def wrote(self, units: int, seconds: float) -> None:
        """A chunk has been written, which kept others from writing for so long: the next one is as large as fits."""
        self.freed(seconds)
        fitting = units * self._share.seconds / max(seconds, 0.0001)
        wanted = min(max(fitting, self.size / 2), self.size * 2)
        self.size = int(min(max(wanted, self._smallest), self._largest))

    def freed(self, seconds: float | None = None) -> None:
        """Others may write again; `wrote` tells it for work whose chunks follow `size`.

        Args:
            seconds: for which they could not; None for all the time since room was made.
        """
        now, version = self.now(), data_version()
        held = now - self._began if seconds is None else seconds
        self._room_until = now + (ROOM if held <= LONG else ROOM_AFTER_LONG)
        if version != self._version:
            self._version, self._others_wrote = version, now
        share = self._fair(now)
        if share.pages != self._share.pages:
            checkpoint_after(share.pages)
        self._share = share

    def _fair(self, now: float) -> Share:
        if now - self._others_wrote <= ALONE_AFTER:
            return OTHERS_WRITE
        if now - self._looked >= LOOK_EVERY:
            self._looked, self._watched = now, _is_watched()
        return ALONE if self._watched else UNWATCHED


def _is_watched() -> bool:
    """Whether there may be somebody whose save would wait; nobody saves anything in a copy."""
    return not works_on_copy() and window_is_open(company_path())
