"""What runs now in child sessions, and what became of those before: for the Task Monitor, the chart and the log."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from desktop.sessions.session import SessionKind

_log = logging.getLogger("desktop.sessions")


class ChildSessionState(StrEnum):
    """Where a page background task stands."""

    HELD = "Held"  # it may not start yet
    WAITING = "Waiting"  # it waits for a slot
    RUNNING = "Running"
    STOPPING = "Stopping"  # told to end; its thread has not yet
    ABANDONED = "Abandoned"  # it did not obey; its slot was given away and its outcome goes nowhere


class Ending(StrEnum):
    """How a child session ended."""

    COMPLETED = "Completed"
    FAILED = "Failed"
    TIMEOUT = "Timeout"
    CANCELLED = "Cancelled"
    ABANDONED = "Abandoned"
    REFUSED = "Refused"  # it never began: too many were waiting


@dataclass(frozen=True, slots=True)
class ChildSessionInfo:
    """A page background task that has not ended yet.

    Args:
        task_id: for `Hub.stop`.
        codeunit: its name in the registry.
        page: what the page that asked calls itself; may be empty.
        user_id: in whose name it runs.
        state: Held, Waiting, Running, Stopping or Abandoned.
        since: when it was asked for; aware, in UTC.
        timeout_ms: how long it may run.
        running_ms: how long it has been running; 0 while it has not begun.
    """

    task_id: int
    codeunit: str
    page: str
    user_id: str
    state: ChildSessionState
    since: datetime
    timeout_ms: int
    running_ms: int


@dataclass(frozen=True, slots=True)
class TaskCounters:
    """How many page background tasks there are now, and what became of all since the program began.

    Every task that was accepted is held, or counted in exactly one of active, waiting, completed, failed, cancelled
    and timeouts; one that was told to end counts there already while its thread is still active. `abandoned` are
    those among cancelled and timeouts whose thread did not obey.

    Args:
        active: run now, those told to stop included.
        waiting: wait for a slot now; held tasks are not among them.
        started: got a slot.
        refused: were not accepted, because too many were waiting.
    """

    active: int
    waiting: int
    started: int
    completed: int
    failed: int
    cancelled: int
    timeouts: int
    refused: int
    abandoned: int


class Tally:
    """Counts what becomes of child sessions, and writes one line into the log for each that ends."""

    _LINE: Final = "child session of %s: %s"

    def __init__(self) -> None:
        self.started = 0
        self._ended: Counter[Ending] = Counter()

    def counters(self, active: int, waiting: int) -> TaskCounters:
        """The figures now.

        Args:
            active, waiting: how many there are at this moment.
        """
        ended = self._ended
        return TaskCounters(
            active=active,
            waiting=waiting,
            started=self.started,
            completed=ended[Ending.COMPLETED],
            failed=ended[Ending.FAILED],
            cancelled=ended[Ending.CANCELLED],
            timeouts=ended[Ending.TIMEOUT],
            refused=ended[Ending.REFUSED],
            abandoned=ended[Ending.ABANDONED],
        )

    def count(self, ending: Ending) -> None:
        """One more has come to this end."""
        self._ended[ending] += 1

    def log(self, ending: Ending, codeunit: str, page: str, duration_ms: float) -> None:
        """Write the event of an end.

        Args:
            page: what the page that asked calls itself.
            duration_ms: how long it ran; 0 when it never began.
        """
        if _log.isEnabledFor(logging.INFO):
            _log.info(
                self._LINE,
                codeunit,
                ending,
                extra={
                    "session_kind": SessionKind.CHILD.value,
                    "codeunit": codeunit,
                    "page": page,
                    "duration_ms": round(duration_ms, 1),
                    "outcome": ending.value,
                },
            )
