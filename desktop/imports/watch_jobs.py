"""The recurring job of a watched folder: started and stopped on the integration's card."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.imports.integrations.loading import load_definition
from desktop.imports.running_as import runs_as
from desktop.imports.watched_files import check_pattern
from desktop.jobqueue import actions, entries
from desktop.jobqueue.recurrence import Schedule
from models import changes
from models.database import connected, database
from models.enforcement import indirect
from models.errors import FieldError
from models.integration import Integration
from models.job_queue import EntryStatus, JobQueueEntry
from models.rights import Right

CODEUNIT: Final = "watch_folder"
MINUTES: Final = 5  # between two looks, where nobody says otherwise
RETRIES: Final = 3
_WATCHES: Final = (EntryStatus.READY, EntryStatus.IN_PROCESS, EntryStatus.INACTIVE)


@indirect(Right.MODIFY, "integration")
def start_watching(
    integration_code: str, user_id: str, *, minutes: int = MINUTES, clock: Clock = SYSTEM_CLOCK
) -> str:
    """Let a recurring job take the files of an integration's watched folder, the first time at once.

    Where the integration has had such a job, that one goes on with the schedule that it has.

    Args:
        user_id: who wants it. The job runs as the integration's user where an administrator starts it, else as
            whoever starts it.
        minutes: between two looks.
    Returns:
        The id of the job queue entry.
    Raises:
        BackdeskError: UnknownIntegration or WrongIntegration.
        FieldError: NoFolder, NotAFolder or WrongPattern.
        PermissionDeniedError: the user may not run it.
        TransitionError: it is being stopped right now.
    """
    definition = load_definition(integration_code)
    with connected(), database.atomic():
        integration = Integration.get_by_id(definition.code)
        folder = check_folder(integration.watched_folder)
        check_pattern(integration)
        job_id = entries.create_entry(
            f"Watch {folder.name} for {definition.code}",
            CODEUNIT,
            user_id=user_id,
            run_as_user_id=runs_as(integration, user_id),
            status=EntryStatus.ON_HOLD,
            schedule=Schedule(minutes_between=minutes),
            category_code=integration.category_code,
            record_table=Integration.table(),
            record_id=definition.code,
            retries=RETRIES,
            idempotency_key=f"backdesk: watch {definition.code}",
            notify_on_success=False,
            notify_on_failure=bool(integration.notify_errors),
            clock=clock,
        )
        if JobQueueEntry.get_by_id(job_id).status not in _WATCHES:
            actions.run_now(job_id, user_id=user_id, clock=clock)
        if integration.watched_job_id != job_id:
            Integration.update(watched_job_id=job_id).where(Integration.code == definition.code).execute()
            changes.touch(Integration.table(), definition.code)
    return job_id


@indirect(Right.MODIFY, "integration")
def stop_watching(integration_code: str, user_id: str = "", *, clock: Clock = SYSTEM_CLOCK) -> None:
    """End the job of a watched folder, if one runs; a file that it is reading is left where it is.

    Args:
        user_id: who does it, for the job's history.
    """
    with connected(), database.atomic():
        entry = watching_job(integration_code)
        if entry is not None and entry.status not in (
            EntryStatus.CANCELLED,
            EntryStatus.FINISHED,
            EntryStatus.EXPIRED,
            EntryStatus.ERROR,
        ):
            actions.cancel(entry.id, user_id=user_id, clock=clock)


def watching_job(integration_code: str) -> JobQueueEntry | None:
    """The job of an integration's watched folder, in whatever state it is; None where there has been none."""
    with connected():
        integration = Integration.get_or_none(Integration.code == integration_code)
        if integration is None or not integration.watched_job_id:
            return None
        entry: JobQueueEntry | None = JobQueueEntry.get_or_none(
            JobQueueEntry.id == integration.watched_job_id
        )
    return entry


def is_watching(integration_code: str) -> bool:
    """Whether files of that folder are taken by themselves now."""
    entry = watching_job(integration_code)
    return entry is not None and entry.status in _WATCHES


def check_folder(text: str) -> Path:
    """The folder that an integration is to watch.

    Raises:
        FieldError: with code NoFolder or NotAFolder.
    """
    if not text.strip():
        raise FieldError("No folder is named.", "Choose a Watched Folder first.", "NoFolder")
    folder = Path(text.strip()).expanduser()
    if not folder.is_absolute() or not folder.is_dir():
        raise FieldError(
            f"There is no folder “{text.strip()}”.", "Name a folder with its whole path.", "NotAFolder"
        )
    return folder
