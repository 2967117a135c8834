"""What is noted is what was committed, and noting it never gets in the way of the work."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.clock import fixed_clock
from desktop.telemetry import events
from desktop.telemetry.events import Event, note
from models.database import connected, database, read_only
from models.job_queue import EntryStatus, JobQueueEntry
from tests.telemetry.conftest import file_of, lines_of, noted

__all__ = ["noted"]

NOW = datetime(2026, 11, 20, 2, 0, 30, tzinfo=UTC)
CLOCK = fixed_clock(NOW)


def _entry() -> JobQueueEntry:
    return JobQueueEntry(
        id="0a" * 16,
        entry_no=7,
        description="Nightly prices",
        codeunit="process_import",
        category_code="PRICES",
        status=EntryStatus.IN_PROCESS,
        run_as_user_id="MARIA",
        attempts=2,
        retries=3,
        planned_at=NOW - timedelta(seconds=30),
        created_at=NOW,
        modified_at=NOW,
    )


def test_an_event_is_told_after_the_commit_and_not_before(company: Path, noted: list[dict[str, Any]]) -> None:
    with connected():
        with database.atomic():
            note(Event.ENQUEUED, _entry(), clock=CLOCK)
            assert noted == []
        assert [event["event"] for event in noted] == ["enqueued"]


def test_what_is_rolled_back_was_never_told(
    company: Path, noted: list[dict[str, Any]], backdesk_home: Path
) -> None:
    with connected():
        with database.atomic() as transaction:
            note(Event.STARTED, _entry(), clock=CLOCK)
            transaction.rollback()
        with database.atomic():
            note(Event.RESCUED, _entry(), clock=CLOCK)
    assert [event["event"] for event in noted] == ["rescued"]
    assert [event["event"] for event in lines_of(file_of(backdesk_home))] == ["rescued"]


def _fail_after_two_events() -> None:
    with database.atomic():
        note(Event.PROGRESS, _entry(), clock=CLOCK)
        with database.atomic():
            note(Event.EXPIRED, _entry(), clock=CLOCK)
        raise ValueError("no")


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_events_with_it(
    company: Path, noted: list[dict[str, Any]]
) -> None:
    with connected(), database.atomic():
        note(Event.STARTED, _entry(), clock=CLOCK)
        with pytest.raises(ValueError, match="no"):
            _fail_after_two_events()
        with database.atomic():
            note(Event.FINISHED, _entry(), clock=CLOCK)
    assert [event["event"] for event in noted] == ["started", "finished"]


def test_without_a_transaction_or_a_company_an_event_is_told_at_once(noted: list[dict[str, Any]]) -> None:
    note(Event.TASK_RETRIED, task_id="1", clock=CLOCK)
    assert noted[0]["event"] == "task retried"
    assert noted[0]["company"] == ""


def test_a_child_session_that_only_reads_tells_nothing(company: Path, noted: list[dict[str, Any]]) -> None:
    with read_only():
        note(Event.STARTED, _entry(), clock=CLOCK)
    assert noted == []


def test_an_event_says_which_entry_attempt_user_and_times(company: Path, noted: list[dict[str, Any]]) -> None:
    note(Event.STARTED, _entry(), started_at=NOW - timedelta(seconds=29), worker="nova 12", clock=CLOCK)
    event = noted[0]
    assert event["time"] == "2026-11-20T02:00:30.000Z"
    assert (event["company"], event["entry_id"], event["entry_no"]) == ("company", "0a" * 16, 7)
    assert (event["object_type"], event["object_name"]) == ("Codeunit", "process_import")
    assert (event["category"], event["attempt"], event["retries"]) == ("PRICES", 2, 3)
    assert (event["user_id"], event["worker"]) == ("MARIA", "nova 12")
    assert event["planned_at"] == "2026-11-20T02:00:00.000Z"
    assert event["started_at"] == "2026-11-20T02:00:01.000Z"
    assert event["delay_ms"] == 1_000
    assert "duration_ms" not in event


def test_the_end_of_a_run_says_how_long_it_took_unless_the_caller_knows_better(
    noted: list[dict[str, Any]],
) -> None:
    note(Event.FINISHED, started_at="2026-11-20T02:00:20.000Z", clock=CLOCK)
    note(Event.FAILED, started_at="2026-11-20T02:00:20.000Z", duration_ms=9, clock=CLOCK)
    assert [event["duration_ms"] for event in noted] == [10_000, 9]


def test_nothing_that_goes_wrong_with_an_event_reaches_the_work(
    company: Path, noted: list[dict[str, Any]], backdesk_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (backdesk_home / "data").mkdir(parents=True)
    (backdesk_home / "data" / "telemetry").write_text("a file where the folder should be")
    with caplog.at_level(logging.ERROR), connected(), database.atomic():
        note(Event.STARTED, _entry(), clock=CLOCK)
        note(Event.FINISHED, started_at="yesterday", clock=CLOCK)
    assert [event["event"] for event in noted] == ["started"]
    assert [record.getMessage() for record in caplog.records] == [
        "the event “finished” was not noted",
        "the event “started” was not written",
    ]


def test_a_person_may_switch_events_off(
    noted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, backdesk_home: Path
) -> None:
    monkeypatch.setenv(events.SWITCH, "off")
    note(Event.STARTED, _entry(), clock=CLOCK)
    assert noted == []
    assert not file_of(backdesk_home).exists()
