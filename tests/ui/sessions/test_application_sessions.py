"""Sessions of the whole application: its logon and logoff, what pages start, and what closing it means for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.company import create_company
from desktop.settings import Settings
from models.database import close_company, connected
from models.job_queue import SessionEvent
from tests.waiting import WAIT
from ui.application import Application
from ui.dialogs import Question
from ui.shell.closing import closing_words

CODEUNITS = Path(__file__).parents[2] / "sessions" / "codeunits.py"


@pytest.fixture
def company(tmp_path: Path, put_extension: Callable[[str, str], Path]) -> Iterator[Path]:
    put_extension("session_codeunits", CODEUNITS.read_text(encoding="utf-8"))
    yield create_company(tmp_path / "harbour.db", "Harbour Supply Ltd.", user_id="MARIA")
    close_company()


@pytest.fixture
def application(qapp: QApplication, qtbot: QtBot, company: Path) -> Iterator[Application]:
    made = Application(qapp, company, Settings(theme="light", user_id="MARIA"))
    made.start()
    qtbot.waitUntil(lambda: bool(story()))
    yield made
    if story()[-1] != ("Client", "Logoff", ""):
        made.shutdown()


def story() -> list[tuple[str, str, str]]:
    """All session events, oldest first: kind, event and comment."""
    with connected():
        rows = list(SessionEvent.select().order_by(SessionEvent.id))
    return [(row.kind, row.event, row.comment) for row in rows]


def test_the_window_tells_its_logon_and_logoff(application: Application) -> None:
    application.shutdown()
    assert story() == [("Client", "Logon", ""), ("Client", "Logoff", "")]
    with connected():
        logon, logoff = SessionEvent.select().order_by(SessionEvent.id)
    assert (logon.user_id, logon.program) == ("MARIA", "Window")
    assert logoff.duration_ms is not None


def test_a_page_starts_a_session_of_its_window(application: Application) -> None:
    session_id = application.context.sessions.start_session("tells")
    assert application.sessions.wait_until_idle(WAIT)
    with connected():
        start = SessionEvent.get(SessionEvent.session_id == session_id, SessionEvent.event == "Start")
        logon = SessionEvent.get(SessionEvent.event == "Logon")
    assert (start.client_id, start.program, start.user_id) == (logon.session_id, "Window", "MARIA")


def test_closing_asks_while_a_session_runs_and_ends_it(application: Application, tmp_path: Path) -> None:
    closed: list[bool] = []
    application.closed.connect(lambda: closed.append(True))
    application.context.sessions.start_session("waits_for_ever")
    application.window.close()
    (question,) = application.window.findChildren(Question)
    assert question.windowTitle() == "1 background session is still running"
    assert not closed
    question.choose("stay")
    assert application.window.isVisible()
    application.window.close()
    application.window.findChildren(Question)[-1].choose("stop")
    assert closed
    application.shutdown()
    assert story() == [
        ("Client", "Logon", ""),
        ("Background", "Start", ""),
        ("Background", "Close", "Backdesk was closed."),
        ("Client", "Logoff", ""),
    ]


def test_the_question_names_what_runs_and_what_becomes_of_it() -> None:
    assert closing_words(1, 0)[0] == "1 job is still running"
    assert closing_words(2, 0)[0] == "2 jobs are still running"
    title, text = closing_words(2, 1)
    assert title == "2 jobs and 1 background session are still running"
    assert "ends with Backdesk" in text
    assert "goes on when Backdesk starts again" in text
    assert "Of jobs" not in closing_words(0, 3)[1]
