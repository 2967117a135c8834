"""The failure path on a clock that stands: retries with delay, their wording, and what a row says meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desktop.jobqueue import dispatcher, entries
from desktop.scheduler import workers
from desktop.scheduler.engine import Ending
from desktop.sessions.session import Session, SessionKind
from models.company import User
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, LogStatus, Notification
from tests.jobqueue.conftest import claim, run_next
from tests.scheduler.conftest import MovableClock, count, effects, entry_of, status_of


def test_a_failed_run_is_tried_again_after_its_delay_and_the_row_says_when(
    company: Path, moving: MovableClock
) -> None:
    job = entries.create_entry(
        "Import",
        "fails",
        {"calmly": "yes"},
        user_id="ANNA",
        retries=3,
        retry_delay_seconds=600,
        clock=moving.clock,
    )
    assert run_next(moving) is not None
    due = (moving.moment + timedelta(minutes=10)).astimezone()
    entry = entry_of(job)
    assert entry.status == EntryStatus.READY
    assert entry.result_text == f"Retry 1 of 3 at {due:%H:%M}"
    assert entry.error_text == "The file has no rows. Choose another."
    assert entry.next_start == due

    moving.forward(599)
    assert run_next(moving) is None, "not before its time"
    for attempt in (2, 3, 4):
        moving.forward(600)
        assert run_next(moving) is not None
        assert entry_of(job).attempts == attempt
    assert status_of(job) == EntryStatus.ERROR
    assert count("notification") == 1
    moving.forward(100_000)
    assert run_next(moving) is None


def test_retries_count_anew_after_success_by_hand(company: Path, moving: MovableClock) -> None:
    from desktop.jobqueue import actions

    job = entries.create_entry("Import", "fails", user_id="ANNA", retries=1, clock=moving.clock)
    while run_next(moving):
        pass
    assert len(entries.log_of(job)) == 2
    actions.restart(job, clock=moving.clock)
    assert entry_of(job).attempts == 0
    while run_next(moving):
        pass
    assert [row.attempt for row in entries.log_of(job)] == [1, 2, 1, 2]


def test_the_codeunit_says_how_often_it_is_tried_again_when_the_entry_does_not(company: Path) -> None:
    job = entries.create_entry("Import", "process_import", user_id="ANNA")
    assert entry_of(job).retries == 3


def test_a_log_that_was_deleted_meanwhile_does_not_stop_the_end(company: Path, moving: MovableClock) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    held = claim(moving)
    assert held is not None
    with connected(), database.atomic():
        database.execute_sql("DELETE FROM job_queue_log_entry")
    session = Session(SessionKind.BACKGROUND, "ANNA", {}, moving.clock.today(), clock=moving.clock)
    assert dispatcher.run(held, session).ending is Ending.DONE
    assert status_of(job) == EntryStatus.FINISHED


def test_an_entry_deleted_behind_the_engines_back_leaves_no_task(company: Path, moving: MovableClock) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    with connected(), database.atomic():
        JobQueueEntry.delete().where(JobQueueEntry.id == job).execute()
    assert run_next(moving) is None
    assert count("scheduled_task") == 0


def test_an_unknown_codeunit_of_an_old_entry_is_an_error_with_a_hint(
    company: Path, moving: MovableClock
) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    with connected(), database.atomic():
        database.execute_sql("UPDATE scheduled_task SET codeunit = 'gone_with_an_update'")
    assert run_next(moving) is not None
    assert entry_of(job).error_text == (
        "There is no codeunit “gone_with_an_update”. Check the job queue entry's object, or in Extension Management "
        "the extension that brings it."
    )


def test_who_wants_no_news_gets_none(company: Path, moving: MovableClock) -> None:
    for codeunit in ("noop", "fails"):
        entries.create_entry(
            "Import",
            codeunit,
            user_id="ANNA",
            notify_on_success=False,
            notify_on_failure=False,
            clock=moving.clock,
        )
    while run_next(moving):
        pass
    assert count("notification") == 0


def test_a_job_without_a_result_sentence_is_told_by_its_name(company: Path, moving: MovableClock) -> None:
    entries.create_entry("Recalculate", "noop", user_id="ANNA", clock=moving.clock)
    run_next(moving)
    with connected():
        (told,) = Notification.select()
    assert (told.severity, told.title, told.text) == ("ok", "“Recalculate” has finished.", "")


def test_first_come_first_served_within_a_priority(company: Path, moving: MovableClock) -> None:
    for name, priority in (("low", 3000), ("first", 2000), ("second", 2000), ("high", 1000)):
        entries.create_entry(name, "noop", user_id="ANNA", priority=priority, clock=moving.clock)
    order = []
    while held := claim(moving):
        order.append(held.description)
    assert order == ["high", "first", "second", "low"]


def test_the_log_names_the_worker(company: Path, moving: MovableClock) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    run_next(moving)
    (log,) = entries.log_of(job)
    assert (log.worker, log.status, log.task_id != "") == ("here process 1", LogStatus.SUCCESS, True)


def test_a_job_of_a_user_who_was_disabled_does_not_start(company: Path, moving: MovableClock) -> None:
    job = entries.create_entry("Import", "once", {"name": "x"}, user_id="ANNA", clock=moving.clock)
    with connected(), database.atomic():
        User.insert(user_id="ANNA", enabled=False).execute()
    run_next(moving)
    assert entry_of(job).error_text == (
        "The job runs as user ANNA, who is disabled. Enable the user, or let another user set the job to Ready."
    )
    assert effects() == []


def test_an_entry_changed_behind_the_engines_back_does_not_keep_its_task_for_ever(
    company: Path, moving: MovableClock
) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", retries=3, clock=moving.clock)
    held = claim(moving)
    assert held is not None
    with connected(), database.atomic():
        JobQueueEntry.update(status=EntryStatus.ON_HOLD).where(JobQueueEntry.id == job).execute()
    moving.forward(61)
    with connected():
        assert workers.rescue("other", moving.clock) == 1
        assert workers.rescue("other", moving.clock) == 0
    assert status_of(job) == EntryStatus.ON_HOLD
    assert count("scheduled_task") == 0
    assert [row.status for row in entries.log_of(job)] == [LogStatus.INTERRUPTED]
