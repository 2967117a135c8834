"""The rows of the job queue's lists: order, search, counts, and why an entry waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.company import User
from models.database import connected, database
from models.integration_record import ImportRun
from models.job_lists import (
    JobView,
    job_details,
    job_list,
    jobs_by_id,
    kept_records,
    view_counts,
)
from models.job_log_lists import LogView, last_error, log_list
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


def add(number: int, description: str, status: EntryStatus, **values: object) -> str:
    JobQueueEntry.create(
        id=f"job{number}",
        entry_no=number,
        description=description,
        codeunit="recalculate_balances",
        status=status,
        created_at=NOW,
        modified_at=NOW,
        **values,
    )
    return f"job{number}"


@pytest.fixture
def jobs(company: Path) -> list[str]:
    with connected(), database.atomic():
        return [
            add(1, "Month end", EntryStatus.FINISHED, started_at=NOW - timedelta(days=1)),
            add(2, "Import A", EntryStatus.IN_PROCESS, started_at=NOW, category_code="IMPORT"),
            add(3, "Import Beta", EntryStatus.READY, category_code="IMPORT"),
            add(4, "Nightly", EntryStatus.ERROR, error_text="The disk is full."),
            add(5, "Letters", EntryStatus.ON_HOLD),
            add(6, "Index", EntryStatus.CANCELLED, started_at=NOW - timedelta(days=2)),
        ]


def names(**asked: object) -> list[str]:
    with connected():
        return [row.description for row in job_list(**asked)]  # type: ignore[arg-type]


def test_without_an_order_what_runs_comes_first(jobs: list[str]) -> None:
    assert names() == ["Import A", "Nightly", "Import Beta", "Letters", "Month end", "Index"]


def test_views_and_their_counts_agree(jobs: list[str]) -> None:
    with connected():
        counts = view_counts()
    for view in JobView:
        assert counts[view] == len(names(view=view)), view
    assert counts[JobView.ARCHIVE] == 2


def test_every_word_of_a_search_must_be_there(jobs: list[str]) -> None:
    assert names(search="IMPORT beta") == ["Import Beta"]
    assert names(search="disk") == ["Nightly"]
    assert names(search="import disk") == []
    with connected():
        assert view_counts("import")[JobView.ALL] == 2


def test_a_column_sorts_both_ways(jobs: list[str]) -> None:
    up = names(order="description")
    assert up == sorted(up, key=str.lower)
    assert names(order="description", descending=True) == up[::-1]


def test_mine_are_those_that_i_own_or_that_run_as_me(jobs: list[str]) -> None:
    with connected():
        JobQueueEntry.update(owner_user_id="MARIA").where(JobQueueEntry.id == "job1").execute()
        JobQueueEntry.update(run_as_user_id="MARIA").where(JobQueueEntry.id == "job4").execute()
        counts = view_counts(user_id="MARIA")
    assert names(view=JobView.MINE, user_id="MARIA") == ["Nightly", "Month end"]
    assert counts[JobView.MINE] == 2
    assert counts[JobView.ALL] == 6
    assert names(owner="MARIA") == ["Month end"]


def test_an_entry_whose_user_is_gone_or_disabled_says_so(jobs: list[str]) -> None:
    with connected():
        User.create(user_id="OTTO", full_name="Otto")
        JobQueueEntry.update(run_as_user_id="OTTO").execute()
        assert not jobs_by_id(["job3"])[0].user_gone
        User.update(enabled=False).execute()
        assert jobs_by_id(["job3"])[0].user_gone
        User.delete().execute()
        User.create(user_id="MARIA", full_name="Maria")
        assert jobs_by_id(["job3"])[0].user_gone


def test_the_details_of_an_entry_and_of_none(jobs: list[str]) -> None:
    with connected():
        found = job_details("job2")
        assert found is not None
        assert (found.row.description, found.values["parameters"]) == ("Import A", "{}")
        assert found.values["timeout_seconds"] == 43_200
        assert found.run_after == ()
        assert job_details("nobody") is None
        assert jobs_by_id(["nobody"]) == []


def test_the_log_is_newest_first_and_knows_the_last_error(jobs: list[str]) -> None:
    with connected():
        for attempt, status in enumerate((LogStatus.ERROR, LogStatus.SUCCESS), start=1):
            JobQueueLogEntry.create(
                job_id="job4",
                attempt=attempt,
                status=status,
                description="Nightly",
                error_text="No." if status is LogStatus.ERROR else "",
                started_at=NOW + timedelta(minutes=attempt),
            )
        JobQueueLogEntry.create(job_id="job1", description="Month end", started_at=NOW)
        assert [row.attempt for row in log_list(["job4"])] == [2, 1]
        assert [row.status for row in log_list(view=LogView.FAILED)] == ["Error"]
        assert len(log_list(search="month")) == 1
        error = last_error("job4")
        assert error is not None
        assert (error.attempt, error.error) == (1, "No.")
        assert last_error("job1") is None


def test_what_stays_of_an_import_that_is_stopped(jobs: list[str]) -> None:
    with connected():
        run = ImportRun.create(
            integration_code="X",
            definition="{}",
            file_name="a.csv",
            rows=15,
            created=8,
            updated=2,
            ready=5,
            created_at=NOW,
        )
        JobQueueEntry.update(record_table="import_run", record_id=str(run.id)).where(
            JobQueueEntry.id == "job2"
        ).execute()
        assert kept_records("job2") == (8, 2, 5)
        assert kept_records("job1") is None
