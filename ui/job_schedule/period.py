"""Days and weeks where the person is, and where a moment lies in them; a day may have 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR_STEPS: Final = (1, 2, 3, 6, 12)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Span(NamedTuple):
    """A stretch of time; aware moments, the end not included."""

    start: datetime
    end: datetime

    def share(self, moment: datetime) -> float:
        """How far into the stretch a moment lies: 0 at its start, 1 at its end."""
        return (moment - self.start).total_seconds() / (self.end - self.start).total_seconds()

    def moment(self, share: float) -> datetime:
        """The moment so far into the stretch."""
        return self.start + (self.end - self.start) * share


def midnight(day: date) -> datetime:
    """The first moment of a day where this computer is."""
    return datetime.combine(day, time()).astimezone()


def day_span(day: date) -> Span:
    """A day; its length is that of the clocks there."""
    return Span(midnight(day).astimezone(UTC), midnight(day + timedelta(days=1)).astimezone(UTC))


def monday_of(day: date) -> date:
    """The first day of that day's week."""
    return day - timedelta(days=day.weekday())


def week_days(day: date) -> list[date]:
    """The seven days of that day's week."""
    first = monday_of(day)
    return [first + timedelta(days=place) for place in range(7)]


def week_span(day: date) -> Span:
    """The week of a day."""
    first = monday_of(day)
    return Span(day_span(first).start, day_span(first + timedelta(days=6)).end)


def local_day(moment: datetime) -> date:
    """The day of a moment where this computer is."""
    return moment.astimezone().date()


def hours_of(span: Span) -> list[tuple[float, int]]:
    """Where each full hour of a day lies, from 0 to 1, with the hour that the clock shows."""
    hours = round((span.end - span.start).total_seconds() / 3_600)
    moments = [span.start + timedelta(hours=place) for place in range(hours)]
    return [(span.share(moment), moment.astimezone().hour) for moment in moments]


def day_title(day: date) -> str:
    """A day as a title: Fri 20 Nov 2026."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_heading(day: date) -> str:
    """A day above its column: Fri 20."""
    return f"{_DAYS[day.weekday()]} {day.day}"


def week_title(day: date) -> str:
    """A week as a title: 16 – 22 Nov 2026."""
    first, last = week_days(day)[0], week_days(day)[-1]
    year = f" {first.year}" if first.year != last.year else ""
    month = f" {_MONTHS[first.month - 1]}{year}" if first.month != last.month else ""
    return f"{first.day}{month} – {last.day} {_MONTHS[last.month - 1]} {last.year}"


def axis_moments(first: datetime, last: datetime, most: int) -> list[tuple[datetime, str]]:
    """The marks of an axis from one moment to another: full hours, or the first moments of days, with their words.

    Args:
        most: how many at most.
    """
    hours = (last - first).total_seconds() / 3_600
    step = next((step for step in _HOUR_STEPS if hours / step <= most), 0)
    if step:
        local = first.astimezone()
        moment = midnight(local.date()) + timedelta(hours=local.hour - local.hour % step)
        found = []
        while moment <= last:
            words = f"{moment.astimezone():%H:%M}"
            found.append((moment, words if moment.astimezone().hour else day_heading(local_day(moment))))
            moment += timedelta(hours=step)
        return [mark for mark in found if mark[0] >= first]
    days = max(1, -(-int(hours / 24) // most))
    day = local_day(first) + timedelta(days=1)
    marks = []
    while midnight(day) <= last:
        marks.append((midnight(day), f"{day.day} {_MONTHS[day.month - 1]}"))
        day += timedelta(days=days)
    return marks
