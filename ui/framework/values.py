"""Values as people read and write them on pages: numbers in their locale, dates, Yes and No."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from PySide6.QtCore import QLocale

from desktop.clock import Clock
from desktop.formats import date_text
from models.errors import FieldError
from models.fields import shown_decimal, shown_time
from models.rules import Kind

_GROUPS: Final = " \u00a0\u202f'’"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE_PARTS: Final = re.compile(r"[0-9]+|[^\W\d_]+")
CENTURY: Final = 2000


def shown(kind: Kind, value: Any, *, decimals: int = 2) -> str:
    """The text of a value in a list or field.

    Args:
        value: of the field's Python type; None is empty.
        decimals: how many a Decimal has at least.
    """
    if value is None or value == "":
        return ""
    if kind is Kind.DECIMAL:
        return number_text(value, decimals)
    if kind is Kind.INTEGER:
        return QLocale().toString(int(value))
    if kind is Kind.DATE:
        return date_text(value)
    if kind is Kind.BOOLEAN:
        return "Yes" if value else "No"
    return str(value)


def number_text(value: Decimal, decimals: int = 2) -> str:
    """A number in the person's locale, with as many decimals as it has, at least `decimals`, at most four."""
    exact = value.normalize()
    exponent = exact.as_tuple().exponent
    wanted = max(decimals, -exponent if isinstance(exponent, int) else 0)
    locale = QLocale()
    whole, _, fraction = f"{abs(value):.{min(wanted, 4)}f}".partition(".")
    text = locale.toString(int(whole))
    if fraction:
        text += locale.decimalPoint() + fraction
    return ("−" if value < 0 else "") + text


def from_stored(kind: Kind, value: Any) -> Any:
    """The Python value behind what a list read from the database; a moment is, as a date, its day here."""
    if value is None or value == "":
        return None if kind in (Kind.DECIMAL, Kind.DATE, Kind.INTEGER) else value
    if kind is Kind.DECIMAL:
        return shown_decimal(value)
    if kind is Kind.DATE:
        return shown_time(value).astimezone().date() if "T" in value else date.fromisoformat(value)
    if kind is Kind.BOOLEAN:
        return bool(value)
    return value


def reader(clock: Clock) -> Callable[[Kind, str], Any]:
    """A function that reads what people type, for fields and filters."""

    def read(kind: Kind, text: str) -> Any:
        return typed(kind, text, clock.today())

    return read


def typed(kind: Kind, text: str, today: date) -> Any:
    """Read a value as a person types it.

    Returns:
        A value of the field's Python type; None for an empty number or date.
    Raises:
        FieldError: NotANumber or NotADate.
    """
    text = text.strip()
    if kind in (Kind.DECIMAL, Kind.INTEGER):
        return typed_number(kind, text) if text else None
    if kind is Kind.DATE:
        return typed_date(text, today) if text else None
    if kind is Kind.BOOLEAN:
        return text.casefold() in ("yes", "y", "true", "1")
    return text


def typed_number(kind: Kind, text: str) -> Decimal | int:
    """Read a number in the person's locale, or in the plain notation 1234.5.

    Raises:
        FieldError: NotANumber.
    """
    locale = QLocale()
    plain = text.replace("−", "-")
    for group in (*_GROUPS, locale.groupSeparator()):
        plain = plain.replace(group, "")
    plain = plain.replace(locale.decimalPoint(), ".")
    try:
        number = Decimal(plain)
        if not number.is_finite() or (kind is Kind.INTEGER and number != int(number)):
            raise InvalidOperation
    except InvalidOperation:
        example = number_text(Decimal("1234.5")) if kind is Kind.DECIMAL else "1234"
        raise FieldError(f"“{text}” is not a number.", f"Write it like {example}.", "NotANumber") from None
    return int(number) if kind is Kind.INTEGER else number


def typed_date(text: str, today: date) -> date:
    """Read a date: 21.11.2026, 2026-11-21, 21 Nov, 21/11, 2111, 21, t for today, w for the work date.

    Day and month stand in the order of the person's locale.

    Raises:
        FieldError: NotADate.
    """
    if text.casefold() in ("t", "today", "w", "work date"):
        return today
    try:
        return _date_from(text, today)
    except (ValueError, IndexError):
        raise FieldError(
            f"“{text}” is not a date.", f"Write it like {date_text(today)}, or t for today.", "NotADate"
        ) from None


def _date_from(text: str, today: date) -> date:
    parts = _DATE_PARTS.findall(text)
    if len(parts) == 1 and parts[0].isdigit() and len(parts[0]) in (4, 6, 8):
        digits = parts[0]
        parts = [digits[:2], digits[2:4], *([digits[4:]] if len(digits) > 4 else [])]
    if len(parts) == 3 and len(parts[0]) == 4 and parts[0].isdigit():
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    named = [part for part in parts if not part.isdigit()]
    if len(named) > 1 or not parts or len(parts) > 3:
        raise ValueError
    if named:
        numbers = [int(part) for part in parts if part.isdigit()]
        day, month = numbers[0], _month(named[0])
        rest = numbers[1:]
    else:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return date(today.year, today.month, numbers[0])
        day, month = numbers[0], numbers[1]
        if _month_first():
            day, month = month, day
        rest = numbers[2:]
    year = rest[0] if rest else today.year
    if year < 100:
        year += CENTURY
    if day > monthrange(year, month)[1]:
        raise ValueError
    return date(year, month, day)


def _month(name: str) -> int:
    return _MONTHS.index(name.casefold()[:3]) + 1


def _month_first() -> bool:
    return QLocale().dateFormat(QLocale.FormatType.ShortFormat).upper().startswith("M")
