"""What a person types on the card of a job: moments, durations and counts."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from models.errors import FieldError
from ui.framework.values import typed_date

_TIME: Final = re.compile(r"(?:^|\s)([0-9]{1,2})[:.]([0-9]{2})$")
_PART: Final = re.compile(r"([0-9]+)\s*(d|h|min|m|s)(?![a-z])")
_SECONDS: Final = {"d": 86_400, "h": 3_600, "min": 60, "m": 60, "s": 1}
_AT_ONCE: Final = ("", "now", "at once", "as soon as possible")


def typed_start(text: str, now: datetime) -> datetime | None:
    """Read when a job may start: "10:30", "tomorrow 6:00", "22.11.2026 06:00", a date alone for its first minute.

    A time alone means its next occurrence. Empty means as soon as possible.

    Args:
        now: aware.
    Returns:
        The moment in the person's time zone; None for as soon as possible.
    Raises:
        FieldError: NotAMoment.
    """
    words = " ".join(text.casefold().split())
    if words in _AT_ONCE:
        return None
    today = now.astimezone().date()
    found = _TIME.search(words)
    try:
        at = time(int(found[1]), int(found[2])) if found else time()
        day_words = words[: found.start()].strip() if found else words
        if not day_words:
            moment = datetime.combine(today, at).astimezone()
            return moment if moment > now else datetime.combine(today + timedelta(days=1), at).astimezone()
        return datetime.combine(_day(day_words, today), at).astimezone()
    except (ValueError, FieldError):
        example = (now + timedelta(days=1)).astimezone().strftime("%Y-%m-%d")
        raise FieldError(
            f"“{text.strip()}” is not a time.",
            f"Write it like 10:30, tomorrow 6:00 or {example} 06:00.",
            "NotAMoment",
        ) from None


def _day(words: str, today: date) -> date:
    names = {"yesterday": -1, "tomorrow": 1}
    return today + timedelta(days=names[words]) if words in names else typed_date(words, today)


def typed_duration(text: str) -> int:
    """Read a duration: "90 s", "30 min", "12 h", "1 h 30 min"; a number alone is minutes.

    Returns:
        Seconds.
    Raises:
        FieldError: NotADuration.
    """
    words = " ".join(text.casefold().split())
    if words.isdecimal():
        return int(words) * 60
    if not words or _PART.sub("", words).strip():
        raise FieldError(
            f"“{text.strip()}” is not a duration.",
            "Write it like 30 min, 12 h or 1 h 30 min.",
            "NotADuration",
        )
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(words))


def typed_count(text: str) -> int:
    """Read a whole number that is not negative.

    Raises:
        FieldError: NotANumber.
    """
    words = text.strip()
    if not words.isdecimal():
        raise FieldError(f"“{words}” is not a number.", "Write a whole number, e.g. 3.", "NotANumber")
    return int(words)
