"""Post-processing as the end of an import's job, as a job of its own, and once more for what has failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop.imports import import_events
from desktop.imports.afterwards.post_processing import PostProcessCounts, counts, post_process
from desktop.imports.import_jobs import ImportJob, create_job, refuse_beside, staged_run
from desktop.imports.integrations.definition import Definition, from_json
from desktop.imports.summary import ImportSummary, find_run, summary
from desktop.sessions.session import Session
from models import changes
from models.database import connected, database
from models.enforcement import as_system, indirect
from models.errors import BackdeskError
from models.integration import PostProcessingTrigger
from models.integration_record import RunState
from models.post_process_entry import PostProcessEntry, PostProcessStatus
from models.rights import Right

_AT_ONCE: Final = 500  # entries per statement


def after_processing(session: Session, run_id: int) -> PostProcessCounts | None:
    """What follows when the rows of a run are processed: post-processing here, or a job for it.

    Returns:
        The counts, where it was done here; None where there is nothing to do, or a job does it.
    Raises:
        as `post_processing.post_process`.
    """
    if not counts(run_id).ready:
        return None
    if definition_of(run_id).post_processing_trigger != PostProcessingTrigger.JOB_QUEUE or session.dry_run:
        return post_process(session, run_id)
    try:
        _start(run_id, session.user_id)
    except BackdeskError as error:
        if error.code != "UnderWay":  # it is where this job was killed after it had started the other one
            raise
    return None


@indirect(Right.MODIFY, "post_process_entry")
def start(run_id: int, user_id: str) -> str:
    """Let a job take what is ready to be post-processed in a run.

    Returns:
        The id of the job queue entry.
    Raises:
        BackdeskError: NotFound, NothingReady, Undone, or UnderWay when such a job has not ended yet.
    """
    return _start(run_id, user_id)


@indirect(Right.MODIFY, "post_process_entry")
def retry(run_id: int, user_id: str, entry_ids: Sequence[int] | None = None) -> str:
    """Let a job take once more what could not be post-processed.

    Args:
        entry_ids: which entries; None for all of the run with errors. Those without an error are left as they are.
    Returns:
        The id of the job queue entry.
    Raises:
        BackdeskError: NotFound, NothingReady, Undone, or UnderWay.
    """
    with connected(), database.atomic():
        failed = (PostProcessEntry.run_id == run_id) & (PostProcessEntry.status == PostProcessStatus.ERROR)
        ready = PostProcessEntry.update(
            status=PostProcessStatus.READY, error_code="", error_message="", error_hint="", ended_at=None
        )
        if entry_ids is None:
            ready.where(failed).execute()
        else:
            for first in range(0, len(entry_ids), _AT_ONCE):
                some = PostProcessEntry.id.in_(list(entry_ids[first : first + _AT_ONCE]))
                ready.where(failed & some).execute()
        changes.touch(PostProcessEntry.table())
        return _start(run_id, user_id)


def definition_of(run_id: int) -> Definition:
    """The integration as it was when the file was read.

    Raises:
        BackdeskError: with code NotFound.
    """
    with connected(), as_system():
        run = find_run(run_id)
    return from_json(run.definition)


def tell_end(session: Session, run_id: int, done: PostProcessCounts | None = None) -> ImportSummary:
    """Say how an import has ended: in the job's result and in its notification, as the integration wants.

    Args:
        done: what post-processing did, where there was any.
    """
    counted = summary(run_id)
    definition = definition_of(run_id)
    what = "Import"
    text = counted.text
    errors = counted.errors
    if done is not None:
        import_events.note_post_processed(run_id, done, session.user_id)
        what = "Import and post-processing"
        text = f"{text}, {done.text_after(counted.errors)}"
        errors += done.errors
    stopped = counted.state == RunState.STOPPED
    session.result_text = text
    session.notify_title = f"{what} {'stopped at its limit of errors' if stopped else 'complete'}: {text}"
    session.notify_severity = "warn" if errors or stopped else "ok"
    session.notify_run_id = run_id
    session.silent = not (definition.notify_errors if errors or stopped else definition.notify_success)
    return counted


def _start(run_id: int, user_id: str) -> str:
    with as_system(), connected(), database.atomic():
        run = staged_run(run_id)
        if run.state in (RunState.UNDOING, RunState.UNDONE):
            raise BackdeskError(
                f"The import of “{run.file_name}” was undone, so that there is nothing left to post-process.",
                "Read the file again.",
                "Undone",
            )
        refuse_beside(run, ImportJob.POST_PROCESS, ImportJob.UNDO)
        if not counts(run_id).ready:
            raise BackdeskError(
                f"No record of “{run.file_name}” is ready to be post-processed.",
                "Look at its Post-Process Entries.",
                "NothingReady",
            )
        return create_job(run, ImportJob.POST_PROCESS, user_id)
