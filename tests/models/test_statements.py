"""Statements written once do what the same queries of peewee do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from models import statements
from models.database import connected, database
from models.job_queue import JobQueueEntry, JobQueueLogEntry

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


def test_a_row_is_written_and_read_as_peewee_would(company: Path) -> None:
    with connected(), database.atomic():
        statements.insert(
            JobQueueEntry,
            id="a",
            entry_no=1,
            codeunit="noop",
            recurring=True,
            created_at=NOW,
            modified_at=NOW,
        )
        JobQueueEntry.insert(
            id="b", entry_no=2, codeunit="noop", recurring=True, created_at=NOW, modified_at=NOW
        ).execute()
        ours, theirs = statements.get(JobQueueEntry, "a"), JobQueueEntry.get_by_id("b")
    assert ours is not None
    different = {name for name in ours.__data__ if ours.__data__[name] != theirs.__data__[name]}
    assert different == {"id", "entry_no"}
    assert (ours.recurring, ours.created_at, ours.next_start) == (True, NOW, None)


def test_a_row_with_a_number_of_its_own_tells_it(company: Path) -> None:
    with connected(), database.atomic():
        first = statements.insert(JobQueueLogEntry, job_id="a", started_at=NOW)
        second = statements.insert(JobQueueLogEntry, job_id="a", started_at=NOW)
        assert second == first + 1
        assert JobQueueLogEntry.get_by_id(second).job_id == "a"


def test_only_the_named_columns_of_the_one_row_change(company: Path) -> None:
    with connected(), database.atomic():
        for job in ("a", "b"):
            JobQueueEntry.insert(
                id=job, entry_no=ord(job), codeunit="noop", created_at=NOW, modified_at=NOW
            ).execute()
        assert statements.update(JobQueueEntry, "a", status="Ready", next_start=NOW)
        assert not statements.update(JobQueueEntry, "c", status="Ready")
        rows = {entry.id: (entry.status, entry.next_start) for entry in JobQueueEntry.select()}
    assert rows == {"a": ("Ready", NOW), "b": ("On Hold", None)}


def test_a_row_that_is_not_there_is_none(company: Path) -> None:
    with connected():
        assert statements.get(JobQueueEntry, "a") is None
        assert not statements.exists(JobQueueEntry, "codeunit", "noop")
