"""StartSession, StopSession, IsSessionActive, with real child processes."""

from __future__ import annotations

import json

from desktop.sessions.background import BackgroundSessions
from models.customer import Customer
from tests.sessions.conftest import WAIT, Gate, cities, events_of, story


def test_a_session_starts_at_once_as_the_same_user_without_a_screen(sessions: BackgroundSessions) -> None:
    customer = Customer(no="10000", name="Harbour Lights")
    session_id = sessions.start_session("writes", parameters={"depth": "full"}, record=customer)
    assert sessions.wait_until_idle(WAIT)
    told = json.loads(cities()[0])
    assert told.pop("process") > 0
    assert told == {
        "user": "MARIA",
        "kind": "Background",
        "gui": False,
        "parameters": {"depth": "full"},
        "record": ["customer", "10000"],
        "depth": 0,
    }
    assert story(session_id) == [("Start", ""), ("Stop", "")]
    start, stop = events_of(session_id)
    assert (start.user_id, start.codeunit, start.kind) == ("MARIA", "writes", "Background")
    assert start.duration_ms is None
    assert stop.duration_ms is not None


def test_stopping_rolls_back_what_is_open_even_inside_a_sleep(
    sessions: BackgroundSessions, gate: Gate
) -> None:
    session_id = sessions.start_session("sleeps", parameters={"reached": str(gate.path)})
    gate.wait()
    assert sessions.is_session_active(session_id)
    assert sessions.stop_session(session_id, "Not today")
    assert sessions.wait_until_idle(WAIT)
    assert cities() == ["committed"]
    assert not sessions.is_session_active(session_id)
    assert story(session_id) == [("Start", ""), ("Close", "Not today")]
