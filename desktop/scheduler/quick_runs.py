"""Quick runs inside a child: tasks that take a moment each, one after the other, their ends written down together.

What turns out otherwise is run like any other: one that takes longer than a moment is begun on paper while it runs,
and those behind it go back to the queue; one that fails, has something to say or has written to the company gets an
end of its own, in a transaction of its own. So no run that has changed anything waits to be written down.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import ReplacedError, TaskCancelledError
from desktop.jobqueue import dispatcher, quick_ends, runs
from desktop.jobqueue.quick_ends import QuickEnd
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Claim, Ending, ErrorInfo
from desktop.sessions import permissions
from desktop.sessions.session import Session
from models.database import connected, database

MOMENT_SECONDS: Final = 0.02


class QuickRuns:
    """One order of quick runs.

    Args:
        request: names the tasks in `quick`.
        new_session: makes the session of one of them; all share one token.
    """

    def __init__(
        self, request: ChildRequest, new_session: Callable[[Claim], Session], clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._worker = request.worker
        self._waiting = deque(request.quick)
        self._new_session = new_session
        self._clock = clock
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._session: Session | None = None  # of the run that goes on
        self._claim: Claim | None = None  # its claim; begun on paper when `_begun`
        self._begun = False
        self._since = 0.0
        self._ran_ms = 0.0  # of the codeunits alone, without what is written down
        self._ends: list[QuickEnd] = []  # not written down yet
        self._finished: list[str] = []
        self._allowed: set[tuple[str, str]] = set()

    def run(self) -> ChildOutcome:
        """Run them all; the outcome is recorded unless the company could not be written."""
        watch = threading.Thread(target=self._watch, name="quick-runs", daemon=True)
        watch.start()
        error: ErrorInfo | None = None
        try:
            while self._waiting:
                self._run_until_one_fails()
            with self._lock:
                self._write_down()
        except BaseException as raised:
            error = runs.error_info(raised)
        finally:
            self._over.set()
            watch.join()
        return ChildOutcome(
            ending=Ending.DONE if error is None else Ending.FAILED,
            error=error,
            recorded=error is None,
            ran_ms=self._ran_ms,
            ended=self._finished,
        )

    def _run_until_one_fails(self) -> None:
        """Run on one connection, until nothing waits or it cannot be trusted any more."""
        failed: tuple[Claim, Session, BaseException] | None = None
        with connected() as connection:
            while failed is None:
                claim = self._next()
                if claim is None:
                    return
                session = self._new_session(claim)
                changes = connection.total_changes
                self._set_out(claim, session)
                started = self._clock.now()
                try:
                    self._check_may_run(claim)
                    dispatcher.execute(claim, session)
                except BaseException as error:
                    failed = claim, session, error
                else:
                    self._ran_ms += session.ran_ms
                    quiet = connection.total_changes == changes and not connection.in_transaction
                    with self._lock:
                        if self._begun or not quiet or session.has_told():
                            self._end_of_its_own(session)
                        else:
                            self._ends.append(QuickEnd(claim, session, started, self._clock.now()))
                        self._session = None
        if failed is not None:
            self._end_badly(*failed)

    def _check_may_run(self, claim: Claim) -> None:
        """Ask once in an order who may run what; it takes less than a second."""
        if (claim.user_id, claim.codeunit) not in self._allowed:
            permissions.check_may_run(claim.user_id, claim.codeunit)
            self._allowed.add((claim.user_id, claim.codeunit))

    def _next(self) -> Claim | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _set_out(self, claim: Claim, session: Session) -> None:
        with self._lock:
            self._claim, self._session, self._begun = claim, session, False
            self._since = time.monotonic()

    def _end_of_its_own(self, session: Session) -> None:
        with contextlib.suppress(ReplacedError), database.atomic():
            claim = self._begin()
            if claim is not None:
                dispatcher.finish(claim, session)
                self._finished.append(claim.job_id)

    def _end_badly(self, claim: Claim, session: Session, error: BaseException) -> None:
        """Write down a run that failed or was stopped; its connection is closed, and with it what it left open."""
        with self._lock, connected():
            self._session = None
            begun = self._begin()
        if begun is None or isinstance(error, ReplacedError):
            return
        cancelled = isinstance(error, TaskCancelledError)
        info = None if cancelled else runs.error_info(error)
        dispatcher.write_end(begun, session, Ending.CANCELLED if cancelled else Ending.FAILED, info)
        self._finished.append(claim.job_id)

    def _begin(self) -> Claim | None:
        """The claim of the run that goes on, begun on paper; None when it may not run any more. The lock is held."""
        if not self._begun:
            assert self._claim is not None
            with database.atomic():
                self._claim = dispatcher.begin(self._claim, self._worker, self._clock)
            self._begun = True
        return self._claim

    def _write_down(self) -> None:
        with connected():
            self._finished += quick_ends.write(self._ends, self._worker, self._clock)
        self._ends = []

    # --- the watching thread ---------------------------------------------------------------------

    def _watch(self) -> None:
        """See to it that nothing waits for a run that takes longer than a moment."""
        while not self._over.wait(MOMENT_SECONDS):
            with self._lock:
                session = self._session
                slow = session is not None and time.monotonic() - self._since >= MOMENT_SECONDS
                if session is None or not slow or self._begun:
                    continue
                try:
                    self._step_aside(session)
                except Exception as error:
                    if not runs.error_info(error).passes:
                        raise  # a locked company is tried again in a moment

    def _step_aside(self, session: Session) -> None:
        with connected():
            self._write_down()
            if self._begin() is None:
                session.token.cancel()
            now = self._clock.now()
            with database.atomic():
                for claim in self._waiting:
                    with contextlib.suppress(ReplacedError):
                        claims.put_back(claim, now, now)
            self._waiting.clear()
