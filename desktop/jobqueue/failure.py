"""The failure path: what becomes of a run that did not go well. It works in a session of its own."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from desktop.clock import Clock
from desktop.errors import ReplacedError, TransitionError
from desktop.jobqueue import runs, states
from desktop.jobqueue.states import Action
from desktop.notifications.notifications import Severity, notify
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, Claim, ErrorInfo
from desktop.sessions.events import SessionEventKind
from models.database import database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus

_RUNNING: Final = (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)
MOST_CLAIMS: Final = 10  # of a task without an entry; one that kills its worker each time is dropped then


def failed(claim: Claim, error: ErrorInfo, clock: Clock, *, messages: Sequence[str] = ()) -> None:
    """The code raised an error, or ran too long: tried again while attempts are left, else Error.

    Raises:
        ReplacedError: another worker has the task; nothing is written.
    """
    _end(claim, LogStatus.ERROR, error, clock, messages, SessionEventKind.STOP)


def interrupted(claim: Claim, error: ErrorInfo, clock: Clock) -> None:
    """The process or its worker died: tried again while attempts are left, else Error.

    Raises:
        ReplacedError: another worker has the task; nothing is written.
    """
    _end(claim, LogStatus.INTERRUPTED, error, clock, (), SessionEventKind.CLOSE)


def cancelled(claim: Claim, clock: Clock, *, killed: bool = False, messages: Sequence[str] = ()) -> None:
    """The run has obeyed the wish to stop, or was killed because it did not.

    Raises:
        ReplacedError: another worker has the task; nothing is written.
    """
    now = clock.now()
    text = "It did not stop by itself and was ended. What it had saved stays." if killed else ""
    event = SessionEventKind.CLOSE if killed else SessionEventKind.STOP
    with database.atomic():
        claims.remove(claim)
        runs.note_stop(claim, now, text or "Cancelled.", event)
        if claim.job_id:
            _move(claim, Action.STOP, clock, task_id="", ended_at=now, result_text=text)
            runs.close_log(claim, LogStatus.CANCELLED, now, result_text=text, messages=messages)
            _tell_cancelled(claim, text, clock)


def released(claim: Claim, clock: Clock, *, messages: Sequence[str] = ()) -> None:
    """The worker stops: the run goes on at the next start, and this attempt does not count.

    Raises:
        ReplacedError: another worker has the task; nothing is written.
    """
    now = clock.now()
    text = "The worker was stopped; the job goes on at the next start."
    with database.atomic():
        status = EntryStatus.READY
        if claim.job_id:
            status = _move(claim, Action.RELEASE, clock, attempts=claim.attempt - 1, result_text=text)
            log_status = LogStatus.INTERRUPTED if status == EntryStatus.READY else LogStatus.CANCELLED
            runs.close_log(claim, log_status, now, result_text=text, messages=messages)
        runs.note_stop(claim, now, text, SessionEventKind.CLOSE)
        if status == EntryStatus.READY:
            claims.put_back(claim, now, now)
        else:
            _end_cancelled(claim, now, clock)


def rescued(claim: Claim, worker: str, clock: Clock) -> bool:
    """The worker of a claim died or does not answer; False when somebody else was faster.

    Args:
        worker: the dead worker's host and process, for the log.
    """
    log = JobQueueLogEntry.get_or_none(
        JobQueueLogEntry.job_id == claim.job_id,
        JobQueueLogEntry.task_id == claim.task_id,
        JobQueueLogEntry.status == LogStatus.IN_PROCESS,
    )
    entry = JobQueueEntry.get_or_none(JobQueueEntry.id == claim.job_id) if claim.job_id else None
    if entry is not None:
        claim = claims.with_entry(claim, entry.description, entry.attempts, log.id if log is not None else 0)
    error = ErrorInfo("Interrupted", f"Interrupted: the worker {worker} ended while the job was running.")
    try:
        interrupted(claim, error, clock)
    except ReplacedError:
        return False
    return True


def death_of(outcome: ChildOutcome) -> ErrorInfo:
    """What to say about a child process that ended by itself."""
    code = outcome.exit_code
    if code is None:
        how = "its process ended"
    elif code < 0:
        try:
            how = f"its process was ended by signal {-code} ({signal.Signals(-code).name})"
        except ValueError:
            how = f"its process was ended by signal {-code}"
    else:
        how = f"its process ended with exit code {code}"
    return ErrorInfo("Interrupted", f"Interrupted: {how}.", "\n".join(outcome.last_lines))


def too_long(claim: Claim) -> ErrorInfo:
    """What to say about a run that was ended because of its time-out."""
    return ErrorInfo(
        "Timeout",
        f"The job ran longer than its time-out of {_duration(claim.timeout_seconds)} and was ended. "
        "Raise the time-out of the job queue entry, or give the job less to do.",
    )


def _end(
    claim: Claim,
    log_status: LogStatus,
    error: ErrorInfo,
    clock: Clock,
    messages: Sequence[str],
    event: SessionEventKind,
) -> None:
    now = clock.now()
    with database.atomic():
        claims.check(claim)
        runs.note_stop(claim, now, error.text, event)
        if not claim.job_id:
            if log_status is LogStatus.INTERRUPTED and claim.fence < MOST_CLAIMS:
                claims.put_back(claim, now, now)
            else:
                claims.remove(claim)
            return
        entry = JobQueueEntry.get_or_none(JobQueueEntry.id == claim.job_id)
        runs.close_log(claim, log_status, now, error=error, messages=messages)
        if entry is None or entry.attempts != claim.attempt or entry.status not in _RUNNING:
            claims.remove(claim)  # the entry was changed behind the engine's back; its task must not stay
        elif claim.attempt <= entry.retries and entry.status == EntryStatus.IN_PROCESS:
            _try_again(claim, entry, error, now, clock)
        else:
            claims.remove(claim)
            status = _move(claim, Action.FAIL, clock, task_id="", ended_at=now, error_text=error.text)
            if status == EntryStatus.CANCELLED:
                _tell_cancelled(claim, "", clock)
            elif entry.notify_on_failure:
                _tell_failed(claim, entry, error, clock)


def _try_again(claim: Claim, entry: JobQueueEntry, error: ErrorInfo, now: datetime, clock: Clock) -> None:
    start = now + timedelta(seconds=entry.retry_delay_seconds)
    shown = start.astimezone().strftime("%H:%M:%S" if entry.retry_delay_seconds < 60 else "%H:%M")
    _move(
        claim,
        Action.TRY_AGAIN,
        clock,
        error_text=error.text,
        ended_at=now,
        earliest_start=start,
        result_text=f"Retry {claim.attempt} of {entry.retries} at {shown}",
    )
    claims.put_back(claim, start, now)


def _move(claim: Claim, action: Action, clock: Clock, **values: Any) -> EntryStatus:
    """The entry's transition; one that is not this run's any more makes the whole end void."""
    try:
        return states.move(claim.job_id, action, clock, attempt=claim.attempt, **values)
    except TransitionError as error:
        raise ReplacedError from error


def _end_cancelled(claim: Claim, now: datetime, clock: Clock) -> None:
    claims.remove(claim)
    JobQueueEntry.update(task_id="", ended_at=now, result_text="").where(
        JobQueueEntry.id == claim.job_id
    ).execute()
    _tell_cancelled(claim, "", clock)


def _tell_cancelled(claim: Claim, text: str, clock: Clock) -> None:
    entry = JobQueueEntry.get_by_id(claim.job_id)
    if entry.notify_on_failure:
        notify(
            Severity.INFO,
            f"“{claim.description or claim.codeunit}” was cancelled.",
            text,
            user_id=entry.owner_user_id,
            job_id=claim.job_id,
            clock=clock,
        )


def _tell_failed(claim: Claim, entry: JobQueueEntry, error: ErrorInfo, clock: Clock) -> None:
    notify(
        Severity.ERR,
        f"“{claim.description or claim.codeunit}” ended with an error.",
        error.text,
        user_id=entry.owner_user_id,
        job_id=claim.job_id,
        needs_action=True,
        clock=clock,
    )


def _duration(seconds: int) -> str:
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
