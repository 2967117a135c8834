"""The sessions of this program as rows: the window itself, background sessions, child sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from desktop.tasks.monitor import ChildSessionState
from ui.framework.context import PageContext

CLIENT, BACKGROUND, CHILD = "Client", "Background", "Child"
RUNNING: Final = ChildSessionState.RUNNING.value
ENDED: Final = "Ended"  # it is over, but its row still rests under the pointer
STOPPABLE: Final = (RUNNING, ChildSessionState.WAITING.value, ChildSessionState.HELD.value)


class SessionRow(NamedTuple):
    """One session.

    Args:
        id: unique among all kinds.
        key: the task id of a child session, the session id of a background session; empty for the window.
        kind: Client, Background or Child.
        page: what the page that asked calls itself; may be empty.
        codeunit: its name in the registry; empty for the window.
        state: Waiting, Running, Held, Stopping, Abandoned; or Ended.
        since: when it was asked for; aware.
        timeout_ms: how long it may run; 0 for as long as it likes.
        running_ms: how long it has been running; 0 while it has not begun.
    """

    id: str
    key: str
    kind: str
    page: str
    codeunit: str
    user_id: str
    state: str
    since: datetime
    timeout_ms: int
    running_ms: int


def rows_now(context: PageContext) -> list[SessionRow]:
    """All sessions of this moment: the window first, then by kind, in the order in which they were asked for."""
    return [_client(context), *_background(context), *_children(context)]


def can_stop(row: SessionRow) -> bool:
    """Whether it can be told to end: the window cannot, nor what was told so already."""
    return row.kind != CLIENT and row.state in STOPPABLE


def without_client(rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Those that run in the background."""
    return [row for row in rows if row.kind != CLIENT]


def _client(context: PageContext) -> SessionRow:
    began = context.hub.began_at()
    running_ms = _milliseconds(began, context.clock.now())
    return SessionRow("client", "", CLIENT, "This window", "", context.user_id, RUNNING, began, 0, running_ms)


def _background(context: PageContext) -> list[SessionRow]:
    now = context.clock.now()
    return [
        SessionRow(
            f"session {info.session_id}",
            info.session_id,
            BACKGROUND,
            "",
            info.codeunit,
            info.user_id,
            info.state,
            info.since,
            round(info.timeout_seconds * 1000),
            _milliseconds(info.since, now) if info.state == RUNNING else 0,
        )
        for info in context.sessions.sessions()
    ]


def _children(context: PageContext) -> list[SessionRow]:
    return [
        SessionRow(
            f"child {info.task_id}",
            str(info.task_id),
            CHILD,
            info.page,
            info.codeunit,
            info.user_id,
            info.state.value,
            info.since,
            info.timeout_ms,
            info.running_ms,
        )
        for info in context.hub.child_sessions()
    ]


def _milliseconds(begin: datetime, end: datetime) -> int:
    return max(0, round((end - begin).total_seconds() * 1000))
