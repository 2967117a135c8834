"""Session events: when a session began and ended, and how."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from peewee import SQL

from desktop.codeunits import registry
from desktop.errors import UnknownCodeunitError
from desktop.sessions.session import SessionKind
from desktop.sessions.watching import this_computer
from models import changes, statements
from models.database import database
from models.enforcement import as_system
from models.fields import search_text, shown_time
from models.job_queue import SessionEvent

LONGEST_COMMENT: Final = 2_000  # characters; the log has the rest


class SessionEventKind(StrEnum):
    """What happened to a session."""

    LOGON = "Logon"  # a client began
    LOGOFF = "Logoff"  # and ended
    START = "Start"  # a background session began
    STOP = "Stop"  # it ended by itself
    CLOSE = "Close"  # it was ended


# A parameter in its place would keep SQLite from its partial index.
_OPEN: Final = SQL("is_open = 1")
_BEGINNINGS: Final = frozenset({SessionEventKind.LOGON, SessionEventKind.START})


@as_system()
def record(
    session_id: str,
    event: SessionEventKind,
    *,
    at: datetime,
    user_id: str = "",
    codeunit: str = "",
    comment: str = "",
    kind: SessionKind = SessionKind.BACKGROUND,
    program: str = "",
    client_id: str = "",
    noticed_later: bool = False,
) -> None:
    """Note an event inside the running transaction; an end closes its beginning and tells how long it took.

    Args:
        comment: for an end, the error's text or why it was ended.
        program: which program, e.g. "Window".
        client_id: the session of the client in which it runs.
        noticed_later: an end whose moment nobody knows, so that it tells no duration.
    """
    begins = event in _BEGINNINGS
    duration = None if begins else _close(session_id, at)
    event_id = statements.insert(
        SessionEvent,
        session_id=session_id,
        kind=kind,
        event=event,
        user_id=user_id,
        codeunit=codeunit,
        comment=_shortened(comment),
        at=at,
        search_text=search_text(
            event, kind, user_id, codeunit, _caption(codeunit), comment, this_computer(), program
        ),
        computer=this_computer(),
        program=program,
        client_id=client_id,
        is_open=begins,
        duration_ms=None if noticed_later else duration,
    )
    changes.touch(SessionEvent.table(), str(event_id))


def open_sessions(computer: str) -> list[SessionEvent]:
    """The beginnings without an end of clients of that computer, and of what ran in them."""
    found = SessionEvent.select().where(
        _OPEN,
        SessionEvent.computer == computer,
        (SessionEvent.event == SessionEventKind.LOGON) | (SessionEvent.client_id != ""),
    )
    return sorted(found, key=lambda row: int(row.id))  # in SQL it would be the order of the whole table


def _close(session_id: str, at: datetime) -> int | None:
    """Close the session's beginning; how long ago it was, in milliseconds, None where there is none."""
    row = database.execute_sql(
        "UPDATE session_event SET is_open = 0 WHERE session_id = ? AND is_open = 1 RETURNING at",
        (session_id,),
    ).fetchone()
    if row is None:
        return None
    return max(0, round((at - shown_time(row[0])).total_seconds() * 1000))


def _caption(codeunit: str) -> str:
    if not codeunit:
        return ""
    try:
        return registry.find(codeunit).caption
    except UnknownCodeunitError:
        return ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_COMMENT else text[: LONGEST_COMMENT - 1] + "…"
