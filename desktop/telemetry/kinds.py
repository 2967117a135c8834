"""What may happen to job queue entries, scheduled tasks and imports."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Event(StrEnum):
    """What may happen."""

    ENQUEUED = "enqueued"
    STARTED = "started"
    PROGRESS = "progress"
    FINISHED = "finished"
    FAILED = "failed"
    FAILED_FOR_THE_LAST_TIME = "failed for the last time"
    STATUS_CHANGED = "status changed"
    RESCUED = "rescued"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    OUT_OF_WINDOW = "out of window"
    WAITING_FOR_CATEGORY = "waiting for category"
    TASK_CREATED = "task created"
    TASK_READY = "task ready"
    TASK_REMOVED = "task removed"
    TASK_RETRIED = "task retried"
    IMPORT_READ = "import read"
    IMPORT_PROCESSED = "import processed"
    IMPORT_POST_PROCESSED = "import post-processed"
    IMPORT_TRIED = "import tried"
    IMPORT_UNDONE = "import undone"


ENDS: Final = frozenset({Event.FINISHED, Event.FAILED, Event.FAILED_FOR_THE_LAST_TIME, Event.CANCELLED})
"""The events that end a run: they say how long it took."""
