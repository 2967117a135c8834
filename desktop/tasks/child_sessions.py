"""The rules of page background tasks: what is accepted, how long it may run, what it undergoes, how it is counted."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.errors import TooManyTasksError
from desktop.formats import as_texts
from desktop.sessions.session import CancelToken
from desktop.settings import Settings
from desktop.tasks.lanes import ChildSession, Entry
from desktop.tasks.monitor import ChildSessionInfo, EndedChildSession, Ending, Tally
from desktop.tasks.task import ErrorLevel, TaskError, TaskRequest, TimedToken, run_codeunit, timeout_error
from desktop.tasks.trial import Trials

Completed = Callable[[int, dict[str, str]], None]
Failed = Callable[[int, TaskError, ErrorLevel], None]
Stopped = Callable[[int], None]

DEAF: Final = "It did not end when it was told to, so its slot was given to the next."
_log = logging.getLogger(__name__)


class ChildSessions:
    """Admits page background tasks and follows each to its end; the hub runs them.

    Attributes:
        tally: what became of all of them.
    """

    def __init__(self, settings: Settings, clock: Clock, user_id: str) -> None:
        self.tally = Tally(clock.now())
        self._settings = settings
        self._clock = clock
        self._user_id = user_id
        self._trials = Trials(settings)

    def admit(
        self,
        task_id: int,
        codeunit: str,
        parameters: Mapping[str, str] | None,
        timeout_ms: int | None,
        error_level: ErrorLevel,
        page: str,
        on_stopped: weakref.WeakMethod[Any] | None,
        waiting: int,
    ) -> ChildSession:
        """Accept a task; see `Hub.submit`.

        Args:
            waiting: how many wait already, for a slot or for their delay to be over.
        Raises:
            UnknownCodeunitError, TooManyTasksError, TypeError: it is not accepted.
        """
        asked = as_texts(parameters, f"parameters of “{codeunit}”")
        codeunit = registry.find(codeunit).name
        limit = self._settings.task_queue_length
        if waiting >= limit:
            error = TooManyTasksError(limit)
            self._tell_refusal(task_id, codeunit, page, error)
            raise error
        request = TaskRequest(
            task_id, codeunit, asked, self.timeout(timeout_ms), self._user_id, self._clock.today()
        )
        return ChildSession(request, page, error_level, on_stopped, self._clock.now())

    def token(self) -> TimedToken:
        """A new token that obeys the clock."""
        return TimedToken(self._clock)

    def run(self, child: ChildSession, token: CancelToken) -> dict[str, str]:
        """Run it on this thread; see `run_codeunit`."""
        return run_codeunit(child.request, token, self._clock, child.trial)

    def timeout(self, asked_ms: int | None) -> int:
        """How long a task may run, in milliseconds, when its page asks for that; None takes the default."""
        longest = self._settings.task_max_timeout_ms
        if asked_ms is None:
            return max(1, min(self._settings.task_default_timeout_ms, longest))
        if asked_ms > longest:
            _log.info("a time-out of %d ms was asked for; %d ms is the longest allowed", asked_ms, longest)
        return max(1, min(asked_ms, longest))

    def started(self, entry: Entry) -> float | None:
        """It has a slot now, and runs next.

        Returns:
            When its time is over, on the clock's monotonic scale; None for work without a time-out.
        """
        child = entry.child
        if child is None or not isinstance(entry.token, TimedToken):
            return None
        self.tally.started += 1
        child.trial = self._trials.next_of(child.request.codeunit)
        child.started_at = self._clock.monotonic()
        entry.token.deadline = child.started_at + child.request.timeout_ms / 1000
        return entry.token.deadline

    def decided(self, entry: Entry, ending: Ending) -> None:
        """Its end is certain, though its thread may still run."""
        if entry.child is not None and entry.child.ending is None:
            entry.child.ending = ending
            self.tally.count(ending)

    def ended(self, entry: Entry, ending: Ending, error: TaskError | None = None) -> None:
        """It runs no more; `ending` and `error` count when nothing else was decided before."""
        if entry.child is None:
            return
        self.decided(entry, ending)
        decided = entry.child.ending or ending
        if decided is Ending.TIMEOUT:
            error = timeout_error()
        elif decided is not Ending.FAILED:
            error = None
        self._tell_end(entry.child, decided, error.text if error is not None else "")

    def abandoned(self, entry: Entry) -> None:
        """It did not obey, and nobody follows it any further."""
        if entry.child is not None:
            self.tally.count(Ending.ABANDONED)
            self._tell_end(entry.child, Ending.ABANDONED, DEAF)

    def infos(self, entries: Iterable[Entry]) -> list[ChildSessionInfo]:
        """What the Task Monitor shows of those among `entries` that are page background tasks."""
        now = self._clock.monotonic()
        return [
            ChildSessionInfo(
                task_id=entry.task_id,
                codeunit=child.request.codeunit,
                page=child.page,
                user_id=child.request.user_id,
                state=entry.state,
                since=child.since,
                timeout_ms=child.request.timeout_ms,
                running_ms=_milliseconds(child, now),
            )
            for entry in sorted(entries, key=lambda entry: entry.task_id)
            if (child := entry.child) is not None
        ]

    def _tell_end(self, child: ChildSession, ending: Ending, error: str) -> None:
        request = child.request
        self.tally.tell(
            EndedChildSession(
                request.task_id,
                request.codeunit,
                child.page,
                request.user_id,
                ending,
                self._clock.now(),
                _milliseconds(child, self._clock.monotonic()),
                error,
            )
        )

    def _tell_refusal(self, task_id: int, codeunit: str, page: str, error: TooManyTasksError) -> None:
        self.tally.count(Ending.REFUSED)
        self.tally.tell(
            EndedChildSession(
                task_id, codeunit, page, self._user_id, Ending.REFUSED, self._clock.now(), 0, str(error)
            )
        )


def _milliseconds(child: ChildSession, now: float) -> int:
    return 0 if child.started_at is None else round((now - child.started_at) * 1000)
