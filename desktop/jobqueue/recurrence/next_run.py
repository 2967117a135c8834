"""The next run of a schedule, and what becomes of a run that was missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from desktop.jobqueue.recurrence import business_central, fixed_clock
from desktop.jobqueue.recurrence.schedule import MISFIRE_GRACE_SECONDS, Schedule

_GRACE: Final = timedelta(seconds=MISFIRE_GRACE_SECONDS)


def next_run(schedule: Schedule, after: datetime | None, now: datetime) -> datetime | None:
    """When an entry runs next.

    Args:
        after: for when its last run was planned, aware; None before the first.
        now: the moment at which that run has ended, or at which the entry is set to Ready; aware.
    Returns:
        An aware moment in UTC, always later than `after`; None when it runs no more. On the fixed clock a moment that
        is over stands for runs that were missed: the latest of them, or with "Run All" the next to be caught up.
    """
    found = _next(schedule, after, now)
    if found is None or (schedule.expires_at is not None and found >= schedule.expires_at):
        return None
    return found


def slot_to_run(schedule: Schedule, planned: datetime, now: datetime) -> datetime | None:
    """For which planned moment a run begins now that was planned for another one.

    Returns:
        The moment; None when it is not to begin now, because it has missed its time and is to be skipped, or because
        it is outside its window. It is planned anew then.
    """
    if not business_central.is_inside_window(schedule, now):
        return None
    if schedule.basis == "From Completion" or now <= planned:
        return planned
    if schedule.misfire == "Run All":
        later = fixed_clock.missed(schedule, planned, now, schedule.run_all_cap)
        return later[0] if len(later) == schedule.run_all_cap else planned
    if schedule.misfire == "Skip":
        return planned if now - planned <= _GRACE else None
    missed = fixed_clock.missed(schedule, planned, now, 1)
    return missed[-1] if missed else planned


def last_slot(schedule: Schedule, now: datetime) -> datetime:
    """The planned moment after which a schedule goes on when an entry has run in between, e.g. by Run Now."""
    if schedule.basis == "From Completion":
        return now
    return fixed_clock.last(schedule, now) or now


def upcoming(schedule: Schedule, now: datetime, count: int = 10) -> list[datetime]:
    """The next runs of an entry that is set to Ready now, if each took no time; fewer where the schedule ends."""
    found: list[datetime] = []
    run = next_run(schedule, None, now)
    while run is not None and len(found) < count:
        found.append(run)
        run = next_run(schedule, run, run)
    return found


def _next(schedule: Schedule, after: datetime | None, now: datetime) -> datetime | None:
    earliest = schedule.earliest_start
    if schedule.basis == "From Completion":
        if after is None:
            return business_central.first_run(schedule, now)
        found = business_central.next_run(schedule, max(now, after))
        if found is not None and earliest is not None and found < earliest:
            return business_central.first_run(schedule, earliest)
        return found
    if after is None:
        return fixed_clock.first(schedule, now)
    found = fixed_clock.following(schedule, after)
    if found is not None and earliest is not None and found < earliest:
        return fixed_clock.first(schedule, max(earliest, found))
    if found is None or found > now:
        return found
    if schedule.misfire == "Run All":
        return fixed_clock.missed(schedule, after, now, schedule.run_all_cap)[0]
    latest = fixed_clock.missed(schedule, after, now, 1)[-1]
    return latest if schedule.misfire == "Run Once" else fixed_clock.following(schedule, latest)
