"""What the Task Monitor shows, what is counted, and what stands in the log of each child session."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.errors import UsageError
from desktop.sessions.session import Session
from tests.waiting import WAIT


def test_each_session_is_shown_with_its_state_and_its_time(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, new_gate: Any
) -> None:
    hub, deaf, quick = new_hub(time.clock(), task_concurrency=1), new_gate(listens=False), new_gate()
    step("deaf", deaf)
    step("quick", quick)
    submit(hub, page, "deaf", page="Customer Card", timeout_ms=60_000)
    submit(hub, page, "quick", page="Role Centre")
    submit(hub, page, "quick", delay_ms=30_000)
    hub.query(page, lambda: "rows", page.answered, page.answered)
    time.seconds = 1.5
    first, second, third = hub.child_sessions()
    assert (first.codeunit, first.page, first.user_id) == ("test_step", "Customer Card", "MARIA")
    assert (first.state, first.timeout_ms, first.running_ms) == ("Running", 60_000, 1_500)
    assert first.since == datetime(2026, 11, 21, tzinfo=UTC)
    assert (second.state, second.page, second.timeout_ms, second.running_ms) == (
        "Waiting",
        "Role Centre",
        120_000,
        0,
    )
    assert third.state == "Held"
    assert (hub.counters().active, hub.counters().waiting) == (1, 1)
    hub.cancel(first.task_id)
    assert [info.state for info in hub.child_sessions()] == ["Stopping", "Waiting", "Held"]
    time.seconds = 4.0
    hub.check_time()
    assert [info.state for info in hub.child_sessions()] == ["Abandoned", "Running", "Held"]


def test_every_end_is_counted_and_logged_once(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktop.sessions")
    hub = new_hub(time.clock())
    hub.synchronous = True

    def takes(seconds: float) -> Any:
        def run(_session: Session) -> None:
            time.seconds += seconds

        return run

    def fails(_session: Session) -> None:
        raise UsageError("There is nothing to count.")

    step("well", takes(0.25))
    step("fails", fails)
    step("long", takes(5))
    for name in ("well", "fails", "long"):
        submit(hub, page, name, page="Customer Card", timeout_ms=1_000)
        assert hub.drain(WAIT)
    hub.cancel(submit(hub, page, "well", delay_ms=10))
    counters = hub.counters()
    assert (counters.started, counters.completed, counters.failed) == (3, 1, 1)
    assert (counters.timeouts, counters.cancelled, counters.abandoned) == (1, 1, 0)
    fields = ("session_kind", "codeunit", "page", "duration_ms", "outcome")
    assert [tuple(vars(record)[name] for name in fields) for record in caplog.records] == [
        ("Child", "test_step", "Customer Card", 250, "Completed"),
        ("Child", "test_step", "Customer Card", 0, "Failed"),
        ("Child", "test_step", "Customer Card", 5_000, "Timeout"),
        ("Child", "test_step", "", 0, "Cancelled"),
    ]
    assert {(record.name, record.levelname) for record in caplog.records} == {("desktop.sessions", "INFO")}
