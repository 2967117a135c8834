"""What becomes of work that pages ask for: done, refused, cancelled, too late, too much, or never ending."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.errors import TooManyTasksError, UnknownCodeunitError
from desktop.sessions.session import Session
from desktop.settings import Settings
from desktop.tasks.hub import GRACE_SECONDS, Hub
from desktop.tasks.task import ErrorLevel, TaskError
from models.customer import Customer
from models.database import close_company, database, open_company
from models.lookups import Country

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
_STEPS: dict[str, Callable[[Session], None]] = {}


def run(session: Session) -> None:
    """The codeunit of these tests: does what the test has put under the name in its parameters."""
    _STEPS[session.parameters["step"]](session)


class Page(QObject):
    """Remembers what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.results: dict[int, dict[str, str]] = {}
        self.errors: dict[int, tuple[TaskError, ErrorLevel]] = {}
        self.answers: list[Any] = []

    def completed(self, task_id: int, results: dict[str, str]) -> None:
        self.results[task_id] = results

    def failed(self, task_id: int, error: TaskError, level: ErrorLevel) -> None:
        self.errors[task_id] = (error, level)

    def answered(self, answer: Any) -> None:
        self.answers.append(answer)


@dataclass
class Time:
    """Seconds that a test moves."""

    seconds: float = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: datetime(2026, 11, 21, tzinfo=UTC), lambda: self.seconds)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    yield open_company(tmp_path / "harbour.db", create=True)
    close_company()


@pytest.fixture
def step() -> Iterator[Callable[[str, Callable[[Session], None]], None]]:
    """A function that says what the test's codeunit does under a name."""
    registry.register(registry.Codeunit(9_000, "test_step", "A step of a test", __name__))
    sys.modules[__name__] = sys.modules.get(__name__) or _this_module()
    yield _STEPS.__setitem__
    registry.unregister("test_step")
    _STEPS.clear()


def _this_module() -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(run=run)


@pytest.fixture
def hub(qapp: QCoreApplication, company: Path) -> Iterator[Hub]:
    made = Hub(Settings(), user_id="MARIA")
    yield made
    assert made.close(5)


@pytest.fixture
def page() -> Page:
    return Page()


def submit(hub: Hub, page: Page, step_name: str, **options: Any) -> int:
    return hub.submit(
        page,
        "test_step",
        {"step": step_name},
        on_completed=page.completed,
        on_error=page.failed,
        **options,
    )


def test_results_come_back_to_the_page(hub: Hub, page: Page, step: Any) -> None:
    def count(session: Session) -> None:
        assert (session.kind, session.user_id) == ("Child", "MARIA")
        session.set_background_task_result({"customers": str(Customer.select().count())})

    step("count", count)
    task_id = submit(hub, page, "count")
    assert page.results == {}
    assert hub.drain(5)
    assert page.results == {task_id: {"customers": "0"}}


def test_a_task_cannot_write(hub: Hub, page: Page, step: Any) -> None:
    step("write", lambda _session: Customer.create(no="C1", name="Nobody"))
    task_id = submit(hub, page, "write", error_level=ErrorLevel.WARNING)
    hub.drain(5)
    error, level = page.errors[task_id]
    assert error.code == "PermissionDenied"
    assert error.text.startswith("You do not have the following permissions on TableData Customer: Insert.")
    assert level is ErrorLevel.WARNING
    hub.query(page, Customer.select().count, page.answered, page.answered)
    hub.drain(5)
    assert page.answers == [0]


def test_a_fault_of_the_program_is_one_calm_sentence_with_its_traceback(
    hub: Hub, page: Page, step: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(_session: Session) -> None:
        raise ZeroDivisionError("by zero")

    step("fault", fault)
    task_id = submit(hub, page, "fault")
    hub.drain(5)
    error, _ = page.errors[task_id]
    assert (error.code, error.expected) == ("ZeroDivisionError", False)
    assert "Traceback" not in error.text
    assert "in fault" in error.call_stack
    assert "in fault" in caplog.text


def test_an_unknown_codeunit_is_told_at_the_call(hub: Hub, page: Page) -> None:
    with pytest.raises(UnknownCodeunitError, match="no_such_thing"):
        hub.submit(page, "no_such_thing", on_completed=page.completed, on_error=page.failed)
    assert hub.is_idle()


def test_closing_the_page_ends_its_sql_and_forgets_the_result(hub: Hub, page: Page, step: Any) -> None:
    started, ended = threading.Event(), threading.Event()

    def endless(_session: Session) -> None:
        started.set()
        try:
            database.execute_sql(ENDLESS).fetchone()
        finally:
            ended.set()

    step("endless", endless)
    submit(hub, page, "endless")
    assert started.wait(5)
    hub.forget(page)
    assert ended.wait(5)
    assert hub.drain(5)
    assert (page.results, page.errors) == ({}, {})


def test_a_page_that_qt_destroys_is_called_no_more(hub: Hub, step: Any) -> None:
    go, told = threading.Event(), []

    class Closing(Page):
        def completed(self, task_id: int, results: dict[str, str]) -> None:
            told.append(task_id)

    step("wait", lambda session: _wait(go, session))
    page = Closing()
    submit(hub, page, "wait")
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not shiboken6.isValid(page)
    go.set()
    assert hub.drain(5)
    assert told == []


def test_the_hub_keeps_no_page_alive(hub: Hub, step: Any) -> None:
    go = threading.Event()
    step("wait", lambda session: _wait(go, session))
    page = Page()
    submit(hub, page, "wait")
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None
    go.set()
    assert hub.drain(5)


def test_five_run_a_hundred_wait_and_the_next_is_refused(hub: Hub, page: Page, step: Any) -> None:
    go = threading.Event()
    step("wait", lambda session: _wait(go, session))
    tasks = [submit(hub, page, "wait") for _ in range(105)]
    assert (hub.running(), hub.waiting()) == (5, 100)
    with pytest.raises(TooManyTasksError, match="100 page background tasks wait already"):
        submit(hub, page, "wait")
    assert hub.cancel(tasks[50])
    assert hub.waiting() == 99
    go.set()
    assert hub.drain(20)
    assert sorted(page.results) == sorted(set(tasks) - {tasks[50]})


def test_a_task_in_deep_sql_is_ended_when_its_time_is_over(
    qapp: QCoreApplication, company: Path, page: Page, step: Any
) -> None:
    time = Time()
    hub = Hub(Settings(), time.clock(), "MARIA")
    started = threading.Event()

    def endless(_session: Session) -> None:
        started.set()
        database.execute_sql(ENDLESS).fetchone()

    step("endless", endless)
    task_id = submit(hub, page, "endless", timeout_ms=2_000)
    assert started.wait(5)
    time.seconds = 1.9
    hub.check_time()
    assert page.errors == {}
    time.seconds = 2.1
    hub.check_time()
    error, _ = page.errors[task_id]
    assert error.code == "ChildSessionTaskTimeout"
    assert error.text == "Child Session task was terminated because of a timeout."
    assert hub._child.pool.waitForDone(5_000)
    hub._deliver_posted()
    assert hub.is_idle()
    assert page.results == {}


def test_a_longer_time_than_allowed_is_shortened(
    qapp: QCoreApplication, company: Path, page: Page, step: Any, caplog: pytest.LogCaptureFixture
) -> None:
    hub = Hub(Settings(task_max_timeout_ms=1_000, task_default_timeout_ms=5_000), user_id="MARIA")
    caplog.set_level("INFO")
    step("one", lambda session: None)
    for asked in (None, 300, 90_000):
        submit(hub, page, "one", timeout_ms=asked)
    assert [info.timeout_ms for info in hub.child_sessions()] == [1_000, 300, 1_000]
    assert caplog.text.count("90000 ms was asked for; 1000 ms is the longest allowed") == 1
    assert hub.close(5)


def test_a_task_that_ignores_everything_gives_its_slot_away(
    qapp: QCoreApplication, company: Path, page: Page, step: Any, caplog: pytest.LogCaptureFixture
) -> None:
    time = Time()
    hub = Hub(Settings(task_concurrency=1), time.clock(), "MARIA")
    started, go = threading.Event(), threading.Event()

    def deaf(_session: Session) -> None:
        started.set()
        go.wait()

    step("deaf", deaf)
    step("quick", lambda session: session.set_background_task_result({"done": "yes"}))
    stuck = submit(hub, page, "deaf", timeout_ms=1_000)
    quick = submit(hub, page, "quick")
    assert started.wait(5)
    time.seconds = 1.5
    hub.check_time()
    assert stuck in page.errors
    assert hub.waiting() == 1
    time.seconds += GRACE_SECONDS
    hub.check_time()
    assert "ignores that it was cancelled" in caplog.text
    time_out = threading.Event()
    while quick not in page.results and not time_out.wait(0.01):
        hub._deliver_posted()
    assert page.results == {quick: {"done": "yes"}}
    assert hub.is_idle()
    go.set()
    assert hub.close(5)
    hub._deliver_posted()
    assert list(page.results) == [quick]


def test_a_deaf_task_does_not_hold_up_the_end_of_the_program(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, threading\n"
        "from PySide6.QtCore import QCoreApplication, QObject\n"
        "from desktop.settings import Settings\n"
        "from desktop.tasks.hub import Hub, leave_at_once\n"
        "from models.database import open_company\n"
        "class Page(QObject):\n"
        "    def told(self, _): ...\n"
        "app, page = QCoreApplication([]), Page()\n"
        "open_company(sys.argv[1], create=True)\n"
        "hub = Hub(Settings())\n"
        "hub.query(page, threading.Event().wait, page.told, page.told)\n"
        "print('closed', hub.close(0.1))\n"
        "leave_at_once(3)\n"
    )
    ended = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "company.db")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": ""},
    )
    assert (ended.stdout, ended.returncode) == ("closed False\n", 3), ended.stderr


def test_a_newer_query_of_the_same_key_replaces_the_older(hub: Hub, page: Page) -> None:
    started = threading.Event()

    def slow() -> str:
        started.set()
        database.execute_sql(ENDLESS).fetchone()
        return "old"

    hub.query(page, slow, page.answered, page.answered, key="rows")
    assert started.wait(5)
    hub.query(page, lambda: "new", page.answered, page.answered, key="rows")
    hub.query(page, lambda: "other", page.answered, page.answered, key="count")
    assert hub.drain(5)
    assert sorted(page.answers) == ["new", "other"]


def test_writes_happen_one_after_the_other_in_their_order(hub: Hub, page: Page) -> None:
    def create(number: int) -> int:
        Country.create(code=f"X{number:02d}", name="Somewhere")
        return number

    for number in range(20):
        hub.write(page, lambda number=number: create(number), page.answered, page.answered)
    assert hub.drain(10)
    assert page.answers == list(range(20))


def test_what_was_entered_is_saved_though_the_page_is_closed_at_once(hub: Hub, page: Page) -> None:
    lost: list[TaskError] = []
    hub.on_lost_write = lost.append

    def refuse() -> None:
        raise RuntimeError("the disk is gone")

    hub.write(page, lambda: Country.create(code="DE", name="Germany").code, page.answered, page.answered)
    hub.write(page, refuse, page.answered, page.answered)
    hub.forget(page)
    assert hub.drain(5)
    assert page.answers == []
    assert [error.code for error in lost] == ["RuntimeError"]
    hub.query(page, Country.select().count, page.answered, page.answered)
    hub.drain(5)
    assert page.answers == [1]


def test_without_threads_the_work_runs_here_and_the_answer_comes_later(hub: Hub, page: Page) -> None:
    hub.synchronous = True
    threads: list[threading.Thread] = []
    hub.query(
        page, lambda: threads.append(threading.current_thread()) or "done", page.answered, page.answered
    )
    assert threads == [threading.current_thread()]
    assert page.answers == []
    assert hub.drain(5)
    assert page.answers == ["done"]


def test_a_callback_must_be_a_bound_method(hub: Hub, page: Page) -> None:
    with pytest.raises(TypeError, match="bound method"):
        hub.query(page, lambda: 1, lambda _answer: None, page.answered)


def test_parameters_are_texts_by_name(hub: Hub, page: Page) -> None:
    with pytest.raises(TypeError, match="texts by name"):
        hub.submit(
            page,
            "test_step",
            {"number": 5},  # type: ignore[dict-item]
            on_completed=page.completed,
            on_error=page.failed,
        )


def test_two_thousand_tasks_of_pages_that_come_and_go(hub: Hub, qtbot: QtBot, step: Any) -> None:
    """Each task of a page that stays is answered once; pages that go in between do no harm."""
    step("one", lambda session: session.set_background_task_result({"n": "1"}))
    stays = Page()
    asked: set[int] = set()
    short_lived: list[Page] = []
    for number in range(2_000):
        while hub.waiting() > 80:
            qtbot.wait(1)
        if number % 3:
            asked.add(submit(hub, stays, "one"))
        else:
            passing = Page()
            submit(hub, passing, "one")
            short_lived.append(passing)
        if len(short_lived) > 10:
            gone = short_lived.pop(0)
            if number % 2:
                hub.forget(gone)
            else:
                gone.deleteLater()
    qtbot.waitUntil(hub.is_idle, timeout=20_000)
    assert set(stays.results) == asked
    assert stays.errors == {}


def _wait(go: threading.Event, session: Session) -> None:
    while not go.wait(0.005):
        session.check_cancelled()
    session.set_background_task_result({"done": "yes"})
