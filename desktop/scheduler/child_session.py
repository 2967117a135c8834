"""A background session inside its child process, and the way from there to those who run further ones."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from desktop.codeunits import registry
from desktop.errors import SessionError, TaskCancelledError
from desktop.jobqueue import dispatcher
from desktop.scheduler import messages
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending
from desktop.sessions import permissions
from desktop.sessions.hosting import SessionOrder
from desktop.sessions.session import Session
from desktop.tasks.trial import Trial, undergo
from models.database import connected

_log = logging.getLogger("desktop.sessions")
_A_DAY_MS = 86_400_000


class HostInWorker:
    """The background sessions of the program, spoken to through the pipe; one question at a time.

    Args:
        send: writes a message to the program.

    Attributes:
        number: of the run that asks.
    """

    def __init__(self, send: Callable[[messages.FromChild], None]) -> None:
        self.number = 0
        self._send = send
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[messages.SessionAnswer] = queue.SimpleQueue()

    def answered(self, answer: messages.SessionAnswer) -> None:
        """The program has answered; called by the thread that reads the pipe."""
        self._answers.put(answer)

    def start(self, order: SessionOrder) -> str:
        """Start a session; its id.

        Raises:
            UnknownCodeunitError: there is no such codeunit.
            SessionError: it is not accepted.
        """
        registry.find(order.codeunit)
        return self._ask(messages.SessionCall(self.number, order=order)).session_id

    def stop_session(self, session_id: str, comment: str = "") -> bool:
        """End a session at once; False for one that has ended or never was."""
        return self._ask(messages.SessionCall(self.number, session_id, comment=comment)).yes

    def is_session_active(self, session_id: str) -> bool:
        """Whether a session waits or runs."""
        return self._ask(messages.SessionCall(self.number, session_id)).yes

    def _ask(self, call: messages.SessionCall) -> messages.SessionAnswer:
        with self._asking:
            self._send(call)
            answer = self._answers.get()
        if answer.error is not None:
            code, text, hint = answer.error
            raise SessionError(text, hint, code)
        return answer


def run(request: ChildRequest, session: Session) -> ChildOutcome:
    """Run the codeunit of a background session; nothing is kept but what it commits itself."""
    try:
        permissions.check_may_run(session.user_id, request.codeunit, "session", "start it as another one")
        undergo(Trial(request.trial_delay_ms, request.trial_fails), session.token, _A_DAY_MS)
        with connected(), permissions.enforced(session.user_id):
            registry.function_of(request.codeunit)(session)
    except TaskCancelledError:
        return dispatcher.outcome_of(session, Ending.CANCELLED)
    except BaseException as error:
        about = {
            "session_id": session.session_id,
            "session_kind": session.kind.value,
            "codeunit": request.codeunit,
        }
        _log.exception("background session of %s ended with an error", request.codeunit, extra=about)
        return dispatcher.outcome_of(session, Ending.FAILED, error)
    return dispatcher.outcome_of(session, Ending.DONE)
