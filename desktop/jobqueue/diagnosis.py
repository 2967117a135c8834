"""Why an entry stands as it does: one sentence for any of them, e.g. why it is not running."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.formats import when_text
from desktop.jobqueue import dependencies, planning
from desktop.scheduler import workers
from desktop.sessions import permissions
from models.database import connected, database
from models.errors import BackdeskError
from models.job_queue import EntryStatus, JobQueueEntry, RunTrigger, ScheduledTask
from models.tables import TABLES

_S = EntryStatus
_SOON: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class _Gate:
    """How a category stands: its capacity, whether it is paused, and what runs in it."""

    capacity: int
    paused: bool
    running: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Situation:
    """What all sentences of one list share."""

    now: datetime
    gates: dict[str, _Gate]
    tasks: dict[str, ScheduledTask]
    slots: int  # of all workers that live
    busy: int


def why(job_id: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """One sentence about an entry; empty for one that does not exist."""
    return sentences([job_id], clock=clock).get(job_id, "")


def sentences(job_ids: Sequence[str], *, clock: Clock = SYSTEM_CLOCK) -> dict[str, str]:
    """One sentence for each of these entries, by id; those that do not exist are left out.

    It reads the gates, the workers and the tasks once for all of them.
    """
    if not job_ids:
        return {}
    with connected():
        entries = list(JobQueueEntry.select().where(JobQueueEntry.id.in_(list(job_ids))))
        situation = _look(entries, clock)
        return {str(entry.id): _sentence(entry, situation) for entry in entries}


def _look(entries: Iterable[JobQueueEntry], clock: Clock) -> _Situation:
    ready = [entry for entry in entries if entry.status in (_S.READY, _S.INACTIVE)]
    if not ready:
        return _Situation(clock.now(), {}, {}, 0, 0)
    online = workers.workers_online(clock=clock)
    tasks = ScheduledTask.select().where(ScheduledTask.id.in_([entry.task_id for entry in ready]))
    return _Situation(
        clock.now(),
        _gates({entry.category_code for entry in ready if entry.category_code}),
        {task.id: task for task in tasks},
        sum(worker.slots for worker in online),
        sum(worker.busy for worker in online),
    )


def _gates(codes: set[str]) -> dict[str, _Gate]:
    if not codes:
        return {}
    marks = ", ".join("?" * len(codes))
    set_up: dict[str, tuple[int, bool]] = {
        code: (capacity, bool(paused))
        for code, capacity, paused in database.execute_sql(
            f"SELECT code, capacity, paused FROM job_queue_category WHERE code IN ({marks})", tuple(codes)
        ).fetchall()
    }
    running: dict[str, list[str]] = {}
    for code, description in database.execute_sql(
        "SELECT category_code, description FROM job_queue_entry"
        f" WHERE status IN ('In Process', 'Cancelling') AND category_code IN ({marks}) ORDER BY started_at",
        tuple(codes),
    ).fetchall():
        running.setdefault(code, []).append(description)
    gates = {}
    for code in codes:
        capacity, paused = set_up.get(code, (1, False))
        gates[code] = _Gate(capacity, paused, tuple(running.get(code, ())))
    return gates


def _sentence(entry: JobQueueEntry, situation: _Situation) -> str:
    now = situation.now
    match EntryStatus(entry.status):
        case _S.ON_HOLD:
            return "It is On Hold: set it to Ready to let it run."
        case _S.IN_PROCESS:
            return f"It has been running since {when_text(entry.started_at, now)}."
        case _S.CANCELLING:
            return "It is being stopped; if it does not obey, its process is ended."
        case _S.FINISHED:
            return f"It finished: {when_text(entry.ended_at, now)}."
        case _S.CANCELLED:
            return "It was cancelled: choose Restart to run it again."
        case _S.EXPIRED:
            return f"It expired: {when_text(entry.expires_at, now)}, before it could run."
        case _S.ERROR:
            return _about_error(entry)
        case _S.INACTIVE:
            watched = TABLES.get(entry.wake_table)
            sooner = f", or when {watched.CAPTION_PLURAL} change" if watched else ""
            return f"It found nothing to do and looks again: {when_text(entry.next_start, now)}{sooner}."
        case _:
            return _why_not_running(entry, situation)


def _about_error(entry: JobQueueEntry) -> str:
    tries = f" after {entry.attempts} tries" if entry.attempts > 1 else ""
    if entry.recurring and entry.failures_in_a_row > 1:
        return f"It stopped after {entry.failures_in_a_row} failed runs in a row: {entry.error_text}"
    return f"It ended with an error{tries}: {entry.error_text} {entry.result_text}".rstrip()


def _why_not_running(entry: JobQueueEntry, situation: _Situation) -> str:
    now = situation.now
    task = situation.tasks.get(entry.task_id)
    if task is None:
        return "Its scheduled task is gone, so nothing will start it: put it on hold, then set it to Ready."
    waiting = _about_predecessors(entry) if not task.is_ready else ""
    if waiting:
        return waiting
    if task.not_before > now + _SOON:
        return _about_time(entry, task, now)
    if entry.expires_at is not None and entry.expires_at <= now:
        return "It has expired, and is put away in a moment."
    try:
        permissions.check_may_run(entry.run_as_user_id, planning.what_runs(entry)[0])
    except BackdeskError as error:
        return f"It would fail: {error.text}"
    gate = situation.gates.get(entry.category_code)
    if gate is not None and gate.paused:
        return f"The category {entry.category_code} is paused."
    if gate is not None and len(gate.running) >= gate.capacity:
        others = f" and {len(gate.running) - 1} more" if len(gate.running) > 1 else ""
        return f"The category {entry.category_code} is busy with “{gate.running[0]}”{others}."
    if situation.slots == 0:
        return "No worker is running: open Backdesk, or start “backdesk worker”."
    if situation.busy >= situation.slots:
        taken = "slot is" if situation.slots == 1 else f"{situation.slots} slots are"
        return f"All workers are busy: the {taken} taken."
    return "It starts in a moment."


def _about_predecessors(entry: JobQueueEntry) -> str:
    blocking = dependencies.blocking(entry)
    if not blocking:
        return "Its scheduled task is not ready: choose Set Ready in Scheduled Tasks."
    first = blocking[0]
    more = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
    if first.status == _S.ERROR:
        return f"It waits for “{first.description}”{more}, which ended with an error."
    if first.status in (_S.CANCELLED, _S.EXPIRED, _S.ON_HOLD):
        return f"It waits for “{first.description}”{more}, which is {first.status}."
    return f"It waits for “{first.description}”{more}."


def _about_time(entry: JobQueueEntry, task: ScheduledTask, now: datetime) -> str:
    when = when_text(task.not_before, now)
    if task.trouble_text:
        return f"It met an error that passes by itself and is tried again: {when}. {task.trouble_text}"
    if entry.run_trigger in (RunTrigger.RETRY, RunTrigger.RESCUE) and entry.attempts:
        return f"Retry {entry.attempts} of {entry.retries}: {when}. {entry.error_text}"
    if entry.recurring:
        failed = f" Its last run failed: {entry.error_text}" if entry.error_text else ""
        return f"Its next run: {when}.{failed}"
    return f"It does not start before its time: {when}."
