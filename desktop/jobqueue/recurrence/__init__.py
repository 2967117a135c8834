"""When a recurring entry runs: pure functions of a schedule, the last run and the moment; see docs/recurrence.md."""

from desktop.jobqueue.recurrence.next_run import last_slot, next_run, slot_to_run, upcoming
from desktop.jobqueue.recurrence.schedule import (
    MISFIRE_GRACE_SECONDS,
    Schedule,
    ScheduleError,
    check,
    decode,
    describe,
    encode,
)

__all__ = [
    "MISFIRE_GRACE_SECONDS",
    "Schedule",
    "ScheduleError",
    "check",
    "decode",
    "describe",
    "encode",
    "last_slot",
    "next_run",
    "slot_to_run",
    "upcoming",
]
