"""As whom the jobs of an integration run."""

from __future__ import annotations

from desktop.sessions import permissions
from models.integration import Integration


def runs_as(integration: Integration | None, user_id: str) -> str:
    """The user whose rights hold for a job of an integration that `user_id` starts.

    It is the integration's own user where an administrator of the job queue starts it. For anybody else it is they
    themselves: whoever may change an integration could otherwise let work run with rights that they do not have.
    """
    own = integration.run_as_user_id if integration is not None else ""
    return str(own) if own and permissions.is_job_queue_admin(user_id) else user_id
