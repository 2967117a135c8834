"""A company, a hub, a page that remembers what it is told, and a codeunit that does what the test says."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.codeunits import registry
from desktop.errors import TaskCancelledError
from desktop.sessions.session import Session
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from models.database import database
from tests.waiting import WAIT, WAIT_MS

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
MODULE = "backdesk_test_step"


class RememberingPage(QObject):
    """Remembers what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.results: dict[int, dict[str, str]] = {}
        self.errors: dict[int, tuple[TaskError, ErrorLevel]] = {}
        self.stopped: list[int] = []
        self.answers: list[Any] = []

    def completed(self, task_id: int, results: dict[str, str]) -> None:
        self.results[task_id] = results

    def failed(self, task_id: int, error: TaskError, level: ErrorLevel) -> None:
        self.errors[task_id] = (error, level)

    def was_stopped(self, task_id: int) -> None:
        self.stopped.append(task_id)

    def answered(self, answer: Any) -> None:
        self.answers.append(answer)


@dataclass
class Time:
    """Seconds that a test moves."""

    seconds: float = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: datetime(2026, 11, 21, tzinfo=UTC), lambda: self.seconds)


@dataclass
class Gate:
    """A codeunit waits here until the test opens it; it listens when told to stop, or does not."""

    listens: bool = True

    def __post_init__(self) -> None:
        self.reached, self.left = threading.Event(), threading.Event()
        self._open = threading.Event()

    def __call__(self, session: Session) -> None:
        self.reached.set()
        try:
            while not self._open.wait(0.005):
                if self.listens and session.token.is_cancelled():
                    raise TaskCancelledError
            session.set_background_task_result({"done": "yes"})
        finally:
            self.left.set()

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def new_page() -> type[RememberingPage]:
    return RememberingPage


@pytest.fixture
def page() -> RememberingPage:
    return RememberingPage()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def new_gate() -> Iterator[Callable[..., Gate]]:
    made: list[Gate] = []

    def make(listens: bool = True) -> Gate:
        made.append(Gate(listens))
        return made[-1]

    yield make
    for gate in made:
        gate.open()


@pytest.fixture
def endless() -> tuple[threading.Event, threading.Event, Callable[[Session], None]]:
    """Started, ended, and a codeunit that is deep in one SQL statement for ever."""
    started, ended = threading.Event(), threading.Event()

    def run(_session: Session) -> None:
        started.set()
        try:
            database.execute_sql(ENDLESS).fetchone()
        finally:
            ended.set()

    return started, ended, run


@pytest.fixture
def step() -> Iterator[Callable[[str, Callable[[Session], None]], None]]:
    """A function that says what the codeunit "test_step" does when its parameter "step" has that name."""
    steps: dict[str, Callable[[Session], None]] = {}
    module = ModuleType(MODULE)
    vars(module)["run"] = lambda session: steps[session.parameters["step"]](session)
    sys.modules[MODULE] = module
    registry.register(registry.Codeunit(9_000, "test_step", "A step of a test", MODULE))
    yield steps.__setitem__
    registry.unregister("test_step")
    del sys.modules[MODULE]


@pytest.fixture
def new_hub(qapp: QCoreApplication, company: Path) -> Iterator[Callable[..., Hub]]:
    """Makes hubs that end with the test: `new_hub(clock, task_concurrency=1)`."""
    made: list[Hub] = []

    def make(clock: Clock = SYSTEM_CLOCK, **settings: Any) -> Hub:
        made.append(Hub(Settings(**settings), clock, "MARIA"))
        return made[-1]

    yield make
    for hub in made:
        hub.close(WAIT)
        assert all(lane.pool.waitForDone(WAIT_MS) for lane in hub._lanes)


@pytest.fixture
def hub(new_hub: Callable[..., Hub]) -> Hub:
    return new_hub()


@pytest.fixture
def submit() -> Callable[..., int]:
    """Asks a hub for one step of the test's codeunit in a page's name."""

    def ask(hub: Hub, owner: RememberingPage, step_name: str, **options: Any) -> int:
        return hub.submit(
            owner,
            "test_step",
            {"step": step_name, **options.pop("parameters", {})},
            on_completed=owner.completed,
            on_error=owner.failed,
            on_stopped=owner.was_stopped,
            **options,
        )

    return ask
