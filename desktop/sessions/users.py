"""Who may work here: asked whenever a session without a screen begins in somebody's name."""

from __future__ import annotations

from models import statements
from models.company import User
from models.errors import BackdeskError


def check_may_work(user_id: str, work: str, hint: str) -> None:
    """Make sure that the user is enabled; a name that nobody has entered as a user is nobody's to disable.

    Args:
        work: what runs, e.g. "job".
        hint: what else can be done than to enable the user.
    Raises:
        BackdeskError: with code UserDisabled.
    """
    user = statements.get(User, user_id)
    if user is not None and not user.enabled:
        raise BackdeskError(
            f"The {work} runs as user {user_id}, who is disabled.",
            f"Enable the user, or {hint}.",
            "UserDisabled",
        )
