"""Who ends a task, and who is told: its page, the Task Monitor, the end of the session."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from desktop.tasks.hub import Hub
from tests.waiting import WAIT, WAIT_MS


def _outcomes(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [vars(record)["outcome"] for record in caplog.records if record.name == "desktop.sessions"]


def test_a_page_cancels_its_tasks_without_any_callback(
    new_hub: Any, page: Any, step: Any, submit: Any, new_gate: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktop.sessions")
    hub, gate = new_hub(task_concurrency=1), new_gate()
    step("wait", gate)
    running, waiting, next_one = (submit(hub, page, "wait") for _ in range(3))
    assert gate.reached.wait(WAIT)
    assert hub.cancel(running)
    assert hub.cancel(waiting)
    assert not hub.cancel(running)
    gate.open()
    assert hub.drain(WAIT)
    assert (list(page.results), page.errors, page.stopped) == ([next_one], {}, [])
    counters = hub.counters()
    assert (counters.cancelled, counters.completed, counters.started) == (2, 1, 2)
    assert _outcomes(caplog) == ["Cancelled", "Cancelled", "Completed"]


def test_a_result_that_is_on_its_way_already_never_reaches_the_page_that_cancelled(
    hub: Hub, page: Any, step: Any, submit: Any, new_gate: Any
) -> None:
    gate = new_gate()
    step("wait", gate)
    task_id = submit(hub, page, "wait")
    gate.open()
    assert hub._child.pool.waitForDone(WAIT_MS)
    assert hub.cancel(task_id)
    assert hub.drain(WAIT)
    assert (page.results, page.errors) == ({}, {})
    assert hub.counters().cancelled == 1


def test_the_task_monitor_stops_a_task_and_its_page_is_told_later(
    new_hub: Any, page: Any, step: Any, submit: Any, new_gate: Any
) -> None:
    hub, gate = new_hub(task_concurrency=1), new_gate()
    step("wait", gate)
    running, waiting = submit(hub, page, "wait"), submit(hub, page, "wait")
    held = submit(hub, page, "wait", delay_ms=60_000)
    assert [hub.stop(task_id) for task_id in (running, waiting, held)] == [True, True, True]
    assert not hub.stop(running)
    assert not hub.stop(4711)
    assert page.stopped == []
    assert hub.drain(WAIT)
    assert page.stopped == [running, waiting, held]
    assert (page.results, page.errors, hub.counters().cancelled) == ({}, {}, 3)


def test_only_page_background_tasks_can_be_stopped(hub: Hub, page: Any) -> None:
    query = hub.query(page, lambda: "rows", page.answered, page.answered)
    write = hub.write(page, lambda: "saved", page.answered, page.answered)
    assert not hub.stop(query)
    assert not hub.stop(write)
    assert hub.drain(WAIT)
    assert sorted(page.answers) == ["rows", "saved"]


def test_a_page_that_closes_meanwhile_is_not_told(
    hub: Hub, page: Any, step: Any, submit: Any, new_gate: Any
) -> None:
    step("wait", new_gate())
    hub.stop(submit(hub, page, "wait"))
    hub.forget(page)
    assert hub.drain(WAIT)
    assert page.stopped == []


def test_the_end_of_the_session_ends_all_of_them_and_nothing_begins_after_it(
    new_hub: Any, page: Any, step: Any, submit: Any, new_gate: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktop.sessions")
    hub, ran = new_hub(task_concurrency=1), []
    step("wait", new_gate())
    step("late", lambda _session: ran.append(1))
    submit(hub, page, "wait")
    submit(hub, page, "wait")
    submit(hub, page, "wait", delay_ms=1_000)
    assert hub.close(WAIT)
    submit(hub, page, "late")
    hub.query(page, lambda: ran.append(2), page.answered, page.answered)
    assert hub.drain(WAIT)
    assert (page.results, page.errors, page.stopped, page.answers, ran) == ({}, {}, [], [], [])
    assert hub.counters().cancelled == 4
    assert _outcomes(caplog) == ["Cancelled"] * 4


def test_an_error_in_a_callback_of_a_time_out_keeps_no_other_task_alive(
    new_hub: Any, new_page: Any, step: Any, submit: Any, time: Any, new_gate: Any, qtbot: Any
) -> None:
    class Clumsy(new_page):
        def failed(self, task_id: int, error: Any, level: Any) -> None:
            raise ValueError("clumsy")

    hub, gate, page, clumsy = new_hub(time.clock()), new_gate(), new_page(), Clumsy()
    step("wait", gate)
    submit(hub, clumsy, "wait", timeout_ms=1_000)
    other = submit(hub, page, "wait", timeout_ms=2_000)
    time.seconds = 2.0
    with qtbot.capture_exceptions() as told:
        hub.check_time()
    assert [str(error) for _, error, _ in told] == ["clumsy"]
    assert list(page.errors) == [other]
    assert hub.counters().timeouts == 2


def test_a_callback_may_ask_again(new_hub: Any, new_page: Any, step: Any, submit: Any, time: Any) -> None:
    class Persistent(new_page):
        def completed(self, task_id: int, results: dict[str, str]) -> None:
            super().completed(task_id, results)
            if len(self.results) < 3:
                submit(hub, self, "one", delay_ms=1_000)

    hub, page = new_hub(time.clock()), Persistent()
    step("one", lambda session: session.set_background_task_result({"at": str(time.seconds)}))
    submit(hub, page, "one")
    for _ in range(4):
        assert hub.drain(WAIT)
        time.seconds += 1.0
        hub.check_time()
    assert [result["at"] for result in page.results.values()] == ["0.0", "1.0", "2.0"]
