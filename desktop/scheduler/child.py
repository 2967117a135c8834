"""The child process: runs codeunits without any screen, one after the other, until its worker has gone.

Entry point: `python -m desktop.scheduler.child`, or `backdesk --child` in a packaged program.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

import peewee

from desktop import logs
from desktop.clock import SYSTEM_CLOCK
from desktop.codeunits import registry
from desktop.errors import TaskCancelledError
from desktop.jobqueue import dispatcher, entries, job_session, runs
from desktop.scheduler import child_session, messages
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Claim, Ending, ErrorInfo
from desktop.scheduler.quick_runs import QuickRuns
from desktop.sessions import permissions
from desktop.sessions.session import CancelToken, Session, SessionKind
from desktop.telemetry import events as telemetry
from models.database import close_company, connected, database, open_company

NICENESS: Final = 10
_PIPE_INTERVAL_SECONDS: Final = 0.1
_ENTRY_INTERVAL_SECONDS: Final = 0.5


def main(arguments: Sequence[str] = ()) -> int:
    """Serve the worker at the other end of standard input and output.

    Args:
        arguments: `--lifeline N`, the descriptor that closes when the worker dies.
    """
    if len(arguments) == 2:
        _hold_lifeline(int(arguments[1]))
    incoming, outgoing = _take_pipes()
    _lower_priority()
    logs.setup_logging("child")
    faulthandler.enable(sys.stderr)  # a crash of the interpreter tells its worker where, in its last lines
    child = _Child(incoming, outgoing)
    threading.Thread(target=child.listen, name="worker-pipe", daemon=True).start()
    child.serve()
    return 0


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for messages, and send whatever code prints to standard error."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return incoming, outgoing


def _hold_lifeline(descriptor: int) -> None:
    """Let the kernel end this process when its worker dies, even inside a C call that lets no thread run."""
    if sys.platform == "linux":
        import fcntl

        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            if os.read(descriptor, 1) == b"":  # it died before we could ask to be told
                os._exit(0)


def _lower_priority() -> None:
    """The person at the screen goes first; Ctrl+C is the worker's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":  # there the worker sets the class when it starts the process
        os.nice(NICENESS)


class _Child:
    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._writing = threading.Lock()
        self._orders: queue.SimpleQueue[messages.Open | messages.Run] = queue.SimpleQueue()
        self._current = 0
        self._busy = False
        self._token = CancelToken()
        self._lock = threading.Lock()
        self._company = ""
        self._host = child_session.HostInWorker(self._send)

    def listen(self) -> None:
        """Read the pipe; a worker that has gone ends this process at once, whatever it is doing."""
        while True:
            try:
                message = messages.read_to_child(self._incoming)
            except OSError:
                message = None
            if message is None:
                if not self._busy:
                    telemetry.finish()
                os._exit(0)
            if isinstance(message, messages.Cancel):
                with self._lock:
                    token = self._token if message.number == self._current else None
                if token is not None:
                    token.cancel(release=message.release)
            elif isinstance(message, messages.SessionAnswer):
                self._host.answered(message)
            else:
                if isinstance(message, messages.Run):
                    with self._lock:
                        self._current, self._token = message.number, CancelToken()
                self._orders.put(message)

    def serve(self) -> None:
        """Run what the worker orders."""
        while True:
            order = self._orders.get()
            if isinstance(order, messages.Open):
                self._company = order.company
                _open(self._company)
                continue
            # A company that was locked or away for a moment is tried again with each order.
            trouble = _open(self._company)
            if trouble is not None:
                outcome = ChildOutcome(ending=Ending.FAILED, error=trouble)
            else:
                self._busy = True
                outcome = self._run(order.number, order.request)
                self._busy = False
            self._send(messages.Ended(order.number, outcome))

    def _run(self, number: int, request: ChildRequest) -> ChildOutcome:
        if request.quick:
            return QuickRuns(request, lambda claim: self._session_of(number, request, claim)).run()
        claim = request.claim
        self._host.number = number
        logs.job_id.set("")
        progress = _Progress(self._progress_sender(number), claim)
        session = Session(
            kind=SessionKind.BACKGROUND,
            user_id=request.user_id,
            parameters=request.parameters,
            work_date=date.fromisoformat(request.work_date) if request.work_date else SYSTEM_CLOCK.today(),
            token=self._token,
            on_progress=progress.report,
            record_table=request.record_table,
            record_id=request.record_id,
            codeunit=request.codeunit,
            depth=request.depth,
            host=self._host,
        )
        if request.session_id:
            session.session_id = request.session_id
            outcome = child_session.run(request, session)
        elif claim is None:
            outcome = _run_foreground(request.codeunit, session)
        else:
            logs.job_id.set(claim.job_id)
            run = dispatcher.run if request.error is None else dispatcher.run_failure_codeunit
            outcome = run(claim, job_session.attach(session, claim))
        progress.flush()
        return outcome

    def _session_of(self, number: int, request: ChildRequest, claim: Claim) -> Session:
        """The session of one of several quick runs."""
        self._host.number = number
        logs.job_id.set(claim.job_id)
        session = Session(
            kind=SessionKind.BACKGROUND,
            user_id=claim.user_id,
            parameters=claim.parameters,
            work_date=date.fromisoformat(request.work_date),
            token=self._token,
            on_progress=_Progress(self._progress_sender(number), claim).report,
            record_table=claim.record_table,
            record_id=claim.record_id,
            codeunit=claim.codeunit,
            host=self._host,
        )
        return job_session.attach(session, claim)

    def _progress_sender(self, number: int) -> Callable[[int, int, str], None]:
        return lambda done, total, text: self._send(messages.Progress(number, done, total, text))

    def _send(self, message: messages.FromChild) -> None:
        with self._writing:
            try:
                messages.write(self._outgoing, message)
            except OSError:
                os._exit(0)


class _Progress:
    """Passes progress on, ten times a second to the worker and twice a second to the entry."""

    def __init__(self, send: Callable[[int, int, str], None], claim: Claim | None) -> None:
        self._send = send
        self._claim = claim if claim is not None and claim.job_id else None
        self._sent_at = -_PIPE_INTERVAL_SECONDS
        self._written_at = time.monotonic()  # a short job never writes any
        self._withheld: tuple[int, int, str] | None = None

    def report(self, done: int, total: int, text: str) -> None:
        now = time.monotonic()
        if now - self._sent_at < _PIPE_INTERVAL_SECONDS:
            self._withheld = (done, total, text)
        else:
            self._sent_at, self._withheld = now, None
            self._send(done, total, text)
        if self._claim is None or now - self._written_at < _ENTRY_INTERVAL_SECONDS:
            return
        # Inside a transaction of the codeunit it would only be seen with its commit.
        if database.is_closed() or database.in_transaction():
            return
        self._written_at = now
        with contextlib.suppress(peewee.OperationalError):
            entries.write_progress(self._claim.job_id, self._claim.attempt, done, total, text)

    def flush(self) -> None:
        """Send the last word if it was withheld."""
        if self._withheld is not None:
            self._send(*self._withheld)
            self._withheld = None


def _open(company: str) -> ErrorInfo | None:
    """Open the company if it is not open yet; what stands in the way."""
    if database.obj is not None:
        if Path(company).exists():
            return None
        close_company()  # so that opening it says what has become of it
    try:
        open_company(company)
    except Exception as error:
        return runs.error_info(error)
    return None


def _run_foreground(codeunit: str, session: Session) -> ChildOutcome:
    try:
        with connected(), permissions.enforced(session.user_id):
            registry.function_of(codeunit)(session)
    except TaskCancelledError:
        return dispatcher.outcome_of(session, Ending.CANCELLED)
    except BaseException as error:
        return dispatcher.outcome_of(session, Ending.FAILED, error)
    return dispatcher.outcome_of(session, Ending.DONE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
