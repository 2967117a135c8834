"""What happens to entries over days: retries, errors that pass, expiry, rest, copies, and who changed what."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop.errors import TransitionError
from desktop.jobqueue import actions, diagnosis, editing, entries, history, watching
from desktop.jobqueue.runs import retry_delay
from desktop.jobqueue.states import Action
from models.database import connected, database
from models.errors import FieldError
from models.job_queue import EntryStatus, JobQueueEntry, Notification, ScheduledTask
from tests.jobqueue.conftest import claim, run_all, run_next
from tests.scheduler.conftest import MovableClock, entry_of, status_of

S = EntryStatus


def create(moving: MovableClock, codeunit: str = "noop", **options: object) -> str:
    options.setdefault("user_id", "ANNA")
    return entries.create_entry("Import", codeunit, clock=moving.clock, **options)  # type: ignore[arg-type]


def why(job: str, moving: MovableClock) -> str:
    return diagnosis.why(job, clock=moving.clock)


def shown(moving: MovableClock, seconds: float) -> str:
    return f"{(moving.moment + timedelta(seconds=seconds)).astimezone():%H:%M}"


def test_each_delay_is_longer_than_the_one_before_up_to_the_cap() -> None:
    entry = JobQueueEntry(retry_delay_seconds=60, retry_backoff=3, retry_cap_seconds=1_000)
    assert [retry_delay(entry, n).seconds for n in (1, 2, 3, 4, 5)] == [60, 180, 540, 1_000, 1_000]
    steady = JobQueueEntry(retry_delay_seconds=60, retry_backoff=1, retry_cap_seconds=1_000)
    assert [retry_delay(steady, n).seconds for n in (1, 9)] == [60, 60]
    assert retry_delay(JobQueueEntry(retry_delay_seconds=0, retry_backoff=2), 4) == timedelta()


def test_the_row_says_which_retry_comes_when(company: Path, moving: MovableClock) -> None:
    job = create(
        moving, "fails", parameters={"calmly": "yes"}, retries=2, retry_delay_seconds=120, retry_backoff=2
    )
    run_next(moving)
    assert why(job, moving) == (
        f"Retry 1 of 2: Today {shown(moving, 120)}. The file has no rows. Choose another."
    )
    moving.forward(120)
    run_next(moving)
    assert why(job, moving).startswith(f"Retry 2 of 2: Today {shown(moving, 240)}.")
    moving.forward(240)
    run_next(moving)
    assert why(job, moving) == "It ended with an error after 3 tries: The file has no rows. Choose another."


def test_what_passes_by_itself_is_tried_again_without_costing_an_attempt(
    company: Path, moving: MovableClock
) -> None:
    job = create(moving, "away", parameters={"until": "4"})
    for wait in (5, 15, 30):
        run_next(moving)
        entry = entry_of(job)
        assert (entry.status, entry.attempts) == (S.READY, 0)
        assert "tried again" in why(job, moving)
        moving.forward(wait - 1)
        assert claim(moving) is None
        moving.forward(1)
    run_next(moving)
    assert status_of(job) == S.FINISHED
    assert [row.status for row in entries.log_of(job)] == ["Error", "Error", "Error", "Success"]
    with connected():
        assert [told.severity for told in Notification.select()] == ["ok"]


def test_what_does_not_pass_is_an_error_in_the_end(company: Path, moving: MovableClock) -> None:
    job = create(moving, "away", parameters={"until": "1000"})
    runs = 0
    while run_next(moving) is not None:
        runs += 1
        entry = entry_of(job)
        if entry.next_start is not None:
            moving.forward((entry.next_start - moving.moment).total_seconds())
    assert (runs, status_of(job)) == (10, S.ERROR)


def test_an_entry_that_could_not_run_in_time_expires_and_stays(company: Path, moving: MovableClock) -> None:
    job = create(moving, expires_at=moving.moment + timedelta(hours=1))
    moving.forward(3_600)
    assert run_next(moving) is None
    assert status_of(job) == S.EXPIRED
    with connected():
        assert ScheduledTask.select().count() == 0
        (told,) = Notification.select()
    assert told.severity == "warn"
    with pytest.raises(TransitionError, match="Set a later expiration"):
        actions.restart(job, user_id="ANNA", clock=moving.clock)
    editing.change_field(
        job, "expires_at", None, entry_of(job).expires_at, user_id="ANNA", clock=moving.clock
    )
    actions.restart(job, user_id="ANNA", clock=moving.clock)
    assert run_all(moving) == 1


def test_one_that_waits_expires_without_anybody_claiming_it(company: Path, moving: MovableClock) -> None:
    job = create(
        moving,
        earliest_start=moving.moment + timedelta(hours=1),
        expires_at=moving.moment + timedelta(hours=2),
    )
    with connected():
        assert watching.expire_due(moving.clock) == 0
        moving.forward(7_200)
        assert watching.expire_due(moving.clock) == 1
    assert status_of(job) == S.EXPIRED


def test_an_entry_that_would_never_run_is_refused_when_it_is_saved(
    company: Path, moving: MovableClock
) -> None:
    job = create(moving, earliest_start=moving.moment + timedelta(hours=3))
    with pytest.raises(FieldError, match="expires before it may start"):
        editing.change_field(job, "expires_at", moving.moment + timedelta(hours=2), None, clock=moving.clock)
    assert entry_of(job).expires_at is None


def test_a_copy_is_on_hold_and_has_no_past(company: Path, moving: MovableClock) -> None:
    job = create(
        moving,
        "tells",
        parameters={"file": "a.csv"},
        retries=7,
        category_code="NIGHT",
        idempotency_key="once",
    )
    run_all(moving)
    copied = entry_of(entries.copy(job, user_id="BERT", clock=moving.clock))
    assert (copied.description, copied.status, copied.retries) == ("Copy of Import", S.ON_HOLD, 7)
    assert (copied.owner_user_id, copied.run_as_user_id) == ("BERT", "BERT")
    assert (copied.attempts, copied.result_text, copied.idempotency_key) == (0, "", None)
    assert entries.log_of(copied.id) == []


def test_who_changed_what_stays_readable(company: Path, moving: MovableClock) -> None:
    job = create(moving, status=S.ON_HOLD)
    editing.change_field(job, "retries", 3, 0, user_id="ANNA", clock=moving.clock)
    moving.forward(60)
    actions.set_ready(job, user_id="BERT", clock=moving.clock)
    newest, _run_as, older = history.changes_of(job)
    assert (newest.user_id, newest.field, newest.old, newest.new) == ("BERT", "Status", "On Hold", "Ready")
    assert (older.user_id, older.field, older.old, older.new) == ("ANNA", "Retries", "0", "3")
    assert newest.at - older.at == timedelta(minutes=1)


def test_several_at_once_tell_which_could_not(company: Path, moving: MovableClock) -> None:
    waiting, running, gone = create(moving), create(moving), create(moving)
    with connected(), database.atomic():
        JobQueueEntry.update(status=S.IN_PROCESS).where(JobQueueEntry.id == running).execute()
    actions.delete(gone)
    refused = actions.for_each(
        Action.SET_ON_HOLD, [waiting, running, gone], user_id="ANNA", clock=moving.clock
    )
    assert [job for job, _ in refused] == [running, gone]
    assert status_of(waiting) == S.ON_HOLD


def test_remove_failed_takes_only_what_has_failed_for_good(company: Path, moving: MovableClock) -> None:
    mine, others, waiting = create(moving, "fails"), create(moving, "fails", user_id="BERT"), create(moving)
    run_all(moving)
    assert actions.remove_failed("ANNA", user_id="ANNA", clock=moving.clock) == 1
    assert entries.get(mine) is None
    assert (status_of(others), status_of(waiting)) == (S.ERROR, S.FINISHED)


def test_the_priority_of_a_waiting_entry_counts_at_once(company: Path, moving: MovableClock) -> None:
    first, second = create(moving), create(moving)
    assert editing.set_priority([second], 1_000, user_id="ANNA", clock=moving.clock) == []
    held = claim(moving)
    assert held is not None
    assert held.job_id == second
    assert status_of(first) == S.READY


def test_run_once_and_run_now_stand_in_the_one_log_of_the_entry(company: Path, moving: MovableClock) -> None:
    job = create(moving, status=S.ON_HOLD)
    actions.run_now(job, user_id="ANNA", clock=moving.clock)
    run_all(moving)
    actions.restart(job, user_id="ANNA", clock=moving.clock)
    run_all(moving)
    assert [row.run_trigger for row in entries.log_of(job)] == ["Run Now", "Person"]


def test_the_log_says_how_late_a_run_began_and_how_long_it_took(company: Path, moving: MovableClock) -> None:
    job = create(moving, earliest_start=moving.moment + timedelta(minutes=1))
    planned = moving.moment + timedelta(minutes=1)
    moving.forward(90)
    run_all(moving)
    (row,) = entries.log_of(job)
    assert (row.planned_at, row.started_at, row.delay_ms, row.duration_ms) == (
        planned,
        planned + timedelta(seconds=30),
        30_000,
        0,
    )


def test_why_it_waits_for_its_category(company: Path, moving: MovableClock) -> None:
    running = create(moving, category_code="NIGHT")
    held = claim(moving)
    assert held is not None
    job = create(moving, category_code="NIGHT")
    assert status_of(running) == S.IN_PROCESS
    assert why(job, moving) == "The category NIGHT is busy with “Import”."
    with connected(), database.atomic():
        database.execute_sql("INSERT INTO job_queue_category (code, paused) VALUES ('NIGHT', 1)")
    assert why(job, moving) == "The category NIGHT is paused."


def test_why_nothing_starts_without_a_worker(company: Path, moving: MovableClock) -> None:
    job = create(moving)
    assert why(job, moving) == "No worker is running: open Backdesk, or start “backdesk worker”."
    assert why("nothing", moving) == ""


def test_the_programs_own_work_stays_its_own_until_it_becomes_another(
    company: Path, moving: MovableClock
) -> None:
    job = create(moving, user_id="", status=S.ON_HOLD)
    actions.run_now(job, user_id="BERT", clock=moving.clock)
    assert entry_of(job).run_as_user_id == ""
    editing.change_field(
        job, "parameters", {"a": "b"}, entry_of(job).parameters, user_id="BERT", clock=moving.clock
    )
    assert entry_of(job).run_as_user_id == "BERT"
    assert ("Run as User", "", "BERT") in [(row.field, row.old, row.new) for row in history.changes_of(job)]


def test_whoever_lets_it_run_stands_in_its_history(company: Path, moving: MovableClock) -> None:
    job = create(moving, status=S.ON_HOLD)
    actions.set_ready(job, user_id="BERT", clock=moving.clock)
    assert ("Run as User", "ANNA", "BERT") in [
        (row.field, row.old, row.new) for row in history.changes_of(job)
    ]


def test_a_number_means_the_entry_of_that_number_and_no_other(company: Path, moving: MovableClock) -> None:
    from desktop.errors import UsageError

    job = create(moving)
    with connected(), database.atomic():
        database.execute_sql("UPDATE job_queue_entry SET id = '469dccd5' || substr(id, 9), task_id = ''")
    (found,) = entries.newest(1)
    assert entries.find(str(found.entry_no)).id == found.id != job
    assert entries.find("469d").id == found.id
    with pytest.raises(UsageError, match="no job queue entry “46”"):
        entries.find("46")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"retries": -1}, FieldError),
        ({"priority": 7}, FieldError),
        ({"wake_table": "nope"}, FieldError),
        ({"retry_backoff": 0}, FieldError),
        ({"earliest_start": datetime(2026, 11, 21)}, ValueError),
        ({"expires_at": datetime(2026, 11, 21)}, ValueError),
        ({"parameters": {"number": 5}}, TypeError),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused_before_anything_is_written(
    company: Path, moving: MovableClock, values: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        create(moving, **values)
    assert entries.newest(10) == []
