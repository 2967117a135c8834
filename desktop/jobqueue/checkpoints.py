"""Where the checkpoints of a run are kept: with its entry, and only as long as the run is this worker's."""

from __future__ import annotations

from typing import Final

from desktop.errors import ReplacedError
from desktop.scheduler.engine import Claim
from desktop.sessions import permissions
from desktop.sessions.checkpoints import Checkpoints
from models.database import database

# The fence alone proves the run: it holds for quick runs too, whose entry is Ready still.
_KEEP: Final = """
    UPDATE job_queue_entry
    SET checkpoint = json_set(CASE checkpoint WHEN '' THEN '{}' ELSE checkpoint END, ?, json(?))
    WHERE id = ? AND task_id = ? AND EXISTS (
        SELECT 1 FROM scheduled_task WHERE id = ? AND worker_id = ? AND fence = ? AND running = 1)
"""


def of_claim(claim: Claim) -> Checkpoints:
    """What the attempts before have kept, and the way to keep more; a task without an entry keeps nothing."""
    if not claim.job_id:
        return Checkpoints()
    return Checkpoints(claim.checkpoint, lambda name, value: _keep(claim, name, value))


def _keep(claim: Claim, name: str, value: str) -> None:
    mine = (claim.job_id, claim.task_id, claim.task_id, claim.worker_id, claim.fence)
    with permissions.as_system():
        kept = database.execute_sql(_KEEP, (f'$."{name}"', value, *mine)).rowcount
    if not kept:
        raise ReplacedError
