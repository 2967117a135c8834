"""The basis "From Completion": Business Central's own algorithm, with all its edges.

Source: `JobQueueEntry.Table.al` of Business Central's base application, version 29: CalcNextRunTimeForRecurringJob,
CalcNextRunTimeHoldDuetoInactivityJob and CalcInitialRunTime. It works on wall times and knows of no change of clocks;
the result is the moment of the schedule's zone.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from desktop.jobqueue.recurrence import date_formula
from desktop.jobqueue.recurrence.schedule import Schedule, time_of
from desktop.jobqueue.recurrence.wall_time import moment_of, wall_of, zone_of

MIDNIGHT: Final = time(0)
_LIFT: Final = timedelta(seconds=1)  # enqueueing lifts what is due to one second from now


def first_run(schedule: Schedule, now: datetime) -> datetime:
    """When an entry begins that is set to Ready now."""
    start = max(now, schedule.earliest_start or now)
    if schedule.date_formula:
        return start
    zone = zone_of(schedule.time_zone)
    found = _moment(fit(schedule, wall_of(start, zone)), zone)
    return max(found, start)


def next_run(schedule: Schedule, now: datetime) -> datetime | None:
    """When it runs again that has ended now; None where the calendar ends."""
    zone = zone_of(schedule.time_zone)
    wall = wall_of(now, zone)
    if schedule.date_formula:
        day = date_formula.calc_date(date_formula.parse(schedule.date_formula), wall.date())
        if day is None:
            return None
        found = moment_of(day, time_of(schedule.starting_time) or MIDNIGHT, zone)
    else:
        found = _moment(fit(schedule, wall + timedelta(minutes=schedule.minutes_between or 1_440)), zone)
    return max(found, now + _LIFT)


def fit(schedule: Schedule, base: datetime) -> datetime:
    """Move a wall time into the window and to a weekday that is allowed."""
    start, end = time_of(schedule.starting_time), time_of(schedule.ending_time)
    st = start or MIDNIGHT
    cross = end is not None and st > end
    run, at, days = base, base.time(), 0
    if end is not None and cross and end < at < st:
        run = datetime.combine(run.date(), st)
    if end is not None and not cross and at > end:
        run, days = datetime.combine(run.date(), st), 1
    allowed = set(schedule.weekdays) or set(range(7))
    extra = 0
    while (base.weekday() + days) % 7 not in allowed and extra < 7:
        days, extra = days + 1, extra + 1
    begins = datetime.combine(run.date(), st)
    if start is not None and not cross and run < begins:
        run = begins
    if end is not None and cross and run > datetime.combine(run.date() + timedelta(days=1), end):
        run = begins
    if days and run > begins:
        run = begins
    if start is None and extra and schedule.minutes_between:
        run = datetime.combine(run.date(), MIDNIGHT)
    return run + timedelta(days=days)


def is_inside_window(schedule: Schedule, now: datetime) -> bool:
    """Whether a run may begin now; both ends of the window belong to it."""
    start, end = time_of(schedule.starting_time), time_of(schedule.ending_time)
    at = wall_of(now, zone_of(schedule.time_zone)).time()
    if start is not None and end is not None and start > end:
        return at >= start or at <= end
    if start is not None and end is not None and start != end:
        return start <= at <= end
    if start is not None:
        return at >= start
    return end is None or end == MIDNIGHT or at <= end


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    return moment_of(wall.date(), wall.time(), zone)
