"""Sessions that code in a session, a job or a page background task starts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop.errors import CallbackNotAllowedError, SessionError
from desktop.scheduler.children import ChildPool
from desktop.scheduler.engine import ChildRequest, Ending
from desktop.sessions.background import BackgroundSessions
from desktop.sessions.session import Session, SessionKind
from desktop.settings import Settings
from tests.sessions.conftest import WAIT, Gate, NewSessions, cities, story


def test_a_session_starts_another_that_lives_on_when_its_starter_has_ended(
    sessions: BackgroundSessions, gate: Gate
) -> None:
    starter = sessions.start_session("starts", parameters={"reached": str(gate.path)})
    gate.wait()
    with sessions._condition:
        assert sessions._condition.wait_for(lambda: starter not in sessions._running, WAIT)
    started = next(city for city in cities() if city not in ("committed", "open"))
    assert [(info.session_id, info.codeunit, info.timeout_seconds) for info in sessions.sessions()] == [
        (started, "sleeps", 60)
    ], "it is one of the program's sessions like any other"
    assert sessions._log.wait(WAIT), "events are written behind the sessions"
    assert story(starter) == [("Start", ""), ("Stop", "")]
    assert sessions.stop_session(started)
    assert sessions.wait_until_idle(WAIT)
    assert "open" not in cities()


def test_a_session_stops_another_but_not_itself(sessions: BackgroundSessions, gate: Gate) -> None:
    other = sessions.start_session("sleeps", parameters={"reached": str(gate.path)})
    gate.wait()
    sessions.start_session("stops_other", parameters={"other": other})
    itself = sessions.start_session("stops_itself")
    assert sessions.wait_until_idle(WAIT)
    assert cities() == ["committed", "True False"]
    assert story(other)[-1] == ("Close", "No longer needed")
    assert story(itself)[-1] == (
        "Stop", "A session cannot stop itself. Return from the codeunit, or raise an error.",
    )  # fmt: skip


def test_sessions_start_each_other_at_most_fourteen_times(sessions: BackgroundSessions, gate: Gate) -> None:
    sessions.start_session("chain", parameters={"reached": str(gate.path)})
    assert gate.wait().startswith("14 TooDeep Sessions have started each other 14 times in a row")
    assert sessions.wait_until_idle(WAIT)
    assert sessions.counters().completed == 15


def test_limits_and_unknown_codeunits_are_told_inside_a_session(
    new_sessions: NewSessions, gate: Gate
) -> None:
    sessions = new_sessions(Settings(session_concurrency=1, session_queue_length=1))
    sessions.start_session("hands_over", parameters={"reached": str(gate.path)})
    sessions.start_session("quick")
    assert gate.wait() == "SessionError TooManySessions"
    assert gate.wait() == "UnknownCodeunitError UnknownCodeunit"
    assert sessions.wait_until_idle(WAIT)


def test_a_job_starts_sessions_of_its_program_in_the_same_name(
    company: Path, sessions: BackgroundSessions, gate: Gate
) -> None:
    pool = ChildPool(company, 1, sessions=sessions)
    outcome = pool.run(
        ChildRequest(codeunit="starts", parameters={"reached": str(gate.path)}, user_id="ANNA")
    )
    pool.close()
    assert outcome.ending is Ending.DONE
    gate.wait()
    (info,) = sessions.sessions()
    assert (info.user_id, info.codeunit) == ("ANNA", "sleeps")


def test_where_nothing_runs_sessions_that_is_an_error_with_its_reason(company: Path, gate: Gate) -> None:
    pool = ChildPool(company, 1)
    outcome = pool.run(ChildRequest(codeunit="starts", parameters={"reached": str(gate.path)}))
    pool.close()
    assert outcome.error is not None
    assert outcome.error.code == "NoHost"


def test_a_page_background_task_may_not_start_sessions_because_they_would_write() -> None:
    session = Session(SessionKind.CHILD, "MARIA", {}, date(2026, 11, 21))
    for call in (
        lambda: session.start_session("quick"),
        lambda: session.stop_session("other"),
        lambda: session.is_session_active("other"),
    ):
        with pytest.raises(SessionError, match="it only reads, and a session would write") as caught:
            call()
        assert caught.value.code == "ReadsOnly"


@pytest.mark.parametrize("kind", [SessionKind.CHILD, SessionKind.BACKGROUND])
def test_no_session_without_a_screen_asks_anybody(kind: SessionKind) -> None:
    session = Session(kind, "MARIA", {}, date(2026, 11, 21))
    assert not session.gui_allowed
    with pytest.raises(CallbackNotAllowedError, match=r"^Confirm \(“Delete all\?”\)") as caught:
        session.confirm("Delete all?")
    assert caught.value.call == "Confirm"
