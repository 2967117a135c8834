"""A task that takes too long is ended, or left to itself when it does not obey; nothing else waits for it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from desktop.tasks.slots import GRACE_SECONDS
from models.database import database
from tests.waiting import WAIT, WAIT_MS

TEXT = "Child Session task was terminated because of a timeout."


def test_a_task_in_deep_sql_is_ended_when_its_time_is_over(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, endless: Any
) -> None:
    hub = new_hub(time.clock())
    started, ended, run = endless
    step("endless", run)
    task_id = submit(hub, page, "endless", timeout_ms=2_000)
    assert started.wait(WAIT)
    time.seconds = 1.9
    hub.check_time()
    assert page.errors == {}
    time.seconds = 2.1
    hub.check_time()
    error, _ = page.errors[task_id]
    assert (error.code, error.text) == ("ChildSessionTaskTimeout", TEXT)
    assert ended.wait(WAIT)
    assert hub.drain(WAIT)
    assert (page.results, hub.counters().timeouts, hub.counters().abandoned) == ({}, 1, 0)


def test_running_sql_is_interrupted_in_the_moment(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interrupt comes from the hub; it does not wait until SQL asks whether it may go on."""
    monkeypatch.setattr("desktop.tasks.task.STEPS_BETWEEN_CHECKS", 2_000_000_000)
    hub = new_hub(time.clock())
    running, ended = threading.Event(), threading.Event()

    def endless(_session: Session) -> None:
        database.connection().create_function("running", 0, running.set)
        try:
            database.execute_sql(
                "WITH RECURSIVE c(x) AS (SELECT running() UNION ALL SELECT 1 FROM c) SELECT COUNT(*) FROM c"
            ).fetchone()
        finally:
            ended.set()

    step("endless", endless)
    submit(hub, page, "endless", timeout_ms=1_000)
    assert running.wait(WAIT)
    time.seconds = 1.0
    hub.check_time()
    assert ended.wait(WAIT)
    assert hub.drain(WAIT)


def test_sql_ends_by_itself_when_the_window_is_too_busy_to_say_so(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, endless: Any
) -> None:
    hub = new_hub(time.clock())
    step("endless", endless[2])
    task_id = submit(hub, page, "endless", timeout_ms=500)
    assert endless[0].wait(WAIT)
    time.seconds = 0.5
    assert endless[1].wait(WAIT)
    assert hub._child.pool.waitForDone(WAIT_MS)
    assert page.errors == {}
    assert hub.drain(WAIT)
    assert page.errors[task_id][0].code == "ChildSessionTaskTimeout"
    assert hub.counters().timeouts == 1


def test_the_event_loop_ends_a_task_whose_time_is_over(
    hub: Hub, page: Any, step: Any, submit: Any, endless: Any, qtbot: Any
) -> None:
    step("endless", endless[2])
    task_id = submit(hub, page, "endless", timeout_ms=30)
    qtbot.waitUntil(lambda: task_id in page.errors)
    qtbot.waitUntil(hub.is_idle)


def test_times_are_the_settings_unless_the_page_says_less(
    new_hub: Any, page: Any, step: Any, submit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    step("one", lambda session: None)
    hub = new_hub()
    for asked in (None, 300, 600_000, 600_001):
        submit(hub, page, "one", timeout_ms=asked)
    assert [info.timeout_ms for info in hub.child_sessions()] == [120_000, 300, 600_000, 600_000]
    assert caplog.text.count("ms is the longest allowed") == 1
    assert "600001 ms was asked for; 600000 ms is the longest allowed" in caplog.text
    short = new_hub(task_max_timeout_ms=1_000, task_default_timeout_ms=5_000)
    submit(short, page, "one")
    assert [info.timeout_ms for info in short.child_sessions()] == [1_000]


def test_the_time_counts_from_the_start_not_from_the_asking(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any, new_gate: Any
) -> None:
    hub, first, second = new_hub(time.clock(), task_concurrency=1), new_gate(), new_gate()
    step("first", first)
    step("second", second)
    submit(hub, page, "first", timeout_ms=10_000)
    waits = submit(hub, page, "second", timeout_ms=1_000)
    time.seconds = 5.0
    hub.check_time()
    first.open()
    while not second.reached.wait(0.01):
        hub.drain(0)
    assert waits not in page.errors
    time.seconds = 6.0
    hub.check_time()
    assert waits in page.errors


def test_a_task_that_ignores_everything_gives_its_slot_away(
    new_hub: Any,
    page: Any,
    step: Any,
    submit: Any,
    time: Any,
    new_gate: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    hub, deaf = new_hub(time.clock(), task_concurrency=1), new_gate(listens=False)
    step("deaf", deaf)
    step("quick", lambda session: session.set_background_task_result({"done": "yes"}))
    stuck = submit(hub, page, "deaf", timeout_ms=1_000)
    quick = submit(hub, page, "quick")
    assert deaf.reached.wait(WAIT)
    time.seconds = 1.5
    hub.check_time()
    assert stuck in page.errors
    assert [info.state for info in hub.child_sessions()] == ["Stopping", "Waiting"]
    time.seconds += GRACE_SECONDS
    hub.check_time()
    assert "ignores that it was cancelled" in caplog.text
    assert hub.counters().abandoned == 1
    assert hub.drain(WAIT)
    assert page.results == {quick: {"done": "yes"}}
    assert [info.state for info in hub.child_sessions()] == ["Abandoned"]
    deaf.open()
    assert hub._child.pool.waitForDone(WAIT_MS)
    assert hub.drain(WAIT)
    assert list(page.results) == [quick]
    outcomes = [vars(record)["outcome"] for record in caplog.records if "outcome" in vars(record)]
    assert outcomes == ["Abandoned", "Completed"]
    counters = hub.counters()
    assert (counters.timeouts, counters.completed, counters.active) == (1, 1, 0)


def test_without_threads_too_sql_is_ended_and_what_took_longer_is_a_timeout(
    new_hub: Any, page: Any, step: Any, submit: Any, time: Any
) -> None:
    hub = new_hub(time.clock())
    hub.synchronous = True

    def endless(_session: Session) -> None:
        time.seconds += 2.0
        database.execute_sql(
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
        ).fetchone()

    def computes(session: Session) -> None:
        time.seconds += 2.0
        session.set_background_task_result({"done": "too late"})

    def asks(session: Session) -> None:
        time.seconds += 2.0
        session.check_cancelled()
        session.set_background_task_result({"done": "never"})

    for name, does in (("endless", endless), ("computes", computes), ("asks", asks)):
        step(name, does)
        task_id = submit(hub, page, name, timeout_ms=1_000)
        assert page.errors.get(task_id) is None
        assert hub.drain(WAIT)
        assert page.errors[task_id][0].text == TEXT
    assert (page.results, hub.counters().timeouts) == ({}, 3)


PROGRAM = """
import sys, threading
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer
from desktop.codeunits import registry
from desktop.settings import Settings
from desktop.tasks.hub import Hub, leave_at_once
from models.database import open_company

class Page(QObject):
    def completed(self, *_): print("completed")
    def failed(self, _task, error, _level): print(error.code)

def loops(session):
    busy.set()
    while True:
        pass

def waits(session):
    busy.set()
    threading.Event().wait()

busy = threading.Event()
sys.modules["deaf"] = sys.modules[__name__]
registry.register(registry.Codeunit(9_001, "deaf", "Deaf", "deaf:" + sys.argv[2]))
app, page = QCoreApplication([]), Page()
open_company(sys.argv[1], create=True)
hub = Hub(Settings(task_concurrency=1))
hub.submit(page, "deaf", timeout_ms=int(sys.argv[3]), on_completed=page.completed, on_error=page.failed)
assert busy.wait(60)
while sys.argv[3] == "300" and not hub.counters().abandoned:
    app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
print("abandoned", hub.counters().abandoned, "running", hub.running(), flush=True)
asked = []
def listen(pool, wait):
    pool.waitForDone = lambda ms: asked.append(ms) or wait(ms)
for lane in hub._lanes:
    listen(lane.pool, lane.pool.waitForDone)
print("closed", hub.close(), "without a grace", max(asked) <= 50, flush=True)
leave_at_once(3)
"""


@pytest.mark.parametrize("kind", ["loops", "waits"])
@pytest.mark.parametrize(
    ("timeout_ms", "said"),  # who was abandoned had the grace time of 2 s already, and gets no second one
    [
        ("300", "ChildSessionTaskTimeout\nabandoned 1 running 0\nclosed False without a grace True\n"),
        ("60000", "abandoned 0 running 1\nclosed False without a grace True\n"),
    ],
    ids=["abandoned", "running"],
)
def test_a_deaf_task_does_not_hold_up_the_end_of_the_program(
    tmp_path: Path, kind: str, timeout_ms: str, said: str
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    ended = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "company.db"), kind, timeout_ms],
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": ""},
    )
    assert (ended.stdout, ended.returncode) == (said, 3), ended.stderr
