"""Runs what is due in this process, as a worker does."""

from __future__ import annotations

from datetime import date

from desktop.clock import SYSTEM_CLOCK
from desktop.jobqueue import dispatcher, entries, job_session
from desktop.scheduler import claims
from desktop.sessions.session import Session, SessionKind
from models.database import connected
from models.job_queue import JobQueueEntry


def run_next() -> JobQueueEntry | None:
    """Run one entry; as it is then, or None when none is due."""
    with connected():
        held = claims.claim_due(
            "w", SYSTEM_CLOCK.now(), 60.0, lambda found: dispatcher.begin(found, "here", SYSTEM_CLOCK)
        )
    if held is None:
        return None
    session = Session(
        SessionKind.BACKGROUND,
        held.user_id,
        held.parameters,
        date(2026, 11, 21),
        record_table=held.record_table,
        record_id=held.record_id,
    )
    dispatcher.run(held, job_session.attach(session, held))
    return entries.get(held.job_id)


def run_all() -> list[JobQueueEntry]:
    """Run one after the other until none is due; as they are then, in the order of their runs."""
    done: list[JobQueueEntry] = []
    while (entry := run_next()) is not None:
        done.append(entry)
    return done
