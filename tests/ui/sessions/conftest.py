"""A program whose time the test moves, with sessions that run until the test lets them end."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.errors import BackdeskError, TaskCancelledError
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Ending, ProgressCallback
from desktop.sessions.background import BackgroundSessions
from desktop.sessions.session import CancelToken, Session
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from tests.waiting import WAIT
from ui.framework.context import PageContext

BEGIN = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
MODULE = "backdesk_monitor_test"


@dataclass
class Time:
    """Moves only when a test says so."""

    seconds: float = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: BEGIN + timedelta(seconds=self.seconds), lambda: self.seconds)


class Owner:
    """A page that asks for tasks."""

    def completed(self, task_id: int, results: dict[str, str]) -> None: ...

    def failed(self, task_id: int, error: TaskError, level: ErrorLevel) -> None: ...


class Child:
    """The codeunit "test_wait": it runs until it is let go, or told to stop."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def __call__(self, session: Session) -> None:
        if "fail" in session.parameters:
            raise BackdeskError("There is no item 1896-X.", "Create the item.")
        while not self.open.wait(0.002):
            if session.token.is_cancelled():
                raise TaskCancelledError


class WaitingRunner:
    """Runs background sessions that do nothing until they are told to stop."""

    def run(
        self,
        request: ChildRequest,
        on_progress: ProgressCallback | None = None,
        token: CancelToken | None = None,
        timeout_seconds: float | None = None,
    ) -> ChildOutcome:
        assert token is not None
        ended = threading.Event()
        token.interrupt_with(ended.set)
        ended.wait()
        return ChildOutcome(ending=Ending.CANCELLED)

    def close(self) -> None: ...


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clock(time: Time) -> Clock:
    return time.clock()


@pytest.fixture
def settings() -> Settings:
    """One page background task at once, so that others wait."""
    return Settings(user_id="MARIA", task_concurrency=1, session_concurrency=1)


@pytest.fixture
def hub(qapp: QApplication, company: Path, clock: Clock, settings: Settings) -> Iterator[Hub]:
    made = Hub(settings, clock, "MARIA")
    yield made
    assert made.close(WAIT)


@pytest.fixture
def context(context: PageContext, company: Path, clock: Clock, settings: Settings) -> Iterator[PageContext]:
    """With the same settings as the hub, and background sessions that wait."""
    context.settings = settings
    context.sessions = BackgroundSessions(company, settings, "MARIA", clock=clock, runner=WaitingRunner())
    yield context
    context.sessions.close()


@pytest.fixture
def child() -> Iterator[Child]:
    """The codeunit of the child sessions."""
    made = Child()
    module = ModuleType(MODULE)
    vars(module)["run"] = made
    sys.modules[MODULE] = module
    registry.register(registry.Codeunit(9_001, "test_wait", "Wait for the test", MODULE))
    yield made
    made.open.set()
    registry.unregister("test_wait")
    del sys.modules[MODULE]


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def ask(hub: Hub, child: Child, owner: Owner) -> Callable[..., int]:
    """A function that asks for a child session in the name of a page."""

    def submit(page: str = "Customer Card", *, timeout_ms: int = 60_000, **parameters: str) -> int:
        return hub.submit(
            owner,
            "test_wait",
            parameters,
            timeout_ms=timeout_ms,
            on_completed=owner.completed,
            on_error=owner.failed,
            page=page,
        )

    return submit


@pytest.fixture
def ended(hub: Hub, qtbot: QtBot) -> Callable[[], None]:
    """A function that waits until all child sessions have ended."""
    return lambda: qtbot.waitUntil(hub.is_idle)
