"""A company, sessions in real child processes, and gates instead of sleeping."""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.clock import Clock
from desktop.sessions.background import BackgroundSessions
from desktop.settings import Settings
from models.database import close_company, connected, database, open_company
from models.job_queue import SessionEvent

ROOT = Path(__file__).resolve().parents[2]
WAIT = 20.0  # seconds after which a test that waits for something fails

NewSessions = Callable[..., BackgroundSessions]


class MovableClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self.clock = Clock(now=lambda: self.moment)

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Gate:
    """A named pipe that a codeunit writes a word to when it has reached a point."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        # Open for both ways, so that a writer who has left does not look like one who has arrived.
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._read = b""

    def wait(self) -> str:
        """Wait for the next arrival; its word."""
        while b"\n" not in self._read:
            ready, _, _ = select.select([self._descriptor], [], [], WAIT)
            assert ready, "the session has not reached its gate"
            self._read += os.read(self._descriptor, 4096)
        word, _, self._read = self._read.partition(b"\n")
        return word.decode()

    def close(self) -> None:
        os.close(self._descriptor)


@pytest.fixture(autouse=True)
def test_codeunits(put_extension: Callable[[str, str], Path]) -> None:
    """Let this process and its children know the codeunits of the tests."""
    put_extension("session_codeunits", Path(__file__).with_name("codeunits.py").read_text(encoding="utf-8"))


@pytest.fixture
def company(tables_only: Path, tmp_path: Path, backdesk_home: Path) -> Iterator[Path]:
    """A new, empty company, open in this process."""
    path = open_company(shutil.copy(tables_only, tmp_path / "company.db"))
    yield path
    close_company()


@pytest.fixture
def moving() -> MovableClock:
    """A clock that the test moves."""
    return MovableClock()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A point that a codeunit tells it has reached."""
    if sys.platform == "win32":
        pytest.skip("gates are named pipes")
    made = Gate(tmp_path / "gate")
    yield made
    made.close()


@pytest.fixture
def new_sessions(company: Path) -> Iterator[NewSessions]:
    """Makes what runs sessions; `settings` are its settings, all other arguments its own."""
    made: list[BackgroundSessions] = []

    def make(settings: Settings | None = None, **options: Any) -> BackgroundSessions:
        made.append(BackgroundSessions(company, settings or Settings(), "MARIA", **options))
        return made[-1]

    yield make
    for sessions in made:
        sessions.close()


@pytest.fixture
def sessions(new_sessions: NewSessions) -> BackgroundSessions:
    """What runs sessions, with the settings that a person has first."""
    return new_sessions()


def cities() -> list[str]:
    """What sessions of the tests have written and committed, in order."""
    with connected():
        rows = database.execute_sql("SELECT city FROM post_code ORDER BY id").fetchall()
    return [row[0] for row in rows]


def events_of(session_id: str) -> list[SessionEvent]:
    """The events of a session, oldest first."""
    with connected():
        return list(
            SessionEvent.select().where(SessionEvent.session_id == session_id).order_by(SessionEvent.id)
        )


def story(session_id: str) -> list[tuple[str, str]]:
    """Event and comment, oldest first."""
    return [(row.event, row.comment) for row in events_of(session_id)]
