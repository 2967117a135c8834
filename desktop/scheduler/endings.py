"""One claimed task in a slot: run in a child, and its end written when the child could not do it itself."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

import peewee

from desktop.clock import Clock
from desktop.errors import ReplacedError
from desktop.jobqueue import failure, runs
from desktop.scheduler import claims
from desktop.scheduler.engine import ChildOutcome, ChildRequest, Claim, Ending, ErrorInfo, Runner
from desktop.sessions.session import CancelToken, ProgressCallback
from models.database import connected, database
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus

WAIT_FOR_COMPANY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


def run_to_the_end(
    runner: Runner,
    claim: Claim,
    on_progress: ProgressCallback,
    token: CancelToken,
    clock: Clock,
    *,
    patience: int | None = None,
) -> ChildOutcome:
    """Run a claimed task and see to it that its end is written, whatever happens to the child.

    While the company is locked or its disk is full, it waits; the lease goes on meanwhile.

    Args:
        patience: how many seconds it waits at most, where somebody sits before it; None for as long as it takes.
    Raises:
        peewee.DatabaseError: the company cannot be written; the task's lease runs out then.
    """
    request = ChildRequest(
        codeunit=claim.codeunit,
        parameters=claim.parameters,
        user_id=claim.user_id,
        work_date=clock.today().isoformat(),
        record_table=claim.record_table,
        record_id=claim.record_id,
        claim=claim,
    )
    outcome = runner.run(request, on_progress, token, claim.timeout_seconds or None)
    if outcome.recorded or outcome.ending is Ending.REPLACED:
        return outcome
    if outcome.exit_code is not None:
        _log.warning(
            "the process of task %s ended: %s, exit code %s",
            claim.task_id,
            outcome.ending,
            outcome.exit_code,
            extra={"job": claim.job_id, "last_lines": outcome.last_lines},
        )
    _when_the_company_can_be_written(
        claim, token, clock, lambda: _write(runner, claim, outcome, token, clock), patience
    )
    return outcome


def _when_the_company_can_be_written(
    claim: Claim, token: CancelToken, clock: Clock, write: Callable[[], None], patience: int | None = None
) -> None:
    stopping = threading.Event()
    for tries in itertools.count(1):
        try:
            with connected():
                write()
        except ReplacedError:
            return
        except peewee.OperationalError as error:
            if token.release or not runs.error_info(error).passes:
                raise
            if patience is not None and tries > patience:
                raise
            _log.warning("the end of task %s cannot be written yet: %s", claim.task_id, error)
            clock.wait(stopping, WAIT_FOR_COMPANY_SECONDS)
        else:
            return


def run_quick(
    runner: Runner, quick: list[Claim], worker: str, token: CancelToken, clock: Clock
) -> ChildOutcome:
    """Run several claimed tasks that take a moment each, and see to it that the end of each is written.

    Args:
        worker: host and process, for the log.
    Raises:
        peewee.DatabaseError: the company cannot be written; the leases run out then.
    """
    request = ChildRequest(
        codeunit="", parameters={}, work_date=clock.today().isoformat(), quick=quick, worker=worker
    )
    limits = [claim.timeout_seconds for claim in quick if claim.timeout_seconds]
    outcome = runner.run(request, None, token, min(limits, default=None))
    if not outcome.recorded:
        for claim in quick:
            settle = partial(_settle, runner, claim, outcome, token, clock)
            _when_the_company_can_be_written(claim, token, clock, settle)
    return outcome


def _settle(runner: Runner, claim: Claim, outcome: ChildOutcome, token: CancelToken, clock: Clock) -> None:
    """The end of one of several quick runs whose child could not write it: only one of them had been begun."""
    with database.atomic():
        claims.check(claim)
        entry = JobQueueEntry.get_or_none(JobQueueEntry.id == claim.job_id)
        if entry is None or entry.status not in (EntryStatus.IN_PROCESS, EntryStatus.CANCELLING):
            now = clock.now()
            claims.put_back(claim, now, now)
            return
        log = JobQueueLogEntry.get_or_none(
            JobQueueLogEntry.task_id == claim.task_id, JobQueueLogEntry.status == LogStatus.IN_PROCESS
        )
        _write(runner, claims.with_entry(claim, entry, log), outcome, token, clock)


def _write(runner: Runner, claim: Claim, outcome: ChildOutcome, token: CancelToken, clock: Clock) -> None:
    stopped = outcome.ending in (Ending.CANCELLED, Ending.DIED)
    if stopped and token.is_cancelled() and token.release:
        failure.released(claim, clock)
    elif outcome.ending is Ending.CANCELLED:
        failure.cancelled(claim, clock, killed=outcome.forced)
    elif outcome.ending is Ending.DIED:
        failure.interrupted(claim, failure.death_of(outcome), clock)
    else:
        timed_out = outcome.ending is Ending.TIMED_OUT
        error = failure.too_long(claim) if timed_out else outcome.error or ErrorInfo("Error", "It failed.")
        if claim.failure_codeunit and not runs.is_tried_again(claim, error):
            _run_failure_codeunit(runner, claim, error, clock)
        else:
            failure.failed(claim, error, clock, messages=outcome.messages)


def _run_failure_codeunit(runner: Runner, claim: Claim, error: ErrorInfo, clock: Clock) -> None:
    told = {"error_code": error.code, "error_text": error.text, "error_call_stack": error.call_stack}
    request = ChildRequest(
        codeunit=claim.failure_codeunit,
        parameters={**claim.parameters, **told},
        user_id=claim.user_id,
        work_date=clock.today().isoformat(),
        record_table=claim.record_table,
        record_id=claim.record_id,
        claim=claim,
        error=error,
    )
    outcome = runner.run(request, None, None, claim.timeout_seconds or None)
    if not outcome.recorded:
        with database.atomic():
            claims.remove(claim)
            runs.note_stop(claim, clock.now(), error.text)
