"""Sees that the program has ended in the middle of an import, which no commit tells anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from desktop.changes import EVERYTHING
from desktop.clock import SYSTEM_CLOCK, Clock
from models import owners
from models.changes import Change
from models.database import database
from models.integration_record import ImportRun, RunState

LOOK_SECONDS: Final = 1.0
_HELD: Final = (
    "SELECT id, owner FROM import_run WHERE owner <> ''"
    f" AND state IN ('{RunState.READING}', '{RunState.PROCESSING}', '{RunState.UNDOING}')"
)


class OrphanedRuns:
    """Tells a change of each run whose process has ended, once.

    Args:
        lives: whether the process behind an owner text runs.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK, lives: Callable[[str], bool] = owners.lives) -> None:
        self._clock, self._lives = clock, lives
        self._held: set[tuple[int, str]] = set()  # runs with their owners
        self._told: set[tuple[int, str]] = set()
        self._stale = True
        self._look_at = 0.0

    def __call__(self, found: list[Change]) -> list[Change]:
        """Look once a second, on a thread with a connection.

        Args:
            found: what has changed since the last call.
        """
        self._stale |= any(change.table in (ImportRun.table(), EVERYTHING) for change in found)
        now = self._clock.monotonic()
        if now < self._look_at or not (self._stale or self._held):
            return []
        self._look_at = now + LOOK_SECONDS
        if self._stale:
            self._held = {*database.execute_sql(_HELD).fetchall()} - self._told
            self._stale = False
        living = {owner for owner in {owner for _, owner in self._held} if self._lives(owner)}
        ended = {held for held in self._held if held[1] not in living}
        self._held -= ended
        self._told |= ended
        return [Change(0, ImportRun.table(), str(run_id)) for run_id, _ in sorted(ended)]
