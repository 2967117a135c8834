"""Ends of runs that did not go well: written down, then tried again, planned anew, or left in Error.

Each is one transaction: task, log entry, entry, session event and notification stand or fall together.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from desktop.clock import Clock
from desktop.errors import ReplacedError, TransitionError
from desktop.formats import duration_text
from desktop.jobqueue import dependencies, planning, runs, states
from desktop.jobqueue.states import Action
from desktop.notifications.notifications import Severity
from desktop.notifications.telling import NotificationKind, tell
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, Claim, ErrorInfo
from desktop.sessions.events import SessionEventKind
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import statements
from models.database import database
from models.errors import Cure
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus, RunTrigger

_RUNNING: Final = (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)
NOT_RETRIED: Final = "It is not tried again by itself, because that would fail the same way."
MOST_CLAIMS: Final = 10  # of a task without an entry; one that kills its worker each time is dropped then


def failed(claim: Claim, error: ErrorInfo, clock: Clock, *, messages: Sequence[str] = ()) -> None:
    """The code raised an error, or ran too long: tried again while attempts are left, else Error.

    An error that only a person can heal leaves no attempts.

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
            _move(claim, Action.STOP, clock, task_id="", next_start=None, ended_at=now, result_text=text)
            entry = runs.entry_of(claim)
            runs.close_log(claim, LogStatus.CANCELLED, now, result_text=text, messages=messages, entry=entry)
            _cancelled(claim, entry, text, clock)


def released(claim: Claim, clock: Clock, *, messages: Sequence[str] = ()) -> None:
    """The worker stops: the run goes on at the next start, and this attempt does not count.

    Raises:
        ReplacedError: another worker has the task; nothing is written.
    """
    now = clock.now()
    text = "The worker was stopped; the job goes on at the next start."
    with database.atomic():
        claims.check(claim)
        runs.note_stop(claim, now, text, SessionEventKind.CLOSE)
        if claim.job_id:
            status = _move(
                claim, Action.RELEASE, clock, attempts=claim.attempt - 1, next_start=now, result_text=text
            )
            entry = runs.entry_of(claim)
            log_status = LogStatus.INTERRUPTED if status == EntryStatus.READY else LogStatus.CANCELLED
            runs.close_log(claim, log_status, now, result_text=text, messages=messages, entry=entry)
            if status == EntryStatus.CANCELLED:
                _end_cancelled(claim, entry, now, clock)
                return
            claims.put_back(claim, now, now)
            planning.follow(entry)
        else:
            claims.put_back(claim, now, now)


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
    entry = statements.get(JobQueueEntry, claim.job_id) if claim.job_id else None
    if entry is not None and entry.status == EntryStatus.READY and entry.task_id == claim.task_id:
        return _not_begun(claim, entry, worker, clock)
    if entry is not None:
        claim = claims.with_entry(claim, entry, log)
    error = ErrorInfo("Interrupted", f"Interrupted: the worker {worker} ended while the job was running.")
    try:
        with database.atomic():
            interrupted(claim, error, clock)
            telemetry.note(Event.RESCUED, entry=entry, task_id=claim.task_id, worker=worker)
    except ReplacedError:
        return False
    return True


def _not_begun(claim: Claim, entry: JobQueueEntry, worker: str, clock: Clock) -> bool:
    """A quick run that was never begun on paper goes back; next time it is begun like any other, and counted."""
    now = clock.now()
    try:
        with database.atomic():
            claims.put_back(claim, now, now)
            telemetry.note(Event.RESCUED, entry=entry, task_id=claim.task_id, worker=worker)
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
    return ErrorInfo("Interrupted", f"Interrupted: {how}.", "\n".join(outcome.last_lines), exit_code=code)


def too_long(claim: Claim) -> ErrorInfo:
    """What to say about a run that was ended because of its time-out."""
    return ErrorInfo(
        "Timeout",
        f"The job ran longer than its time-out of {duration_text(claim.timeout_seconds)} and was ended. "
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
        entry = statements.get(JobQueueEntry, claim.job_id) if claim.job_id else None
        if claim.job_id:
            runs.close_log(claim, log_status, now, error=error, messages=messages, entry=entry)
            telemetry.note(
                Event.FAILED,
                entry=entry,
                error_code=error.code,
                error=error.text,
                started_at=claim.started_at,
            )
        if entry is not None and (entry.attempts != claim.attempt or entry.status not in _RUNNING):
            claims.remove(claim)  # the entry was changed behind the engine's back; its task must not stay
        elif _wait_for_better_times(claim, entry, error, now, clock):
            return
        elif entry is None:
            _end_task(claim, log_status, now)
        elif _heals_by_retry(claim, entry, error):
            _try_again(claim, entry, log_status, error, now, clock)
        elif not _go_on(claim, entry, error, now, clock):
            _give_up(claim, entry, error, now, clock)


def _heals_by_retry(claim: Claim, entry: JobQueueEntry, error: ErrorInfo) -> bool:
    """Whether another try may go well and is left, and nobody wants the run to stop."""
    left = claim.attempt <= entry.retries and entry.status == EntryStatus.IN_PROCESS
    return left and error.cure is not Cure.PERSON


def _end_task(claim: Claim, log_status: LogStatus, now: datetime) -> None:
    """The end of a task without an entry; one whose worker died runs again."""
    if not claim.job_id and log_status is LogStatus.INTERRUPTED and claim.fence < MOST_CLAIMS:
        claims.put_back(claim, now, now)
    else:
        claims.remove(claim)


def _wait_for_better_times(
    claim: Claim, entry: JobQueueEntry | None, error: ErrorInfo, now: datetime, clock: Clock
) -> bool:
    """Try again what passes by itself, without counting it as an attempt; False when that does not help any more."""
    tries = claim.tries + 1
    wait = runs.wait_after(tries) if error.passes else None
    if wait is None or (entry is not None and entry.status != EntryStatus.IN_PROCESS):
        return False
    start = now + wait
    if entry is not None:
        text = (
            f"{error.text} It is tried again at {_clock_time(start, wait.total_seconds())}, try {tries + 1}."
        )
        _move(
            claim,
            Action.TRY_AGAIN,
            clock,
            attempts=claim.attempt - 1,
            next_start=start,
            ended_at=now,
            error_text=error.text,
            result_text=text,
            run_trigger=RunTrigger.RETRY,
        )
    claims.put_back(claim, start, now, tries=tries, trouble_text=error.text)
    telemetry.note(Event.TASK_RETRIED, entry=entry, task_id=claim.task_id, error=error.text, tries=tries)
    return True


def _try_again(
    claim: Claim, entry: JobQueueEntry, log_status: LogStatus, error: ErrorInfo, now: datetime, clock: Clock
) -> None:
    delay = runs.retry_delay(entry, claim.attempt)
    start = now + delay
    rescued_now = log_status is LogStatus.INTERRUPTED
    _move(
        claim,
        Action.TRY_AGAIN,
        clock,
        error_text=error.text,
        ended_at=now,
        next_start=start,
        run_trigger=RunTrigger.RESCUE if rescued_now else RunTrigger.RETRY,
        result_text=f"Retry {claim.attempt} of {entry.retries} at {_clock_time(start, delay.total_seconds())}",
    )
    claims.put_back(claim, start, now)
    planning.follow(entry)


def _go_on(claim: Claim, entry: JobQueueEntry, error: ErrorInfo, now: datetime, clock: Clock) -> bool:
    """Let a recurring entry keep its schedule after its retries are used up; False when it stops here."""
    failures = entry.failures_in_a_row + 1
    if not entry.recurring or entry.status != EntryStatus.IN_PROCESS:
        return False
    if entry.stop_after_failures and failures >= entry.stop_after_failures:
        return False
    start = planning.next_start(entry, now)
    if start is None:
        return False
    _move(
        claim,
        Action.REPEAT,
        clock,
        attempts=0,
        failures_in_a_row=failures,
        error_text=error.text,
        result_text="",
        ended_at=now,
        planned_at=start,
        next_start=start,
        last_ready_at=now,
        run_trigger=RunTrigger.SCHEDULE,
        checkpoint="",  # the next run is no retry of this one
    )
    again = runs.entry_of(claim)
    claims.put_back(claim, start, now, is_ready=dependencies.may_run(again))
    planning.follow(again)
    _tell_failed(claim, again, error, NotificationKind.JOB_FAILED, clock)
    dependencies.release(entry.id, clock)
    return True


def _give_up(claim: Claim, entry: JobQueueEntry, error: ErrorInfo, now: datetime, clock: Clock) -> None:
    claims.remove(claim)
    failures = entry.failures_in_a_row + 1
    status = _move(
        claim,
        Action.FAIL,
        clock,
        task_id="",
        next_start=None,
        ended_at=now,
        error_text=error.text,
        result_text=_why_given_up(entry, failures, error),
        failures_in_a_row=failures,
    )
    ended = runs.entry_of(claim)
    if status == EntryStatus.CANCELLED:
        _cancelled(claim, ended, "", clock)
        return
    kind = NotificationKind.SCHEDULE_STOPPED if entry.recurring else NotificationKind.JOB_FAILED
    _tell_failed(claim, ended, error, kind, clock)
    dependencies.release(entry.id, clock)


def _why_given_up(entry: JobQueueEntry, failures: int, error: ErrorInfo) -> str:
    if entry.recurring and failures > 1:
        return f"Stopped after {failures} failed runs in a row"
    return NOT_RETRIED if entry.retries and error.cure is Cure.PERSON else ""


def _move(claim: Claim, action: Action, clock: Clock, **values: Any) -> EntryStatus:
    """The entry's transition; one that is not this run's any more makes the whole end void."""
    try:
        return states.move(claim.job_id, action, clock, attempt=claim.attempt, **values)
    except TransitionError as error:
        raise ReplacedError from error


def _end_cancelled(claim: Claim, entry: JobQueueEntry, now: datetime, clock: Clock) -> None:
    claims.remove(claim)
    statements.update(JobQueueEntry, claim.job_id, task_id="", next_start=None, ended_at=now, result_text="")
    _cancelled(claim, entry, "", clock)


def _cancelled(claim: Claim, entry: JobQueueEntry, text: str, clock: Clock) -> None:
    """Tell that a run was cancelled, and let those run that waited for its end."""
    telemetry.note(Event.CANCELLED, entry=entry, started_at=claim.started_at)
    if entry.notify_on_failure:
        tell(
            NotificationKind.JOB_CANCELLED,
            entry,
            severity=Severity.INFO,
            title=f"“{_name(claim)}” was cancelled.",
            text=text,
            clock=clock,
        )
    dependencies.release(entry.id, clock)


def _tell_failed(
    claim: Claim, entry: JobQueueEntry, error: ErrorInfo, kind: NotificationKind, clock: Clock
) -> None:
    telemetry.note(
        Event.FAILED_FOR_THE_LAST_TIME,
        entry=entry,
        error_code=error.code,
        error=error.text,
        started_at=claim.started_at,
    )
    if not entry.notify_on_failure:
        return
    stopped = kind is NotificationKind.SCHEDULE_STOPPED
    title = (
        f"“{_name(claim)}” was stopped after {entry.failures_in_a_row} failed runs in a row."
        if stopped and entry.failures_in_a_row > 1
        else f"“{_name(claim)}” ended with an error."
    )
    tell(kind, entry, severity=Severity.ERR, title=title, text=error.text, needs_action=True, clock=clock)


def _name(claim: Claim) -> str:
    return claim.description or claim.codeunit


def _clock_time(moment: datetime, delay_seconds: float) -> str:
    return moment.astimezone().strftime("%H:%M:%S" if delay_seconds < 60 else "%H:%M")
