"""One run of a scheduled task: begun with its claim, done in a session, and closed in one transaction."""

from __future__ import annotations

import msgspec.structs

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.errors import ReplacedError, TaskCancelledError, TransitionError
from desktop.jobqueue import failure, runs, states
from desktop.jobqueue.states import Action
from desktop.notifications.notifications import Severity, notify
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, Claim, Ending, ErrorInfo
from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import Session
from desktop.sessions.users import check_may_work
from models import changes
from models.database import connected, database
from models.job_queue import JobQueueEntry, JobQueueLogEntry, LogStatus


def begin(claim: Claim, worker: str, clock: Clock) -> Claim | None:
    """Mark the run as begun, inside the transaction that claims its task: an attempt counts from here on.

    Args:
        worker: host and process, for the log.
    Returns:
        The claim with the entry's side filled in; None when the entry may not start any more.
    """
    now = clock.now()
    started = claim
    if claim.job_id:
        try:
            states.move(
                claim.job_id,
                Action.START,
                clock,
                attempts=JobQueueEntry.attempts + 1,
                task_id=claim.task_id,
                started_at=now,
                ended_at=None,
                error_text="",
                result_text="",
                progress_done=0,
                progress_total=0,
                progress_text="",
            )
        except TransitionError:
            return None
        entry = JobQueueEntry.get_by_id(claim.job_id)
        log_id = JobQueueLogEntry.insert(
            job_id=claim.job_id,
            task_id=claim.task_id,
            attempt=entry.attempts,
            description=entry.description,
            codeunit=claim.codeunit,
            parameters=entry.parameters,
            category_code=entry.category_code,
            user_id=claim.user_id,
            worker=worker,
            started_at=now,
        ).execute()
        changes.touch(JobQueueLogEntry.table(), str(log_id))
        started = claims.with_entry(claim, entry.description, entry.attempts, int(log_id))
    events.record(
        started.session_id, SessionEventKind.START, at=now, user_id=claim.user_id, codeunit=claim.codeunit
    )
    return started


def run(claim: Claim, session: Session) -> ChildOutcome:
    """Run the codeunit and write down how it ended.

    Returns:
        The outcome; `recorded` unless another worker has the task now or the end could not be written.
    """
    try:
        with connected():
            check_may_work(claim.user_id, "job", "let another user set the job to Ready")
            registry.function_of(claim.codeunit)(session)
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
    return _write_end(claim, session, ending, info)


def run_failure_codeunit(claim: Claim, session: Session) -> ChildOutcome:
    """Run the failure codeunit of a plain task in its own session, then take the task away."""
    info = None
    try:
        with connected():
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
        claims.remove(claim)
        runs.note_stop(claim, now, "")
        if not claim.job_id:
            return
        states.move(
            claim.job_id,
            Action.FINISH,
            clock,
            attempt=claim.attempt,
            task_id="",
            ended_at=now,
            result_text=session.result_text,
        )
        runs.close_log(
            claim,
            LogStatus.SUCCESS,
            now,
            result_text=session.result_text,
            messages=session.messages,
        )
        entry = JobQueueEntry.get_by_id(claim.job_id)
        if entry.notify_on_success:
            severity = session.notify_severity or Severity.OK
            name = claim.description or claim.codeunit
            title = session.notify_title or session.result_text
            notify(
                severity,
                title or f"“{name}” has finished.",
                name if title else "",
                user_id=entry.owner_user_id,
                job_id=claim.job_id,
                run_id=session.notify_run_id,
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
    )


def _write_end(claim: Claim, session: Session, ending: Ending, info: ErrorInfo | None) -> ChildOutcome:
    """Write the end of a run that did not go well; the codeunit's connection and transaction are gone already."""
    outcome = msgspec.structs.replace(outcome_of(session, ending), error=info)
    if ending is Ending.FAILED and claim.failure_codeunit:
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
