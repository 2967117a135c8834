"""The basis "Fixed Clock": runs stand on the clock, whenever the last one began or ended.

A window begins anew at its starting time on each of its days; within it runs follow each other by wall time, so an
hour that comes twice has two of them and an hour that does not come has none. A fixed time runs once, come what may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Final, NamedTuple

from desktop.jobqueue.recurrence import date_formula
from desktop.jobqueue.recurrence.schedule import Schedule, time_of
from desktop.jobqueue.recurrence.wall_time import (
    is_steady,
    last_moment_of,
    moment_of,
    passes,
    wall_of,
    zone_of,
)

DAY_MINUTES: Final = 1_440
_DAY: Final = timedelta(days=1)
_INSTANT: Final = timedelta(microseconds=1)
_AROUND: Final = timedelta(hours=3)
_MOST_DAYS: Final = 3_700  # in which a date formula must come to a later day
_MIDNIGHT: Final = time(0)


def first(schedule: Schedule, lower: datetime) -> datetime | None:
    """The first run at or after a moment; an earliest start that lies ahead is one itself where it may be."""
    earliest = schedule.earliest_start
    if schedule.date_formula:
        if earliest is not None and earliest >= lower:
            return earliest
        return _by_formula(schedule, lower - _INSTANT)
    lower = max(lower, earliest or lower)
    if _is_daily(schedule):
        return _on_day(schedule, wall_of(lower, _zone(schedule)).date(), lower - _INSTANT)
    return _first_in_window(schedule, lower)


def following(schedule: Schedule, after: datetime) -> datetime | None:
    """The first run later than one that was planned for `after`; None where the calendar ends."""
    try:
        if schedule.date_formula:
            return _by_formula(schedule, after)
        if _is_daily(schedule):
            days = ceil(schedule.minutes_between / DAY_MINUTES)
            day = wall_of(after, _zone(schedule)).date()
            return _on_day(schedule, day + timedelta(days=days) if days > 1 else day, after)
        return _following_in_window(schedule, after)
    except OverflowError:
        return None


def missed(schedule: Schedule, after: datetime, now: datetime, most: int) -> list[datetime]:
    """The latest runs later than `after` whose time has come, oldest first, at most so many."""
    if schedule.date_formula or _is_daily(schedule):
        return list(_latest(schedule, after, now, most))
    span = timedelta(minutes=schedule.minutes_between * most) + _AROUND
    while True:
        start = now - span
        if start <= after + _DAY:
            return list(_latest(schedule, after, now, most))
        found = _latest(schedule, _restart(schedule, after, start), now, most)
        if len(found) == most:
            return list(found)
        span *= 8


def last(schedule: Schedule, now: datetime) -> datetime | None:
    """The latest run whose time has come, whether it has taken place or not; None when there was none for years."""
    span = timedelta(minutes=schedule.minutes_between) + _AROUND
    while span < _MOST_DAYS * _DAY:
        slot = first(schedule, now - span)
        if slot is not None and slot <= now:
            found = _latest(schedule, slot, now, 1)
            return found[-1] if found else slot
        span *= 8
    return None


def _latest(schedule: Schedule, after: datetime, now: datetime, most: int) -> deque[datetime]:
    found: deque[datetime] = deque(maxlen=most)
    slot = following(schedule, after)
    while slot is not None and slot <= now:
        found.append(slot)
        slot = following(schedule, slot)
    return found


def _restart(schedule: Schedule, after: datetime, moment: datetime) -> datetime:
    """A moment near another one from which runs follow as they do from `after`."""
    zone = _zone(schedule)
    wall = wall_of(moment, zone)
    if _begins_anew(schedule):
        start = time_of(schedule.starting_time) or _MIDNIGHT
        return moment_of(wall.date(), start, zone) - _INSTANT
    step = timedelta(minutes=schedule.minutes_between)
    begun = wall_of(after, zone)
    on_grid = begun + (wall - begun) // step * step
    return moment_of(on_grid.date(), on_grid.time(), zone)


# --- once a day, or every few days ----------------------------------------------------------------


def _is_daily(schedule: Schedule) -> bool:
    return schedule.minutes_between == 0 or schedule.minutes_between >= DAY_MINUTES


def _on_day(schedule: Schedule, day: date, after: datetime) -> datetime | None:
    """The run of that day, or of the next one that is allowed, later than a moment."""
    zone = _zone(schedule)
    at = time_of(schedule.starting_time)
    if at is None:
        earliest = schedule.earliest_start
        at = wall_of(earliest, zone).time() if earliest is not None else _MIDNIGHT
    for candidate in _allowed_days(schedule, day):
        found = moment_of(candidate, at, zone)
        if found > after:
            return found
    return None


def _by_formula(schedule: Schedule, after: datetime) -> datetime | None:
    """The first day later than `after` that the formula makes of its day, or of one of those that follow."""
    zone = _zone(schedule)
    at = time_of(schedule.starting_time) or _MIDNIGHT
    terms = date_formula.parse(schedule.date_formula)
    day = wall_of(after, zone).date()
    for away in range(_MOST_DAYS):
        try:
            found = date_formula.calc_date(terms, day + timedelta(days=away))
        except OverflowError:
            return None
        if found is not None and moment_of(found, at, zone) > after:
            return moment_of(found, at, zone)
    return None


# --- several times a day --------------------------------------------------------------------------


class _Window(NamedTuple):
    """One day's window.

    Attributes:
        wall: the wall time at which it begins.
        start, end: its first and its last moment.
    """

    wall: datetime
    start: datetime
    end: datetime


def _begins_anew(schedule: Schedule) -> bool:
    """Whether each day's runs are counted from the beginning of its window."""
    return bool(schedule.starting_time or schedule.ending_time)


def _windows(schedule: Schedule, day: date) -> Iterator[_Window]:
    """The windows of the allowed days from that day on."""
    zone = _zone(schedule)
    start, end = time_of(schedule.starting_time) or _MIDNIGHT, time_of(schedule.ending_time)
    for one in _allowed_days(schedule, day):
        if end is None or end == start:
            last = moment_of(one + _DAY, _MIDNIGHT, zone) - _INSTANT
        else:
            last = last_moment_of(one + _DAY if end < start else one, end, zone)
        yield _Window(datetime.combine(one, start), moment_of(one, start, zone), last)


def _first_in_window(schedule: Schedule, lower: datetime) -> datetime | None:
    zone = _zone(schedule)
    earliest = schedule.earliest_start
    anchor = None if earliest is None or _begins_anew(schedule) else wall_of(earliest, zone)
    for window in _windows(schedule, wall_of(lower, zone).date() - _DAY):
        if window.end < lower:
            continue
        if lower == earliest and window.start <= lower:
            return lower
        if anchor is None and window.start >= lower:
            return window.start
        found = _on_grid(schedule, anchor or window.wall, max(lower, window.start) - _INSTANT)
        if found <= window.end:
            return found
    return None


def _following_in_window(schedule: Schedule, after: datetime) -> datetime | None:
    zone = _zone(schedule)
    begun = wall_of(after, zone)
    for window in _windows(schedule, begun.date() - _DAY):
        if window.end <= after:
            continue
        inside = window.start <= after
        if inside or _goes_on(schedule, window):
            found = _on_grid(schedule, begun, after if inside else window.start - _INSTANT)
        else:
            found = window.start
        if found <= window.end:
            return found
    return None


def _goes_on(schedule: Schedule, window: _Window) -> bool:
    """Whether runs go on from the day before, in place of beginning anew at midnight."""
    if _begins_anew(schedule):
        return False
    return not schedule.weekdays or (window.wall.weekday() - 1) % 7 in schedule.weekdays


def _on_grid(schedule: Schedule, anchor: datetime, after: datetime) -> datetime:
    """The first moment later than `after` at which the clock shows the anchor plus or minus whole steps."""
    zone = _zone(schedule)
    step = timedelta(minutes=schedule.minutes_between)
    wall = wall_of(after, zone)
    if is_steady(after, zone) and is_steady(after + step, zone):
        shown = anchor + ((wall - anchor) // step + 1) * step
        return moment_of(shown.date(), shown.time(), zone)
    shown = anchor + ((wall - anchor - _AROUND) // step) * step
    last = wall + _AROUND + step
    found: list[datetime] = []
    while shown <= last:
        found += [moment for moment in passes(shown, zone) if moment > after]
        shown += step
    return min(found) if found else moment_of(shown.date(), shown.time(), zone)


def _allowed_days(schedule: Schedule, day: date) -> Iterator[date]:
    """The days from that day on whose weekday is allowed, of two weeks."""
    for away in range(15):
        one = day + timedelta(days=away)
        if not schedule.weekdays or one.weekday() in schedule.weekdays:
            yield one


def _zone(schedule: Schedule) -> tzinfo:
    return zone_of(schedule.time_zone)
