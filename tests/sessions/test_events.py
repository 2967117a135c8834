"""How long session events are kept, who leaves none, and how a company of the first version gets its columns."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.jobqueue import retention
from desktop.sessions import events
from desktop.sessions.client import ClientSession
from desktop.sessions.events import LONGEST_COMMENT, SessionEventKind
from desktop.sessions.session import CancelToken, Session, SessionKind
from desktop.tasks.task import TaskRequest, run_codeunit
from models import database as room
from models.changes import last_number
from models.database import close_company, connected, database, open_company
from models.fields import stored_time
from models.job_queue import SessionEvent
from models.retention import BATCH
from tests.sessions.conftest import MovableClock, events_of

DAY = timedelta(days=1)


def note(session_id: str, kind: SessionKind, age: timedelta, moving: MovableClock, **more: str) -> None:
    """A beginning and an end, so long ago."""
    client = kind is SessionKind.CLIENT
    with connected(), database.atomic():
        for event in (
            SessionEventKind.LOGON if client else SessionEventKind.START,
            SessionEventKind.LOGOFF if client else SessionEventKind.STOP,
        ):
            events.record(session_id, event, at=moving.moment - age, kind=kind, **more)


def kept() -> list[str]:
    with connected():
        return [row.session_id for row in SessionEvent.select().order_by(SessionEvent.id)]


def prune(moving: MovableClock, on_batch: Callable[[int], None] | None = None) -> int:
    with connected():
        policies = [policy for policy in retention.policies() if "sessions" in policy.kind.name]
        return sum(retention.clean(policy, moving.moment, on_batch) for policy in policies)


def test_events_of_clients_are_kept_ninety_days_and_others_five(company: Path, moving: MovableClock) -> None:
    note("old client", SessionKind.CLIENT, 91 * DAY, moving)
    note("client", SessionKind.CLIENT, 89 * DAY, moving)
    note("old session", SessionKind.BACKGROUND, 6 * DAY, moving)
    note("session", SessionKind.BACKGROUND, 4 * DAY, moving)
    assert prune(moving) == 4
    assert kept() == ["client", "client", "session", "session"]
    moving.forward(2 * 86_400)
    assert prune(moving) == 4
    assert kept() == []


def test_a_beginning_whose_end_is_still_to_come_is_kept(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        events.record("long", SessionEventKind.START, at=moving.moment - 6 * DAY)
        events.record("lost", SessionEventKind.START, at=moving.moment - 96 * DAY)
    prune(moving)
    assert kept() == ["long"]
    with connected(), database.atomic():
        events.record("long", SessionEventKind.STOP, at=moving.moment)
    assert events_of("long")[-1].duration_ms == 6 * 86_400_000


def test_old_events_go_in_batches_between_which_others_can_write(
    company: Path, moving: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = stored_time(moving.moment - 100 * DAY)
    with connected() as connection, database.atomic():
        connection.executemany(
            "INSERT INTO session_event (session_id, kind, event, at) VALUES (?, 'Client', 'Logon', ?)",
            [(str(number), old) for number in range(3 * BATCH + 1)],
        )
    sizes: list[int] = []
    told = database.execute_sql

    def count(sql: str, *more: object) -> object:
        if sql.startswith("SELECT id FROM session_event") and sql.endswith("LIMIT ?"):
            assert not database.in_transaction(), "nothing is locked while it looks"
        return told(sql, *more)

    monkeypatch.setattr(database.obj, "execute_sql", count)
    assert prune(moving, sizes.append) == 3 * BATCH + 1
    assert sizes == [BATCH, 2 * BATCH, 3 * BATCH, 3 * BATCH + 1]


def test_nothing_is_written_where_nothing_is_old(company: Path, moving: MovableClock) -> None:
    note("client", SessionKind.CLIENT, DAY, moving)
    with connected():
        before = last_number()
    with closing(sqlite3.connect(company, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # a writer would have to wait
        assert prune(moving) == 0
        other.execute("ROLLBACK")
    with connected():
        assert last_number() == before


def test_pages_are_told_of_each_event(company: Path, moving: MovableClock) -> None:
    with connected():
        before = last_number()
    note("client", SessionKind.CLIENT, DAY, moving)
    with connected():
        rows = database.execute_sql("SELECT table_name FROM change_log WHERE id > ?", (before,)).fetchall()
    assert rows == [("session_event",)] * 2


def test_a_comment_of_any_length_is_cut_to_what_a_list_can_show(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        events.record("s", SessionEventKind.STOP, at=moving.moment, comment="x" * 5_000)
    comment = events_of("s")[0].comment
    assert len(comment) == LONGEST_COMMENT
    assert comment.endswith("x…")


def test_page_background_tasks_leave_no_events(company: Path, moving: MovableClock) -> None:
    request = TaskRequest(1, "quick", {}, 1_000, "MARIA", date(2026, 11, 21))
    thread = threading.Thread(target=lambda: run_codeunit(request, CancelToken(), moving.clock))
    thread.start()
    thread.join()
    assert kept() == []


def test_a_message_of_a_page_background_task_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    session = Session(SessionKind.CHILD, "MARIA", {}, date(2026, 11, 21), codeunit="cues")
    with caplog.at_level(logging.INFO, "desktop.sessions"):
        session.message("Half of 10 % done")
    (line,) = caplog.records
    assert line.getMessage() == "Half of 10 % done"
    assert (line.session_id, line.session_kind, line.codeunit) == (session.session_id, "Child", "cues")
    assert session.messages == ["Half of 10 % done"]


def test_a_company_of_the_first_version_is_upgraded_with_its_events(
    tmp_path: Path, backdesk_home: Path, moving: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "migrations"
    first.mkdir()
    shutil.copy(room._MIGRATIONS / "0001_company.py", first)
    with monkeypatch.context() as before:
        before.setattr(room, "_MIGRATIONS", first)
        company = open_company(tmp_path / "old.db", create=True)
        close_company()
    with closing(sqlite3.connect(company)) as old:
        columns = [row[1] for row in old.execute("PRAGMA table_info(session_event)")]
        assert "duration_ms" not in columns
        old.executemany(
            "INSERT INTO session_event (session_id, kind, event, user_id, codeunit, comment, at)"
            " VALUES (?, 'Background', ?, 'MARIA', 'process_import', ?, ?)",
            [
                ("t-1", "Start", "", "2026-11-20T02:00:00.000Z"),
                ("t-1", "Stop", "Row 14: ÅLESUND is unknown.", "2026-11-20T02:00:09.000Z"),
            ],
        )
        old.commit()

    open_company(company)
    try:
        start, stop = events_of("t-1")
        assert (start.event, start.user_id, start.is_open, start.duration_ms) == (
            "Start",
            "MARIA",
            False,
            None,
        )
        assert stop.search_text == " stop background maria process_import row 14: ålesund is unknown."
        with ClientSession(company, "MARIA", "Window", clock=moving.clock) as client:
            assert len(events_of("t-1")) == 2, "an old run is no lost session"
        assert len(events_of(client.session_id)) == 2
        note("t-1", SessionKind.BACKGROUND, DAY, moving)
    finally:
        close_company()
    copy = tmp_path / "old.before-0002_sessions.db"
    with closing(sqlite3.connect(copy)) as before_upgrade:
        assert before_upgrade.execute("SELECT COUNT(*) FROM session_event").fetchone() == (2,)
        assert "duration_ms" not in [
            row[1] for row in before_upgrade.execute("PRAGMA table_info(session_event)")
        ]
