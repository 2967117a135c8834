"""A job queue of seven entries, and writes as another process makes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.jobqueue import entries
from models import changes
from models.changes import Change
from models.database import connected, database
from models.integration_record import ImportRun
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus, RunTrigger
from ui.pages.job_queue_entries import JobQueueEntries
from ui.widgets.labels import Label

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
CALL_STACK = (
    'Traceback (most recent call last):\n  File "process_import.py", line 40, in run\nFieldError: no item'
)
ERROR = "Row 14: there is no item 1896-X. Create the item, then choose Retry."
JobMaker = Callable[..., str]
Elsewhere = Callable[..., Sequence[Change]]


@pytest.fixture
def make_job(company: Path, clock: Clock) -> JobMaker:
    """A function that stores an entry as it is after some life."""

    def make(description: str, status: EntryStatus, **values: object) -> str:
        codeunit = str(values.pop("codeunit", "recalculate_balances"))
        first = EntryStatus.READY if status is EntryStatus.READY else EntryStatus.ON_HOLD
        planned = values.pop("earliest_start", None)
        start = planned if isinstance(planned, datetime) else None
        with connected(), database.atomic():
            job_id = entries.create_entry(
                description, codeunit, user_id="MARIA", status=first, earliest_start=start, clock=clock
            )
            changed = {"status": status.value, **values}
            JobQueueEntry.update(changed).where(JobQueueEntry.id == job_id).execute()
        return job_id

    return make


@pytest.fixture
def queue(make_job: JobMaker) -> dict[str, str]:
    """The ids of seven entries, one for each state, by a short name."""
    with connected(), database.atomic():
        run = ImportRun.create(
            integration_code="CUSTOMERS",
            definition="{}",
            file_name="customers.csv",
            rows=2010,
            created=1248,
            ready=762,
            created_at=NOW,
        )
    run_of = {"record_table": "import_run", "record_id": str(run.id), "codeunit": "process_import"}
    ago = timedelta(minutes=4)
    made = {
        "running": make_job(
            "Import customers.csv",
            EntryStatus.IN_PROCESS,
            progress_done=1248,
            progress_total=2010,
            progress_text="Importing customers.csv",
            started_at=NOW - ago,
            attempts=1,
            retries=3,
            **run_of,
        ),
        "failed": make_job(
            "Import prices.csv",
            EntryStatus.ERROR,
            error_text=ERROR,
            started_at=NOW - 2 * ago,
            ended_at=NOW - ago,
            attempts=4,
            retries=3,
            **run_of,
        ),
        "ready": make_job("Post invoices", EntryStatus.READY, earliest_start=NOW + timedelta(hours=1)),
        "again": make_job(
            "Send letters",
            EntryStatus.READY,
            started_at=NOW - ago,
            attempts=1,
            retries=3,
            earliest_start=NOW + timedelta(minutes=10),
            run_trigger=RunTrigger.RETRY,
            error_text="The mail server does not answer.",
        ),
        "held": make_job("Recalculate inventory", EntryStatus.ON_HOLD),
        "done": make_job(
            "Report pack",
            EntryStatus.FINISHED,
            result_text="14 documents printed.",
            started_at=NOW - timedelta(days=1),
            ended_at=NOW - timedelta(days=1) + timedelta(seconds=72),
            attempts=1,
        ),
        "cancelled": make_job(
            "Import vendors.csv",
            EntryStatus.CANCELLED,
            started_at=NOW - timedelta(days=2),
            ended_at=NOW - timedelta(days=2) + timedelta(seconds=31),
            attempts=1,
        ),
    }
    with connected(), database.atomic():
        for attempt in range(1, 5):
            JobQueueLogEntry.create(
                job_id=made["failed"],
                attempt=attempt,
                status=LogStatus.INTERRUPTED if attempt == 2 else LogStatus.ERROR,
                description="Import prices.csv",
                codeunit="process_import",
                user_id="MARIA",
                started_at=NOW - 2 * ago + timedelta(seconds=30 * attempt),
                ended_at=NOW - 2 * ago + timedelta(seconds=30 * attempt + 12),
                error_code="NotFound",
                error_text=ERROR,
                call_stack="" if attempt == 2 else CALL_STACK,
            )
        JobQueueLogEntry.create(
            job_id=made["done"],
            status=LogStatus.SUCCESS,
            description="Report pack",
            user_id="MARIA",
            started_at=NOW - timedelta(days=1),
            ended_at=NOW - timedelta(days=1) + timedelta(seconds=72),
            result_text="14 documents printed.",
        )
    return made


@pytest.fixture
def elsewhere(company: Path) -> Elsewhere:
    """A function that writes to an entry as another process does, and returns the changes that a watcher sees."""

    def write(job_id: str, **values: object) -> Sequence[Change]:
        with connected():
            before = changes.last_number()
        with closing(sqlite3.connect(company)) as other, other:
            names = ", ".join(f"{name} = ?" for name in values)
            if values:
                other.execute(f"UPDATE job_queue_entry SET {names} WHERE id = ?", (*values.values(), job_id))
            other.execute(
                "INSERT INTO change_log (table_name, record_id) VALUES ('job_queue_entry', ?)", (job_id,)
            )
        with connected():
            return changes.since(before)

    return write


def status_of(job_id: str) -> str:
    """The entry's status in the database."""
    with connected():
        return str(JobQueueEntry.get_by_id(job_id).status)


@pytest.fixture
def stored_status() -> Callable[[str], str]:
    """A function from an entry's id to its status in the database."""
    return status_of


@pytest.fixture
def page(queue: dict[str, str], open_page: Callable[..., Any]) -> JobQueueEntries:
    """The list of the seven entries."""
    made = open_page("job_queue_entries")
    assert isinstance(made, JobQueueEntries)
    return made


def cell(page: JobQueueEntries, job_id: str, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    """What stands in the row of an entry."""
    rows = page.list.table.rows
    return str(rows.index(rows.index_of(job_id).row(), rows.column_of(column)).data(role))


def shown(page: JobQueueEntries) -> list[str]:
    """The descriptions of the rows, top to bottom."""
    return [row.description for row in page.list.table.rows.rows]


def texts(dialog: QWidget) -> str:
    """All that a dialog says."""
    return "\n".join(label.text() for label in dialog.findChildren(Label))
