"""Run after: an entry waits for others, is let go in the transaction that ends them, and never waits in a circle."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.errors import TransitionError
from desktop.jobqueue import actions, dependencies, diagnosis, editing, entries
from models.database import connected
from models.job_queue import EntryStatus, RunAfterRule, ScheduledTask
from tests.jobqueue.conftest import claim, run_all, run_next
from tests.scheduler.conftest import MovableClock, entry_of, status_of

S = EntryStatus


def create(moving: MovableClock, name: str, codeunit: str = "noop", **options: object) -> str:
    return entries.create_entry(name, codeunit, user_id="ANNA", clock=moving.clock, **options)  # type: ignore[arg-type]


def why(job: str, moving: MovableClock) -> str:
    return diagnosis.why(job, clock=moving.clock)


def test_an_entry_runs_after_all_that_it_waits_for(company: Path, moving: MovableClock) -> None:
    first = create(moving, "Read prices")
    second = create(moving, "Read stock")
    last = create(moving, "Send the list", run_after=[first, second])
    assert why(last, moving) == "It waits for “Read prices” and 1 more."
    run_next(moving)
    assert why(last, moving) == "It waits for “Read stock”."
    assert run_all(moving) == 2, "the second one, then the last one"
    assert status_of(last) == S.FINISHED


def test_it_is_let_go_with_the_end_of_the_other_and_not_by_a_later_look(
    company: Path, moving: MovableClock
) -> None:
    first = create(moving, "Read prices")
    last = create(moving, "Send the list", run_after=[first])
    with connected():
        assert not ScheduledTask.get(ScheduledTask.job_id == last).due
    run_next(moving)
    with connected():
        assert ScheduledTask.get(ScheduledTask.job_id == last).due


def test_a_failed_predecessor_shows_and_holds_until_it_is_mended(company: Path, moving: MovableClock) -> None:
    first = create(moving, "Read prices", "fails")
    last = create(moving, "Send the list", run_after=[first])
    run_all(moving)
    assert status_of(last) == S.READY
    assert why(last, moving) == "It waits for “Read prices”, which ended with an error."
    actions.delete(first, clock=moving.clock)
    assert run_all(moving) == 1, "nothing is left to wait for"


def test_ended_in_any_way_is_enough_where_the_rule_says_so(company: Path, moving: MovableClock) -> None:
    first = create(moving, "Read prices", "fails")
    last = create(moving, "Tidy up", run_after=[first], run_after_rule=RunAfterRule.ENDED)
    assert run_all(moving) == 2
    assert status_of(last) == S.FINISHED


def test_a_cancelled_predecessor_lets_go_only_by_the_rule(company: Path, moving: MovableClock) -> None:
    first = create(moving, "Read prices")
    strict = create(moving, "Send", run_after=[first])
    lenient = create(moving, "Tidy up", run_after=[first], run_after_rule=RunAfterRule.ENDED)
    actions.cancel(first, clock=moving.clock)
    assert run_all(moving) == 1
    assert (status_of(strict), status_of(lenient)) == (S.READY, S.FINISHED)
    assert why(strict, moving) == "It waits for “Read prices”, which is Cancelled."


def test_a_circle_is_refused_and_nothing_changes(company: Path, moving: MovableClock) -> None:
    a = create(moving, "A", status=S.ON_HOLD)
    b = create(moving, "B", status=S.ON_HOLD, run_after=[a])
    c = create(moving, "C", status=S.ON_HOLD, run_after=[b])
    for wish in ([a], [c]):
        with pytest.raises(TransitionError, match="both would wait for ever") as refused:
            editing.set_run_after(a, wish, user_id="ANNA", clock=moving.clock)
        assert refused.value.code == "Cycle"
    assert dependencies.predecessors(a) == []


def test_an_entry_that_is_gone_cannot_be_waited_for(company: Path, moving: MovableClock) -> None:
    with pytest.raises(TransitionError, match="does not exist any more"):
        create(moving, "A", run_after=["nothing"])
    with connected():
        assert entries.newest(10) == []


def test_a_ready_entry_can_be_made_to_wait_and_let_go_again(company: Path, moving: MovableClock) -> None:
    first = create(moving, "Read prices", status=S.ON_HOLD)
    last = create(moving, "Send the list")
    editing.set_run_after(last, [first], user_id="ANNA", clock=moving.clock)
    assert claim(moving) is None
    editing.set_run_after(last, [], user_id="ANNA", clock=moving.clock)
    assert run_all(moving) == 1


def test_run_now_does_not_wait(company: Path, moving: MovableClock) -> None:
    first = create(moving, "Read prices", status=S.ON_HOLD)
    last = create(moving, "Send the list", run_after=[first])
    actions.run_now(last, user_id="ANNA", clock=moving.clock)
    assert run_all(moving) == 1
    assert entry_of(last).run_trigger == "Run Now"
