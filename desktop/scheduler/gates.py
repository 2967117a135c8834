"""Telling that jobs whose time has come wait for room in their category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from desktop.telemetry import events as telemetry
from desktop.telemetry.events import Event
from models import statements
from models.database import database
from models.job_queue import JobQueueEntry

MOST_TOLD: Final = 100  # of those whose time comes together; a claim must not take long

_GATE: Final = """
    SELECT COALESCE(gate.paused, 0), COALESCE(gate.capacity, 1),
        (SELECT count(*) FROM scheduled_task WHERE running = 1 AND category_code = asked.code)
    FROM (SELECT ? AS code) asked LEFT JOIN job_queue_category gate ON gate.code = asked.code
"""


def tell_waiting(due: Iterable[tuple[str, str]]) -> None:
    """Note, inside the running transaction, which of these jobs wait for their category.

    Args:
        due: id and category of the entries whose time has come.
    """
    of_category: defaultdict[str, list[str]] = defaultdict(list)
    for job_id, category in due:
        if job_id and category:
            of_category[category].append(job_id)
    for category, job_ids in of_category.items():
        paused, capacity, running = database.execute_sql(_GATE, (category,)).fetchone()
        if not paused and running < capacity:
            continue
        for job_id in job_ids[:MOST_TOLD]:
            entry = statements.get(JobQueueEntry, job_id)
            if entry is not None:
                telemetry.note(
                    Event.WAITING_FOR_CATEGORY, entry, paused=bool(paused), capacity=capacity, running=running
                )
