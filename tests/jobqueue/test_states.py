"""The states of an entry: what a person may do in each, what a run may do, and what two at once cannot break."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from desktop.errors import ReplacedError, TransitionError
from desktop.jobqueue import actions, dispatcher, entries, failure, states
from desktop.jobqueue.states import TRANSITIONS, Action
from desktop.scheduler import claims
from desktop.scheduler.engine import Claim, ErrorInfo
from desktop.sessions.session import Session, SessionKind
from models.database import close_company, connected, database, open_company
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus, ScheduledTask
from tests.scheduler.conftest import MovableClock, count, status_of

S = EntryStatus
PERSONS = (Action.SET_READY, Action.SET_ON_HOLD, Action.CANCEL, Action.RESTART, Action.DELETE)


def create(status: EntryStatus = S.READY, **options: object) -> str:
    return entries.create_entry("Import customers.csv", "noop", user_id="ANNA", status=status, **options)  # type: ignore[arg-type]


def put(job: str, status: EntryStatus) -> None:
    with connected(), database.atomic():
        JobQueueEntry.update(status=status).where(JobQueueEntry.id == job).execute()


@pytest.mark.parametrize("action", PERSONS)
@pytest.mark.parametrize("status", list(S))
def test_every_action_in_every_state_either_moves_or_says_why_not(
    company: Path, action: Action, status: EntryStatus
) -> None:
    job = create()
    put(job, status)
    do: dict[Action, Callable[[], object]] = {
        Action.SET_READY: lambda: actions.set_ready(job),
        Action.SET_ON_HOLD: lambda: actions.set_on_hold(job),
        Action.CANCEL: lambda: actions.cancel(job),
        Action.RESTART: lambda: actions.restart(job),
        Action.DELETE: lambda: actions.delete(job),
    }
    same = {(Action.SET_READY, S.READY), (Action.SET_ON_HOLD, S.ON_HOLD)}
    if states.allowed(action, status):
        do[action]()
        if action is Action.DELETE:
            assert entries.get(job) is None
        else:
            assert status_of(job) == TRANSITIONS[action][status]
    elif (action, status) in same:
        do[action]()
        assert status_of(job) == status
    else:
        with pytest.raises(TransitionError) as caught:
            do[action]()
        assert str(caught.value).startswith("“Import customers.csv” ")
        assert f"cannot be {action}" in str(caught.value)
        assert status_of(job) == status


def test_a_running_entry_says_that_it_must_be_stopped_first(company: Path) -> None:
    job = create()
    put(job, S.IN_PROCESS)
    with pytest.raises(TransitionError) as caught:
        actions.set_on_hold(job)
    assert str(caught.value) == (
        "“Import customers.csv” is In Process, so it cannot be put on hold; stop it first."
    )


def test_an_entry_that_is_gone_says_so(company: Path) -> None:
    with pytest.raises(TransitionError, match="does not exist any more"):
        actions.cancel("nothing")


def test_on_hold_takes_the_task_away_and_ready_brings_a_new_one_for_the_one_who_asks(company: Path) -> None:
    job = create()
    actions.set_on_hold(job)
    assert count("scheduled_task") == 0
    actions.set_ready(job, user_id="BERT")
    with connected():
        task = ScheduledTask.get()
        entry = JobQueueEntry.get_by_id(job)
    assert (task.job_id, task.user_id, entry.task_id) == (job, "BERT", task.id)
    assert (entry.owner_user_id, entry.run_as_user_id) == ("ANNA", "BERT")


def test_the_same_key_makes_one_entry(company: Path) -> None:
    first = create(idempotency_key="customers.csv of Monday")
    assert create(idempotency_key="customers.csv of Monday") == first
    assert count("job_queue_entry") == count("scheduled_task") == 1


def test_an_entry_belongs_to_the_transaction_of_its_caller(company: Path) -> None:
    class UndoneError(Exception):
        pass

    def order_and_job() -> None:
        with connected(), database.atomic():
            create()
            raise UndoneError

    with pytest.raises(UndoneError):
        order_and_job()
    assert count("job_queue_entry") == count("scheduled_task") == count("change_log") == 0


def test_an_entry_begins_ready_or_on_hold(company: Path) -> None:
    with pytest.raises(ValueError, match="In Process"):
        create(S.IN_PROCESS)


def test_two_people_at_once_start_an_entry_only_once(company: Path) -> None:
    """Both press Retry in the same moment: one starts it, the other is told that it is Ready."""
    for _ in range(5):
        job = create()
        put(job, S.ERROR)
        with connected(), database.atomic():
            ScheduledTask.delete().execute()
        together = threading.Barrier(4)
        refused: list[str] = []

        def press(job: str = job, together: threading.Barrier = together, told: list[str] = refused) -> None:
            together.wait()
            try:
                actions.restart(job)
            except TransitionError as error:
                told.append(str(error))

        threads = [threading.Thread(target=press) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 3
        assert count("scheduled_task") == 1


class LifeOfAnEntry(RuleBasedStateMachine):
    """Whatever people, workers and crashes do in whatever order, entry, task, log and gate agree."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.time = MovableClock()
        self.running: list[Claim] = []
        self.stale: list[Claim] = []

    @initialize(retries=st.integers(0, 2), delay=st.sampled_from([0, 30]))
    def begin(self, retries: int, delay: int) -> None:
        path = self.folder / "life.db"
        for old in self.folder.glob("life.db*"):
            old.unlink()
        open_company(path, create=True)
        self.jobs = [
            create(clock=self.time.clock, retries=retries, retry_delay_seconds=delay, category_code=category)
            for category in ("", "SALES", "SALES")
        ]

    def teardown(self) -> None:
        close_company()

    @rule(job=st.integers(0, 2), action=st.sampled_from(PERSONS[:4]))
    def person(self, job: int, action: Action) -> None:
        clock = self.time.clock
        do: dict[Action, Callable[[str], object]] = {
            Action.SET_READY: lambda one: actions.set_ready(one, clock=clock),
            Action.SET_ON_HOLD: lambda one: actions.set_on_hold(one, clock=clock),
            Action.CANCEL: lambda one: actions.cancel(one, clock=clock),
            Action.RESTART: lambda one: actions.restart(one, clock=clock),
        }
        before = status_of(self.jobs[job])
        try:
            do[action](self.jobs[job])
        except TransitionError:
            assert not states.allowed(action, before)

    @rule(seconds=st.sampled_from([1, 31]))
    def time_passes(self, seconds: int) -> None:
        self.time.forward(seconds)

    @rule()
    def a_worker_claims(self) -> None:
        clock = self.time.clock
        with connected():
            claim = claims.claim_due(
                "w", clock.now(), 60.0, lambda found: dispatcher.begin(found, "w", clock)
            )
        if claim is not None:
            self.running.append(claim)

    @precondition(lambda self: bool(self.running))
    @rule(how=st.sampled_from(["finish", "fail", "die", "obey", "release", "rescue"]))
    def a_run_ends(self, how: str) -> None:
        claim = self.running.pop(0)
        self.end(claim, how)
        if how == "rescue":
            self.stale.append(claim)

    @precondition(lambda self: bool(self.stale))
    @rule(how=st.sampled_from(["finish", "fail", "die", "obey", "release"]))
    def a_replaced_run_thaws(self, how: str) -> None:
        before = self.snapshot()
        with pytest.raises(ReplacedError):
            self.end(self.stale.pop(), how)
        assert self.snapshot() == before

    def end(self, claim: Claim, how: str) -> None:
        clock = self.time.clock
        error = ErrorInfo("Test", "It failed.")
        with connected():
            if how == "finish":
                session = Session(SessionKind.BACKGROUND, "ANNA", {}, clock.today(), clock=clock)
                dispatcher.finish(claim, session)
            elif how == "fail":
                failure.failed(claim, error, clock)
            elif how == "die":
                failure.interrupted(claim, error, clock)
            elif how == "obey":
                failure.cancelled(claim, clock)
            elif how == "release":
                failure.released(claim, clock)
            else:
                assert failure.rescued(claim, "w", clock)

    def snapshot(self) -> list[tuple[object, ...]]:
        with connected():
            tables = ("job_queue_entry", "scheduled_task", "job_queue_log_entry", "notification")
            return [
                row for table in tables for row in database.execute_sql(f"SELECT * FROM {table}").fetchall()
            ]

    @invariant()
    def all_rows_agree(self) -> None:
        if database.obj is None:
            return
        with connected():
            rows = {entry.id: entry for entry in JobQueueEntry.select()}
            waiting = {task.job_id: task for task in ScheduledTask.select()}
            open_logs = {
                log.job_id
                for log in JobQueueLogEntry.select().where(JobQueueLogEntry.status == LogStatus.IN_PROCESS)
            }
        runs = {claim.job_id for claim in self.running}
        for job, entry in rows.items():
            busy = entry.status in (S.IN_PROCESS, S.CANCELLING)
            assert (job in runs) == busy == (job in open_logs)
            assert (job in waiting) == (busy or entry.status == S.READY)
            if job in waiting:
                assert bool(waiting[job].running) == busy
                assert waiting[job].id == entry.task_id
            assert entry.attempts <= entry.retries + 1
        assert len({self.jobs[1], self.jobs[2]} & runs) <= 1, "one category, one run"


def test_whatever_happens_in_whatever_order_the_rows_agree(tmp_path: Path, test_codeunits: None) -> None:
    LifeOfAnEntry.folder = tmp_path
    LifeOfAnEntry.TestCase.settings = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    LifeOfAnEntry.TestCase("runTest").runTest()
