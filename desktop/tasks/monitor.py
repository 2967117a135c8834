"""What runs now in child sessions, and what became of those before: for the Task Monitor, the chart and the log."""

from __future__ import annotations

import logging
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from desktop.sessions.session import SessionKind

MOST_RECENT: Final = 50
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
class EndedChildSession:
    """A page background task that has ended, or that was refused.

    Args:
        task_id: one that was refused has one too.
        codeunit: its name in the registry.
        page: what the page that asked calls itself; may be empty.
        user_id: in whose name it ran.
        outcome: how it ended.
        ended_at: aware, in UTC.
        duration_ms: how long it ran; 0 when it never began.
        error: what went wrong, as people read it; empty when nothing did.
    """

    task_id: int
    codeunit: str
    page: str
    user_id: str
    outcome: Ending
    ended_at: datetime
    duration_ms: int
    error: str = ""


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
    """Counts what becomes of child sessions, and writes one line into the log for each that ends.

    Attributes:
        began_at: since when it counts.
        recent: those that ended last, the newest last; at most `MOST_RECENT`.
    """

    _LINE: Final = "child session of %s: %s"

    def __init__(self, began_at: datetime) -> None:
        self.began_at = began_at
        self.recent: deque[EndedChildSession] = deque(maxlen=MOST_RECENT)
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

    def tell(self, ended: EndedChildSession) -> None:
        """Remember an end, and write its event into the log."""
        self.recent.append(ended)
        if _log.isEnabledFor(logging.INFO):
            _log.info(
                self._LINE,
                ended.codeunit,
                ended.outcome,
                extra={
                    "session_kind": SessionKind.CHILD.value,
                    "codeunit": ended.codeunit,
                    "page": ended.page,
                    "duration_ms": ended.duration_ms,
                    "outcome": ended.outcome.value,
                },
            )
