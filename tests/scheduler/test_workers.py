"""Workers in processes of their own: they share one company, die, freeze and are stopped."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.changes import ChangeWatcher
from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.jobqueue import actions, dispatcher, entries
from desktop.scheduler import claims, workers
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Claim, Ending
from desktop.scheduler.locks import WorkerLock, is_alive
from desktop.scheduler.scheduler import TaskScheduler
from desktop.scheduler.slots import QtSlots
from desktop.sessions.session import CancelToken, ProgressCallback, Session, SessionKind
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, LogStatus, Worker
from tests.scheduler.conftest import (
    WAIT,
    Gate,
    MovableClock,
    NewScheduler,
    WaitFor,
    WorkerProcess,
    effects,
    entry_of,
    status_of,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and named pipes are POSIX")
NewWorker = Callable[..., WorkerProcess]


def test_a_worker_killed_in_the_middle_of_a_job_is_rescued_at_the_next_start(
    new_worker: NewWorker, gate: Gate, tmp_path: Path
) -> None:
    """The power goes: no clean-up of any kind. The lease would run for another minute, the lock is free at once."""
    job = entries.create_entry(
        "Import",
        "steps",
        {"reached": str(gate.path), "mark": str(tmp_path / "mark")},
        user_id="ANNA",
        retries=1,
    )
    first = new_worker("--slots", "1").started()
    gate.wait()
    first.process.kill()
    first.ended()
    assert status_of(job) == EntryStatus.IN_PROCESS

    assert new_worker("--until-idle").ended() == 0
    assert status_of(job) == EntryStatus.FINISHED
    assert effects() == [f"step {number}" for number in range(10)]
    interrupted, done = entries.log_of(job)
    assert (interrupted.status, done.status) == (LogStatus.INTERRUPTED, LogStatus.SUCCESS)
    assert f"process {first.process.pid} ended while the job was running" in interrupted.error_text
    with connected():
        assert Worker.select().count() == 0


def test_a_worker_that_dies_is_noticed_by_a_running_one(
    new_worker: NewWorker, new_scheduler: NewScheduler, gate: Gate, tmp_path: Path, wait_for: WaitFor
) -> None:
    job = entries.create_entry(
        "Import",
        "steps",
        {"reached": str(gate.path), "mark": str(tmp_path / "mark")},
        user_id="ANNA",
        retries=1,
    )
    other = new_worker("--slots", "1").started()
    gate.wait()
    here = new_scheduler()
    here.start()
    assert here.wait_until_idle(WAIT)
    assert len(workers.workers_online()) == 2
    other.process.kill()
    other.ended()
    wait_for(lambda: status_of(job) == EntryStatus.FINISHED)
    assert len(effects()) == 10
    assert len(workers.workers_online()) == 1


def test_a_frozen_worker_is_replaced_after_its_lease_and_its_finish_changes_nothing(
    company: Path, moving: MovableClock
) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", retries=1, clock=moving.clock)
    frozen = claim_as("frozen", moving.clock)
    session = Session(SessionKind.BACKGROUND, "ANNA", {}, moving.clock.today(), clock=moving.clock)
    moving.forward(61)
    with connected():
        assert workers.rescue("other", moving.clock) == 1
    again = claim_as("other", moving.clock)
    assert (again.job_id, again.attempt) == (job, 2)

    outcome = dispatcher.run(frozen, session)  # it thaws and believes that it has done its work
    assert outcome.ending is Ending.REPLACED
    assert status_of(job) == EntryStatus.IN_PROCESS
    assert [row.status for row in entries.log_of(job)] == [LogStatus.INTERRUPTED, LogStatus.IN_PROCESS]
    assert dispatcher.run(again, session).ending is Ending.DONE
    assert status_of(job) == EntryStatus.FINISHED


def test_a_step_of_a_replaced_run_cannot_be_written(company: Path, moving: MovableClock) -> None:
    entries.create_entry("Import", "steps", user_id="ANNA", retries=1, clock=moving.clock)
    frozen = claim_as("frozen", moving.clock)
    session = Session(SessionKind.BACKGROUND, "ANNA", {}, moving.clock.today(), clock=moving.clock)
    session.guard = lambda: claims.check(frozen)
    moving.forward(61)
    with connected():
        workers.rescue("other", moving.clock)
    assert dispatcher.run(frozen, session).ending is Ending.REPLACED
    assert effects() == []


def test_a_live_worker_that_renews_is_left_alone(company: Path, moving: MovableClock) -> None:
    entries.create_entry("Import", "noop", user_id="ANNA", clock=moving.clock)
    claim = claim_as("busy", moving.clock)
    moving.forward(50)
    with connected():
        assert workers.beat("busy", [claim.task_id], moving.clock, 60.0) == {claim.task_id}
    moving.forward(50)
    with connected():
        assert workers.rescue("other", moving.clock) == 0


def test_a_job_that_was_being_stopped_when_its_worker_died_is_cancelled(
    company: Path, moving: MovableClock
) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", retries=5, clock=moving.clock)
    claim_as("dead", moving.clock)
    actions.cancel(job, clock=moving.clock)
    moving.forward(61)
    with connected():
        workers.rescue("other", moving.clock)
    assert status_of(job) == EntryStatus.CANCELLED


def test_a_worker_stopped_by_a_signal_lets_its_job_go_on_at_the_next_start(
    new_worker: NewWorker, gate: Gate
) -> None:
    job = entries.create_entry("Slow", "waits", {"reached": str(gate.path)}, user_id="ANNA")
    for number in (signal.SIGTERM, signal.SIGINT):
        worker = new_worker("--slots", "1").started()
        gate.wait()
        worker.process.send_signal(number)
        assert worker.ended() == 0
        assert status_of(job) == EntryStatus.READY
        assert entry_of(job).attempts == 0


def test_two_workers_never_run_a_job_twice_nor_two_of_one_category_at_once(new_worker: NewWorker) -> None:
    with connected(), database.atomic():
        for number in range(60):
            category = ("", "SALES", "STOCK")[number % 3]
            name = f"{category or number}"
            entries.create_entry(
                name, "overlap", {"name": f"{name} {number}"}, user_id="ANNA", category_code=category
            )
    both = [new_worker("--until-idle", "--slots", "2") for _ in range(2)]
    assert [worker.ended() for worker in both] == [0, 0]
    assert {row.status for row in all_entries()} == {EntryStatus.FINISHED}
    seen = effects()
    assert len(seen) == len(set(seen)) == 120
    for category in ("SALES", "STOCK"):
        own = [name for name in seen if name.startswith(category)]
        for begin, end in zip(own[::2], own[1::2], strict=True):
            assert begin.removesuffix(" begins") == end.removesuffix(" ends"), "two of one category overlap"


def test_a_worker_takes_what_another_process_sets_ready(
    new_worker: NewWorker, wait_for: WaitFor, company: Path
) -> None:
    new_worker("--slots", "1").started()
    warm = entries.create_entry("Warm", "noop", user_id="ANNA")
    wait_for(lambda: status_of(warm) == EntryStatus.FINISHED)
    job = entries.create_entry("Import", "noop", user_id="ANNA")
    wait_for(lambda: status_of(job) == EntryStatus.FINISHED)
    entry = entry_of(job)
    assert entry.started_at is not None
    assert entry.started_at >= entry.created_at


def test_the_lock_tells_a_live_worker_from_a_dead_one(company: Path) -> None:
    assert not is_alive(company, "nobody")
    with WorkerLock(company, "me"):
        assert is_alive(company, "me")
        with pytest.raises(OSError, match="locked already"):
            WorkerLock(company, "me").acquire()
    assert not is_alive(company, "me")


def test_the_last_worker_leaves_nothing_beside_the_company(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = company.with_name(f"{company.name}-workers")
    assert not is_alive(company, "nobody")
    assert not folder.exists(), "looking makes nothing"
    first, second = WorkerLock(company, "first"), WorkerLock(company, "second")
    first.acquire()
    second.acquire()
    first.release()
    assert [file.name for file in folder.iterdir()] == ["second.lock"]
    second.release()
    assert not folder.exists()

    make = Path.mkdir

    def made_and_taken_away(path: Path, *words: object, **more: object) -> None:
        """The last of the others leaves just then."""
        make(path, exist_ok=True)
        path.rmdir()
        monkeypatch.undo()

    monkeypatch.setattr(Path, "mkdir", made_and_taken_away)
    with first:
        assert is_alive(company, "first")
    assert not folder.exists()


def test_workers_of_another_computer_are_believed_for_three_heartbeats(
    company: Path, moving: MovableClock
) -> None:
    workers.register("far", "worker", 2, moving.clock)
    with connected():
        Worker.update(host="another").execute()
    moving.forward(44)
    assert [online.worker_id for online in workers.workers_online(clock=moving.clock)] == ["far"]
    moving.forward(2)
    assert workers.workers_online(clock=moving.clock) == []
    moving.forward(90_000)
    with connected():
        workers.rescue("me", moving.clock)
        assert Worker.select().count() == 0


class Sleeper:
    """Runs a task in this process by waiting until it is told to stop."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.stopped = threading.Event()
        self.token: CancelToken | None = None

    def run(
        self,
        _request: ChildRequest,
        _on_progress: ProgressCallback | None = None,
        token: CancelToken | None = None,
        _timeout_seconds: float | None = None,
    ) -> ChildOutcome:
        assert token is not None
        self.token = token
        token.interrupt_with(self.stopped.set)
        self.started.set()
        assert self.stopped.wait(WAIT)
        return ChildOutcome(ending=Ending.CANCELLED, forced=True)

    def close(self) -> None:
        """Nothing is left."""


def test_a_worker_that_thaws_sees_at_its_next_heartbeat_that_it_was_replaced(
    new_scheduler: NewScheduler, moving: MovableClock
) -> None:
    job = entries.create_entry("Import", "noop", user_id="ANNA", retries=1, clock=moving.clock)
    sleeper = Sleeper()
    scheduler = new_scheduler(runner=sleeper, clock=moving.clock)
    scheduler.start()
    assert sleeper.started.wait(WAIT)
    later = Clock(now=lambda: moving.moment + timedelta(seconds=61))
    with connected():
        assert workers.rescue("other", later) == 1
    other = claim_as("other", later)
    moving.forward(16)
    scheduler.wake()
    assert sleeper.stopped.wait(WAIT), "it must stop what is no longer its own"
    assert scheduler.wait_until_idle(WAIT)
    with connected():
        claims.check(other)
    assert status_of(job) == EntryStatus.IN_PROCESS


def test_after_the_computer_slept_the_other_workers_get_time_to_wake(
    new_scheduler: NewScheduler, moving: MovableClock
) -> None:
    """The lid was closed for an hour: all leases have run out, but nobody is dead."""
    job = entries.create_entry("Import", "noop", user_id="ANNA", retries=1, clock=moving.clock)
    workers.register("far", "worker", 1, moving.clock)
    with connected(), database.atomic():
        Worker.update(host="another").execute()
    claim = claim_as("far", moving.clock)
    scheduler = new_scheduler(runner=Sleeper(), clock=moving.clock)
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    moving.forward(3600)
    for _ in range(2):
        scheduler.wake()
        assert scheduler.wait_until_idle(WAIT)
        with connected():
            claims.check(claim)
        moving.forward(25)
    with connected():
        workers.beat("far", [claim.task_id], moving.clock, 60.0)
    for _ in range(2):
        moving.forward(25)
        scheduler.wake()
        assert scheduler.wait_until_idle(WAIT)
    with connected():
        claims.check(claim)
    assert status_of(job) == EntryStatus.IN_PROCESS


@pytest.mark.long
def test_an_idle_scheduler_takes_less_than_a_hundredth_of_a_core(company: Path) -> None:
    watcher = ChangeWatcher()
    watcher.start()
    scheduler = TaskScheduler(company, kind="app", slots=QtSlots(4), watcher=watcher)
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    before = time.process_time()
    threading.Event().wait(5.0)
    used = time.process_time() - before
    scheduler.stop()
    watcher.stop()
    assert used / 5.0 < 0.01


def claim_as(worker_id: str, clock: Clock = SYSTEM_CLOCK) -> Claim:
    """Claim what is due, as another worker would."""
    with connected():
        claim = claims.claim_due(
            worker_id, clock.now(), 60.0, lambda found: dispatcher.begin(found, worker_id, clock)
        )
    assert claim is not None
    return claim


def all_entries() -> list[JobQueueEntry]:
    with connected():
        return list(JobQueueEntry.select())
