"""The pool of warm child processes: for the slots of a worker, and for what a window or command waits for."""

from __future__ import annotations

import itertools
import queue
import threading
from pathlib import Path
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import SessionError
from desktop.scheduler import messages
from desktop.scheduler.child_process import ChildProcess, Closed, Wake
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending, ErrorInfo
from desktop.sessions.hosting import SessionHost
from desktop.sessions.session import CancelToken, ProgressCallback
from models.errors import BackdeskError

_numbers: Final = itertools.count(1)


class ChildPool:
    """Child processes of one company, started when first needed and kept warm.

    Args:
        company: the company file that each child opens.
        size: how many there are at most; a further `run` waits for one.
        grace_seconds: how long code may take to obey a wish to stop before its process is killed.
        clock: measures the time-outs.
        keep: how many children that have nothing to do are kept warm; None is all.
        sessions: starts and stops what code in the children starts and stops; None refuses it.
    """

    def __init__(
        self,
        company: Path,
        size: int,
        *,
        grace_seconds: float = 10.0,
        clock: Clock = SYSTEM_CLOCK,
        keep: int | None = None,
        sessions: SessionHost | None = None,
    ) -> None:
        self._company = company
        self._size = size
        self._keep = size if keep is None else keep
        self._sessions = sessions
        self._grace = grace_seconds
        self._clock = clock
        self._condition = threading.Condition()
        self._idle: list[ChildProcess] = []
        self._taken: set[ChildProcess] = set()
        self._starting = 0
        self._closed = False

    def run(
        self,
        request: ChildRequest,
        on_progress: ProgressCallback | None = None,
        token: CancelToken | None = None,
        timeout_seconds: float | None = None,
    ) -> ChildOutcome:
        """Run a request in a child and wait for its end.

        Args:
            on_progress: called on this thread, at most ten times a second.
            token: cancelling it asks the code to stop, and kills the child after the grace time.
            timeout_seconds: the child is killed then; None is never.
        Returns:
            The outcome; what goes wrong in the code or its process is in it, not raised.
        """
        token = token or CancelToken()
        try:
            child = self._take()
        except OSError as error:
            text = f"A background process could not be started: {error.strerror or error}."
            return ChildOutcome(ending=Ending.FAILED, error=ErrorInfo("NoProcess", text))
        try:
            if token.is_cancelled():
                return ChildOutcome(ending=Ending.CANCELLED)
            return _Supervision(child, self._grace, self._clock, self._sessions).run(
                request, on_progress, token, timeout_seconds
            )
        finally:
            token.interrupt_with(None)
            self._give_back(child)

    def process_ids(self) -> list[int]:
        """Of all children that live."""
        with self._condition:
            return sorted(child.pid for child in (*self._idle, *self._taken))

    def close(self) -> None:
        """End all children; those that run something are killed."""
        with self._condition:
            self._closed = True
            idle, self._idle = self._idle, []
            taken = list(self._taken)
            self._condition.notify_all()
        for child in taken:
            child.kill()
        for child in idle:
            child.close()
        for child in idle:
            child.end()
        with self._condition:
            self._condition.wait_for(lambda: not self._taken and not self._starting)

    def _take(self) -> ChildProcess:
        with self._condition:
            self._condition.wait_for(
                lambda: self._closed or self._idle or len(self._taken) + self._starting < self._size
            )
            if self._closed:
                raise OSError("the program is closing")
            while self._idle:
                child = self._idle.pop()
                if child.is_alive():
                    self._taken.add(child)
                    return child
                child.end()
            self._starting += 1
        try:
            child = ChildProcess(self._company)
        except BaseException:
            with self._condition:
                self._starting -= 1
                self._condition.notify_all()
            raise
        with self._condition:
            self._starting -= 1
            self._taken.add(child)
            closing = self._is_closing()
        if closing:
            child.kill()
        return child

    def _is_closing(self) -> bool:
        return self._closed

    def _give_back(self, child: ChildProcess) -> None:
        """Keep a child that lives for the next run; it counts as taken until it has really ended."""
        alive = child.is_alive()
        with self._condition:
            if alive and not self._closed and len(self._idle) < self._keep:
                self._taken.discard(child)
                self._idle.append(child)
                self._condition.notify_all()
                return
            in_order = alive and not self._closed
        if not in_order:
            child.kill()
        child.end()
        with self._condition:
            self._taken.discard(child)
            self._condition.notify_all()


class _Supervision:
    """One run in one child: reads its mail, passes the wish to stop on, and kills when time is up."""

    def __init__(
        self, child: ChildProcess, grace_seconds: float, clock: Clock, sessions: SessionHost | None
    ) -> None:
        self._child = child
        self._sessions = sessions
        self._grace = grace_seconds
        self._now = clock.monotonic
        self._number = next(_numbers)
        self._kill_at = float("inf")
        self._asked = False
        self._released = False

    def run(
        self,
        request: ChildRequest,
        on_progress: ProgressCallback | None,
        token: CancelToken,
        timeout_seconds: float | None,
    ) -> ChildOutcome:
        end_at = float("inf") if timeout_seconds is None else self._now() + timeout_seconds
        try:
            self._child.send(messages.Run(self._number, request))
        except UnicodeEncodeError as error:
            shown = error.object.encode(errors="replace").decode()
            text = f"“{shown}” has signs that are no text; rename it, or enter it anew."
            return ChildOutcome(ending=Ending.FAILED, error=ErrorInfo("NoText", text))
        token.interrupt_with(lambda: self._child.inbox.put(Wake()))
        while True:
            now = self._now()
            if now >= self._kill_at:
                return self._kill(Ending.CANCELLED)
            if now >= end_at:
                return self._kill(Ending.TIMED_OUT)
            wait = min(self._kill_at, end_at) - now
            try:
                mail = self._child.inbox.get(timeout=None if wait == float("inf") else wait)
            except queue.Empty:
                continue
            if isinstance(mail, Wake):
                self._pass_on(token)
            elif isinstance(mail, Closed):
                return self._died()
            elif mail.number != self._number:
                continue
            elif isinstance(mail, messages.Ended):
                return mail.outcome
            elif isinstance(mail, messages.SessionCall):
                self._child.send(_answer(self._sessions, mail))
            elif on_progress is not None:
                on_progress(mail.done, mail.total, mail.text)

    def _pass_on(self, token: CancelToken) -> None:
        if not token.is_cancelled() or (self._asked and self._released == token.release):
            return
        self._child.send(messages.Cancel(self._number, token.release))
        if not self._asked:
            self._kill_at = self._now() + self._grace
        self._asked, self._released = True, token.release

    def _kill(self, ending: Ending) -> ChildOutcome:
        self._child.kill()
        code = self._child.wait()
        # It may have ended its work in the very moment before.
        while True:
            try:
                mail = self._child.inbox.get_nowait()
            except queue.Empty:
                break
            if isinstance(mail, messages.Ended) and mail.number == self._number:
                return mail.outcome
        return ChildOutcome(ending=ending, forced=True, exit_code=code, last_lines=self._child.last_lines())

    def _died(self) -> ChildOutcome:
        code = self._child.wait()
        return ChildOutcome(ending=Ending.DIED, exit_code=code, last_lines=self._child.last_lines())


def _answer(sessions: SessionHost | None, call: messages.SessionCall) -> messages.SessionAnswer:
    """Do what the code in a child asks of its program's background sessions."""
    try:
        if sessions is None:
            raise SessionError(
                "The program that runs this code runs no background sessions.",
                "Run the code as a job, or from a page.",
                "NoHost",
            )
        if call.order is not None:
            return messages.SessionAnswer(session_id=sessions.start(call.order))
        if call.comment is not None:
            return messages.SessionAnswer(yes=sessions.stop_session(call.session_id, call.comment))
        return messages.SessionAnswer(yes=sessions.is_session_active(call.session_id))
    except BackdeskError as error:
        return messages.SessionAnswer(error=(error.code, error.text, error.hint))
