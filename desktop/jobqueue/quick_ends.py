"""The ends of quick runs, many in one transaction: runs that took a moment, went well and wrote nothing.

Such a run leaves what every run leaves: its entry Finished, a log entry, two session events, and no task. Its start
is written together with its end, so one commit to the disk carries dozens of runs in place of a third of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.jobqueue import dependencies
from desktop.scheduler.engine import Claim
from desktop.sessions import events
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes
from models.database import database
from models.fields import search_text, stored_time
from models.job_queue import (
    EntryStatus,
    JobQueueEntry,
    JobQueueLogEntry,
    LogStatus,
    ScheduledTask,
    SessionEvent,
)

_FINISH: Final = f"""
    UPDATE job_queue_entry SET status = '{EntryStatus.FINISHED}', attempts = attempts + 1,
        total_runs = total_runs + 1, task_id = '', next_start = NULL, started_at = ?, ended_at = ?, modified_at = ?,
        result_text = '', error_text = '', progress_done = 0, progress_total = 0, progress_text = '',
        checkpoint = '', failures_in_a_row = 0
    WHERE id = ? AND task_id = ? AND status = '{EntryStatus.READY}'
    RETURNING entry_no, description, object_type, codeunit, parameters, category_code, attempts, run_trigger
"""
_REMOVE: Final = (
    "DELETE FROM scheduled_task WHERE id = ? AND worker_id = ? AND fence = ? AND running = 1 RETURNING id"
)
_LOG: Final = f"""
    INSERT INTO job_queue_log_entry (job_id, task_id, attempt, status, description, object_type, codeunit,
        parameters, category_code, user_id, worker, run_trigger, planned_at, delay_ms, started_at, ended_at,
        duration_ms)
    VALUES (?, ?, ?, '{LogStatus.SUCCESS}', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_EVENT: Final = """
    INSERT INTO session_event (session_id, kind, event, user_id, codeunit, at, search_text, computer, duration_ms)
    VALUES (?, 'Background', ?, ?, ?, ?, ?, ?, ?)
"""


class QuickEnd(msgspec.Struct, frozen=True):
    """One run that went well."""

    claim: Claim
    started_at: datetime
    ended_at: datetime


def write(ends: Sequence[QuickEnd], worker: str, clock: Clock) -> list[str]:
    """Write down how these runs ended, in one transaction.

    An entry that somebody has put on hold, cancelled, deleted or planned anew in the moment of its run keeps that; a
    task that another worker has by now stays with it.

    Args:
        worker: host and process, for the log.
    Returns:
        The ids of the entries that are finished.
    """
    if not ends:
        return []
    logs, told, finished = [], [], []
    with database.atomic():
        for end in ends:
            claim = end.claim
            started, ended = stored_time(end.started_at), stored_time(end.ended_at)
            if _one(_REMOVE, claim.task_id, claim.worker_id, claim.fence) is None:
                continue
            row = _one(_FINISH, started, ended, ended, claim.job_id, claim.task_id)
            if row is None:
                continue
            finished.append(claim.job_id)
            entry_no, description, object_type, codeunit, parameters, category, attempt, trigger = row
            took = _milliseconds(end.ended_at - end.started_at)
            delay = _milliseconds(end.started_at - datetime.fromisoformat(claim.not_before))
            what = (description, object_type, codeunit, parameters, category, claim.user_id, worker, trigger)
            when = (claim.not_before, delay, started, ended, took)
            logs.append((claim.job_id, claim.task_id, attempt, *what, *when))
            told += _session_events(claim, started, ended, took)
            dimensions = {
                "entry_id": claim.job_id,
                "entry_no": entry_no,
                "description": description,
                "object_type": object_type,
                "object_name": codeunit,
                "category": category,
                "attempt": attempt,
                "user_id": claim.user_id,
                "planned_at": claim.not_before,
                "started_at": started,
            }
            telemetry.note(Event.STARTED, **dimensions)
            telemetry.note(Event.FINISHED, **dimensions, duration_ms=took)
        cursor = database.connection()
        cursor.executemany(_LOG, logs)
        cursor.executemany(_EVENT, told)
        for table in (JobQueueEntry, JobQueueLogEntry, ScheduledTask, SessionEvent):
            changes.touch(table.table())
        for job_id in dependencies.waited_for(finished):
            dependencies.release(job_id, clock)
    return finished


def _one(sql: str, *values: object) -> tuple[object, ...] | None:
    row: tuple[object, ...] | None = database.execute_sql(sql, values).fetchone()
    return row


def _session_events(claim: Claim, started: str, ended: str, took: int) -> list[tuple[object, ...]]:
    computer = events.this_computer()
    caption = registry.find(claim.codeunit).caption
    return [
        (
            claim.session_id,
            kind.value,
            claim.user_id,
            claim.codeunit,
            at,
            search_text(kind, "Background", claim.user_id, claim.codeunit, caption, "", computer, ""),
            computer,
            duration,
        )
        for kind, at, duration in (
            (events.SessionEventKind.START, started, None),
            (events.SessionEventKind.STOP, ended, took),
        )
    ]


def _milliseconds(time: timedelta) -> int:
    return max(0, round(time / timedelta(milliseconds=1)))
