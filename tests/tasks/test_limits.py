"""How many tasks run and wait, in what order, and what is refused; all as the settings say at that moment."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from desktop.errors import TooManyTasksError
from desktop.tasks.hub import Hub
from tests.waiting import WAIT


def test_five_run_a_hundred_wait_and_the_next_is_refused(
    hub: Hub, page: Any, step: Any, submit: Any, new_gate: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktop.sessions")
    gate = new_gate()
    step("wait", gate)
    tasks = [submit(hub, page, "wait") for _ in range(105)]
    assert (hub.running(), hub.waiting()) == (5, 100)
    with pytest.raises(TooManyTasksError, match="100 page background tasks wait already"):
        submit(hub, page, "wait", page="Customer Card")
    assert hub.counters().refused == 1
    refused = caplog.records[-1]
    assert (vars(refused)["outcome"], vars(refused)["page"]) == ("Refused", "Customer Card")
    assert hub.cancel(tasks[50])
    assert hub.waiting() == 99
    gate.open()
    assert hub.drain(WAIT)
    assert sorted(page.results) == sorted(set(tasks) - {tasks[50]})
    counters = hub.counters()
    assert (counters.started, counters.completed, counters.cancelled) == (104, 104, 1)
    assert (counters.active, counters.waiting) == (0, 0)


def test_slots_are_filled_again_in_the_order_of_asking(
    new_hub: Any, page: Any, step: Any, submit: Any, new_gate: Any
) -> None:
    hub = new_hub(task_concurrency=2)
    gates = [new_gate() for _ in range(6)]
    for number, gate in enumerate(gates):
        step(str(number), gate)
    tasks = [submit(hub, page, str(number)) for number in range(6)]
    running = {0, 1}
    for ends, follows in ((1, 2), (2, 3), (0, 4), (4, 5)):
        assert gates[ends].reached.wait(WAIT)
        gates[ends].open()
        while tasks[ends] not in page.results:
            hub.drain(0.01)
        running = running - {ends} | {follows}
        at_work = {info.task_id for info in hub.child_sessions() if info.state == "Running"}
        assert at_work == {tasks[number] for number in running}
    for gate in gates:
        gate.open()
    assert hub.drain(WAIT)
    assert hub.counters().completed == 6


def test_limits_hold_from_the_moment_they_are_set(
    new_hub: Any, page: Any, step: Any, submit: Any, new_gate: Any
) -> None:
    hub, gate = new_hub(task_concurrency=1, task_queue_length=2), new_gate()
    settings = hub._sessions._settings
    step("wait", gate)
    for _ in range(3):
        submit(hub, page, "wait")
    assert (hub.running(), hub.waiting()) == (1, 2)
    with pytest.raises(TooManyTasksError, match="2 page background tasks"):
        submit(hub, page, "wait")
    settings.task_concurrency, settings.task_queue_length = 3, 10
    submit(hub, page, "wait")
    assert (hub.running(), hub.waiting()) == (3, 1)
    gate.open()
    assert hub.drain(WAIT)


def test_a_task_with_a_delay_starts_no_sooner_and_counts_as_waiting_for_the_limit_only(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any
) -> None:
    hub = new_hub(time.clock(), task_queue_length=1)
    step("one", lambda session: session.set_background_task_result({"n": "1"}))
    held = submit(hub, page, "one", delay_ms=30_000, page="Item Card")
    assert [(info.state, info.page, info.running_ms) for info in hub.child_sessions()] == [
        ("Held", "Item Card", 0)
    ]
    assert hub.is_idle()
    assert (hub.waiting(), hub.counters().waiting) == (0, 0)
    with pytest.raises(TooManyTasksError):
        submit(hub, page, "one")
    time.seconds = 29.9
    hub.check_time()
    assert hub.drain(WAIT)
    assert page.results == {}
    time.seconds = 30.0
    hub.check_time()
    assert not hub.is_idle()
    assert hub.drain(WAIT)
    assert page.results == {held: {"n": "1"}}


def test_the_timer_itself_starts_a_held_task(hub: Hub, page: Any, step: Any, submit: Any, qtbot: Any) -> None:
    step("one", lambda session: session.set_background_task_result({"n": "1"}))
    submit(hub, page, "one", delay_ms=60_000)
    soon = submit(hub, page, "one", delay_ms=20)
    qtbot.waitUntil(lambda: soon in page.results)
    assert list(page.results) == [soon]


def test_a_held_task_goes_with_its_page(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, new_page: Any
) -> None:
    hub, other = new_hub(time.clock()), new_page()
    step("one", lambda session: None)
    submit(hub, page, "one", delay_ms=1_000)
    stays, cancelled = (submit(hub, other, "one", delay_ms=1_000) for _ in range(2))
    hub.forget(page)
    assert hub.cancel(cancelled)
    assert not hub.cancel(cancelled)
    time.seconds = 1.0
    hub.check_time()
    assert hub.drain(WAIT)
    assert (page.results, list(other.results)) == ({}, [stays])
    assert hub.counters().cancelled == 2


def test_without_threads_a_held_task_runs_when_it_is_due(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any
) -> None:
    hub = new_hub(time.clock())
    hub.synchronous = True
    ran: list[float] = []
    step("one", lambda _session: ran.append(time.seconds))
    submit(hub, page, "one", delay_ms=5_000)
    assert hub.drain(WAIT)
    assert ran == []
    time.seconds = 5.0
    hub.check_time()
    assert (ran, page.results) == ([5.0], {})
    assert hub.drain(WAIT)
    assert list(page.results.values()) == [{}]
