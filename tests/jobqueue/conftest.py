"""A clock that the test moves, and runs in this thread instead of in a child."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.jobqueue import dispatcher
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, Claim
from desktop.sessions.session import Session, SessionKind
from models.database import connected
from models.permission_edit import assign, set_permission
from models.permissions import PermissionSet
from models.rights import Right
from tests.scheduler.conftest import MovableClock, moving, test_codeunits

__all__ = ["claim", "moving", "run_all", "run_next", "test_codeunits"]


@pytest.fixture
def anna_may_only_read(company: Path) -> None:
    """BOSS looks after the company; ANNA may run every codeunit, and read, but write nothing."""
    with connected():
        assign("BOSS", "SUPER")
        PermissionSet(code="RUNNER").save(force_insert=True)
        set_permission("RUNNER", "Codeunit", "*", {Right.EXECUTE})
        set_permission("RUNNER", "Table", "*", {Right.READ})
        assign("ANNA", "RUNNER")


def claim(moving: MovableClock) -> Claim | None:
    clock = moving.clock
    with connected():
        return claims.claim_due(
            "w", clock.now(), 60.0, lambda found: dispatcher.begin(found, "here process 1", clock)
        )


def run_next(moving: MovableClock) -> ChildOutcome | None:
    """Claim what is due and run it in this thread; None when nothing is."""
    held = claim(moving)
    if held is None:
        return None
    session = Session(
        SessionKind.BACKGROUND, held.user_id, held.parameters, moving.clock.today(), clock=moving.clock
    )
    return dispatcher.run(held, session)


def run_all(moving: MovableClock) -> int:
    """Run everything that is due now, one after the other; how many runs there were."""
    runs = 0
    while run_next(moving) is not None:
        runs += 1
    return runs
