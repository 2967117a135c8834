"""What a started session leaves behind: its events in the company, and one line in the log."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import peewee

from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.hosting import SessionOrder
from desktop.sessions.session import SessionKind
from models.database import company_path, connected, database
from models.errors import company_error

_log: Final = logging.getLogger("desktop.sessions")


@dataclass(frozen=True, slots=True)
class _Event:
    session_id: str
    event: SessionEventKind
    order: SessionOrder
    at: datetime
    comment: str


class SessionLog:
    """Writes for the background sessions of one program.

    Events are written in their order by a thread that lives while there are some: neither who starts or stops a
    session nor the session waits for somebody else's long transaction.

    Args:
        program: its name.
        client_id: its own session; empty for none.
    """

    def __init__(self, program: str, client_id: str) -> None:
        self._program = program
        self._client_id = client_id
        self._condition = threading.Condition()
        self._due: deque[_Event] = deque()
        self._writing = False
        self._closing = False

    def event(
        self, session_id: str, event: SessionEventKind, order: SessionOrder, at: datetime, comment: str = ""
    ) -> None:
        """Have an event written, soon."""
        with self._condition:
            self._due.append(_Event(session_id, event, order, at, comment))
            if not self._writing:
                self._writing = True
                threading.Thread(target=self._write_all, name="session-events", daemon=True).start()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until all is written; False when time is up before."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._writing, timeout_seconds)

    def close(self) -> None:
        """Write what is due; a company that stays locked is tried once more, and then left."""
        with self._condition:
            self._closing = True
        self.wait()

    def ended(
        self, session_id: str, codeunit: str, outcome: str, duration_ms: float, comment: str = ""
    ) -> None:
        """Write the line of an end.

        Args:
            outcome: Completed, Failed, Timeout, Cancelled or Refused.
            duration_ms: how long it ran; 0 when it never began.
        """
        _log.info(
            "background session of %s: %s",
            codeunit,
            outcome,
            extra={
                "session_id": session_id,
                "session_kind": SessionKind.BACKGROUND.value,
                "codeunit": codeunit,
                "page": "",
                "duration_ms": round(duration_ms, 1),
                "outcome": outcome,
                "comment": comment,
            },
        )

    def _write_all(self) -> None:
        while True:
            with self._condition:
                batch = tuple(self._due)
                if not batch:
                    self._writing = False
                    self._condition.notify_all()
                    return
            if self._write(batch):
                with self._condition:
                    for _ in batch:
                        self._due.popleft()

    def _write(self, batch: tuple[_Event, ...]) -> bool:
        """Write some events in one transaction; False when they are to be tried again."""
        closing = self._closing
        try:
            with connected(), database.atomic():
                for each in batch:
                    events.record(
                        each.session_id,
                        each.event,
                        at=each.at,
                        user_id=each.order.user_id,
                        codeunit=each.order.codeunit,
                        comment=each.comment,
                        program=self._program,
                        client_id=self._client_id,
                    )
        except peewee.DatabaseError as error:
            told = company_error(error, company_path())
            if told is not None and told.code == "Locked" and not closing:
                return False
            _log.warning("%d session events could not be written: %s", len(batch), str(error))
        return True
