"""Session events: when a background session started and ended, and how."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from desktop.sessions.session import SessionKind
from models.job_queue import SessionEvent


class SessionEventKind(StrEnum):
    """What happened to a session."""

    START = "Start"
    STOP = "Stop"  # it ended by itself
    CLOSE = "Close"  # it was ended


def record(
    session_id: str,
    event: SessionEventKind,
    *,
    at: datetime,
    user_id: str = "",
    codeunit: str = "",
    comment: str = "",
    kind: SessionKind = SessionKind.BACKGROUND,
) -> None:
    """Note an event inside the running transaction.

    Args:
        comment: for an end, the error's text; empty when it went well.
    """
    SessionEvent.insert(
        session_id=session_id,
        kind=kind,
        event=event,
        user_id=user_id,
        codeunit=codeunit,
        comment=comment,
        at=at,
    ).execute()
