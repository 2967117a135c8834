"""StartSession, StopSession, IsSessionActive: code that starts at once, in a process of its own.

It dies with the program: no log entry, no retry, no restart. What must survive is a job.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final, Literal

import msgspec.structs

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.errors import SessionError
from desktop.formats import as_texts, duration_text
from desktop.jobqueue import failure
from desktop.scheduler.children import ChildPool
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending, Runner
from desktop.sessions.events import SessionEventKind
from desktop.sessions.hosting import RecordReference, SessionOrder, reference_of, seconds_of
from desktop.sessions.session import CancelToken
from desktop.sessions.session_log import SessionLog
from desktop.settings import Settings
from desktop.tasks.trial import Trial, Trials

KEPT_WARM: Final = 1  # processes that wait for the next session, so that it starts without delay
LONGEST_WAIT: Final = timedelta(hours=8)  # of a session for its turn

SessionState = Literal["Waiting", "Running"]


@dataclass(frozen=True, slots=True)
class BackgroundSessionInfo:
    """A background session that waits or runs now.

    Args:
        codeunit: its name in the registry.
        since: when it was asked for, aware, in UTC; for one that runs, when it began.
        record: table and key of the record handed over; both empty for none.
    """

    session_id: str
    codeunit: str
    user_id: str
    state: SessionState
    since: datetime
    timeout_seconds: float
    record: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SessionCounters:
    """How many sessions there are now, and what became of all since the program began.

    Args:
        active: run now.
        waiting: wait for their turn.
        started: have begun to run.
        completed, failed, stopped, timeouts: how those that are over have ended.
        refused: were not accepted, because too many were waiting.
    """

    active: int
    waiting: int
    started: int
    completed: int
    failed: int
    stopped: int
    timeouts: int
    refused: int


@dataclass(slots=True, eq=False)
class _Entry:
    session_id: str
    order: SessionOrder
    since: datetime
    token: CancelToken = field(default_factory=CancelToken)
    trial: Trial | None = None
    stop_comment: str | None = None


class BackgroundSessions:
    """The background sessions of this program; each runs in a child process, a thread only waits for it.

    Args:
        company: the company file, open already in this process.
        settings: `session_concurrency` and `session_queue_length` (0 is no limit) are read as they are then.
        user_id: in whose name sessions run that a page starts.
        client_id: the session of the program itself; it stands in the events, so that those of a program that has
            crashed are closed at the next start.
        program: which program this is, for the events.
        runner: what runs a session; a pool of child processes of its own by default.
    """

    def __init__(
        self,
        company: Path,
        settings: Settings,
        user_id: str,
        *,
        client_id: str = "",
        program: str = "",
        clock: Clock = SYSTEM_CLOCK,
        runner: Runner | None = None,
    ) -> None:
        self._settings = settings
        self._user_id = user_id
        self._log = SessionLog(program, client_id)
        self._clock = clock
        # The processes are limited by the threads that wait for them; a stop takes effect at once.
        self._runner: Runner = runner or ChildPool(
            company, 1_000_000, grace_seconds=0.0, clock=clock, keep=KEPT_WARM, sessions=self
        )
        self._trials = Trials(settings)
        self._condition = threading.Condition()
        self._running: dict[str, _Entry] = {}
        self._waiting: deque[_Entry] = deque()
        self._threads: set[threading.Thread] = set()
        self._counts: Counter[str] = Counter()
        self._closed = False

    # ---- what code calls

    def start_session(
        self,
        codeunit: str,
        *,
        parameters: Mapping[str, str] | None = None,
        record: RecordReference | None = None,
        timeout: float | timedelta | None = None,
    ) -> str:
        """Start a codeunit at once, in the person's name and with their rights, without a screen.

        From any thread; it does not wait. The codeunit writes if it likes; what it has not committed when it is
        stopped, fails or runs out of time is rolled back.

        Args:
            codeunit: its name in the registry.
            parameters: texts by name.
            record: handed over by table and key; the codeunit finds them in `session.record_table` and
                `session.record_id`, and reads the record itself.
            timeout: seconds, or a timedelta, after which it is ended; 8 hours (28,800 seconds) by default.
        Returns:
            The session's id.
        Raises:
            UnknownCodeunitError: there is no such codeunit.
            SessionError: as many wait as may, or the program is closing.
            TypeError, ValueError: parameters, record or time-out are none.

        Example:
            session_id = context.sessions.start_session("recalculate_balances", record=customer, timeout=600)
        """
        table, key = reference_of(record)
        return self.start(
            SessionOrder(
                codeunit=codeunit,
                parameters=as_texts(parameters, "parameters"),
                user_id=self._user_id,
                record_table=table,
                record_id=key,
                timeout_seconds=seconds_of(timeout),
            )
        )

    def stop_session(self, session_id: str, comment: str = "") -> bool:
        """End a session at once, also inside a sleep or one long statement; what is open is rolled back.

        It counts as active until its process has gone, some milliseconds later; one that waits is gone at once.

        Args:
            comment: why; it stands in the Session Event.
        Returns:
            False for a session that has ended, was stopped before, or never was.
        """
        with self._condition:
            entry = self._running.get(session_id)
            if entry is not None:
                if entry.stop_comment is not None:
                    return False
                entry.stop_comment = comment or "Stopped."
            else:
                entry = next((entry for entry in self._waiting if entry.session_id == session_id), None)
                if entry is None:
                    return False
                self._waiting.remove(entry)
                self._drop(entry, "Cancelled", comment or "Stopped before it began.")
                return True
        entry.token.cancel()
        return True

    def is_session_active(self, session_id: str) -> bool:
        """Whether a session of this program waits or runs."""
        with self._condition:
            return session_id in self._running or any(
                entry.session_id == session_id for entry in self._waiting
            )

    # ---- what the program calls

    def start(self, order: SessionOrder) -> str:
        """Start a session that is described in full; see `start_session`."""
        codeunit = registry.find(order.codeunit).name
        entry = _Entry(uuid.uuid4().hex, msgspec.structs.replace(order, codeunit=codeunit), self._clock.now())
        with self._condition:
            if self._closed:
                raise SessionError(
                    "Backdesk is closing; no further session is started.",
                    "Make it a job: jobs go on at the next start.",
                    "Closing",
                )
            if len(self._threads) < max(1, self._settings.session_concurrency):
                self._running[entry.session_id] = entry
                thread = threading.Thread(
                    target=self._work, args=(entry,), name=f"session-{entry.session_id[:8]}", daemon=True
                )
                self._threads.add(thread)
                thread.start()
            else:
                self._check_queue(codeunit)
                self._waiting.append(entry)
        return entry.session_id

    def sessions(self) -> list[BackgroundSessionInfo]:
        """What runs and waits now, those that run first, each in the order of their start."""
        with self._condition:
            running = [_info(entry, "Running") for entry in self._running.values()]
            return running + [_info(entry, "Waiting") for entry in self._waiting]

    def counters(self) -> SessionCounters:
        """The figures now."""
        with self._condition:
            counts = self._counts
            return SessionCounters(
                active=len(self._running),
                waiting=len(self._waiting),
                started=counts["started"],
                completed=counts["Completed"],
                failed=counts["Failed"],
                stopped=counts["Cancelled"],
                timeouts=counts["Timeout"],
                refused=counts["Refused"],
            )

    def wait_until_idle(self, timeout_seconds: float | None = None) -> bool:
        """Wait until no session waits or runs and their events are written; False when time is up before."""
        end = None if timeout_seconds is None else monotonic() + timeout_seconds
        with self._condition:
            if not self._condition.wait_for(lambda: not self._threads, timeout_seconds):
                return False
        return self._log.wait(None if end is None else max(0.0, end - monotonic()))

    def close(self) -> None:
        """End all sessions, as the program ends; afterwards no process of them is left."""
        with self._condition:
            self._closed = True
            waiting, self._waiting = list(self._waiting), deque()
            for entry in waiting:
                self._drop(entry, "Cancelled", "Backdesk was closed before it began.")
            running = list(self._running.values())
            for entry in running:
                entry.stop_comment = entry.stop_comment or "Backdesk was closed."
            threads = list(self._threads)
        for entry in running:
            entry.token.cancel()
        for thread in threads:
            thread.join()
        self._runner.close()
        self._log.close()

    # ---- how it works

    def _check_queue(self, codeunit: str) -> None:
        limit = self._settings.session_queue_length
        if 0 < limit <= len(self._waiting):
            self._counts["Refused"] += 1
            self._log.ended("", codeunit, "Refused", 0)
            raise SessionError(
                f"{limit} background sessions wait already; no more are accepted.",
                "Wait until some have ended, or raise the limit in the settings.",
                "TooManySessions",
            )

    def _drop(self, entry: _Entry, outcome: str, comment: str) -> None:
        """End a session that has not begun; inside the condition."""
        self._counts[outcome] += 1
        self._log.event(entry.session_id, SessionEventKind.CLOSE, entry.order, self._clock.now(), comment)
        self._log.ended(entry.session_id, entry.order.codeunit, outcome, 0, comment)

    def _work(self, entry: _Entry | None) -> None:
        """A slot: one session after the other, until none waits."""
        while entry is not None:
            self._run(entry)
            with self._condition:
                entry = self._next()
                if entry is not None:
                    self._running[entry.session_id] = entry
                else:
                    self._threads.discard(threading.current_thread())
                    self._condition.notify_all()

    def _next(self) -> _Entry | None:
        while self._waiting:
            entry = self._waiting.popleft()
            if self._clock.now() - entry.since < LONGEST_WAIT:
                return entry
            self._drop(entry, "Timeout", "It was not its turn within 8 hours.")
        return None

    def _run(self, entry: _Entry) -> None:
        order = entry.order
        began = self._clock.monotonic()
        with self._condition:
            entry.since = self._clock.now()
            self._counts["started"] += 1
            trial = self._trials.next_of(order.codeunit) or Trial()
        self._log.event(entry.session_id, SessionEventKind.START, order, entry.since)
        outcome = self._runner.run(
            ChildRequest(
                codeunit=order.codeunit,
                parameters=order.parameters,
                user_id=order.user_id,
                work_date=self._clock.today().isoformat(),
                record_table=order.record_table,
                record_id=order.record_id,
                session_id=entry.session_id,
                depth=order.depth,
                trial_delay_ms=trial.delay_ms,
                trial_fails=trial.fails,
            ),
            None,
            entry.token,
            order.timeout_seconds,
        )
        name, event, comment = _end_of(outcome, entry)
        with self._condition:
            del self._running[entry.session_id]
            self._counts[name] += 1
        self._log.event(entry.session_id, event, order, self._clock.now(), comment)
        self._log.ended(
            entry.session_id, order.codeunit, name, (self._clock.monotonic() - began) * 1000, comment
        )


def _end_of(outcome: ChildOutcome, entry: _Entry) -> tuple[str, SessionEventKind, str]:
    """How a session has ended: the outcome's name, its event, and the comment."""
    if outcome.ending is Ending.DONE:
        return "Completed", SessionEventKind.STOP, "\n".join(outcome.messages)
    if entry.stop_comment is not None:
        return "Cancelled", SessionEventKind.CLOSE, entry.stop_comment
    if outcome.ending is Ending.TIMED_OUT:
        limit = duration_text(entry.order.timeout_seconds)
        return "Timeout", SessionEventKind.CLOSE, f"It ran longer than its time-out of {limit} and was ended."
    if outcome.error is not None:
        return "Failed", SessionEventKind.STOP, outcome.error.text
    return "Failed", SessionEventKind.CLOSE, failure.death_of(outcome).text


def _info(entry: _Entry, state: SessionState) -> BackgroundSessionInfo:
    order = entry.order
    return BackgroundSessionInfo(
        entry.session_id,
        order.codeunit,
        order.user_id,
        state,
        entry.since,
        order.timeout_seconds,
        (order.record_table, order.record_id),
    )
