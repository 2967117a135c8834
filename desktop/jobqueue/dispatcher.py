"""One run of a scheduled task: begun with its claim, done in a session, and closed in one transaction."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

import msgspec.structs

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.errors import ReplacedError, TaskCancelledError
from desktop.jobqueue import dependencies, failure, planning, recurrence, runs, states
from desktop.jobqueue.states import Action
from desktop.notifications.notifications import Severity
from desktop.notifications.telling import NotificationKind, tell
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, Claim, Ending, ErrorInfo
from desktop.sessions import events, permissions
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import Session
from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import changes, statements
from models.database import connected, database
from models.fields import shown_time, stored_time
from models.job_queue import (
    EntryStatus,
    JobQueueEntry,
    JobQueueLogEntry,
    LogStatus,
    ObjectType,
    RunTrigger,
)

_BY_SCHEDULE: Final = (
    RunTrigger.SCHEDULE,
    RunTrigger.PERSON,
    RunTrigger.PROGRAM,
    RunTrigger.CHANGE,
    RunTrigger.INACTIVITY,
)
"""What keeps to the window and the missed runs of a schedule; a retry and a run that somebody wants now do not."""


def begin(claim: Claim, worker: str, clock: Clock) -> Claim | None:
    """Mark the run as begun, inside the transaction that claims its task: an attempt counts from here on.

    Args:
        worker: host and process, for the log.
    Returns:
        The claim with the entry's side filled in; None when the entry does not start now. Its task has been taken
        away then, or put back for a later time.
    """
    now = clock.now()
    started = msgspec.structs.replace(claim, started_at=stored_time(now))
    if claim.job_id:
        entry = statements.get(JobQueueEntry, claim.job_id)
        if entry is None or not states.allowed(Action.START, entry.status):
            claims.remove(claim)
            return None
        if not _may_begin(claim, entry, now, clock):
            return None
        started = _begin_entry(started, entry, worker, now, clock)
    events.record(
        started.session_id, SessionEventKind.START, at=now, user_id=claim.user_id, codeunit=claim.codeunit
    )
    return started


def _may_begin(claim: Claim, entry: JobQueueEntry, now: datetime, clock: Clock) -> bool:
    """Whether the time is right; else the entry has expired or is planned anew, inside the transaction."""
    if entry.expires_at is not None and entry.expires_at <= now:
        claims.remove(claim)
        expire(entry, clock)
        return False
    schedule = planning.schedule_of(entry)
    if schedule is None or entry.run_trigger not in _BY_SCHEDULE:
        return True
    planned = entry.planned_at or shown_time(claim.not_before)
    if entry.run_trigger == RunTrigger.INACTIVITY:
        # It looks again because time has passed, not for a slot: only the window counts.
        slot = recurrence.slot_to_run(msgspec.structs.replace(schedule, misfire="Run All"), now, now)
    else:
        slot = recurrence.slot_to_run(schedule, planned, now)
    if slot is not None:
        entry.planned_at = slot
        return True
    start = planning.later_start(entry, now)
    if start is None:
        claims.remove(claim)
        expire(entry, clock)
        return False
    claims.put_back(claim, start, now)
    statements.update(JobQueueEntry, entry.id, planned_at=start, next_start=start)
    changes.touch(JobQueueEntry.table(), entry.id)
    telemetry.note(
        Event.OUT_OF_WINDOW, entry=entry, planned_at=stored_time(planned), next_start=stored_time(start)
    )
    return False


def expire(entry: JobQueueEntry, clock: Clock) -> None:
    """The time of an entry that waits is over; inside a transaction that has taken its task away."""
    states.move(entry.id, Action.EXPIRE, clock, task_id="", next_start=None, ended_at=clock.now())
    telemetry.note(Event.EXPIRED, entry=entry)
    if entry.notify_on_failure:
        tell(
            NotificationKind.JOB_EXPIRED,
            entry,
            severity=Severity.WARN,
            title=f"“{entry.description or entry.codeunit}” has expired.",
            text="Its time was over before it could run. Set a later expiration to let it run again.",
            clock=clock,
        )
    dependencies.release(entry.id, clock)


def _begin_entry(claim: Claim, entry: JobQueueEntry, worker: str, now: datetime, clock: Clock) -> Claim:
    planned = shown_time(claim.not_before)
    attempt = entry.attempts + 1
    states.move(
        entry.id,
        Action.START,
        clock,
        attempts=attempt,
        total_runs=entry.total_runs + 1,
        task_id=claim.task_id,
        planned_at=entry.planned_at,
        next_start=None,
        started_at=now,
        ended_at=None,
        error_text="",
        result_text="",
        progress_done=0,
        progress_total=0,
        progress_text="",
    )
    log_id = statements.insert(
        JobQueueLogEntry,
        job_id=claim.job_id,
        task_id=claim.task_id,
        attempt=attempt,
        description=entry.description,
        object_type=entry.object_type,
        codeunit=entry.codeunit,
        parameters=entry.parameters,
        category_code=entry.category_code,
        user_id=claim.user_id,
        worker=worker,
        run_trigger=entry.run_trigger,
        planned_at=planned,
        delay_ms=max(0, round((now - planned) / timedelta(milliseconds=1))),
        started_at=now,
    )
    changes.touch(JobQueueLogEntry.table(), str(log_id))
    entry.attempts, entry.started_at = attempt, now
    telemetry.note(Event.STARTED, entry=entry, planned_at=claim.not_before, started_at=claim.started_at)
    return msgspec.structs.replace(claims.with_entry(claim, entry, None), log_id=log_id)


def run(claim: Claim, session: Session) -> ChildOutcome:
    """Run the codeunit and write down how it ended.

    Returns:
        The outcome; `recorded` unless another worker has the task now or the end could not be written.
    """
    try:
        with connected():
            permissions.check_may_run(claim.user_id, claim.codeunit)
            execute(claim, session)
            finish(claim, session)
        return outcome_of(session, Ending.DONE)
    except ReplacedError as error:
        return outcome_of(session, Ending.REPLACED, error)
    except TaskCancelledError:
        ending = Ending.CANCELLED
        info = None
    except BaseException as error:
        ending = Ending.FAILED
        info = runs.error_info(error)
    return write_end(claim, session, ending, info)


def execute(claim: Claim, session: Session) -> None:
    """Run the codeunit with the rights of its user, on this thread's connection.

    Raises:
        BaseException: whatever the codeunit raises.
    """
    function = registry.function_of(
        claim.codeunit
    )  # the first time this imports it, which is no part of the run
    began = time.perf_counter()
    with permissions.enforced(claim.user_id):
        function(session)
    session.ran_ms = (time.perf_counter() - began) * 1000


def run_failure_codeunit(claim: Claim, session: Session) -> ChildOutcome:
    """Run the failure codeunit of a plain task in its own session, then take the task away."""
    info = None
    try:
        with connected():
            permissions.check_may_run(claim.user_id, claim.failure_codeunit)
            with permissions.enforced(claim.user_id):
                registry.function_of(claim.failure_codeunit)(session)
    except BaseException as error:
        info = runs.error_info(error)
    try:
        with connected(), database.atomic():
            claims.remove(claim)
            runs.note_stop(claim, session.clock.now(), info.text if info else "")
    except ReplacedError as error:
        return outcome_of(session, Ending.REPLACED, error)
    outcome = outcome_of(session, Ending.DONE if info is None else Ending.FAILED)
    return msgspec.structs.replace(outcome, error=info)


def finish(claim: Claim, session: Session) -> None:
    """Close a run that went well: task, log, entry and notification in one transaction.

    Raises:
        ReplacedError: another worker has the task; nothing is written.
    """
    clock = session.clock
    now = clock.now()
    with database.atomic():
        claims.check(claim)
        runs.note_stop(claim, now, "")
        if not claim.job_id:
            claims.remove(claim)
            return
        entry = runs.entry_of(claim)
        runs.close_log(
            claim,
            LogStatus.SUCCESS,
            now,
            result_text=session.result_text,
            messages=session.messages,
            entry=entry,
        )
        _end_well(claim, entry, session, now, clock)
        telemetry.note(Event.FINISHED, entry=entry, started_at=claim.started_at)
        if entry.notify_on_success and not session.silent:
            tell_finished(claim, entry, session, clock)
        dependencies.release(entry.id, clock)


def _end_well(claim: Claim, entry: JobQueueEntry, session: Session, now: datetime, clock: Clock) -> None:
    """The entry's side: it is finished, rests, or runs again by its schedule."""
    said = {
        "ended_at": now,
        "result_text": session.result_text,
        "checkpoint": "",
        "failures_in_a_row": 0,
    }
    rests = session.nothing_to_do and entry.recurring and entry.inactivity_timeout_seconds > 0
    start = (
        now + timedelta(seconds=entry.inactivity_timeout_seconds)
        if rests
        else planning.next_start(entry, now)
    )
    if start is None or entry.status == EntryStatus.CANCELLING:
        claims.remove(claim)
        action = Action.REPEAT if entry.recurring and start is not None else Action.FINISH
        states.move(claim.job_id, action, clock, attempt=claim.attempt, task_id="", next_start=None, **said)
        return
    states.move(
        claim.job_id,
        Action.REST if rests else Action.REPEAT,
        clock,
        attempt=claim.attempt,
        attempts=0,
        next_start=start,
        last_ready_at=now,
        run_trigger=RunTrigger.INACTIVITY if rests else RunTrigger.SCHEDULE,
        **({} if rests else {"planned_at": start}),
        **said,
    )
    again = runs.entry_of(claim)
    claims.put_back(claim, start, now, is_ready=dependencies.may_run(again))
    planning.follow(again)


def tell_finished(claim: Claim, entry: JobQueueEntry, session: Session, clock: Clock) -> None:
    """Tell those whom it concerns that a run has ended well, inside the running transaction."""
    severity = Severity(session.notify_severity or Severity.OK)
    name = claim.description or claim.codeunit
    title = session.notify_title or session.result_text
    tell(
        NotificationKind.REPORT_READY
        if entry.object_type == ObjectType.REPORT
        else NotificationKind.JOB_FINISHED,
        entry,
        severity=severity,
        title=title or f"“{name}” has finished.",
        text=name if title else "",
        run_id=session.notify_run_id,
        report_id=session.notify_report_id,
        needs_action=severity in (Severity.WARN, Severity.ERR),
        clock=clock,
    )


def outcome_of(session: Session, ending: Ending, error: BaseException | None = None) -> ChildOutcome:
    """What a session hands back."""
    return ChildOutcome(
        ending=ending,
        results=session.results,
        result_text=session.result_text,
        messages=session.messages[-runs.KEPT_MESSAGES :],
        error=None if error is None else runs.error_info(error),
        recorded=ending in (Ending.DONE, Ending.REPLACED),
        ran_ms=session.ran_ms,
    )


def write_end(claim: Claim, session: Session, ending: Ending, info: ErrorInfo | None) -> ChildOutcome:
    """Write the end of a run that did not go well; the codeunit's connection and transaction are gone already."""
    outcome = msgspec.structs.replace(outcome_of(session, ending), error=info)
    if info is not None and claim.failure_codeunit and not runs.is_tried_again(claim, info):
        return outcome  # the failure codeunit ends the task, in a session of its own
    try:
        with connected():
            if ending is Ending.FAILED and info is not None:
                failure.failed(claim, info, session.clock, messages=session.messages)
            elif session.token.release:
                failure.released(claim, session.clock, messages=session.messages)
            else:
                failure.cancelled(claim, session.clock, messages=session.messages)
    except ReplacedError as error:
        return outcome_of(session, Ending.REPLACED, error)
    return msgspec.structs.replace(outcome, recorded=True)
