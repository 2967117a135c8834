"""Values as texts: one way that every language and machine reads alike, and several ways that people read.

`format_value` and `evaluate` carry values through the parameters and results of page background tasks, where
everything is text. The other functions make the short texts of cues, lists and status lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar, cast

Value = bool | int | Decimal | date | datetime | str
V = TypeVar("V", bool, int, Decimal, date, datetime, str)

DASH: Final = "–"
_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "": ""}
_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# --- texts for programs --------------------------------------------------------------------------


def format_value(value: Value | None) -> str:
    """The text of a value that `evaluate` reads back, the same on every machine; None is the empty text.

    Raises:
        TypeError: for a value of another type.
        ValueError: for a moment without a time zone, or a Decimal that is no finite number.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a number that can be passed on")
        return f"{value:f}"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a value of type {type(value).__name__} cannot be passed on as text")


def evaluate(text: str, kind: type[V]) -> V:
    """Read what `format_value` wrote.

    Args:
        kind: str, bool, int, Decimal, date or datetime.
    Raises:
        TypeError: for another type, or when `text` is no text.
        ValueError: when the text is not a value of that type.
    """
    if not isinstance(text, str):
        raise TypeError(f"a text is needed, not {type(text).__name__}")
    if kind not in _READERS:
        raise TypeError(f"texts cannot be read as {kind.__name__}")
    try:
        return cast(V, _READERS[kind](text))
    except ValueError:
        raise ValueError(f"“{text}” is not a value of type {kind.__name__}") from None


def as_texts(values: Mapping[str, str] | None, what: str) -> dict[str, str]:
    """A copy of parameters or results, which are texts by name; none for None.

    Args:
        what: they are, for the error, e.g. "parameters of “wait”".
    Raises:
        TypeError: a name or value is no text, or they are no mapping at all; it says what to do.
    """
    if not isinstance(values, Mapping | None):
        raise TypeError(f"{what} are texts by name, not {values!r}")
    texts = dict(values or {})
    for name, value in texts.items():
        if not isinstance(name, str):
            raise TypeError(f"{what} are texts by name; the name {name!r} is no text")
        if not isinstance(value, str):
            raise TypeError(
                f"{what} are texts by name; {name!r} is {value!r}, so write format_value(…) around it"
            )
    return texts


def _read_bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError
    return text


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


_READERS: Final[dict[type, Callable[[str], Value]]] = {
    str: str,
    bool: _read_bool,
    int: lambda text: int(_matching(_INTEGER, text)),
    Decimal: lambda text: Decimal(_matching(_DECIMAL, text)),
    date: lambda text: date.fromisoformat(_matching(_DAY, text)),
    datetime: _read_moment,
}


# --- texts for people ----------------------------------------------------------------------------


def count_text(count: int) -> str:
    """A count with its thousands grouped: 12,480."""
    return f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """A count with what is counted: 1 row, 12,480 rows.

    Args:
        one: what one of them is called.
        many: what several are called; with an s behind it when empty.
    """
    return f"{count_text(count)} {one if count == 1 else many or f'{one}s'}"


def amount_text(amount: Decimal, currency: str = "", decimals: int = 2) -> str:
    """An amount with grouped thousands and fixed decimals, halves rounded away from zero: € 1,234.50.

    Args:
        currency: an ISO code; shown as its sign where it has a common one. Empty for none.
    """
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return _with_sign(f"{abs(rounded):,.{decimals}f}", currency, negative=rounded < 0)


def short_amount(amount: Decimal, currency: str = "") -> str:
    """An amount for a tile: four figures at most and K, M or B: € 184.2 K, € 12.1 M, € 950."""
    size = abs(amount)
    steps = (("", Decimal(1)), (" K", Decimal(1_000)), (" M", Decimal(1_000_000)), (" B", Decimal(10**9)))
    for index, (letter, step) in enumerate(steps):
        decimals = Decimal("0.1") if step > 1 else Decimal(1)
        figures = (size / step).quantize(decimals, ROUND_HALF_UP)
        if figures < 1_000 or index == len(steps) - 1:
            text = f"{figures:,f}{letter}"
            return _with_sign(text, currency, negative=amount < 0 and figures > 0)
    raise AssertionError("the last step takes every amount")


def _with_sign(figures: str, currency: str, *, negative: bool) -> str:
    sign = _SIGNS.get(currency, currency)
    minus = "−" if negative else ""
    return f"{minus}{sign} {figures}" if sign else f"{minus}{figures}"


def date_text(day: date) -> str:
    """A day as people write it: 21 Nov 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def time_text(moment: datetime) -> str:
    """The time of day where the person is: 09:41."""
    return f"{moment.astimezone():%H:%M}"


def exact_text(moment: datetime) -> str:
    """A moment in full, for tooltips: 21 Nov 2026 09:41:07 CET."""
    local = moment.astimezone()
    return f"{date_text(local.date())} {local:%H:%M:%S %Z}".rstrip()


def when_text(moment: datetime | None, now: datetime) -> str:
    """A moment beside other moments in a list: "Today 09:41", "Yesterday 18:00", "12 Oct 2026 07:15".

    None is a dash.
    """
    if moment is None:
        return DASH
    day = moment.astimezone().date()
    away = (day - now.astimezone().date()).days
    name = {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get(away) or date_text(day)
    return f"{name} {time_text(moment)}"


def ago_text(moment: datetime, now: datetime) -> str:
    """How long ago something happened: "just now", "2 min ago", "3 h ago", then the day.

    A moment that lies ahead, by clocks that differ, counts as now.
    """
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3_600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 6 * 3_600:
        return f"{int(seconds // 3_600)} h ago"
    return when_text(moment, now)


def updated_text(moment: datetime, now: datetime) -> str:
    """The age of a value on a tile: "Updated 09:45" today, else with its day."""
    if moment.astimezone().date() == now.astimezone().date():
        return f"Updated {time_text(moment)}"
    when = when_text(moment, now)
    return f"Updated {when[0].lower()}{when[1:]}"


def duration_text(duration: timedelta | float) -> str:
    """How long something took: "0.4 s", "12 s", "1 min 12 s", "2 h 5 min", "3 d 4 h".

    Args:
        duration: a timedelta, or seconds; less than nothing counts as nothing.
    """
    seconds = max(0.0, duration.total_seconds() if isinstance(duration, timedelta) else float(duration))
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    for size, name, small_size, small_name in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            large, rest = divmod(whole, size)
            small = rest // small_size
            return f"{large} {name} {small} {small_name}" if small else f"{large} {name}"
    return f"{whole} s"
