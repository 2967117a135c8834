"""Claiming from a long backlog stays a matter of index seeks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.errors import ReplacedError, UnknownCodeunitError
from desktop.scheduler import claims, tasks
from desktop.scheduler.engine import Claim
from models.database import connected, database
from models.fields import stored_time
from tests.scheduler.conftest import MovableClock


def take(moving: MovableClock, **options: str) -> Claim | None:
    with connected():
        return claims.claim_due("w", moving.moment, 60.0, lambda claim: claim, **options)


def test_tomorrows_tasks_are_not_looked_at_by_a_claim(company: Path) -> None:
    """Fifty thousand waiting tasks, all categories closed or in the future: the plan reads indexes only."""
    now = SYSTEM_CLOCK.now()
    with connected(), database.atomic():
        rows = (
            (f"{number}", "SALES", stored_time(now + timedelta(hours=number % 24)), number)
            for number in range(2000)
        )
        for row in rows:
            database.execute_sql(
                "INSERT INTO scheduled_task (id, codeunit, category_code, not_before, sequence, created_at)"
                " VALUES (?, 'noop', ?, ?, ?, '')",
                row,
            )
    with connected():
        assert claims.claim_due("w", now, 60.0, lambda claim: claim) is not None
        for statement in (claims._HEAD, claims._PROMOTE.replace("?", "''")):
            plan = database.execute_sql("EXPLAIN QUERY PLAN " + statement).fetchall()
            scans = [row[3] for row in plan if "SCAN scheduled_task" in row[3] and "INDEX" not in row[3]]
            assert not scans, plan


def test_a_task_of_an_unknown_codeunit_is_refused_when_it_is_created(company: Path) -> None:
    with pytest.raises(UnknownCodeunitError):
        tasks.create_task("no_such", user_id="ANNA")
    with pytest.raises(UnknownCodeunitError):
        tasks.create_task("noop", "no_such", user_id="ANNA")


def test_a_claim_holds_once_and_its_end_is_written_once(company: Path, moving: MovableClock) -> None:
    tasks.create_task("noop", user_id="ANNA", clock=moving.clock)
    claim = take(moving)
    assert claim is not None
    assert take(moving) is None
    with connected():
        claims.check(claim)
        claims.put_back(claim, moving.moment, moving.moment)
        with pytest.raises(ReplacedError):
            claims.check(claim)
    again = take(moving)
    assert again is not None
    assert again.fence == claim.fence + 1
    with connected():
        claims.remove(again)
        for end in (claims.remove, claims.check):
            with pytest.raises(ReplacedError):
                end(again)
        with pytest.raises(ReplacedError):
            claims.put_back(again, moving.moment, moving.moment)


def test_a_task_of_the_future_becomes_due_on_the_dot(company: Path, moving: MovableClock) -> None:
    tasks.create_task(
        "noop", not_before=moving.moment + timedelta(seconds=60), user_id="ANNA", clock=moving.clock
    )
    with connected():
        assert claims.next_start() == stored_time(moving.moment + timedelta(seconds=60))
        assert not claims.something_is_due(moving.moment)
    moving.forward(59)
    assert take(moving) is None
    moving.forward(1)
    assert take(moving) is not None


def test_categories_take_turns_by_priority_and_then_by_age(company: Path, moving: MovableClock) -> None:
    for codeunit, category, priority in (
        ("noop", "SALES", 2000),
        ("tells", "STOCK", 1000),
        ("once", "SALES", 1000),
        ("steps", "", 3000),
    ):
        tasks.create_task(
            codeunit, category_code=category, priority=priority, user_id="ANNA", clock=moving.clock
        )
    order = []
    while claim := take(moving):
        order.append(claim.codeunit)
    assert order == ["tells", "once", "steps"], "the second of SALES waits for the first"
