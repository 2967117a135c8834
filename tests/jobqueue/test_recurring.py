"""Recurring entries in the queue: they keep the clock, their schedule after failures, their rest and their window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.jobqueue import actions, diagnosis, editing, entries, watching
from desktop.jobqueue.recurrence import Schedule, ScheduleError
from models.database import connected
from models.errors import FieldError
from models.job_queue import EntryStatus, Notification
from tests.jobqueue.conftest import claim, run_all, run_next
from tests.scheduler.conftest import MovableClock, entry_of, status_of

S = EntryStatus
HOURLY = Schedule(minutes_between=60, time_zone="UTC")


def create(
    moving: MovableClock, codeunit: str = "noop", schedule: Schedule = HOURLY, **options: object
) -> str:
    return entries.create_entry(
        "Nightly",
        codeunit,
        user_id="ANNA",
        schedule=schedule,
        clock=moving.clock,
        **options,  # type: ignore[arg-type]
    )


def at(moving: MovableClock, hour: int, minute: int = 0) -> datetime:
    return moving.moment.replace(hour=hour, minute=minute)


@pytest.fixture(autouse=True)
def nine_o_clock(moving: MovableClock) -> None:
    assert moving.moment == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_an_entry_that_took_seven_minutes_runs_again_on_the_hour(company: Path, moving: MovableClock) -> None:
    job = create(moving)
    held = claim(moving)
    assert held is not None
    moving.forward(7 * 60)
    from desktop.jobqueue import dispatcher
    from tests.jobqueue.test_faults import session_for

    with connected():
        dispatcher.finish(held, session_for(held, moving))
    entry = entry_of(job)
    assert (entry.status, entry.next_start, entry.attempts) == (S.READY, at(moving, 10), 0)
    moving.forward(53 * 60)
    assert run_all(moving) == 1
    assert [row.planned_at for row in entries.log_of(job)] == [at(moving, 9), at(moving, 10)]
    assert entry_of(job).total_runs == 2


def test_it_keeps_its_schedule_after_its_retries_and_stops_after_five_failed_runs(
    company: Path, moving: MovableClock
) -> None:
    job = create(moving, "fails", retries=1, retry_delay_seconds=60)
    for failures in range(1, 5):
        assert run_next(moving) is not None
        moving.forward(60)
        assert run_next(moving) is not None
        entry = entry_of(job)
        assert (entry.status, entry.failures_in_a_row) == (S.READY, failures)
        assert "Its last run failed" in diagnosis.why(job, clock=moving.clock)
        moving.moment = entry.next_start
    run_next(moving)
    moving.forward(60)
    run_next(moving)
    assert status_of(job) == S.ERROR
    assert diagnosis.why(job, clock=moving.clock).startswith("It stopped after 5 failed runs in a row")
    with connected():
        titles = [told.title for told in Notification.select()]
    assert titles[-1] == "“Nightly” was stopped after 5 failed runs in a row."
    actions.restart(job, user_id="ANNA", clock=moving.clock)
    assert entry_of(job).failures_in_a_row == 0


def test_one_good_run_forgives_the_failed_ones(company: Path, moving: MovableClock) -> None:
    job = create(moving, "fails")
    for _ in range(3):
        run_next(moving)
        moving.moment = entry_of(job).next_start
    editing.change_object(job, entry_of(job).object_type, "noop", user_id="ANNA", clock=moving.clock)
    run_next(moving)
    assert entry_of(job).failures_in_a_row == 0


def test_a_worker_that_was_away_runs_it_once(company: Path, moving: MovableClock) -> None:
    job = create(moving)
    run_next(moving)
    moving.moment = at(moving, 15, 20)
    assert run_all(moving) == 1
    assert entry_of(job).next_start == at(moving, 16)
    assert entries.log_of(job)[-1].delay_ms == (5 * 60 + 20) * 60_000


def test_missed_runs_are_skipped_or_caught_up_as_the_entry_says(company: Path, moving: MovableClock) -> None:
    skipping = create(moving, schedule=Schedule(minutes_between=60, time_zone="UTC", misfire="Skip"))
    run_next(moving)
    catching_up = create(
        moving, schedule=Schedule(minutes_between=60, time_zone="UTC", misfire="Run All", run_all_cap=3)
    )
    run_next(moving)
    moving.moment = at(moving, 15, 20)
    assert run_all(moving) == 3, "the one that skips runs no time"
    assert len(entries.log_of(skipping)) == 1
    assert [row.planned_at.hour for row in entries.log_of(catching_up)] == [9, 10, 14, 15]
    assert entry_of(skipping).next_start == entry_of(catching_up).next_start == at(moving, 16)


def test_nothing_runs_outside_its_window(company: Path, moving: MovableClock) -> None:
    job = create(
        moving,
        schedule=Schedule(
            minutes_between=30, starting_time="08:00", ending_time="10:00", time_zone="UTC", weekdays=(5, 6)
        ),
    )
    run_next(moving)
    moving.moment = at(moving, 12)
    assert run_all(moving) == 0
    entry = entry_of(job)
    assert (entry.status, entry.next_start) == (S.READY, at(moving, 8) + timedelta(days=1))
    actions.run_now(job, user_id="ANNA", clock=moving.clock)
    assert run_all(moving) == 1, "somebody wants it now"
    assert entry_of(job).next_start == at(moving, 8) + timedelta(days=1), "and the schedule goes on"


def test_a_cancelled_run_of_a_recurring_entry_ends_its_schedule(company: Path, moving: MovableClock) -> None:
    from desktop.jobqueue import dispatcher
    from tests.jobqueue.test_faults import session_for

    job = create(moving)
    held = claim(moving)
    assert held is not None
    actions.cancel(job, user_id="ANNA", clock=moving.clock)
    with connected():
        dispatcher.finish(held, session_for(held, moving))
    assert status_of(job) == S.CANCELLED
    moving.forward(7_200)
    assert run_all(moving) == 0


def test_it_finishes_when_its_expiration_comes(company: Path, moving: MovableClock) -> None:
    job = create(moving, expires_at=moving.moment + timedelta(minutes=90))
    run_next(moving)
    moving.forward(3_600)
    run_next(moving)
    assert status_of(job) == S.FINISHED
    assert len(entries.log_of(job)) == 2


def test_an_entry_that_found_nothing_to_do_rests_and_wakes_with_the_data(
    company: Path, moving: MovableClock
) -> None:
    job = create(moving, "idles", inactivity_timeout_seconds=12 * 3_600, wake_table="customer")
    run_next(moving)
    entry = entry_of(job)
    assert (entry.status, entry.next_start) == (S.INACTIVE, moving.moment + timedelta(hours=12))
    assert diagnosis.why(job, clock=moving.clock).endswith("or when Customers change.")
    with connected():
        assert watching.watched_tables() == {"customer"}
        assert watching.wake({"item"}, moving.clock) == 0
        moving.forward(5 * 3_600 + 60)
        assert watching.wake({"customer"}, moving.clock) == 1
        assert watching.watched_tables() == set()
    assert run_all(moving) == 1, "its normal time has passed, so it runs at once"
    assert entries.log_of(job)[-1].run_trigger == "Data Change"
    assert status_of(job) == S.INACTIVE


def test_one_that_is_woken_before_its_normal_time_waits_for_it(company: Path, moving: MovableClock) -> None:
    job = create(moving, "idles", inactivity_timeout_seconds=12 * 3_600, wake_table="customer")
    run_next(moving)
    moving.forward(600)
    with connected():
        watching.wake({"customer"}, moving.clock)
    assert run_all(moving) == 0
    assert (status_of(job), entry_of(job).next_start) == (S.READY, at(moving, 10))


def test_the_rest_ends_by_itself(company: Path, moving: MovableClock) -> None:
    job = create(moving, "idles", inactivity_timeout_seconds=7_200)
    run_next(moving)
    moving.forward(7_199)
    assert run_next(moving) is None
    moving.forward(1)
    assert run_next(moving) is not None
    assert entries.log_of(job)[-1].run_trigger == "Inactivity Timeout"


def test_a_nightly_chain_waits_each_night_anew(company: Path, moving: MovableClock) -> None:
    daily = Schedule(weekdays=tuple(range(7)), starting_time="10:00", time_zone="UTC")
    first = create(moving, schedule=daily)
    second = create(moving, schedule=daily, run_after=[first])
    for day in range(3):
        moving.moment = datetime(2026, 11, 21 + day, 10, 0, tzinfo=UTC)
        assert run_next(moving) is not None
        assert (len(entries.log_of(first)), len(entries.log_of(second))) == (day + 1, day)
        moving.forward(60)
        assert run_all(moving) == 1
        assert len(entries.log_of(second)) == day + 1


def test_another_schedule_holds_at_once_and_is_readable_afterwards(
    company: Path, moving: MovableClock
) -> None:
    from desktop.jobqueue import history

    job = create(moving)
    run_next(moving)
    new = Schedule(weekdays=(6,), starting_time="06:00", time_zone="UTC")
    editing.change_schedule(job, new, entry_of(job).schedule, user_id="ANNA", clock=moving.clock)
    assert entry_of(job).next_start == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    (change,) = history.changes_of(job)
    assert (change.old, change.new) == ("Every hour (UTC)", "Once a day on Sunday, at 06:00 (UTC)")
    with pytest.raises(ScheduleError):
        editing.change_schedule(job, Schedule(), entry_of(job).schedule, clock=moving.clock)
    with pytest.raises(FieldError, match="no run before it expires"):
        editing.change_field(
            job, "expires_at", moving.moment + timedelta(hours=1), None, user_id="ANNA", clock=moving.clock
        )
