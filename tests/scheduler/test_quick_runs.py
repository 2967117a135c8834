"""Quick runs: short jobs go together, and each of them still ends like any other, whatever happens among them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from desktop.jobqueue import actions, entries, quick_ends
from desktop.jobqueue.quick_ends import QuickEnd
from desktop.scheduler import claims
from desktop.scheduler.engine import Claim
from desktop.scheduler.pace import MOST, Pace, runs_of_one_order
from desktop.scheduler.scheduler import TaskScheduler
from desktop.sessions.session import Session, SessionKind
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, LogStatus, Notification, ScheduledTask
from tests.scheduler.conftest import (
    WAIT,
    Gate,
    MovableClock,
    NewScheduler,
    count,
    effects,
    entry_of,
    status_of,
)


def create(codeunit: str = "noop", description: str = "Small", **options: Any) -> str:
    options.setdefault("notify_on_success", False)
    return entries.create_entry(description, codeunit, user_id="ANNA", **options)


def warm(new_scheduler: NewScheduler, *codeunits: str) -> TaskScheduler:
    """A worker that has learned that these codeunits take a moment."""
    scheduler = new_scheduler()
    for codeunit in codeunits:
        scheduler._pace.note(codeunit, 0.1)
    return scheduler


def ended(claim: Claim, now: datetime) -> QuickEnd:
    """A run that has gone well in no time."""
    return QuickEnd(claim, Session(SessionKind.BACKGROUND, claim.user_id, {}, now.date()), now, now)


def run(scheduler: TaskScheduler) -> None:
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)


def test_short_jobs_run_together_and_leave_what_every_job_leaves(new_scheduler: NewScheduler) -> None:
    jobs = [create() for _ in range(30)]
    run(warm(new_scheduler, "noop"))
    assert {status_of(job) for job in jobs} == {EntryStatus.FINISHED}
    with connected():
        assert not ScheduledTask.select().where(ScheduledTask.job_id.in_(jobs)).exists()
    for job in jobs:
        (log,) = entries.log_of(job)
        assert (log.status, log.attempt, log.user_id, log.run_trigger) == (
            LogStatus.SUCCESS,
            1,
            "ANNA",
            "Program",
        )
        assert log.started_at <= log.ended_at
        entry = entry_of(job)
        assert (entry.attempts, entry.total_runs, entry.task_id) == (1, 1, "")
    with connected():
        events = database.execute_sql(
            "SELECT event, count(*) FROM session_event WHERE kind = 'Background' GROUP BY event"
        ).fetchall()
    assert dict(events) == {"Start": 30, "Stop": 30}


def test_people_are_told_of_short_jobs_as_of_any_other(new_scheduler: NewScheduler) -> None:
    told = [create(description=f"Small {number}", notify_on_success=True) for number in range(6)]
    silent = [create() for _ in range(6)]
    run(warm(new_scheduler, "noop"))
    assert {status_of(job) for job in told + silent} == {EntryStatus.FINISHED}
    with connected():
        found = [
            (row.job_id, row.title, row.user_id) for row in Notification.select().order_by(Notification.id)
        ]
    assert found == [(job, f"“Small {number}” has finished.", "ANNA") for number, job in enumerate(told)]


def test_they_start_in_their_order(new_scheduler: NewScheduler) -> None:
    for name, priority in (("low", 3000), ("a", 2000), ("b", 2000), ("high", 1000)):
        create(description=name, priority=priority)
    run(warm(new_scheduler, "noop"))
    with connected():
        rows = database.execute_sql("SELECT description FROM job_queue_log_entry ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["high", "a", "b", "low"]


def test_one_that_writes_ends_at_once_in_a_transaction_of_its_own(new_scheduler: NewScheduler) -> None:
    jobs = [create("once", parameters={"name": f"effect {number}"}) for number in range(8)]
    run(warm(new_scheduler, "once"))
    assert {status_of(job) for job in jobs} == {EntryStatus.FINISHED}
    assert effects() == [f"effect {number}" for number in range(8)]
    assert count("job_queue_log_entry") == 8


def test_one_that_fails_is_an_error_and_the_others_are_not(new_scheduler: NewScheduler) -> None:
    jobs = [create("fails" if number == 3 else "noop") for number in range(8)]
    run(warm(new_scheduler, "noop", "fails"))
    assert [status_of(job) for job in jobs] == [
        EntryStatus.ERROR if number == 3 else EntryStatus.FINISHED for number in range(8)
    ]
    assert effects() == [], "what the failed one had begun to write is gone"
    assert entry_of(jobs[3]).error_text.startswith("Something went wrong in Backdesk: the flux is too low")


def test_one_that_has_something_to_say_says_it(new_scheduler: NewScheduler) -> None:
    jobs = [create("tells" if number == 2 else "noop") for number in range(6)]
    run(warm(new_scheduler, "noop", "tells"))
    assert entry_of(jobs[2]).result_text == "Import complete: 88 records created, 3 errors"
    assert entries.log_of(jobs[2])[0].messages == "first line\nsecond line"


def test_nothing_waits_for_one_that_takes_longer(
    new_scheduler: NewScheduler, gate: Gate, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    before = [create() for _ in range(3)]
    slow = create("waits", parameters={"reached": str(gate.path)})
    behind = [create() for _ in range(3)]
    scheduler = warm(new_scheduler, "noop", "waits")
    scheduler.start()
    gate.wait()
    wait_for(lambda: status_of(slow) == EntryStatus.IN_PROCESS)
    assert {status_of(job) for job in before} == {EntryStatus.FINISHED}
    with connected():
        running = [row.job_id for row in ScheduledTask.select().where(ScheduledTask.running == 1)]
    assert running == [slow], "those behind it have gone back to the queue"
    actions.cancel(slow)
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(slow) == EntryStatus.CANCELLED
    assert {status_of(job) for job in behind} == {EntryStatus.FINISHED}
    assert [len(entries.log_of(job)) for job in (*before, slow, *behind)] == [1] * 7


def test_one_that_kills_its_process_costs_the_others_nothing(new_scheduler: NewScheduler) -> None:
    jobs = [create("dies" if number == 2 else "noop") for number in range(6)]
    run(warm(new_scheduler, "noop", "dies"))
    assert [status_of(job) for job in jobs] == [
        EntryStatus.ERROR if number == 2 else EntryStatus.FINISHED for number in range(6)
    ]
    (log,) = entries.log_of(jobs[2])
    assert (log.status, log.attempt, log.exit_code) == (LogStatus.INTERRUPTED, 1, 7)


def test_what_a_dead_worker_had_taken_runs_again_without_losing_an_attempt(
    company: Path, moving: MovableClock, new_scheduler: NewScheduler
) -> None:
    jobs = [create() for _ in range(5)]
    with connected():
        assert len(claims.claim_quick("dead", moving.moment, 1.0, {"noop"}, 10)) == 5
        database.execute_sql("UPDATE scheduled_task SET lease_until = '2020-01-01T00:00:00.000Z'")
    run(warm(new_scheduler, "noop"))
    assert {status_of(job) for job in jobs} == {EntryStatus.FINISHED}
    assert {entry_of(job).attempts for job in jobs} == {1}


def test_what_is_not_quick_is_left_to_the_ordinary_way(company: Path, moving: MovableClock) -> None:
    now = moving.moment.replace(year=2030)

    def taken() -> int:
        with connected(), database.atomic():
            found = len(claims.claim_quick("w", now, 60.0, {"noop"}, 10))
            database.execute_sql("UPDATE scheduled_task SET running = 0, fence = 0, worker_id = ''")
        return found

    for _ in range(3):
        create()
    assert taken() == 0, "so few are not worth it"
    create()
    assert taken() == 4
    create("once")
    create()
    assert taken() == 4, "one that is not known as quick ends the row"
    create("noop", priority=1000, expires_at=now + timedelta(hours=1))
    assert taken() == 0, "the most urgent one expires, which is looked at when it begins"
    with connected(), database.atomic():
        JobQueueEntry.update(expires_at=None).execute()
        database.execute_sql("UPDATE scheduled_task SET fence = 1 WHERE priority = 1000")
    assert taken() == 0, "it was taken before, and perhaps it kills its worker"


def test_an_entry_cancelled_in_the_moment_of_its_run_stays_cancelled(
    company: Path, moving: MovableClock, new_scheduler: NewScheduler
) -> None:
    jobs = [create() for _ in range(4)]
    now = moving.moment.replace(year=2030)
    with connected():
        taken = claims.claim_quick("w", now, 60.0, {"noop"}, 10)
        actions.cancel(jobs[1])
        actions.set_on_hold(jobs[2])
        ends = [ended(claim, now) for claim in taken]
        finished = quick_ends.write(ends, "here process 1", moving.clock)
    assert finished == [jobs[0], jobs[3]]
    assert (status_of(jobs[1]), status_of(jobs[2])) == (EntryStatus.CANCELLED, EntryStatus.ON_HOLD)
    assert count("scheduled_task") == 0
    assert count("job_queue_log_entry") == 2


def test_a_late_end_of_a_frozen_worker_changes_nothing(company: Path, moving: MovableClock) -> None:
    jobs = [create() for _ in range(4)]
    now = moving.moment.replace(year=2030)
    with connected():
        taken = claims.claim_quick("frozen", now, 60.0, {"noop"}, 10)
        database.execute_sql("UPDATE scheduled_task SET worker_id = 'other', fence = fence + 1")
        assert quick_ends.write([ended(claim, now) for claim in taken], "x", moving.clock) == []
    assert {status_of(job) for job in jobs} == {EntryStatus.READY}
    assert count("scheduled_task") == 4


def test_the_pace_learns_slowly_that_a_codeunit_is_quick_and_at_once_that_it_is_not() -> None:
    pace = Pace()
    pace.note("sums", 1.0)
    assert pace.quick() == {"sums": 1.0}
    pace.note("sums", 400.0)
    assert pace.quick() == {}
    for _ in range(3):
        pace.note("sums", 1.0)
    assert pace.quick() == {}
    for _ in range(40):
        pace.note("sums", 1.0)
    assert "sums" in pace.quick()
    assert runs_of_one_order({"sums": 1.0}) == 20
    assert runs_of_one_order({"sums": 1.0, "noop": 0.01}) == 20
    assert runs_of_one_order({"noop": 0.01}) == MOST
    assert runs_of_one_order({}) == 1


def test_a_stopped_worker_gives_back_what_it_has_not_begun(
    new_scheduler: NewScheduler, gate: Gate, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    slow = create("waits", parameters={"reached": str(gate.path)})
    behind = [create() for _ in range(5)]
    scheduler = warm(new_scheduler, "noop", "waits")
    scheduler.start()
    gate.wait()
    scheduler.stop()
    assert {status_of(job) for job in (slow, *behind)} <= {EntryStatus.READY, EntryStatus.FINISHED}
    assert status_of(slow) == EntryStatus.READY
    assert entry_of(slow).attempts == 0
    with connected():
        assert not ScheduledTask.select().where(ScheduledTask.running == 1).exists()


def test_a_killed_worker_loses_none_of_them(
    company: Path, new_worker: Callable[..., Any], wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    jobs = [create() for _ in range(400)]

    def some_are_finished() -> bool:
        return JobQueueEntry.select().where(JobQueueEntry.status == EntryStatus.FINISHED).count() > 20

    worker = new_worker("--slots", "1").started()
    wait_for(some_are_finished)
    worker.process.send_signal(signal.SIGKILL)
    worker.ended()
    assert new_worker("--slots", "2", "--until-idle").ended() == 0
    assert {status_of(job) for job in jobs} == {EntryStatus.FINISHED}
    with connected():
        assert not ScheduledTask.select().where(ScheduledTask.job_id.in_(jobs)).exists()
