"""A developer lets sessions be slow or fail on purpose, to see how a page takes it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from desktop.errors import TaskCancelledError, TrialFailureError
from desktop.sessions.session import CancelToken
from desktop.settings import Settings
from desktop.tasks.trial import Trial, Trials, undergo
from tests.waiting import WAIT


@pytest.fixture
def done(step: Any) -> None:
    step("done", lambda session: session.set_background_task_result({"done": "yes"}))


@pytest.mark.usefixtures("done")
def test_every_second_session_fails_and_the_error_says_how_to_end_it(
    new_hub: Any, page: Any, submit: Any
) -> None:
    hub = new_hub(developer_mode=True, trial_failure="Every second time")
    tasks = [submit(hub, page, "done") for _ in range(4)]
    assert hub.drain(WAIT)
    assert (sorted(page.results), sorted(page.errors)) == ([tasks[0], tasks[2]], [tasks[1], tasks[3]])
    error, _ = page.errors[tasks[1]]
    assert error.code == "TrialFailure"
    assert error.expected
    assert "on purpose" in error.text
    assert "My Settings" in error.text


@pytest.mark.usefixtures("done")
def test_settings_count_at_each_start_and_only_in_developer_mode(
    new_hub: Any, page: Any, submit: Any
) -> None:
    hub = new_hub(trial_failure="Always")
    settings = hub._sessions._settings
    well = submit(hub, page, "done")
    settings.developer_mode = True
    fails = submit(hub, page, "done")
    settings.trial_codeunit = "customer_statistics"
    other = submit(hub, page, "done")
    assert hub.drain(WAIT)
    assert (sorted(page.results), list(page.errors)) == ([well, other], [fails])


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize("synchronous", [False, True])
def test_a_slow_session_obeys_its_time_out(
    new_hub: Any, page: Any, submit: Any, qtbot: Any, synchronous: bool
) -> None:
    hub = new_hub(developer_mode=True, trial_delay_ms=600_000)
    hub.synchronous = synchronous
    task_id = submit(hub, page, "done", timeout_ms=30)
    qtbot.waitUntil(lambda: task_id in page.errors)
    assert page.errors[task_id][0].code == "ChildSessionTaskTimeout"
    qtbot.waitUntil(hub.is_idle)
    assert hub.counters().abandoned == 0


@pytest.mark.usefixtures("done")
def test_a_slow_session_is_cancelled_at_once(new_hub: Any, page: Any, submit: Any) -> None:
    hub = new_hub(developer_mode=True, trial_delay_ms=600_000)
    task_id = submit(hub, page, "done")
    assert hub.cancel(task_id)
    assert hub.drain(WAIT)
    assert (page.results, page.errors) == ({}, {})


@pytest.mark.usefixtures("done")
def test_a_slow_session_does_its_work_in_the_end(new_hub: Any, page: Any, submit: Any) -> None:
    hub = new_hub(developer_mode=True, trial_delay_ms=1)
    task_id = submit(hub, page, "done")
    assert hub.drain(WAIT)
    assert page.results == {task_id: {"done": "yes"}}


def test_each_codeunit_has_its_own_second_time() -> None:
    trials = Trials(Settings(developer_mode=True, trial_failure="Every second time", trial_delay_ms=5))
    asked = [trials.next_of(name) for name in ("a", "b", "a", "b", "a")]
    assert asked == [Trial(5, fails) for fails in (False, False, True, True, False)]


def test_a_session_in_a_process_of_its_own_undergoes_the_same() -> None:
    with pytest.raises(TrialFailureError):
        undergo(Trial(fails=True), CancelToken(), 1_000)
    token = CancelToken()
    threading.Timer(0.01, token.cancel).start()
    with pytest.raises(TaskCancelledError):
        undergo(Trial(600_000), token, 600_000)
