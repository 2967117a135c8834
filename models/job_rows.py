"""What the window shows of jobs and notifications, as plain rows: no model leaves the thread that read it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from models.database import database
from models.enforcement import as_system
from models.fields import shown_time
from models.job_queue import EntryStatus


class RunningJob(NamedTuple):
    """One job that runs or is being stopped."""

    id: str
    description: str
    status: str
    done: int
    total: int  # 0 while it is not known
    text: str
    started_at: datetime | None


class NotificationRow(NamedTuple):
    """One line of the bell's history."""

    id: int
    severity: str
    title: str
    text: str
    job_id: str
    run_id: int | None
    needs_action: bool
    created_at: datetime
    read: bool
    kind: str = ""
    repeats: int = 0  # how many further ones it stands for
    report_id: int | None = None
    banner: bool = True
    operating_system: bool = True
    job: str = ""  # how people call its job


@as_system()
def running_jobs() -> list[RunningJob]:
    """Jobs in process, the one that started first on top."""
    rows = database.execute_sql(
        "SELECT id, description, status, progress_done, progress_total, progress_text, started_at"
        " FROM job_queue_entry WHERE status IN (?, ?) ORDER BY started_at, entry_no",
        (EntryStatus.IN_PROCESS.value, EntryStatus.CANCELLING.value),
    ).fetchall()
    return [RunningJob._make((*row[:6], shown_time(row[6]) if row[6] else None)) for row in rows]


@as_system()
def notification_history(user_id: str, limit: int = 100) -> list[NotificationRow]:
    """What a person's bell shows: all that they, or everybody, were told and have not cleared, newest first."""
    rows = database.execute_sql(
        "SELECT n.id, severity, title, text, job_id, run_id, needs_action, n.created_at, read_at, kind, repeats,"
        " report_id, banner, operating_system,"
        " (SELECT COALESCE(NULLIF(description, ''), codeunit) FROM job_queue_entry AS j WHERE j.id = job_id)"
        " FROM notification AS n WHERE dismissed_at IS NULL AND user_id IN ('', ?) ORDER BY n.id DESC LIMIT ?",
        (user_id, limit),
    ).fetchall()
    return [
        NotificationRow._make(
            (
                *row[:6],
                bool(row[6]),
                shown_time(row[7]),
                row[8] is not None,
                *row[9:12],
                bool(row[12]),
                bool(row[13]),
                row[14] or "",
            )
        )
        for row in rows
    ]
