"""What the cues of the job queue count, for whom, and who may set their colours for everybody."""

from __future__ import annotations

from typing import Final

from desktop.sessions import permissions
from models import cue_setup
from models.cue_setup import COMPANY, TASKS_FAILED, TASKS_IN_PROCESS, TASKS_IN_QUEUE, CueColours
from models.errors import RightMissingError
from models.job_lists import VIEW_STATUSES, JobView
from models.statistics import entries_by_status

VIEWS: Final = {
    TASKS_FAILED: JobView.FAILED,
    TASKS_IN_PROCESS: JobView.RUNNING,
    TASKS_IN_QUEUE: JobView.SCHEDULED,
}
"""What each cue counts is what the list of job queue entries shows in this view."""


def whose_jobs(user_id: str) -> str:
    """Whose jobs a person's cues count: "" for everybody's, which job queue administrators see; else their own.

    Where nobody has a permission set, everybody looks after all.
    """
    return "" if looks_after_all(user_id) else user_id


def looks_after_all(user_id: str) -> bool:
    """Whether a person looks after everybody's jobs."""
    admins = permissions.job_queue_admins()
    return not admins or user_id in admins


def cue_counts(user_id: str) -> dict[str, int]:
    """How many job queue entries each cue counts for a person, by the cue."""
    by_status = entries_by_status(whose_jobs(user_id))
    return {
        cue: sum(by_status.get(status.value, 0) for status in VIEW_STATUSES[view])
        for cue, view in VIEWS.items()
    }


def set_company_colours(user_id: str, cue: str, colours: CueColours | None) -> None:
    """Change what holds for everybody who has no colours of their own; None takes the company's change back.

    Raises:
        RightMissingError: the person does not look after the job queue.
        FieldError: see `models.cue_setup.check_colours`.
    """
    if not looks_after_all(user_id):
        raise RightMissingError(user_id, "the cue setup of the company", "Modify")
    if colours is None:
        cue_setup.reset_colours(COMPANY, cue)
    else:
        cue_setup.set_colours(COMPANY, cue, colours)
