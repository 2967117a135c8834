"""What makes a session the session of one run: its entry, its attempt, its checkpoints, and the fence."""

from __future__ import annotations

from desktop.jobqueue import checkpoints
from desktop.scheduler import claims
from desktop.scheduler.engine import Claim
from desktop.sessions import permissions
from desktop.sessions.job_calls import JobEntry
from desktop.sessions.session import Session


def attach(session: Session, claim: Claim) -> Session:
    """Let a session know whose run it is, and what the attempts before have left; the same session."""
    session.session_id = claim.session_id
    session.attempt = claim.attempt
    session.guard = lambda: _check(claim)
    session.kept = checkpoints.of_claim(claim)
    if claim.job_id:
        session.entry = JobEntry(
            job_id=claim.job_id,
            entry_no=claim.entry_no,
            description=claim.description,
            category_code=claim.category_code,
            retries=claim.retries,
        )
    return session


def _check(claim: Claim) -> None:
    with permissions.as_system():
        claims.check(claim)
