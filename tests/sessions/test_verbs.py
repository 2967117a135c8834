"""Verbs that run codeunits are clients too: a worker with the sessions of its jobs, and an import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.jobqueue import entries
from models.company import CompanyInformation
from models.database import connected, database
from models.job_queue import SessionEvent
from tests.sessions.conftest import ROOT, cities
from tests.waiting import WAIT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )


def noted() -> list[tuple[str, str, str, str]]:
    """Kind, event, program and codeunit of all events, oldest first."""
    with connected():
        rows = list(SessionEvent.select().order_by(SessionEvent.id))
    return [(row.kind, row.event, row.program, row.codeunit) for row in rows]


@pytest.fixture
def furnished(company: Path) -> Path:
    with connected(), database.atomic():
        CompanyInformation.insert(id=1, name="Harbour", created_at="2026-11-21T09:00:00.000Z").execute()
    return company


def test_a_job_of_a_worker_starts_a_session_and_the_worker_waits_for_its_end(furnished: Path) -> None:
    entries.create_entry("Start one", "starts_a_quick_one", user_id="ANNA")
    ended = run("worker", "--until-idle", "--company", str(furnished))
    assert ended.returncode == 0, ended.stderr
    assert cities() == ["quick one"]
    events = noted()
    assert events[0] == ("Client", "Logon", "Worker", "")
    assert events[-1] == ("Client", "Logoff", "Worker", "")
    assert ("Background", "Start", "Worker", "writes_one") in events
    assert ("Background", "Stop", "Worker", "writes_one") in events
    with connected():
        ends = list(SessionEvent.select().where(SessionEvent.event.in_(("Stop", "Logoff"))))
        of_session = SessionEvent.get(SessionEvent.codeunit == "writes_one")
        logon = SessionEvent.get(SessionEvent.event == "Logon")
    assert all(row.duration_ms is not None for row in ends), "of jobs, sessions and clients"
    assert len(ends) == 3
    assert (of_session.user_id, of_session.client_id) == ("ANNA", logon.session_id)


def test_an_import_logs_on_and_off_also_when_it_fails(furnished: Path, tmp_path: Path) -> None:
    ended = run("import", str(tmp_path / "missing.csv"), "--company", str(furnished))
    assert ended.returncode == 2
    assert noted() == [("Client", "Logon", "Import", ""), ("Client", "Logoff", "Import", "")]


def test_a_verb_that_only_looks_leaves_no_event(furnished: Path) -> None:
    assert run("jobs", "list", "--company", str(furnished)).returncode == 0
    assert noted() == []
