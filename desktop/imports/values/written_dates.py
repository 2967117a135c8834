"""Days as people and programs write them: in a format that somebody has named, or so that only one can be meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from models.errors import FieldError

ISO: Final = "YYYY-MM-DD"
"""Is read whatever format is named."""

COMPACT: Final = "YYYYMMDD"
"""Is read as well, where the named format does not fit."""

SERIAL: Final = "SERIAL"
"""The format of days that a spreadsheet has left as their numbers, such as 46053."""

_YEARS: Final = range(1900, 2101)  # in which days without signs between their parts are believed
_SERIALS: Final = range(20_000, 80_000)  # from 1954 to 2119
_FIRST_DAY: Final = date(1899, 12, 30)
_PIVOT: Final = 70  # years of two digits from here on are of the last century
_PARTS: Final = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d\d)",
    "MM": r"(?P<month>\d\d?)",
    "DD": r"(?P<day>\d\d?)",
    "M": r"(?P<month>\d\d?)",
    "D": r"(?P<day>\d\d?)",
}
_TIME: Final = re.compile(
    r"(?:,? |T)\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?Uhr)?"
    r"(?: ?(?:Z|UTC|GMT|CES?T)?(?: ?[+\-]\d\d(?::?\d\d)?)?(?: \([\w ]{1,40}\))?)?"
)
_TIME_AT_END: Final = re.compile(f"{_TIME.pattern}$")
_ISO: Final = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_SERIAL: Final = re.compile(r"(\d{5})(?:[.,]\d{1,15})?", re.ASCII)
_WEEKDAY: Final = (
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lu|ma|me|mi|je|ju|ve|vi|sá|gi|za|zo|wo|vr)"
    r"\w{0,8}\.?,? )?"
)
_LONGEST: Final = 120  # characters of a day with its time
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")
_NAME: Final = r"(?P<name>[^\W\d_]{3,10})\.?"
_YEAR: Final = r"(?P<year>\d{4}|\d\d)"
_NAMED: Final = tuple(
    re.compile(f"{_WEEKDAY}{form}", re.IGNORECASE)
    for form in (
        rf"(?P<day>\d\d?)(?:st|nd|rd|th|er|\.|º)?(?: de)?[ \-/]?{_NAME},?(?: de)?[ \-/'’]{{0,2}}{_YEAR}",
        rf"{_NAME}[ \-](?P<day>\d\d?)(?:st|nd|rd|th)?(?:, ?|[ \-])['’]?{_YEAR}",
        rf"(?P<year>\d{{4}})[ \-/.]{_NAME}[ \-/](?P<day>\d\d?)",
    )
)
# English, German, French, Spanish, Italian, Dutch, Portuguese; a longer word may go on as its month does.
_MONTHS: Final = (
    ("january", "januar", "jänner", "janvier", "enero", "gennaio", "januari", "janeiro"),
    ("february", "februar", "feber", "février", "fevrier", "febrero", "febbraio", "februari", "fevereiro"),
    ("march", "märz", "maerz", "mars", "marzo", "maart", "mrt", "março", "marco", "mrz"),
    ("april", "avril", "abril", "aprile"),
    ("may", "mai", "mayo", "maggio", "mei", "maio"),
    ("june", "juni", "juin", "junio", "giugno", "junho"),
    ("july", "juli", "juillet", "julio", "luglio", "julho"),
    ("august", "août", "aout", "agosto", "augustus"),
    ("september", "septembre", "septiembre", "settembre", "setembro"),
    ("october", "oktober", "octobre", "octubre", "ottobre", "outubro"),
    ("november", "novembre", "noviembre", "novembro"),
    ("december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro"),
)


def _month_names() -> dict[str, int]:
    """The months by their names and by the first letters of these that no other month has."""
    found: dict[str, int] = {}
    for number, names in enumerate(_MONTHS, 1):
        for name in names:
            for length in range(3, len(name) + 1):
                known = found.setdefault(name[:length], number)
                if known != number:
                    found[name[:length]] = 0
    return {name: number for name, number in found.items() if number}


_MONTH_NUMBERS: Final = _month_names()


def days(date_format: str) -> Callable[[str], date]:
    """The function that turns a text into a day; a time of day behind it is left out.

    Args:
        date_format: as `date_pattern` says. What can be only one day is read whatever it says: 2026-01-31, 20260131,
            31 Jan 2026, January 31, 2026.
    Raises, when called:
        FieldError: NotADate.
    """
    serial = date_format.upper() == SERIAL
    pattern = date_pattern(date_format)

    def read(text: str) -> date:
        bare = without_time(text)
        for form in (_ISO, pattern, _COMPACT, *_NAMED):
            found = form.fullmatch(bare)
            day = _day(found, form) if found is not None else None
            if day is not None:
                return day
        raise _no_day(text, bare, "a number such as 46053" if serial else date_format)

    return read


def date_pattern(date_format: str) -> re.Pattern[str]:
    """The regular expression of a date format: YYYY or YY, MM and DD with signs between them, or SERIAL.

    Raises:
        ValueError: the format does not name year, month and day once each.
    """
    if date_format.upper() == SERIAL:
        return _SERIAL
    tokens = re.split(r"(YYYY|YY|MM|DD|M|D)", date_format.upper())
    try:
        pattern = re.compile("".join(_PARTS.get(token, re.escape(token)) for token in tokens))
    except re.error as error:
        raise ValueError(f"“{date_format}” is not a date format") from error
    names = pattern.groupindex.keys()
    if not ({"month", "day"} <= names and ("year" in names or "short" in names)):
        raise ValueError(f"“{date_format}” is not a date format")
    return pattern


def is_named_day(text: str) -> bool:
    """Whether a text is a day with the name of its month."""
    if _LETTERS.search(text) is None:
        return False
    bare = without_time(text)
    return any((found := form.fullmatch(bare)) and _day(found, form) for form in _NAMED)


def day_of_serial(text: str) -> date | None:
    """The day whose number in a spreadsheet a text may be, if it is of our times."""
    found = _SERIAL.fullmatch(text)
    if found is None or int(found[1]) not in _SERIALS:
        return None
    return _FIRST_DAY + timedelta(days=int(found[1]))


def without_time(text: str) -> str:
    """The day of a text without the time behind it."""
    return _TIME_AT_END.sub("", text) if ":" in text and len(text) <= _LONGEST else text


def _day(found: re.Match[str], form: re.Pattern[str]) -> date | None:
    """The day behind a text of that form; None where there is no such day."""
    if form is _SERIAL:
        return day_of_serial(found[0])
    try:
        if form is _ISO or form is _COMPACT:
            year = int(found[1])
            if form is _COMPACT and year not in _YEARS:
                return None
            return date(year, int(found[2]), int(found[3]))
        parts = found.groupdict()
        month = parts["month"] if "month" in parts else _MONTH_NUMBERS[parts["name"].casefold()]
        return date(_whole_year(parts.get("year") or parts["short"]), int(month), int(parts["day"]))
    except (KeyError, ValueError):
        return None


def _whole_year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= _PIVOT else 2000)


def _no_day(text: str, bare: str, date_format: str) -> FieldError:
    like = f"Write it like {date_format}, or change Date Format on the integration."
    serial = day_of_serial(bare)
    if serial is None:
        return FieldError(f"“{text}” is not a date.", like, "NotADate")
    return FieldError(
        f"“{text}” is not a date. As the number of a day in a spreadsheet it would be {serial.isoformat()}.",
        f"Choose {SERIAL} as Date Format if all days of the file are written so. If not: {like[0].lower()}{like[1:]}",
        "NotADate",
    )
