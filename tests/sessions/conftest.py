"""Sessions in real child processes, and gates instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.sessions.background import BackgroundSessions
from desktop.settings import Settings
from models.company import NumberSeries, User
from models.customer import Customer
from models.database import connected, database
from models.job_queue import SessionEvent
from tests.waiting import WAIT, Gate, MovableClock, gate, moving

__all__ = [
    "ROOT",
    "WAIT",
    "Gate",
    "MovableClock",
    "NewSessions",
    "cities",
    "events_of",
    "gate",
    "moving",
    "rename",
    "story",
]

ROOT = Path(__file__).resolve().parents[2]

NewSessions = Callable[..., BackgroundSessions]


@pytest.fixture(autouse=True)
def test_codeunits(put_extension: Callable[[str, str], Path]) -> None:
    """Let this process and its children know the codeunits of the tests."""
    put_extension("session_codeunits", Path(__file__).with_name("codeunits.py").read_text(encoding="utf-8"))


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


@pytest.fixture
def two_users(company: Path) -> None:
    """The company has a customer and the users ANNA and MARIA, of whom nobody has a set."""
    with connected():
        Customer(no="C1", name="Petersen").save(force_insert=True)
        NumberSeries.create(code="CUSTOMER", prefix="C", width=5, last_number=1)
        for user_id in ("ANNA", "MARIA"):
            User(user_id=user_id).save(force_insert=True)


def rename() -> None:
    """Write to the customer of `two_users`, if the connection lets it."""
    database.execute_sql("UPDATE customer SET name = 'Hansen' WHERE no = 'C1'")


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
