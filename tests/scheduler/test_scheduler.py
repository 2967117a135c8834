"""A worker in this process with real children: jobs run, stop, die and come back."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from pathlib import Path
from typing import Any

import peewee
import pytest

from desktop.errors import TransitionError
from desktop.jobqueue import actions, entries, failure
from desktop.scheduler import endings, tasks, workers
from desktop.scheduler.children import ChildPool
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending
from models.database import connected
from models.job_queue import EntryStatus, LogStatus, SessionEvent
from tests.scheduler.conftest import (
    ON_POSIX,
    WAIT,
    Gate,
    NewScheduler,
    WaitFor,
    count,
    create,
    effects,
    entry_of,
    status_of,
    told_people,
)


def test_a_job_runs_and_its_end_is_written_everywhere(new_scheduler: NewScheduler) -> None:
    job = create("tells", "Import customers.csv", parameters={"file": "customers.csv"})
    scheduler = new_scheduler()
    seen: list[tuple[str, int, int, str]] = []
    ended: list[str] = []
    scheduler.listen(on_progress=lambda *told: seen.append(told), on_job_ended=ended.append)
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)

    entry = entry_of(job)
    assert entry.status == EntryStatus.FINISHED
    assert entry.result_text == "Import complete: 88 records created, 3 errors"
    assert entry.attempts == 1
    assert entry.task_id == ""
    assert entry.ended_at is not None
    assert entry.started_at is not None
    (log,) = entries.log_of(job)
    assert (log.status, log.attempt, log.user_id) == (LogStatus.SUCCESS, 1, "ANNA")
    assert log.messages.splitlines() == ["first line", "second line"]
    assert count("scheduled_task") == 0
    (told,) = told_people()
    assert (told.severity, told.title, told.text) == (
        "warn",
        "Import complete: 88 records created, 3 errors",
        "Import customers.csv",
    )
    assert (told.job_id, told.run_id, bool(told.needs_action)) == (job, 12, True)
    assert seen[-1] == (job, 1000, 1000, "Told")
    assert ended == [job]
    with connected():
        assert [row.event for row in SessionEvent.select()] == ["Start", "Stop"]


def test_a_failed_job_says_why_and_can_be_retried(new_scheduler: NewScheduler) -> None:
    job = create("fails", "Import broken.csv", parameters={"calmly": "yes"})
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.ERROR
    assert entry_of(job).error_text == "The file has no rows. Choose another."
    (log,) = entries.log_of(job)
    assert (log.status, log.error_code) == (LogStatus.ERROR, "Usage")
    assert "in fails" in log.call_stack
    assert effects() == [], "what the failed run wrote is gone"
    (told,) = told_people()
    assert (told.severity, told.text) == ("err", "The file has no rows. Choose another.")

    actions.restart(job, user_id="BERT")
    scheduler.wake()
    assert scheduler.wait_until_idle(WAIT)
    assert [row.user_id for row in entries.log_of(job)] == ["ANNA", "BERT"]


def test_retries_run_until_they_are_used_up_and_tell_once(new_scheduler: NewScheduler) -> None:
    job = create("fails", retries=2)
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.ERROR
    assert [row.attempt for row in entries.log_of(job)] == [1, 2, 3]
    assert count("notification") == 1


@ON_POSIX
def test_a_child_killed_in_the_middle_is_tried_again_with_each_step_exactly_once(
    new_scheduler: NewScheduler, gate: Gate, tmp_path: Path, company: Path
) -> None:
    pool = ChildPool(company, 1)
    job = create("steps", retries=1, parameters={"reached": str(gate.path), "mark": str(tmp_path / "mark")})
    scheduler = new_scheduler(runner=pool)
    scheduler.start()
    gate.wait()
    os.kill(pool.process_ids()[0], signal.SIGKILL)
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.FINISHED
    assert effects() == [f"step {number}" for number in range(10)]
    first, second = entries.log_of(job)
    assert (first.status, second.status) == (LogStatus.INTERRUPTED, LogStatus.SUCCESS)
    assert "signal 9 (SIGKILL)" in first.error_text


def test_a_job_that_kills_its_process_each_time_ends_as_error(new_scheduler: NewScheduler) -> None:
    job = create("dies", retries=1)
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.ERROR
    log = entries.log_of(job)
    assert [row.status for row in log] == [LogStatus.INTERRUPTED, LogStatus.INTERRUPTED]
    assert "exit code 7" in log[0].error_text
    assert "the last word" in log[0].call_stack


@ON_POSIX
def test_a_person_stops_a_running_job_and_it_obeys(
    new_scheduler: NewScheduler, gate: Gate, wait_for: WaitFor
) -> None:
    job = create("waits", "Slow import", parameters={"reached": str(gate.path)})
    scheduler = new_scheduler(grace_seconds=WAIT)
    scheduler.start()
    gate.wait()
    with pytest.raises(
        TransitionError, match="“Slow import” is In Process, so it cannot be deleted; stop it"
    ):
        actions.delete(job)
    assert actions.cancel(job) == EntryStatus.CANCELLING
    wait_for(lambda: status_of(job) == EntryStatus.CANCELLED)
    (log,) = entries.log_of(job)
    assert log.status == LogStatus.CANCELLED
    (told,) = told_people()
    assert (told.severity, told.title) == ("info", "“Slow import” was cancelled.")


@ON_POSIX
def test_a_job_that_does_not_obey_is_ended_after_the_grace_time(
    new_scheduler: NewScheduler, gate: Gate, wait_for: WaitFor
) -> None:
    job = create("deaf", retries=3, parameters={"reached": str(gate.path)})
    scheduler = new_scheduler(grace_seconds=0.2)
    scheduler.start()
    gate.wait()
    actions.cancel(job)
    wait_for(lambda: status_of(job) == EntryStatus.CANCELLED)
    (log,) = entries.log_of(job)
    assert log.result_text == "It did not stop by itself and was ended. What it had saved stays."


@ON_POSIX
def test_a_job_beyond_its_time_out_is_ended_and_says_so(new_scheduler: NewScheduler) -> None:
    job = create("deaf", timeout_seconds=1)
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.ERROR
    assert entry_of(job).error_text.startswith("The job ran longer than its time-out of 1 s and was")
    assert entries.log_of(job)[0].error_code == "Timeout"


@ON_POSIX
def test_closing_the_window_releases_what_runs_and_the_next_start_goes_on(
    new_scheduler: NewScheduler, gate: Gate, tmp_path: Path
) -> None:
    waiting = create("waits", "Obeys", parameters={"reached": str(gate.path)})
    deaf = create("deaf", "Does not", parameters={"reached": str(gate.path)})
    first = new_scheduler(slots=2, grace_seconds=0.2)
    first.start()
    gate.wait()
    gate.wait()
    first.stop()
    assert (status_of(waiting), status_of(deaf)) == (EntryStatus.READY, EntryStatus.READY)
    assert (entry_of(waiting).attempts, entry_of(deaf).attempts) == (0, 0), "a stop is not an attempt"
    assert [row.status for row in entries.log_of(deaf)] == [LogStatus.INTERRUPTED]
    assert workers.workers_online() == []
    assert count("notification") == 0

    second = new_scheduler(slots=2, grace_seconds=0.2)
    second.start()
    gate.wait()
    gate.wait()
    assert {task.description for task in second.status().running} == {"Obeys", "Does not"}


def test_a_plain_task_runs_its_failure_codeunit_in_a_new_session(new_scheduler: NewScheduler) -> None:
    task = tasks.create_task("fails", "on_failure", parameters={"calmly": "yes"}, user_id="ANNA")
    assert tasks.task_exists(task)
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert not tasks.task_exists(task)
    assert effects() == ["Usage|The file has no rows. Choose another."]


def test_a_plain_task_that_always_kills_its_process_is_dropped_in_the_end(
    new_scheduler: NewScheduler,
) -> None:
    task = tasks.create_task("dies", user_id="ANNA")
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert not tasks.task_exists(task)


def test_a_task_that_is_not_ready_waits_until_it_is(new_scheduler: NewScheduler, wait_for: WaitFor) -> None:
    task = tasks.create_task("tells", is_ready=False, user_id="ANNA")
    scheduler = new_scheduler()
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert tasks.task_exists(task)
    assert tasks.set_task_ready(task)
    wait_for(lambda: not tasks.task_exists(task))
    assert tasks.set_task_ready(task) is False
    assert tasks.cancel_task(task) is False


def test_the_command_line_runs_just_its_own_job(new_scheduler: NewScheduler) -> None:
    other = create("noop", "Somebody else's")
    mine = create("tells", "Mine")
    assert new_scheduler().run_job(mine, timeout_seconds=WAIT) == EntryStatus.FINISHED
    assert status_of(other) == EntryStatus.READY
    assert new_scheduler().run_job("no such job", timeout_seconds=WAIT) is None


def test_the_command_line_does_not_wait_for_a_full_disk_without_a_word(
    new_scheduler: NewScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying:
        def run(self, *_what: Any) -> ChildOutcome:
            return ChildOutcome(ending=Ending.DIED, exit_code=1)

        def close(self) -> None:
            pass

    def full(*_what: Any) -> None:
        raise peewee.OperationalError("database or disk is full")

    job = create("tells")
    monkeypatch.setattr(endings, "WAIT_FOR_COMPANY_SECONDS", 0.001)
    monkeypatch.setattr(failure, "interrupted", full)
    with pytest.raises(peewee.OperationalError, match="disk is full"):
        new_scheduler(runner=Dying()).run_job(job, timeout_seconds=WAIT)
    assert status_of(job) == EntryStatus.IN_PROCESS, "whoever starts next finds it without a worker"


@ON_POSIX
def test_the_command_line_waits_for_the_worker_that_has_its_job(
    new_scheduler: NewScheduler, gate: Gate
) -> None:
    job = create("waits", parameters={"reached": str(gate.path)})
    window = new_scheduler()
    window.start()
    gate.wait()
    statuses: list[EntryStatus | None] = []
    command = new_scheduler()
    thread = threading.Thread(target=lambda: statuses.append(command.run_job(job, timeout_seconds=WAIT)))
    thread.start()
    actions.cancel(job)
    thread.join(WAIT)
    assert statuses == [EntryStatus.CANCELLED]


def test_the_status_line_knows_who_works(new_scheduler: NewScheduler) -> None:
    assert workers.workers_online() == []
    scheduler = new_scheduler(slots=3)
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    (online,) = workers.workers_online()
    assert (online.worker_id, online.kind, online.slots, online.busy) == (scheduler.worker_id, "app", 3, 0)
    assert online.process_id == os.getpid()
    scheduler.stop()
    assert workers.workers_online() == []


@ON_POSIX
def test_a_company_file_that_vanishes_for_a_while_stops_nothing_and_is_not_made_anew(
    new_scheduler: NewScheduler, company: Path, tmp_path: Path
) -> None:
    """A synchronised folder takes the file away and brings it back."""
    pool = ChildPool(company, 1)
    scheduler = new_scheduler(runner=pool)
    scheduler.start()
    create("noop")
    scheduler.wake()
    assert scheduler.wait_until_idle(WAIT)
    away = tmp_path / "away"
    away.mkdir()
    files = [path for ending in ("", "-wal", "-shm") if (path := Path(f"{company}{ending}")).exists()]
    for path in files:
        path.rename(away / path.name)
    scheduler.wake()
    assert scheduler.wait_until_idle(WAIT)
    error = pool.run(ChildRequest(codeunit="noop", parameters={})).error
    assert error is not None
    assert error.code == "NotFound"
    assert not company.exists()
    for path in files:
        (away / path.name).rename(path)
    job = create("noop")
    scheduler.wake()
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.FINISHED


def test_a_locked_company_delays_a_job_and_loses_nothing(new_scheduler: NewScheduler, company: Path) -> None:
    """Another program holds the write lock while the worker wants to claim."""
    job = create("noop")
    other = sqlite3.connect(company, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    scheduler = new_scheduler()
    scheduler.start()  # whoever starts it, e.g. the window, does not wait for the lock
    assert status_of(job) == EntryStatus.READY
    other.execute("COMMIT")
    other.close()
    assert scheduler.wait_until_idle(WAIT)
    assert status_of(job) == EntryStatus.FINISHED
