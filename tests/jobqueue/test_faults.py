"""What goes wrong around a job: a death at every step of a transition, a full disk, jumping clocks, vanished rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.jobqueue import actions, dispatcher, entries, failure
from desktop.scheduler import workers
from desktop.scheduler.engine import Claim, ErrorInfo
from desktop.sessions.session import Session, SessionKind
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, ScheduledTask
from tests.jobqueue.conftest import claim, run_all, run_next
from tests.scheduler.conftest import MovableClock, count, effects, entry_of, status_of

S = EntryStatus


class DeathError(BaseException):
    """The process ends here: whatever is not committed is gone."""


@contextmanager
def death_at(step: int) -> Iterator[list[str]]:
    """Die at the so-manieth statement; the statements until then."""
    opened = database.obj
    real: Callable[..., Any] = opened.execute_sql
    done: list[str] = []

    def dying(sql: str, *args: Any, **options: Any) -> Any:
        if len(done) >= step:
            raise DeathError
        done.append(sql)
        return real(sql, *args, **options)

    opened.execute_sql = dying
    try:
        yield done
    finally:
        del opened.execute_sql


def world() -> tuple[Any, ...]:
    """Everything that a transition may touch, as it stands in the file."""
    with connected():
        return tuple(
            tuple(database.execute_sql(f"SELECT {columns} FROM {table} ORDER BY id").fetchall())
            for table, columns in (
                ("job_queue_entry", "id, status, attempts, task_id, next_start, error_text"),
                ("job_queue_log_entry", "id, status, attempt"),
                ("scheduled_task", "id, running, due, is_ready, fence"),
                ("notification", "id"),
                ("session_event", "id, event"),
            )
        )


def session_for(held: Claim, moving: MovableClock) -> Session:
    return Session(
        SessionKind.BACKGROUND, held.user_id, held.parameters, moving.clock.today(), clock=moving.clock
    )


def dies_everywhere(do: Callable[[], object]) -> None:
    """Do it, dying at its first statement, then at its second, and so on: nothing is ever half done."""
    before = world()
    for step in range(200):
        with death_at(step) as done:
            died = True
            with suppress(DeathError), connected():
                do()
                died = False
        if not died:
            assert world() != before
            return
        assert world() == before, f"half done after {done}"
    raise AssertionError("it does not end")


TRANSITIONS = ("begin", "finish", "fail", "try_again", "cancel_running", "release", "rescue")


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_a_worker_that_dies_at_any_step_of_a_transition_leaves_it_undone(
    company: Path, moving: MovableClock, transition: str
) -> None:
    first = entries.create_entry(
        "Import", "noop", user_id="ANNA", retries=int(transition == "try_again"), clock=moving.clock
    )
    entries.create_entry("After it", "noop", user_id="ANNA", run_after=[first], clock=moving.clock)
    if transition == "begin":
        dies_everywhere(lambda: claim(moving))
    else:
        held = claim(moving)
        assert held is not None
        ends: dict[str, Callable[[], object]] = {
            "finish": lambda: dispatcher.finish(held, session_for(held, moving)),
            "fail": lambda: failure.failed(held, ErrorInfo("Error", "It failed."), moving.clock),
            "try_again": lambda: failure.failed(held, ErrorInfo("Error", "It failed."), moving.clock),
            "cancel_running": lambda: failure.cancelled(held, moving.clock),
            "release": lambda: failure.released(held, moving.clock),
            "rescue": lambda: failure.rescued(held, "here process 1", moving.clock),
        }
        dies_everywhere(ends[transition])


ACTIONS = {
    "set_ready": (S.ON_HOLD, actions.set_ready),
    "run_now": (S.ON_HOLD, actions.run_now),
    "set_on_hold": (S.READY, actions.set_on_hold),
    "cancel": (S.READY, actions.cancel),
    "delete": (S.READY, actions.delete),
}


@pytest.mark.parametrize("name", list(ACTIONS))
def test_a_person_whose_program_dies_has_done_all_of_it_or_nothing(
    company: Path, moving: MovableClock, name: str
) -> None:
    status, do = ACTIONS[name]
    job = entries.create_entry("Import", "noop", user_id="ANNA", status=status, clock=moving.clock)
    entries.create_entry("After it", "noop", user_id="ANNA", run_after=[job], clock=moving.clock)
    dies_everywhere(lambda: do(job, user_id="ANNA", clock=moving.clock))


def test_nothing_is_stuck_after_a_death_at_any_step_of_a_run(company: Path, moving: MovableClock) -> None:
    for step in range(0, 60, 3):
        name = f"effect {step}"
        job = entries.create_entry(
            "Import", "once", {"name": name}, user_id="ANNA", retries=9, clock=moving.clock
        )
        with death_at(step):
            with suppress(DeathError):
                run_next(moving)
        moving.forward(61)
        with connected():
            workers.rescue("another", moving.clock)
        run_all(moving)
        assert status_of(job) == S.FINISHED
        assert effects().count(name) == 1


def test_a_full_disk_is_waited_for_and_said(company: Path, moving: MovableClock) -> None:
    job = entries.create_entry("Import", "fills", user_id="ANNA", clock=moving.clock)
    with connected():
        pages = database.execute_sql("PRAGMA page_count").fetchone()[0]
        database.pragma("max_page_count", pages + 40, permanent=True)
    assert run_next(moving) is not None
    entry = entry_of(job)
    assert entry.status == S.READY
    assert entry.error_text.startswith(
        "The disk that holds “company.db” is full. Nothing of the last step was"
    )
    assert effects() == []
    database.obj._pragmas = [pair for pair in database.obj._pragmas if pair[0] != "max_page_count"]
    moving.forward(60)
    assert run_all(moving) == 1
    assert status_of(job) == S.FINISHED


def test_a_clock_that_jumps_back_starts_nothing_twice_and_keeps_what_is_planned(
    company: Path, moving: MovableClock
) -> None:
    later = entries.create_entry(
        "Later",
        "once",
        {"name": "later"},
        user_id="ANNA",
        earliest_start=moving.moment + timedelta(hours=1),
        clock=moving.clock,
    )
    now = entries.create_entry("Now", "once", {"name": "now"}, user_id="ANNA", clock=moving.clock)
    moving.moment -= timedelta(days=2)
    assert run_all(moving) == 1, "what was due stays due"
    assert run_all(moving) == 0
    moving.moment += timedelta(days=4)
    assert run_all(moving) == 1
    assert effects() == ["now", "later"]
    assert (status_of(now), status_of(later)) == (S.FINISHED, S.FINISHED)
    (log,) = entries.log_of(now)
    assert (log.delay_ms, log.duration_ms) == (0, 0), "never less than nothing"


def test_a_clock_that_jumps_ahead_during_a_run_does_not_take_it_from_a_worker_that_lives(
    company: Path, moving: MovableClock
) -> None:
    entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    held = claim(moving)
    assert held is not None
    moving.moment += timedelta(hours=5)
    with connected():
        assert workers.rescue("another", moving.clock, expired_too=False) == 0
        assert workers.beat("w", [held.task_id], moving.clock, 60.0) == {held.task_id}
        assert workers.rescue("another", moving.clock) == 0
        dispatcher.finish(held, session_for(held, moving))
    assert status_of(held.job_id) == S.FINISHED


def test_a_log_row_that_was_deleted_is_written_anew(company: Path, moving: MovableClock) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    held = claim(moving)
    assert held is not None
    with connected(), database.atomic():
        JobQueueLogEntry.delete().execute()
    with connected():
        dispatcher.finish(held, session_for(held, moving))
    (log,) = entries.log_of(job)
    assert (log.status, log.description, log.attempt, log.codeunit) == ("Success", "Import", 1, "noop")


def test_a_task_row_that_vanished_makes_the_end_void_and_the_row_says_so(
    company: Path, moving: MovableClock
) -> None:
    from desktop.jobqueue import diagnosis

    job = entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    with connected(), database.atomic():
        ScheduledTask.delete().execute()
    assert run_all(moving) == 0
    assert diagnosis.why(job, clock=moving.clock).startswith("Its scheduled task is gone")
    actions.set_on_hold(job, clock=moving.clock)
    actions.set_ready(job, clock=moving.clock)
    assert run_all(moving) == 1
    with connected():
        assert JobQueueEntry.get_by_id(job).status == S.FINISHED
    assert count("scheduled_task") == 0
