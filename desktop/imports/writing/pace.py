"""How large the chunks of an import are: as large as they may be without keeping somebody waiting who saves."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from desktop.sessions.client import window_is_open
from desktop.sessions.session import Session
from models.database import company_path, data_version
from models.lasting_later import checkpoint_after
from models.private_copy import works_on_copy

ALONE_AFTER: Final = 3.0  # seconds
LOOK_EVERY: Final = 1.0  # seconds between two looks for a window
ROOM: Final = (
    0.025  # seconds between two chunks where others write; whoever waits asks for the lock this often
)
FIRST_CHUNK, SMALLEST_CHUNK, LARGEST_CHUNK = 500, 50, 10_000  # rows or documents


class _Share(NamedTuple):
    """How much an import takes at a time of what others need as well.

    Attributes:
        seconds: that a chunk may keep others from writing.
        pages: of the journal that are put into the file at a time, while the disk lets others wait.
    """

    seconds: float
    pages: int


OTHERS_WRITE: Final = _Share(0.040, 1_000)
ALONE: Final = _Share(0.085, 3_000)  # nobody else has written for a while
UNWATCHED: Final = _Share(0.150, 12_000)  # no window is open, so that nobody waits but other programs


class Pace:
    """Measures each chunk, and says how large the next one is.

    Attributes:
        size: of the next chunk, in rows or documents.
    """

    def __init__(self, session: Session) -> None:
        """Needs the open connection with which the chunks are written."""
        self.size = FIRST_CHUNK
        self._share = OTHERS_WRITE
        self._session = session
        now = session.clock.monotonic()
        self._looked, self._watched = now, _is_watched()
        self._freed = now
        self._others_write = False
        self._others_wrote = now if self._watched else -math.inf
        self._version = data_version()

    def make_room(self) -> None:
        """Let others write before the next chunk, where there are others."""
        if self._others_write:
            rest = self._freed + ROOM - self._session.clock.monotonic()
            if rest > 0:
                self._session.sleep(rest * 1000)

    def wrote(self, units: int, seconds: float) -> None:
        """A chunk has been written, which kept others from writing for so long."""
        now, version = self._session.clock.monotonic(), data_version()
        self._freed = now
        if version != self._version:
            self._version, self._others_wrote, self._others_write = version, now, True
        alone = now - self._others_wrote > ALONE_AFTER
        self._others_write = self._others_write and not alone
        self._take(self._fair(now, alone=alone))
        fitting = units * self._share.seconds / max(seconds, 0.0001)
        wanted = min(max(fitting, self.size / 2), self.size * 2)
        self.size = int(min(max(wanted, SMALLEST_CHUNK), LARGEST_CHUNK))

    def _take(self, share: _Share) -> None:
        if share.pages != self._share.pages:
            checkpoint_after(share.pages)
        self._share = share

    def _fair(self, now: float, *, alone: bool) -> _Share:
        if not alone:
            return OTHERS_WRITE
        if now - self._looked >= LOOK_EVERY:
            self._looked, self._watched = now, _is_watched()
        return ALONE if self._watched else UNWATCHED


def _is_watched() -> bool:
    """Whether there may be somebody whose save would wait; nobody saves anything in a copy."""
    return not works_on_copy() and window_is_open(company_path())
