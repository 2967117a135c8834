"""A job works with the rights of the user as whom it runs, and says which one is missing, of whom and of what."""

from __future__ import annotations

import pytest

from desktop.jobqueue import actions, diagnosis, entries
from models.database import connected
from models.errors import RightMissingError
from models.job_queue import EntryStatus, LogStatus
from models.permission_edit import set_permission, withdraw
from models.permissions import UserPermissionSet
from models.rights import Right
from tests.jobqueue.conftest import run_next
from tests.scheduler.conftest import MovableClock, effects, entry_of

NO_INSERT = "User ANNA does not have the following permissions on TableData Session Event: Insert."
NO_EXECUTE = "User ANNA does not have the following permissions on Codeunit"


pytestmark = pytest.mark.usefixtures("anna_may_only_read")


def _take_from_anna() -> None:
    with connected():
        withdraw(UserPermissionSet.get(UserPermissionSet.user_id == "ANNA").id)


def test_a_job_writes_what_its_user_may_not_and_says_so(moving: MovableClock) -> None:
    job = entries.create_entry("Count", "once", {"name": "x"}, user_id="ANNA", clock=moving.clock)
    run_next(moving)
    assert effects() == []
    assert entry_of(job).status == EntryStatus.ERROR
    assert entry_of(job).error_text.startswith(NO_INSERT)
    (log,) = entries.log_of(job)
    assert (log.status, log.error_code) == (LogStatus.ERROR, "PermissionDenied")


def test_the_same_job_ends_well_once_the_right_is_there(moving: MovableClock) -> None:
    job = entries.create_entry("Count", "once", {"name": "x"}, user_id="ANNA", clock=moving.clock)
    run_next(moving)
    with connected():
        set_permission("RUNNER", "Table", "session_event", {Right.INSERT})
    actions.restart(job, user_id="ANNA", clock=moving.clock)
    run_next(moving)
    assert effects() == ["x"]
    assert entry_of(job).status == EntryStatus.FINISHED


def test_who_may_not_run_it_cannot_set_it_to_ready(moving: MovableClock) -> None:
    job = entries.create_entry(
        "Count", "once", user_id="ANNA", status=EntryStatus.ON_HOLD, clock=moving.clock
    )
    _take_from_anna()
    with pytest.raises(RightMissingError, match=NO_EXECUTE):
        actions.set_ready(job, user_id="ANNA", clock=moving.clock)
    assert entry_of(job).status == EntryStatus.ON_HOLD


def test_a_right_that_is_taken_between_ready_and_start_stops_the_start(moving: MovableClock) -> None:
    job = entries.create_entry("Count", "once", {"name": "x"}, user_id="ANNA", clock=moving.clock)
    _take_from_anna()
    assert NO_EXECUTE in diagnosis.why(job, clock=moving.clock)
    run_next(moving)
    assert effects() == []
    assert NO_EXECUTE in entry_of(job).error_text


def test_the_program_itself_lacks_no_right(moving: MovableClock) -> None:
    job = entries.create_entry("Count", "once", {"name": "x"}, user_id="", clock=moving.clock)
    run_next(moving)
    assert effects() == ["x"]
    assert entry_of(job).status == EntryStatus.FINISHED


def test_only_an_administrator_keeps_somebody_else_as_run_as_user(moving: MovableClock) -> None:
    """Else work would run with rights that whoever starts it does not have."""
    job = entries.create_entry(
        "Count", "once", {"name": "x"}, user_id="BOSS", status=EntryStatus.ON_HOLD, clock=moving.clock
    )
    actions.set_ready(job, user_id="ANNA", clock=moving.clock)
    assert entry_of(job).run_as_user_id == "ANNA"
    actions.set_on_hold(job, user_id="BOSS", clock=moving.clock)
    actions.set_ready(job, user_id="BOSS", clock=moving.clock)
    assert entry_of(job).run_as_user_id == "ANNA"
