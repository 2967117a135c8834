"""Jobs and imports under test: run at once in this process, attempt after attempt, also one that is killed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.imports import service
from desktop.imports.import_jobs import ImportJob
from desktop.imports.summary import ImportSummary
from desktop.jobqueue import dispatcher, entries, failure, job_session
from desktop.scheduler import claims
from desktop.scheduler.engine import Claim
from desktop.sessions.checkpoints import Checkpoints
from desktop.sessions.hosting import RecordReference, reference_of
from desktop.sessions.session import Session, SessionKind
from models.database import connected
from models.integration_record import ImportRun
from models.job_queue import EntryStatus

_WORKER = "test"
_LEASE_SECONDS = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class JobRun:
    """How a job ended.

    Args:
        status: of its entry.
        attempts: how many runs it took.
        result_text: what it said of itself; empty when it failed.
        error_text: of the last run; empty when it went well.
        messages: what all runs said with `session.message`.
    """

    status: EntryStatus
    attempts: int
    result_text: str
    error_text: str
    messages: tuple[str, ...]


class _Killed(BaseException):
    """The process is no more; nothing of its own is written any more."""


class _Killing(Checkpoints):
    """Checkpoints, of which so many are kept; at the next one the process dies."""

    def __init__(self, kept: Checkpoints, after: int) -> None:
        super().__init__(write=self._keep_or_die)
        self._kept = kept
        self._left = after

    def _keep_or_die(self, name: str, value: str) -> None:
        if not self._left:
            raise _Killed
        self._left -= 1
        self._kept.write(name, value)


def run_job(
    codeunit: str | int,
    parameters: Mapping[str, str] | None = None,
    *,
    user_id: str = "TESTER",
    record: RecordReference | None = None,
    retries: int | None = None,
    killed_after: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> JobRun:
    """Create an entry in the company that is open, and run it to its end; retries follow without their waits.

    Args:
        codeunit: a name or number of the registry.
        retries: how often a failed run is tried again; the codeunit's own number when None.
        killed_after: the first attempt is killed, as by a power cut, after it has committed so many checkpoints or
            chunks: at the end of the work on the next one, just before its commit; or at the end of the job.
    """
    table, key = reference_of(record)
    if retries is None and killed_after is not None:
        retries = 1
    job_id = entries.create_entry(
        "Test",
        codeunit,
        parameters,
        user_id=user_id,
        record_table=table,
        record_id=key,
        retries=retries,
        clock=clock,
    )

    def begin(claim: Claim) -> Claim | None:
        return dispatcher.begin(claim, _WORKER, clock)

    while True:
        with connected():
            claim = claims.claim_due(_WORKER, clock.now(), _LEASE_SECONDS, begin, only_job=job_id)
        if claim is None:
            return _result(job_id)
        session = job_session.attach(_session(claim, clock), claim)
        if killed_after is None:
            dispatcher.run(claim, session)
        else:
            _run_and_kill(claim, session, killed_after)
            killed_after = None


def import_file(
    path: Path, integration: str, *, user_id: str = "TESTER", clock: Clock = SYSTEM_CLOCK
) -> ImportSummary:
    """Read a file into the company that is open, and process it to its end with post-processing, as a job does.

    Args:
        integration: its code.
    Returns:
        The counts; `run_id` names the import.
    Raises:
        BackdeskError: the file cannot be read.
    """
    session = Session(SessionKind.BACKGROUND, user_id, {}, clock.today(), clock=clock)
    run_id = service.read(path, integration, session)
    run_job(ImportJob.PROCESS.value, user_id=user_id, record=(ImportRun.table(), str(run_id)), clock=clock)
    return service.summary(run_id)


def _session(claim: Claim, clock: Clock) -> Session:
    return Session(
        kind=SessionKind.BACKGROUND,
        user_id=claim.user_id,
        parameters=claim.parameters,
        work_date=clock.today(),
        record_table=claim.record_table,
        record_id=claim.record_id,
        codeunit=claim.codeunit,
        clock=clock,
    )


def _run_and_kill(claim: Claim, session: Session, after: int) -> None:
    """Run it until one checkpoint more is about to be committed; what the rescue of a dead worker does follows."""
    session.kept = _Killing(session.kept, after)
    try:
        with connected():
            dispatcher.execute(claim, session)
    except _Killed:
        pass
    with connected():
        failure.rescued(claim, _WORKER, session.clock)


def _result(job_id: str) -> JobRun:
    entry = entries.get(job_id)
    assert entry is not None, "the job has deleted its own entry"
    log = entries.log_of(job_id)
    return JobRun(
        status=EntryStatus(entry.status),
        attempts=len(log),
        result_text=entry.result_text,
        error_text=entry.error_text,
        messages=tuple(line for run in log for line in run.messages.splitlines()),
    )
