"""The Task Scheduler from inside a codeunit: one run of something else, later, in the same name."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from desktop.errors import SessionError, UnknownCodeunitError
from desktop.sessions.session import Session, SessionKind
from models.company import User
from models.database import connected, database
from models.job_queue import ScheduledTask
from tests.jobqueue.conftest import run_all
from tests.scheduler.conftest import MovableClock, effects, moving, test_codeunits

__all__ = ["moving", "test_codeunits"]


def session(moving: MovableClock, kind: SessionKind = SessionKind.BACKGROUND) -> Session:
    return Session(kind, "ANNA", {}, moving.clock.today(), clock=moving.clock)


def test_a_task_runs_once_at_its_time_in_the_name_of_who_created_it(
    company: Path, moving: MovableClock
) -> None:
    mine = session(moving)
    task = mine.create_task(
        "once",
        not_before=moving.moment + timedelta(hours=1),
        record_id=("customer", "C00001"),
        timeout=timedelta(minutes=5),
        parameters={"name": "later"},
    )
    assert isinstance(task, UUID)
    assert mine.task_exists(task)
    with connected():
        row = ScheduledTask.get_by_id(task.hex)
    assert (row.user_id, row.record_table, row.record_id, row.timeout_seconds) == (
        "ANNA",
        "customer",
        "C00001",
        300,
    )
    assert run_all(moving) == 0
    moving.forward(3600)
    assert run_all(moving) == 1
    assert effects() == ["later"]
    assert not mine.task_exists(task)
    assert not mine.cancel_task(task)
    assert not mine.set_task_ready(task)


def test_a_task_that_is_not_ready_can_be_let_run_or_taken_back(company: Path, moving: MovableClock) -> None:
    mine = session(moving)
    kept = mine.create_task("noop", is_ready=False)
    dropped = mine.create_task("noop", is_ready=False)
    assert run_all(moving) == 0
    assert mine.cancel_task(dropped)
    assert mine.set_task_ready(kept)
    assert run_all(moving) == 1


def test_a_task_is_stored_with_the_work_that_wants_it_or_not_at_all(
    company: Path, moving: MovableClock
) -> None:
    class UndoneError(Exception):
        pass

    mine = session(moving)

    def order_and_task() -> None:
        with connected(), database.atomic():
            mine.create_task("noop")
            raise UndoneError

    with pytest.raises(UndoneError):
        order_and_task()
    assert run_all(moving) == 0


def test_what_only_reads_creates_no_task(company: Path, moving: MovableClock) -> None:
    with pytest.raises(SessionError, match="only reads"):
        session(moving, SessionKind.CHILD).create_task("noop")


def test_bad_tasks_are_refused_at_the_call(company: Path, moving: MovableClock) -> None:
    mine = session(moving)
    with pytest.raises(UnknownCodeunitError):
        mine.create_task("no_such")
    with pytest.raises(ValueError, match="not negative"):
        mine.create_task("noop", timeout=-1)
    with pytest.raises(TypeError):
        mine.create_task("noop", parameters={"number": 1})  # type: ignore[dict-item]


def test_a_disabled_user_creates_none(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        User.insert(user_id="ANNA", enabled=False).execute()
    mine = session(moving)
    assert not mine.can_create_task()
    with pytest.raises(SessionError, match="may not create or run scheduled tasks"):
        mine.create_task("noop")


def test_a_failure_codeunit_is_not_for_what_passes_by_itself(company: Path, moving: MovableClock) -> None:
    mine = session(moving)
    mine.create_task("away", "on_failure", parameters={"until": "3"})
    for wait in (5, 15):
        run_all(moving)
        with connected():
            task = ScheduledTask.get()
        assert "cannot be reached" in task.trouble_text
        moving.forward(wait)
    run_all(moving)
    assert effects() == ["asked", "asked", "asked"], "the failure codeunit has not run"
    with connected():
        assert ScheduledTask.select().count() == 0


def test_a_task_is_known_by_its_id_in_every_spelling(company: Path, moving: MovableClock) -> None:
    from desktop.scheduler import tasks

    task = session(moving).create_task("noop", is_ready=False)
    for spelling in (task, str(task), task.hex, str(task).upper()):
        assert tasks.task_exists(spelling)
    assert not tasks.task_exists("rubbish")
    assert tasks.cancel_task(str(task))
    with pytest.raises(ValueError, match="time zone"):
        session(moving).create_task("noop", not_before=datetime(2026, 11, 21))
