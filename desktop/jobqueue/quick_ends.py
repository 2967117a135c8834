"""The ends of quick runs, many in one transaction: runs that took a moment, went well and wrote nothing.

Such a run leaves what every run leaves: its entry Finished, a log entry, two session events, and no task. Its start
is written together with its end, so one commit to the disk carries dozens of runs in place of a third of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

import msgspec

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.jobqueue import dependencies, dispatcher
from desktop.scheduler.engine import Claim
from desktop.sessions import events
from desktop.sessions.session import Session
from desktop.sessions.watching import this_computer
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes, statements
from models.database import database
from models.fields import search_text, shown_time, stored_time
from models.job_queue import (
    EntryStatus,
    JobQueueEntry,
    JobQueueLogEntry,
    LogStatus,
    ScheduledTask,
    SessionEvent,
)

_REMOVE: Final = """
    DELETE FROM scheduled_task
    WHERE id IN (SELECT value FROM json_each(?)) AND worker_id = ? AND fence = ? AND running = 1 RETURNING id
"""
# The sign keeps SQLite from going through all that are Ready.
_FINISH: Final = f"""
    UPDATE job_queue_entry SET status = '{EntryStatus.FINISHED}', attempts = attempts + 1,
        total_runs = total_runs + 1, task_id = '', next_start = NULL, started_at = run.began, ended_at = run.ended,
        modified_at = run.ended, result_text = '', error_text = '', progress_done = 0, progress_total = 0,
        progress_text = '', checkpoint = '', failures_in_a_row = 0
    FROM (SELECT value ->> 0 AS job_id, value ->> 1 AS task_id, value ->> 2 AS began, value ->> 3 AS ended
          FROM json_each(?)) AS run
    WHERE id = run.job_id AND job_queue_entry.task_id = run.task_id AND +status = '{EntryStatus.READY}'
    RETURNING id, entry_no, description, object_type, codeunit, parameters, category_code, attempts, run_trigger,
        notify_on_success
"""
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
    session: Session
    started_at: datetime
    ended_at: datetime


def write(ends: Sequence[QuickEnd], worker: str, clock: Clock) -> list[str]:
    """Write down how these runs ended, in one transaction.

    An entry that somebody has put on hold, cancelled, deleted or planned anew in the moment of its run keeps that; a
    task that another worker has by now stays with it.

    Args:
        ends: of tasks that one worker has claimed for the first time.
        worker: host and process, for the log.
    Returns:
        The ids of the entries that are finished.
    """
    if not ends:
        return []
    rows = {end.claim.task_id: _Rows(end, worker) for end in ends}
    first = ends[0].claim
    with database.atomic():
        mine = database.execute_sql(_REMOVE, (_json(list(rows)), first.worker_id, first.fence)).fetchall()
        asked = [rows[task_id].finish for (task_id,) in mine]
        found = {row[0]: row[1:] for row in database.execute_sql(_FINISH, (_json(asked),)).fetchall()}
        done = [row for row in rows.values() if row.job_id in found]
        connection = database.connection()
        connection.executemany(_LOG, [row.log(*found[row.job_id]) for row in done])
        connection.executemany(_EVENT, [event for row in done for event in row.events])
        for table in (JobQueueEntry, JobQueueLogEntry, ScheduledTask, SessionEvent):
            changes.touch(table.table())
        for row in done:
            if found[row.job_id][-1]:
                row.notify(clock)
        for job_id in dependencies.waited_for([row.job_id for row in done]):
            dependencies.release(job_id, clock)
    telemetry.note_all(told for row in done for told in row.told(*found[row.job_id]))
    return [row.job_id for row in done]


class _Rows:
    """What one run leaves in the tables; worked out as far as it can be before anybody waits for the transaction."""

    def __init__(self, end: QuickEnd, worker: str) -> None:
        claim = end.claim
        self.job_id = claim.job_id
        self._claim = claim
        self._session = end.session
        self._worker = worker
        self._began, self._ended = stored_time(end.started_at), stored_time(end.ended_at)
        self._took = _milliseconds(end.ended_at - end.started_at)
        self._delay = _milliseconds(end.started_at - shown_time(claim.not_before))
        self.finish = (claim.job_id, claim.task_id, self._began, self._ended)
        computer = this_computer()
        who = (claim.user_id, claim.codeunit)
        start, stop = events.SessionEventKind.START, events.SessionEventKind.STOP
        self.events = (
            (claim.session_id, start, *who, self._began, _searched(start, *who, computer), computer, None),
            (
                claim.session_id,
                stop,
                *who,
                self._ended,
                _searched(stop, *who, computer),
                computer,
                self._took,
            ),
        )

    def log(
        self,
        _entry_no: int,
        description: str,
        object_type: str,
        codeunit: str,
        parameters: str,
        category: str,
        attempt: int,
        trigger: str,
        _notify: bool,
    ) -> tuple[object, ...]:
        """The log entry, of what the entry says."""
        claim = self._claim
        what = (
            description,
            object_type,
            codeunit,
            parameters,
            category,
            claim.user_id,
            self._worker,
            trigger,
        )
        when = (claim.not_before, self._delay, self._began, self._ended, self._took)
        return (claim.job_id, claim.task_id, attempt, *what, *when)

    def notify(self, clock: Clock) -> None:
        """Tell people, if they want to be told."""
        entry = statements.get(JobQueueEntry, self.job_id)
        if entry is not None:
            dispatcher.tell_finished(self._claim, entry, self._session, clock)

    def told(
        self,
        entry_no: int,
        description: str,
        object_type: str,
        codeunit: str,
        _parameters: str,
        category: str,
        attempt: int,
        _trigger: str,
        _notify: bool,
    ) -> tuple[tuple[Event, dict[str, object]], ...]:
        """What telemetry is told."""
        dimensions: dict[str, object] = {
            "entry_id": self.job_id,
            "entry_no": entry_no,
            "description": description,
            "object_type": object_type,
            "object_name": codeunit,
            "category": category,
            "attempt": attempt,
            "user_id": self._claim.user_id,
            "planned_at": self._claim.not_before,
            "started_at": self._began,
        }
        return (
            (Event.STARTED, {**dimensions, "delay_ms": self._delay}),
            (Event.FINISHED, {**dimensions, "duration_ms": self._took}),
        )


@cache
def _searched(event: str, user_id: str, codeunit: str, computer: str) -> str:
    caption = registry.find(codeunit).caption
    return search_text(event, "Background", user_id, codeunit, caption, "", computer, "")


def _json(values: object) -> str:
    return msgspec.json.encode(values).decode()


def _milliseconds(time: timedelta) -> int:
    return max(0, round(time / timedelta(milliseconds=1)))
