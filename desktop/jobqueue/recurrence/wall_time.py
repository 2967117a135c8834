"""Wall time and the clock that exists: what becomes of a time of day when clocks are put forward or back."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal

_LONGEST_SHIFT = timedelta(hours=3)  # no clock has been put forward or back by more at once


def zone_of(name: str) -> tzinfo:
    """The time zone of that IANA name; empty is this computer's.

    Raises:
        ZoneInfoNotFoundError: there is none.
    """
    return _named(name) if name else _local(os.environ.get("TZ", ""))


@lru_cache(maxsize=64)
def _named(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:  # e.g. a path, or a folder
        raise ZoneInfoNotFoundError(f"no time zone {name}") from error


@lru_cache(maxsize=4)
def _local(_variable: str) -> tzinfo:
    """This computer's zone; looked up anew when the environment names another one."""
    return tzlocal.reload_localzone()


def wall_of(moment: datetime, zone: tzinfo) -> datetime:
    """The naive wall time of an aware moment; `fold` tells the second pass of an hour that comes twice."""
    return moment.astimezone(zone).replace(tzinfo=None)


def passes(wall: datetime, zone: tzinfo) -> list[datetime]:
    """The aware moments, in UTC, at which the clock shows that wall time: none in a gap, two where it comes twice."""
    found = []
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if wall_of(moment, zone).replace(fold=0) == wall.replace(fold=0) and moment not in found:
            found.append(moment)
    return sorted(found)


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The one moment, in UTC, of a fixed time: the first pass where it comes twice, the end of the gap in a gap."""
    wall = datetime.combine(day, at)
    found = passes(wall, zone)
    return found[0] if found else _end_of_gap(wall, zone)


def last_moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment up to which a window lasts: the second pass where its end comes twice."""
    wall = datetime.combine(day, at)
    found = passes(wall, zone)
    return found[-1] if found else _end_of_gap(wall, zone)


def is_steady(moment: datetime, zone: tzinfo) -> bool:
    """Whether clocks are not changed within a few hours of a moment."""
    before, after = ((moment + sign * 2 * _LONGEST_SHIFT).astimezone(zone).utcoffset() for sign in (-1, 1))
    return before == after


def _end_of_gap(wall: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clock jumps over a wall time, by halving the time around it."""
    around = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before, after = around - 2 * _LONGEST_SHIFT, around + 2 * _LONGEST_SHIFT
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
