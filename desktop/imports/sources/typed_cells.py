"""The typed cells of workbooks as the texts that a person would type for them."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal
from typing import Any, Final

_LAST_DAY: Final = 2_958_466  # the first serial number after 9999-12-31


class CellTexts:
    """Turns the values that the workbook library gives into texts; numbers carry the separator."""

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def __call__(self, value: Any) -> str:
        """The text of one value."""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            return number_text(value, self._separator)
        if isinstance(value, dt.datetime):
            return moment_text(value)
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dt.time):
            return value.isoformat(timespec="seconds")
        if isinstance(value, dt.timedelta):
            return span_text(value / dt.timedelta(days=1))
        return "" if value is None else str(value)


def number_text(value: float, separator: str) -> str:
    """Without .0 where it is whole, else with the fifteen digits that a spreadsheet keeps."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return text if separator == "." else text.replace(".", separator)


def percent_text(value: float, separator: str) -> str:
    """Hundredths as a spreadsheet shows them, e.g. "12.5%" for 0.125, with all their digits."""
    text = f"{Decimal(f'{value:.15g}').scaleb(2).normalize():f}%"
    return text if separator == "." else text.replace(".", separator)


def moment_text(value: dt.datetime) -> str:
    """A day, with the time of day where it is not midnight."""
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


@functools.lru_cache(maxsize=50_000)
def serial_text(serial: float, since_1904: bool) -> str:
    """The day, the time of day or both that a spreadsheet's serial number stands for."""
    if not 0 <= serial < _LAST_DAY:
        return number_text(serial, ".")
    seconds = round(serial * 86_400)
    if serial < 1 and not (since_1904 and seconds == 0):
        return str(dt.timedelta(seconds=seconds)).rjust(8, "0") if seconds < 86_400 else "00:00:00"
    # Spreadsheets count a 29 February 1900 that never was.
    base = dt.datetime(1904, 1, 1) if since_1904 else dt.datetime(1899, 12, 31 if serial < 60 else 30)
    try:
        return moment_text(base + dt.timedelta(seconds=seconds))
    except OverflowError:
        return number_text(serial, ".")


def span_text(days: float) -> str:
    """Hours, minutes and seconds, e.g. "26:05:00"."""
    seconds = round(abs(days) * 86_400)
    sign = "-" if days < 0 and seconds else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
