"""What only a person can mend is in Error at once, with a sentence; what may pass is tried again."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path

import peewee
import pytest

from desktop.codeunits import registry
from desktop.errors import LastingError, ParameterError, SessionError, SourceError, UnknownCodeunitError
from desktop.extensions import Codeunit
from desktop.jobqueue import actions, diagnosis, entries
from desktop.jobqueue.recurrence import Schedule
from desktop.jobqueue.runs import cure_of
from models.database import connected
from models.errors import CompanyError, Cure, FieldError, RecordChangedError, RightMissingError
from models.job_queue import EntryStatus, Notification
from models.permission_edit import set_permission
from models.rights import Right
from tests.jobqueue.conftest import run_all, run_next
from tests.scheduler.conftest import MovableClock, effects, entry_of

ERROR = EntryStatus.ERROR
LATER = "It is not tried again by itself, because that would fail the same way."


def test_who_lacks_a_right_is_told_at_once_and_goes_on_once_it_is_there(
    anna_may_only_read: None, moving: MovableClock
) -> None:
    job = entries.create_entry(
        "Count", "once", {"name": "x"}, user_id="ANNA", retries=3, retry_delay_seconds=60, clock=moving.clock
    )
    assert run_all(moving) == 1
    entry = entry_of(job)
    assert (entry.status, entry.attempts, entry.next_start) == (ERROR, 1, None)
    why = diagnosis.why(job, clock=moving.clock)
    assert why.startswith("It ended with an error: User ANNA does not have the following permissions")
    assert why.endswith(LATER)
    with connected():
        assert {row.user_id: row.severity for row in Notification.select()} == {"ANNA": "err", "BOSS": "err"}
    moving.forward(3_600)
    assert run_next(moving) is None

    with connected():
        set_permission("RUNNER", "Table", "session_event", {Right.INSERT})
    actions.restart(job, user_id="ANNA", clock=moving.clock)
    assert run_all(moving) == 1
    assert (effects(), entry_of(job).status) == (["x"], EntryStatus.FINISHED)


def test_a_schedule_outlives_a_missing_right_but_wastes_no_retries_on_it(
    anna_may_only_read: None, moving: MovableClock
) -> None:
    job = entries.create_entry(
        "Count",
        "once",
        {"name": "x"},
        user_id="ANNA",
        retries=3,
        schedule=Schedule(minutes_between=60, time_zone="UTC"),
        clock=moving.clock,
    )
    assert run_all(moving) == 1
    entry = entry_of(job)
    assert (entry.status, entry.failures_in_a_row) == (EntryStatus.READY, 1)
    assert entry.next_start - moving.moment == timedelta(hours=1), "its schedule, no retry"
    with connected():
        set_permission("RUNNER", "Table", "session_event", {Right.INSERT})
    moving.forward((entry.next_start - moving.moment).total_seconds())
    assert run_all(moving) == 1
    assert (effects(), entry_of(job).failures_in_a_row) == (["x"], 0)


@pytest.mark.parametrize(
    ("codeunit", "parameters", "told"),
    [
        ("process_import", {}, "The parameter “run_id” is missing. Add it to the parameters of the job"),
        ("process_import", {"run_id": "4711"}, "There is no import 4711."),
        ("undo_import", {"run_id": "soon"}, "The parameter “run_id” is “soon”, which is not a whole number."),
        ("read_file", {}, "The parameter “path” is missing."),
        ("watch_folder", {}, "The parameter “integration” is missing."),
        ("watch_folder", {"integration": "SHOP"}, "There is no integration “SHOP”."),
        ("run_report", {"report": "customer_list", "output": "Clay"}, "A report cannot be made as “Clay”."),
        ("run_report", {"report": "stars"}, "There is no report “stars”."),
    ],
)
def test_a_job_that_lacks_what_it_works_on_is_tried_once(
    company: Path, moving: MovableClock, codeunit: str, parameters: dict[str, str], told: str
) -> None:
    job = entries.create_entry("Work", codeunit, parameters, user_id="ANNA", retries=3, clock=moving.clock)
    assert run_all(moving) == 1
    assert (entry_of(job).status, entry_of(job).attempts) == (ERROR, 1)
    assert entry_of(job).error_text.startswith(told)
    assert entry_of(job).result_text == LATER


def test_a_codeunit_whose_extension_is_gone_or_broken_is_tried_once(
    company: Path, moving: MovableClock
) -> None:
    registry.register(Codeunit(59_900, "shop_sync", "Synchronise the shop", "shop_sync_that_is_gone:run"))
    jobs = [
        entries.create_entry("Synchronise", "shop_sync", user_id="ANNA", retries=3, clock=moving.clock)
        for _ in range(2)
    ]
    try:
        assert run_next(moving) is not None
    finally:
        registry.unregister("shop_sync")
    assert run_next(moving) is not None
    told = {entry_of(job).error_text for job in jobs}
    assert [entry_of(job).status for job in jobs] == [ERROR, ERROR]
    assert {text.split(".")[0] for text in told} == {
        "The codeunit “shop_sync” cannot be loaded: No module named 'shop_sync_that_is_gone'",
        "There is no codeunit “shop_sync”",
    }


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (RightMissingError("ANNA", "TableData Customer", "Insert"), Cure.PERSON),
        (ParameterError("The parameter is missing."), Cure.PERSON),
        (UnknownCodeunitError("There is no codeunit."), Cure.PERSON),
        (LastingError("The folder is a link."), Cure.PERSON),
        (SourceError("It is no workbook.", code="NotWhatItSays"), Cure.PERSON),
        (SourceError("It is still being written.", code="Changed"), Cure.TIME),
        (SessionError("Too many.", code="TooManySessions"), Cure.RETRY),
        (CompanyError("It is locked.", code="Locked"), Cure.TIME),
        (CompanyError("It is damaged.", code="Damaged"), Cure.RETRY),
        (RecordChangedError("Somebody else changed it."), Cure.RETRY),
        (FieldError("There is no customer 10000."), Cure.RETRY),
        (peewee.OperationalError("database is locked"), Cure.TIME),
        (peewee.OperationalError("database or disk is full"), Cure.TIME),
        (ConnectionResetError("gone"), Cure.TIME),
        (TimeoutError("no answer"), Cure.TIME),
        (OSError(errno.ENOSPC, "No space left on device"), Cure.TIME),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Cure.TIME),
        (PermissionError(errno.EACCES, "Permission denied"), Cure.RETRY),
        (ZeroDivisionError("division by zero"), Cure.RETRY),
    ],
    ids=lambda value: value if isinstance(value, Cure) else f"{type(value).__name__} {value}",
)
def test_every_error_says_what_lets_the_work_go_well(company: Path, error: Exception, cure: Cure) -> None:
    assert cure_of(error) is cure
