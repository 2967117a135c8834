"""Codeunit 72: delete what the retention policies do not keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop.formats import count_text
from desktop.jobqueue import retention
from desktop.sessions import permissions
from desktop.sessions.pace import Pace
from desktop.sessions.session import Session
from models.database import connected


def run(session: Session) -> None:
    """Delete old rows, kind by kind; a retry goes on with what is left. No parameters.

    It works as the program itself: whoever may run it need not have the right to delete from each table.
    """
    counts: list[str] = []
    with connected(), permissions.as_system(), Pace(session) as pace:
        chosen = [policy for policy in retention.policies() if policy.enabled]
        for number, policy in enumerate(chosen):
            tell = partial(_tell, session, number, len(chosen), policy.kind.caption)
            tell(0)
            gone = retention.clean(policy, session.clock.now(), partial(_between, pace, tell))
            if gone:
                counts.append(f"{policy.kind.caption} {count_text(gone)}")
    session.result_text = f"Deleted: {', '.join(counts)}." if counts else "There was nothing to delete."


def _between(pace: Pace, tell: Callable[[int], None], gone: int) -> None:
    """Others have their turn after each batch."""
    tell(gone)
    pace.freed()
    pace.make_room()


def _tell(session: Session, number: int, total: int, caption: str, gone: int) -> None:
    session.progress(number, total, f"{caption}: {count_text(gone)} rows deleted")
