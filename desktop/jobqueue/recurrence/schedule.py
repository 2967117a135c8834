"""What a schedule is: its fields, how it is kept, checked and told."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final, Literal
from zoneinfo import ZoneInfoNotFoundError

import msgspec
import msgspec.structs

from desktop.formats import count_text
from desktop.jobqueue.recurrence import date_formula
from desktop.jobqueue.recurrence.date_formula import DateFormulaError
from desktop.jobqueue.recurrence.wall_time import zone_of
from models.errors import FieldError

MISFIRE_GRACE_SECONDS: Final = 60  # a run that begins no later than this has not missed its time
MOST_MINUTES: Final = 525_600  # a year
MOST_CAUGHT_UP: Final = 1_000

Basis = Literal["Fixed Clock", "From Completion"]
Misfire = Literal["Run Once", "Skip", "Run All"]
BASES: Final[tuple[Basis, ...]] = ("Fixed Clock", "From Completion")
MISFIRES: Final[tuple[Misfire, ...]] = ("Run Once", "Skip", "Run All")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ScheduleError(FieldError):
    """A schedule that makes no sense.

    Attributes:
        field: the name of the field of `Schedule` that it is about.
        position: the character in that field's text; -1 for the field as a whole.
    """

    code = "Schedule"

    def __init__(self, text: str, hint: str, field: str, position: int = -1) -> None:
        super().__init__(text, hint)
        self.field = field
        self.position = position


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a recurring entry runs.

    Attributes:
        basis: "Fixed Clock" counts from the planned time of the last run, "From Completion" from its end, as Business
            Central does.
        weekdays: 0 is Monday; empty is every day.
        minutes_between: minutes from one run to the next; 0 is once a day.
        starting_time, ending_time: the window of a day, "HH:MM" or "HH:MM:SS"; empty for none. A window whose end
            lies before its start goes over midnight, and belongs to the evening's day.
        date_formula: how the day of the next run is made of that of the last; in place of weekdays and minutes.
        time_zone: an IANA name; empty is this computer's.
        misfire: what becomes of runs that were missed: one run for all of them, none, or one for each.
        run_all_cap: how many missed runs are caught up at most.
        earliest_start, expires_at: of the entry; aware or None. They are not kept with the schedule.
    """

    basis: Basis = "Fixed Clock"
    weekdays: tuple[int, ...] = ()
    minutes_between: int = 0
    starting_time: str = ""
    ending_time: str = ""
    date_formula: str = ""
    time_zone: str = ""
    misfire: Misfire = "Run Once"
    run_all_cap: int = 10
    earliest_start: datetime | None = None
    expires_at: datetime | None = None


def encode(schedule: Schedule) -> str:
    """The schedule as an entry keeps it: JSON without what is as usual, and without the entry's own columns."""
    kept = msgspec.structs.replace(schedule, earliest_start=None, expires_at=None)
    return msgspec.json.encode(kept).decode()


def decode(text: str) -> Schedule:
    """The schedule behind `encode`.

    Raises:
        ScheduleError: it cannot be read.
    """
    try:
        return msgspec.json.decode(text, type=Schedule)
    except msgspec.DecodeError as error:
        raise ScheduleError(
            f"The stored schedule cannot be read: {error}.", "Enter the schedule anew on the card.", "basis"
        ) from error


def time_of(text: str) -> time | None:
    """The time of day of a field; None for an empty one.

    Raises:
        ValueError: it is none.
    """
    return time.fromisoformat(text) if text else None


def check(schedule: Schedule) -> None:
    """Make sure that a schedule makes sense.

    Raises:
        ScheduleError: it does not.
    """
    _one_of(schedule.basis, BASES, "basis")
    _one_of(schedule.misfire, MISFIRES, "misfire")
    for name in ("starting_time", "ending_time"):
        _check_time(getattr(schedule, name), name)
    if len(set(schedule.weekdays)) != len(schedule.weekdays) or not set(schedule.weekdays) <= set(range(7)):
        raise ScheduleError(
            "The weekdays are none.", "Name each at most once, from 0 for Monday to 6 for Sunday.", "weekdays"
        )
    if not 0 <= schedule.minutes_between <= MOST_MINUTES:
        raise ScheduleError(
            f"{count_text(schedule.minutes_between)} minutes between runs are not possible.",
            f"It is at least 0 and at most {count_text(MOST_MINUTES)}, a year.",
            "minutes_between",
        )
    if not 1 <= schedule.run_all_cap <= MOST_CAUGHT_UP:
        raise ScheduleError(
            f"{count_text(schedule.run_all_cap)} missed runs cannot be caught up.",
            f"It is at least 1 and at most {count_text(MOST_CAUGHT_UP)}.",
            "run_all_cap",
        )
    try:
        zone_of(schedule.time_zone)
    except ZoneInfoNotFoundError:
        raise ScheduleError(
            f"There is no time zone “{schedule.time_zone}”.",
            "Choose one of the list, e.g. Europe/Berlin.",
            "time_zone",
        ) from None
    if schedule.date_formula:
        _check_formula(schedule)
    if not (schedule.weekdays or schedule.minutes_between or schedule.date_formula):
        raise ScheduleError(
            "The schedule does not say on which days it runs.",
            "Choose weekdays, minutes between runs, or a date formula.",
            "weekdays",
        )
    if None not in (schedule.earliest_start, schedule.expires_at) and _expires_first(schedule):
        raise ScheduleError("The entry expires before it may start.", "Set a later expiration.", "expires_at")


def describe(schedule: Schedule) -> str:
    """One plain sentence without a full stop: "Every 30 minutes on Monday to Friday, from 08:00 to 16:00"."""
    if schedule.date_formula:
        words = [f"By the date formula {schedule.date_formula.upper()}"]
        words.append(f"at {schedule.starting_time or '00:00'}")
        text = " ".join(words)
    else:
        text = f"{_how_often(schedule)}{_on_days(schedule)}{_window(schedule)}"
    if schedule.time_zone:
        text += f" ({schedule.time_zone})"
    if schedule.basis == "From Completion":
        text += ", counted from the end of each run"
    return text


def _how_often(schedule: Schedule) -> str:
    minutes = schedule.minutes_between
    if minutes in (0, 1_440):
        return "Once a day" if schedule.weekdays else "Every day"
    for size, name in ((10_080, "week"), (1_440, "day"), (60, "hour")):
        if minutes % size == 0:
            number = minutes // size
            return f"Every {name}" if number == 1 else f"Every {number} {name}s"
    return "Every minute" if minutes == 1 else f"Every {count_text(minutes)} minutes"


def _on_days(schedule: Schedule) -> str:
    days = sorted(schedule.weekdays)
    if not days or len(days) == 7:
        return ""
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f" on {_DAYS[days[0]]} to {_DAYS[days[-1]]}"
    names = [_DAYS[day] for day in days]
    return f" on {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f" on {names[0]}"


def _window(schedule: Schedule) -> str:
    once = schedule.minutes_between in (0, 1_440)
    start, end = schedule.starting_time, schedule.ending_time
    if start and end and start != end:
        night = " of the next day" if time.fromisoformat(end) < time.fromisoformat(start) else ""
        return f", {'between' if once else 'from'} {start} {'and' if once else 'to'} {end}{night}"
    if start:
        return f", at {start}" if once else f", from {start}"
    if end:
        return f", until {end}"
    return ""


def _one_of(value: Any, choices: tuple[str, ...], field: str) -> None:
    if value not in choices:
        raise ScheduleError(
            f"“{value}” is not possible here.", f"Choose one of: {', '.join(choices)}.", field
        )


def _check_time(text: str, field: str) -> None:
    try:
        found = time_of(text)
    except ValueError:
        found = time(tzinfo=zone_of("UTC"))
    if found is not None and found.tzinfo is not None:
        raise ScheduleError(f"“{text}” is not a time of day.", "Enter it like 08:30.", field)


def _check_formula(schedule: Schedule) -> None:
    if schedule.weekdays or schedule.minutes_between:
        raise ScheduleError(
            "A date formula stands beside weekdays or minutes between runs.",
            "Clear the date formula, or the weekdays and the minutes.",
            "date_formula",
        )
    try:
        date_formula.parse(schedule.date_formula)
    except DateFormulaError as error:
        raise ScheduleError(error.text, error.hint, "date_formula", error.position) from error


def _expires_first(schedule: Schedule) -> bool:
    assert schedule.expires_at is not None
    assert schedule.earliest_start is not None
    return schedule.expires_at <= schedule.earliest_start
