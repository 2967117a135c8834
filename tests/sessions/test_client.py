"""Logon and logoff of clients, and what happens to those that could not tell their end."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.sessions import events
from desktop.sessions.client import WITH_ITS_CLIENT, WITHOUT_LOGOFF, ClientSession
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import SessionKind
from desktop.sessions.watching import this_computer
from models.database import connected, database
from models.job_queue import SessionEvent
from tests.sessions.conftest import ROOT, WAIT, Gate, MovableClock, cities, events_of, story

PROGRAM = """
import sys
from pathlib import Path
from desktop.sessions.background import BackgroundSessions
from desktop.sessions.client import ClientSession
from desktop.settings import Settings
from models.database import open_company

company = open_company(Path(sys.argv[1]))
client = ClientSession(company, "MARIA", "Window")
client.log_on()
sessions = BackgroundSessions(company, Settings(), "MARIA", client_id=client.session_id, program=client.program)
session_id = sessions.start_session(sys.argv[3], parameters={"reached": sys.argv[2]})
while not sessions._runner.process_ids():
    pass
print(client.session_id, session_id, sessions._runner.process_ids()[0], flush=True)
sessions.wait_until_idle()
"""


def test_a_client_tells_its_logon_and_logoff_with_program_and_duration(
    company: Path, moving: MovableClock
) -> None:
    with ClientSession(company, "MARIA", "Window", clock=moving.clock) as client:
        moving.forward(90)
    logon, logoff = events_of(client.session_id)
    assert (logon.event, logon.kind, logon.user_id, logon.program) == ("Logon", "Client", "MARIA", "Window")
    assert logon.computer == this_computer()
    assert (logoff.event, logoff.duration_ms) == ("Logoff", 90_000)


def test_nothing_of_a_client_stays_beside_the_company(company: Path) -> None:
    with ClientSession(company, "MARIA", "Window"):
        assert company.with_name(company.name + "-workers").exists()
    assert not company.with_name(company.name + "-workers").exists()


def test_a_client_that_lives_is_left_alone_by_the_next(company: Path) -> None:
    with ClientSession(company, "MARIA", "Window") as first, ClientSession(company, "ANNA", "Worker"):
        assert story(first.session_id) == [("Logon", "")]
    assert story(first.session_id) == [("Logon", ""), ("Logoff", "")]


def test_a_client_of_another_computer_is_left_alone(company: Path) -> None:
    with ClientSession(company, "MARIA", "Window") as far:
        with connected():
            SessionEvent.update(computer="elsewhere").execute()
        far._lock.release()
        with ClientSession(company, "ANNA", "Window"):
            assert story(far.session_id) == [("Logon", "")]


def test_a_company_that_cannot_be_written_costs_the_events_and_not_the_work(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected():
        database.execute_sql(
            "CREATE TRIGGER no BEFORE INSERT ON session_event BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with ClientSession(company, "MARIA", "Window") as client:
        pass
    assert events_of(client.session_id) == []
    assert not company.with_name(company.name + "-workers").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
@pytest.mark.parametrize("codeunit", ["sleeps", "counts_for_ever"])
def test_a_program_that_is_killed_takes_its_sessions_along_and_nothing_open_stays(
    company: Path, gate: Gate, codeunit: str
) -> None:
    """The program is killed without any chance to clean up; this process inherits the orphan and sees it end."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(company), str(gate.path), codeunit],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    client_id, session_id, child = program.stdout.readline().split()
    gate.wait()
    handle = os.pidfd_open(int(child))
    program.kill()
    program.wait(WAIT)
    program.stdout.close()
    ready, _, _ = select.select([handle], [], [], WAIT)
    os.close(handle)
    assert ready, "the session outlived its program"
    assert cities() == (["committed"] if codeunit == "sleeps" else [])
    assert (story(client_id), story(session_id)) == ([("Logon", "")], [("Start", "")])

    with ClientSession(company, "MARIA", "Window"):
        assert story(client_id) == [("Logon", ""), ("Close", WITHOUT_LOGOFF)]
        assert story(session_id) == [("Start", ""), ("Close", WITH_ITS_CLIENT)]
    assert [row.duration_ms for row in events_of(client_id)] == [None, None], "nobody knows when it ended"
    with ClientSession(company, "MARIA", "Window"):
        assert len(story(client_id)) == 2, "it is closed once"


def test_a_running_worker_is_not_taken_for_a_lost_session(company: Path, moving: MovableClock) -> None:
    """A job has a worker that looks after its end; only sessions of a client are closed here."""
    with connected(), database.atomic():
        events.record("job-1", SessionEventKind.START, at=moving.moment, user_id="MARIA", codeunit="x")
    moving.forward(timedelta(days=1).total_seconds())
    with ClientSession(company, "MARIA", "Window", clock=moving.clock):
        assert story("job-1") == [("Start", "")]
    with connected(), database.atomic():
        events.record("job-1", SessionEventKind.STOP, at=moving.moment, kind=SessionKind.BACKGROUND)
    assert events_of("job-1")[-1].duration_ms == 86_400_000
