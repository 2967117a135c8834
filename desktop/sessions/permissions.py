"""Who may do what: asked before a user's work begins, and kept by the connection while it runs.

The rule is in `models.user_rights`: as long as nobody in the company has a permission set, everybody may do
everything. What a user lacks is told by `RightMissingError`, which names user, object and right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desktop.codeunits import registry
from desktop.errors import LastingError, UnknownCodeunitError
from models.database import company_path, connected
from models.enforcement import as_system, indirect, limited_to, require
from models.errors import RightMissingError
from models.permissions import JOB_QUEUE_ADMIN, SUPER
from models.recent_rights import recent
from models.rights import Right
from models.user_rights import are_enforced, holders, is_enabled, rights_of

__all__ = [
    "Right",
    "are_enforced",
    "as_system",
    "check_may_run",
    "enforced",
    "enforced_for_reading",
    "indirect",
    "is_job_queue_admin",
    "job_queue_admins",
    "may_create_tasks",
    "require",
]


@contextmanager
def enforced(user_id: str) -> Iterator[None]:
    """Let this thread do inside the block only what the user may do.

    It holds for the connection that the thread has open and for those that it opens inside, in the ORM and in raw
    SQL, also for statements that were prepared before. A user who may do everything costs nothing.

    Args:
        user_id: in whose name the code runs; empty is the program's own work, which is not limited.
    """
    with limited_to(rights_of(user_id) if user_id else None):
        yield


@contextmanager
def enforced_for_reading(user_id: str) -> Iterator[None]:
    """The same for work that only reads, and so often that rights of a second ago do."""
    with limited_to(recent(str(company_path()), user_id, rights_of) if user_id else None):
        yield


def check_may_run(user_id: str, codeunit: str, work: str = "job", hint: str = "") -> None:
    """Make sure that a user is enabled and may run a codeunit without a screen.

    Args:
        user_id: empty is the program's own work, which nobody has to allow.
        codeunit: its name in the registry; one that is not there is not refused here.
        work: what runs, e.g. "job".
        hint: what else can be done than to enable the user, after "or".
    Raises:
        LastingError: the user is disabled; code UserDisabled.
        RightMissingError: the user may not run it.
    """
    if not user_id:
        return
    with connected(), as_system():
        enabled = is_enabled(user_id)
    if not enabled:
        raise LastingError(
            f"The {work} runs as user {user_id}, who is disabled.",
            f"Enable the user, or {hint or 'let another user set the job to Ready'}.",
            "UserDisabled",
        )
    rights = rights_of(user_id)
    if rights is not None and not rights.may_run(codeunit):
        raise RightMissingError(user_id, f"Codeunit {_named(codeunit)}", Right.EXECUTE)


def may_create_tasks(user_id: str) -> bool:
    """Whether the user may let something run later: they are enabled and may insert scheduled tasks."""
    with connected(), as_system():
        if not is_enabled(user_id):
            return False
    rights = rights_of(user_id)
    return rights is None or rights.may(Right.INSERT, "scheduled_task")


def is_job_queue_admin(user_id: str) -> bool:
    """Whether somebody has made the user an administrator of the job queue, or given them SUPER."""
    return user_id in job_queue_admins()


def job_queue_admins() -> list[str]:
    """The users, not disabled, who look after the job queue; none where nobody has a permission set."""
    return holders(JOB_QUEUE_ADMIN, SUPER)


def _named(codeunit: str) -> str:
    try:
        return f"{registry.find(codeunit).number} ({codeunit})"
    except UnknownCodeunitError:
        return codeunit
