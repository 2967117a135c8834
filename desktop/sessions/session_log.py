"""What a started session leaves behind: its events in the company, and one line in the log."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

import peewee

from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.hosting import SessionOrder
from desktop.sessions.session import SessionKind
from models.database import connected, database

_log: Final = logging.getLogger("desktop.sessions")


class SessionLog:
    """Writes for the background sessions of one program.

    Args:
        program: its name.
        client_id: its own session; empty for none.
    """

    def __init__(self, program: str, client_id: str) -> None:
        self._program = program
        self._client_id = client_id

    def event(
        self, session_id: str, event: SessionEventKind, order: SessionOrder, at: datetime, comment: str = ""
    ) -> None:
        """Write an event; a company that cannot be written just now costs the event, not the session."""
        try:
            with connected(), database.atomic():
                events.record(
                    session_id,
                    event,
                    at=at,
                    user_id=order.user_id,
                    codeunit=order.codeunit,
                    comment=comment,
                    program=self._program,
                    client_id=self._client_id,
                )
        except peewee.DatabaseError:
            _log.warning("the event of session %s could not be written", session_id, exc_info=True)

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
