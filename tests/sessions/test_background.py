"""StartSession, StopSession, IsSessionActive, with real child processes."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop import paths
from desktop.errors import SessionError
from desktop.scheduler.children import ChildPool
from desktop.sessions.background import BackgroundSessions
from desktop.sessions.session_log import SessionLog
from desktop.settings import Settings
from models.company import User
from models.customer import Customer
from models.database import close_company, connected, open_company
from models.job_queue import JobQueueLogEntry, ScheduledTask
from models.permission_edit import assign, set_permission
from models.permissions import PermissionSet
from models.rights import Right
from tests.sessions.conftest import WAIT, Gate, NewSessions, cities, events_of, story


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


def test_stopping_takes_effect_at_once_inside_one_long_statement(
    sessions: BackgroundSessions, gate: Gate
) -> None:
    session_id = sessions.start_session("counts_for_ever", parameters={"reached": str(gate.path)})
    gate.wait()
    assert sessions.stop_session(session_id)
    assert sessions.wait_until_idle(WAIT)
    assert cities() == []
    assert story(session_id) == [("Start", ""), ("Close", "Stopped.")]
    assert sessions.counters().stopped == 1


def test_stopping_ends_the_processes_too_that_the_code_has_started(
    sessions: BackgroundSessions, gate: Gate
) -> None:
    session_id = sessions.start_session("starts_a_process", parameters={"reached": str(gate.path)})
    gate.wait()
    assert sessions.stop_session(session_id)
    assert sessions.wait_until_idle(WAIT)
    assert story(session_id) == [("Start", ""), ("Close", "Stopped.")]


@pytest.mark.parametrize("record", ["C1", 5, ("customer",), ("customer", 1), ["customer", "C1"]])
def test_a_record_is_handed_over_as_itself_or_by_table_and_key(
    sessions: BackgroundSessions, record: Any
) -> None:
    with pytest.raises(TypeError, match="handed over as itself, or by table and key"):
        sessions.start_session("quick", record=record)


def test_an_id_that_has_ended_or_never_was_is_no_error(sessions: BackgroundSessions) -> None:
    session_id = sessions.start_session("quick")
    assert sessions.wait_until_idle(WAIT)
    assert not sessions.is_session_active(session_id)
    assert not sessions.stop_session(session_id)
    assert not sessions.stop_session("nobody")
    assert not sessions.is_session_active("nobody")
    assert story(session_id) == [("Start", ""), ("Stop", "")]


@pytest.mark.parametrize(
    ("how", "comment"),
    [
        ({"calmly": "yes"}, "The file has no rows. Choose another."),
        ({}, "Something went wrong in Backdesk: the flux is too low."),
    ],
)
def test_an_error_ends_the_session_and_nothing_of_it_is_kept_but_the_event(
    sessions: BackgroundSessions, how: dict[str, str], comment: str
) -> None:
    session_id = sessions.start_session("fails", parameters=how)
    assert sessions.wait_until_idle(WAIT)
    assert cities() == []
    assert story(session_id) == [("Start", ""), ("Stop", comment)]
    with connected():
        assert JobQueueLogEntry.select().count() == 0
        assert ScheduledTask.select().count() == 0
    assert (sessions.counters().failed, sessions.counters().started) == (1, 1), "there is no retry"


def test_the_log_has_the_error_with_its_place_and_what_the_session_said(
    sessions: BackgroundSessions,
) -> None:
    session_id = sessions.start_session("fails")
    assert sessions.wait_until_idle(WAIT)
    lines = [json.loads(line) for line in (paths.log_folder() / "child.jsonl").read_text().splitlines()]
    mine = [line for line in lines if line.get("session_id") == session_id]
    assert mine[0]["message"] == "A word before."
    assert mine[0]["session_kind"] == "Background"
    assert mine[0]["codeunit"] == "fails"
    assert "the flux is too low" in mine[-1]["traceback"]


def test_a_process_that_ends_by_itself_is_told_with_its_exit_code(sessions: BackgroundSessions) -> None:
    session_id = sessions.start_session("dies")
    assert sessions.wait_until_idle(WAIT)
    assert story(session_id)[-1] == ("Close", "Interrupted: its process ended with exit code 7.")


def test_messages_stand_in_the_comment_of_the_end(sessions: BackgroundSessions) -> None:
    session_id = sessions.start_session("tells")
    assert sessions.wait_until_idle(WAIT)
    assert story(session_id)[-1] == ("Stop", "12 customers checked\n2 have no address")


def test_every_call_that_needs_a_screen_is_refused_by_name(sessions: BackgroundSessions) -> None:
    session_id = sessions.start_session("asks")
    assert sessions.wait_until_idle(WAIT)
    said = [row.split("|") for row in cities()]
    calls = [call for call, _ in said]
    assert calls == [
        "Confirm", "StrMenu", "Page.Run", "Page.RunModal", "Report.RunRequestPage", "Hyperlink", "Upload",
        "Download",
    ]  # fmt: skip
    assert all(text.startswith(f"{call} (“") for call, text in said)
    event, comment = story(session_id)[-1]
    assert event == "Stop"
    assert comment.startswith("Confirm (“Really?”) was called in a session without a screen")


def test_a_dialog_of_the_window_is_refused_in_a_process_without_one(sessions: BackgroundSessions) -> None:
    session_id = sessions.start_session("asks_the_window")
    assert sessions.wait_until_idle(WAIT)
    event, comment = story(session_id)[-1]
    assert event == "Stop"
    assert "“Hello”" in comment
    assert "no screen" in comment


def test_sessions_start_at_once_while_another_keeps_the_company_locked(
    sessions: BackgroundSessions, gate: Gate
) -> None:
    holder = sessions.start_session("sleeps", parameters={"reached": str(gate.path)})
    gate.wait()
    other = sessions.start_session("tells")
    with sessions._condition:
        assert sessions._condition.wait_for(lambda: other not in sessions._running, WAIT)
    assert sessions.stop_session(holder)
    assert sessions.wait_until_idle(WAIT)
    assert [event for event, _ in story(other)] == ["Start", "Stop"]


def test_a_session_that_runs_too_long_is_ended(sessions: BackgroundSessions, gate: Gate) -> None:
    session_id = sessions.start_session(
        "sleeps", parameters={"reached": str(gate.path)}, timeout=timedelta(seconds=1)
    )
    assert sessions.wait_until_idle(WAIT)
    assert cities() in ([], ["committed"])
    assert story(session_id)[-1] == ("Close", "It ran longer than its time-out of 1 s and was ended.")
    assert sessions.counters().timeouts == 1


def test_closing_the_program_ends_what_runs_and_drops_what_waits(
    new_sessions: NewSessions, gate: Gate
) -> None:
    sessions = new_sessions(Settings(session_concurrency=1))
    running = sessions.start_session("sleeps", parameters={"reached": str(gate.path)})
    waiting = sessions.start_session("quick")
    gate.wait()
    sessions.close()
    assert cities() == ["committed"]
    assert story(running) == [("Start", ""), ("Close", "Backdesk was closed.")]
    assert story(waiting) == [("Close", "Backdesk was closed before it began.")]
    with pytest.raises(SessionError, match="Backdesk is closing"):
        sessions.start_session("quick")


def test_somebody_who_may_not_work_here_any_more_starts_nothing(sessions: BackgroundSessions) -> None:
    with connected():
        User.insert(user_id="MARIA", enabled=False).execute()
    session_id = sessions.start_session("writes")
    assert sessions.wait_until_idle(WAIT)
    assert cities() == []
    assert "MARIA, who is disabled" in story(session_id)[-1][1]


def test_a_session_works_with_the_rights_of_who_has_started_it(sessions: BackgroundSessions) -> None:
    with connected():
        assign("BOSS", "SUPER")
        PermissionSet(code="RUNNER").save(force_insert=True)
        set_permission("RUNNER", "Table", "*", {Right.READ})
        assign("MARIA", "RUNNER")
    refused = sessions.start_session("writes")
    assert sessions.wait_until_idle(WAIT)
    with connected():
        set_permission("RUNNER", "Codeunit", "*", {Right.EXECUTE})
    begun = sessions.start_session("writes")
    assert sessions.wait_until_idle(WAIT)
    assert cities() == []
    assert "User MARIA does not have the following permissions on Codeunit" in story(refused)[-1][1]
    assert "User MARIA does not have the following permissions on TableData" in story(begun)[-1][1]


def test_the_developer_settings_make_sessions_fail_and_slow_on_purpose(new_sessions: NewSessions) -> None:
    settings = Settings(developer_mode=True, trial_failure="Always", trial_codeunit="quick")
    sessions = new_sessions(settings)
    failed = sessions.start_session("quick")
    other = sessions.start_session("tells")
    assert sessions.wait_until_idle(WAIT)
    assert "failed on purpose" in story(failed)[-1][1]
    assert story(other)[-1][0] == "Stop"
    settings.trial_failure, settings.trial_delay_ms = "Never", 3_600_000
    slow = sessions.start_session("quick")
    assert sessions.stop_session(slow)
    assert sessions.wait_until_idle(WAIT)
    assert story(slow)[-1] == ("Close", "Stopped.")


def test_one_process_is_kept_warm_and_the_others_go(new_sessions: NewSessions) -> None:
    sessions = new_sessions()
    for _ in range(3):
        sessions.start_session("writes")
    assert sessions.wait_until_idle(WAIT)
    sessions.start_session("writes")
    assert sessions.wait_until_idle(WAIT)
    processes = [json.loads(row)["process"] for row in cities()]
    assert processes[3] in processes[:3]
    pool = sessions._runner
    assert isinstance(pool, ChildPool)
    assert len(pool.process_ids()) == 1


def test_events_are_written_when_a_company_that_was_locked_for_long_is_free_again(
    company: Path, new_sessions: NewSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_company()
    open_company(company, lock_wait=0.05)
    tried = threading.Semaphore(0)
    write = SessionLog._write

    def watched(log: SessionLog, batch: Any) -> bool:
        written = write(log, batch)
        tried.release()
        return written

    monkeypatch.setattr(SessionLog, "_write", watched)
    sessions = new_sessions()
    with closing(sqlite3.connect(company, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        session_id = sessions.start_session("tells")
        for _ in range(3):
            assert tried.acquire(timeout=WAIT)
        assert story(session_id) == []
        other.execute("ROLLBACK")
    assert sessions.wait_until_idle(WAIT)
    assert [event for event, _ in story(session_id)] == ["Start", "Stop"]
