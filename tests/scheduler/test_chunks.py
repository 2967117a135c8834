"""Jobs in chunks: whatever ends a run, each record is done exactly once, and the next attempt goes on behind it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.errors import ReplacedError
from desktop.jobqueue import actions, checkpoints, dispatcher, editing, entries
from desktop.scheduler import claims
from desktop.scheduler.engine import Claim
from models.customer import Customer
from models.database import connected, database
from models.job_queue import EntryStatus
from models.permission_edit import assign
from models.permissions import Permission, PermissionSet
from tests.scheduler.conftest import (
    WAIT,
    Gate,
    MovableClock,
    NewScheduler,
    effects,
    entry_of,
    status_of,
)

NUMBERS = [f"C{number}" for number in range(1, 8)]


@pytest.fixture(autouse=True)
def customers(company: Path, put_extension: Callable[[str, str], Path]) -> None:
    """Seven customers, and the jobs that go through them."""
    put_extension("chunk_jobs", Path(__file__).with_name("chunk_jobs.py").read_text(encoding="utf-8"))
    with connected():
        for number in NUMBERS:
            Customer.create(no=number, name=f"Customer {number}")


def create(codeunit: str, parameters: dict[str, str] | None = None, **options: Any) -> str:
    return entries.create_entry("Greeting", codeunit, parameters, user_id="ANNA", **options)


def run(new_scheduler: NewScheduler, job_id: str) -> EntryStatus | None:
    return new_scheduler().run_job(job_id, timeout_seconds=WAIT)


@pytest.mark.parametrize(
    "place", ["C1", "C2", "after chunk 1", "C3", "end of chunk 2", "after chunk 4", "end"]
)
def test_a_worker_killed_anywhere_leaves_each_customer_greeted_exactly_once(
    new_worker: Callable[..., Any], new_scheduler: NewScheduler, gate: Gate, place: str
) -> None:
    job = create("greets", {"at": place, "reached": str(gate.path)}, retries=1)
    worker = new_worker().started()
    gate.wait()
    worker.process.send_signal(signal.SIGKILL)
    worker.ended()
    committed = effects()
    assert len(committed) % 2 == 0 or len(committed) == 7
    assert run(new_scheduler, job) is EntryStatus.FINISHED
    assert effects() == NUMBERS
    assert entry_of(job).result_text == "attempt 2"


def test_a_retry_goes_on_behind_the_last_checkpoint(new_scheduler: NewScheduler) -> None:
    job = create("marks", {"fail_on": "1"}, retries=1)
    assert run(new_scheduler, job) is EntryStatus.FINISHED
    assert effects() == [f"step {step}" for step in range(4)]


def test_a_checkpoint_goes_with_a_run_that_ends_well(new_scheduler: NewScheduler) -> None:
    job = create("marks")
    for _ in range(2):
        assert run(new_scheduler, job) is EntryStatus.FINISHED
        assert entry_of(job).checkpoint == ""
        actions.restart(job)
    assert effects() == [f"step {step}" for step in range(4)] * 2


def test_a_restart_by_a_person_goes_on_where_the_failed_run_ended(new_scheduler: NewScheduler) -> None:
    job = create("greets", {"fail_on": "1"})
    assert run(new_scheduler, job) is EntryStatus.ERROR
    editing.change_field(job, "description", "Greeting again", "Greeting")
    assert "C7" in entry_of(job).checkpoint
    actions.restart(job)
    run(new_scheduler, job)
    assert effects() == NUMBERS


def test_other_parameters_are_other_work_and_begin_anew(new_scheduler: NewScheduler) -> None:
    job = create("greets", {"fail_on": "1"})
    run(new_scheduler, job)
    editing.change_field(job, "parameters", {"fail_on": "never"}, entry_of(job).parameters)
    assert entry_of(job).checkpoint == ""
    actions.restart(job)
    assert run(new_scheduler, job) is EntryStatus.FINISHED
    assert effects() == NUMBERS * 2


def test_a_loop_that_is_over_stays_over(new_scheduler: NewScheduler) -> None:
    job = create("counts", retries=1)
    assert run(new_scheduler, job) is EntryStatus.FINISHED
    first = [f"first C{number}" for number in (4, 5, 6, 7)]
    assert effects() == first + [f"second {number}" for number in NUMBERS]


def test_an_error_caught_outside_of_its_chunk_is_told_and_not_passed_over(
    new_scheduler: NewScheduler,
) -> None:
    job = create("leaves_out")
    assert run(new_scheduler, job) is EntryStatus.ERROR
    assert "A chunk was left out" in entry_of(job).error_text


def test_the_progress_says_how_far_it_is_and_what_it_counts(new_scheduler: NewScheduler) -> None:
    told: list[tuple[int, int, str]] = []
    scheduler = new_scheduler()
    scheduler.listen(on_progress=lambda _job, *said: told.append(said))
    scheduler.run_job(create("greets"), timeout_seconds=WAIT)
    assert told[0] == (0, 7, "0 of 7 customers")
    assert told[-1] == (7, 7, "7 of 7 customers")


def test_a_job_knows_its_entry_its_attempt_and_its_parameters(new_scheduler: NewScheduler) -> None:
    job = create("tells_who", {"days": "14"}, category_code="POST", retries=2)
    run(new_scheduler, job)
    assert entry_of(job).result_text == f"[{entry_of(job).entry_no}, 'Greeting', 'POST', 2, 1] 14"


def test_a_wrong_parameter_says_what_is_wanted(new_scheduler: NewScheduler) -> None:
    job = create("tells_who", {"days": "soon"})
    assert run(new_scheduler, job) is EntryStatus.ERROR
    assert "“days” is “soon”, which is not a whole number" in entry_of(job).error_text


def test_quick_runs_know_who_they_are_and_keep_checkpoints_too(new_scheduler: NewScheduler) -> None:
    scheduler = new_scheduler()
    for codeunit in ("tells_who", "marks"):
        scheduler._pace.note(codeunit, 0.1)
    who = [create("tells_who", notify_on_success=False) for _ in range(5)]
    failing = [create("marks", {"fail_on": "1"}, retries=1, notify_on_success=False) for _ in range(5)]
    scheduler.start()
    assert scheduler.wait_until_idle(WAIT)
    assert [status_of(job) for job in who + failing] == [EntryStatus.FINISHED] * 10
    assert [entry_of(job).result_text.split(",")[0] for job in who] == [
        f"[{entry_of(job).entry_no}" for job in who
    ]
    assert sorted(effects()) == sorted(f"step {step}" for step in range(4) for _ in range(5))


def _claimed(worker: str, at: datetime) -> Claim:
    def begin(claim: Claim) -> Claim | None:
        return dispatcher.begin(claim, worker, SYSTEM_CLOCK)

    claim = claims.claim_due(worker, at, 60.0, begin)
    assert claim is not None
    return claim


def test_a_frozen_worker_that_was_replaced_can_neither_keep_nor_commit_a_chunk(company: Path) -> None:
    job = create("marks")
    with connected():
        frozen = _claimed("frozen", SYSTEM_CLOCK.now())
        kept = checkpoints.of_claim(frozen)
        with database.atomic():
            kept.keep_state({"step": 1})
        claims.put_back(frozen, SYSTEM_CLOCK.now(), SYSTEM_CLOCK.now())
        with pytest.raises(ReplacedError), database.atomic():
            kept.keep_state({"step": 2})
    assert entry_of(job).checkpoint == '{"state":{"step":1}}'


def test_a_user_without_any_right_on_job_queue_entries_keeps_checkpoints_all_the_same(
    new_scheduler: NewScheduler,
) -> None:
    with connected():
        assign("ANNA", "SUPER")
        PermissionSet(code="GREETER").save(force_insert=True)
        for kind, name, rights in (
            ("Table", "customer", {"may_read": True}),
            ("Table", "session_event", {"may_insert": True}),
            ("Codeunit", "greets", {"may_execute": True}),
        ):
            Permission(set_code="GREETER", object_type=kind, object_name=name, **rights).save()
        assign("MARIA", "GREETER")
    job = create("greets", {"fail_on": "1"}, run_as_user_id="MARIA", retries=1)
    assert run(new_scheduler, job) is EntryStatus.FINISHED
    assert effects() == NUMBERS


def test_the_next_run_of_a_schedule_is_no_retry_of_a_failed_one(
    new_scheduler: NewScheduler, moving: MovableClock
) -> None:
    from desktop.jobqueue.recurrence import Schedule

    assert moving.moment < datetime(2027, 1, 1, tzinfo=UTC)
    job = create("marks", {"fail_on": "1"}, schedule=Schedule(weekdays=tuple(range(7)), minutes_between=60))
    run(new_scheduler, job)
    assert status_of(job) is EntryStatus.READY
    assert entry_of(job).checkpoint == ""
