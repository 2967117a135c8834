"""Whoever looks later still finds what became of the last child sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from desktop.tasks.monitor import MOST_RECENT
from desktop.tasks.slots import GRACE_SECONDS
from tests.waiting import WAIT

Step = Callable[[str, Callable[[Session], None]], None]


def test_the_newest_stands_first_and_only_the_last_are_kept(
    hub: Hub, page: Any, step: Step, submit: Callable[..., int]
) -> None:
    step("quick", lambda session: None)
    ids = []
    for number in range(MOST_RECENT + 10):
        ids.append(submit(hub, page, "quick", page=f"Page {number}"))
        assert hub.drain(WAIT)
    recent = hub.recent()
    assert [ended.task_id for ended in recent] == list(reversed(ids[10:]))
    assert (recent[0].codeunit, recent[0].page, recent[0].user_id) == ("test_step", "Page 59", "MARIA")
    assert {ended.error for ended in recent} == {""}


def test_one_that_does_not_obey_is_told_once_with_what_became_of_it(
    new_hub: Callable[..., Hub], page: Any, step: Step, submit: Callable[..., int], time: Any, new_gate: Any
) -> None:
    hub, deaf = new_hub(time.clock()), new_gate(listens=False)
    step("deaf", deaf)
    task_id = submit(hub, page, "deaf", timeout_ms=1_000)
    assert deaf.reached.wait(WAIT)
    time.seconds = 1.5
    hub.check_time()
    assert hub.recent() == [], "its thread has its grace"
    time.seconds += GRACE_SECONDS + 0.5
    hub.check_time()
    deaf.open()
    assert deaf.left.wait(WAIT)
    assert hub.drain(WAIT)
    [ended] = hub.recent()
    assert (ended.task_id, ended.outcome, ended.duration_ms) == (task_id, "Abandoned", 4_000)
    assert ended.error == "It did not end when it was told to, so its slot was given to the next."


def test_a_cancelled_one_has_no_error(
    hub: Hub, page: Any, step: Step, submit: Callable[..., int], new_gate: Any
) -> None:
    gate = new_gate()
    step("wait", gate)
    task_id = submit(hub, page, "wait")
    assert gate.reached.wait(WAIT)
    hub.cancel(task_id)
    assert hub.drain(WAIT)
    assert [(ended.outcome, ended.error) for ended in hub.recent()] == [("Cancelled", "")]
