"""The jobs of an import: processing, post-processing, undoing. Each waits for those that must not run beside it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec
import peewee

from desktop.errors import ParameterError
from desktop.imports.running_as import runs_as
from desktop.imports.summary import find_run, refuse_reading
from desktop.jobqueue import entries
from desktop.sessions.session import Session
from models import changes
from models.errors import BackdeskError
from models.integration import Integration
from models.integration_record import ImportRun, RunState
from models.job_queue import EntryStatus, JobQueueEntry, RunAfterRule

RETRIES: Final = 3
NAMED: Final = (
    "records"  # the parameter with the ids (JSON array) of the records that alone are to be processed
)
_UNDER_WAY: Final = (EntryStatus.READY, EntryStatus.IN_PROCESS, EntryStatus.CANCELLING)


class ImportJob(StrEnum):
    """What a job does with an import; the value is the codeunit."""

    PROCESS = "process_import"
    POST_PROCESS = "post_process_import"
    UNDO = "undo_import"


_COLUMNS: Final[dict[ImportJob, peewee.Field]] = {
    ImportJob.PROCESS: ImportRun.job_id,
    ImportJob.POST_PROCESS: ImportRun.post_job_id,
    ImportJob.UNDO: ImportRun.undo_job_id,
}
_CAPTIONS: Final = {
    ImportJob.PROCESS: "Import",
    ImportJob.POST_PROCESS: "Post-process",
    ImportJob.UNDO: "Undo import",
}
_AT_WORK: Final = {
    ImportJob.PROCESS: "being processed",
    ImportJob.POST_PROCESS: "being post-processed",
    ImportJob.UNDO: "being undone",
}


def run_named(session: Session) -> int:
    """The import on which a codeunit is to work: the session's record, or else its parameter `run_id`.

    Raises:
        ParameterError: none is named, or it is no number.
    """
    try:
        return int(session.record_id) if session.record_id else session.parameter("run_id", int)
    except ValueError:
        raise ParameterError(
            f"“{session.record_id}” is not the number of an import.",
            "Start the job from the page Import Runs.",
        ) from None


def staged_run(run_id: int) -> ImportRun:
    """The run, read to its end.

    Raises:
        BackdeskError: NotFound, StillReading, or Interrupted.
    """
    run = find_run(run_id)
    refuse_reading(run)
    return run


def refuse_beside(run: Any, *kinds: ImportJob) -> None:
    """Make sure that no job of these kinds waits or runs for the run.

    Raises:
        BackdeskError: with code UnderWay.
    """
    for kind in kinds:
        job = job_under_way(run, kind)
        if job is not None:
            raise BackdeskError(
                f"“{run.file_name}” is {_AT_WORK[kind]} already, by the job “{job.description}”.",
                "Wait for it, or cancel that job. Where no window is open, start “backdesk worker”, which runs it.",
                "UnderWay",
            )


def job_under_way(run: Any, kind: ImportJob) -> JobQueueEntry | None:
    """The job of this kind that waits or runs for the run."""
    job_id = getattr(run, _COLUMNS[kind].name)
    job: JobQueueEntry | None = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id) if job_id else None
    return job if job is not None and job.status in _UNDER_WAY else None


def takes_all(job: JobQueueEntry, run: Any) -> bool:
    """Whether a job that processes the run takes what becomes ready now: none does that is past processing, or that
    was told which records it is to process."""
    if NAMED in msgspec.json.decode(job.parameters or "{}"):
        return False
    return job.status == EntryStatus.READY or run.state == RunState.PROCESSING


def create_job(
    run: Any,
    kind: ImportJob,
    user_id: str,
    parameters: Mapping[str, str] | None = None,
    *,
    on_hold: bool = False,
    after: JobQueueEntry | None = None,
) -> str:
    """Create a job for a run, and note it there; call it inside a transaction.

    Args:
        user_id: who wants it; see `running_as.runs_as` for as whom it runs.
        after: the job that has to end first, in any way.
        on_hold: the job waits until a person sets it to Ready.
    Returns:
        The id of the job queue entry.
    """
    integration = Integration.get_or_none(Integration.code == run.integration_code)
    job_id = entries.create_entry(
        f"{_CAPTIONS[kind]} {run.file_name}",
        kind.value,
        dict(parameters or {}),
        user_id=user_id,
        run_as_user_id=runs_as(integration, user_id),
        category_code=integration.category_code if integration is not None else "",
        record_table=ImportRun.table(),
        record_id=str(run.id),
        retries=RETRIES,
        status=EntryStatus.ON_HOLD if on_hold else EntryStatus.READY,
        run_after=[after.id] if after is not None else (),
        run_after_rule=RunAfterRule.ENDED,
    )
    ImportRun.update({_COLUMNS[kind]: job_id}).where(ImportRun.id == run.id).execute()
    changes.touch(ImportRun.table(), str(run.id))
    return job_id
