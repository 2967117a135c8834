"""Business Central's date formulas: "1D+CM", "CW+1D", "-1M+CM".

Source: the date formula syntax of Business Central, without the week and month numbers that nobody schedules by.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final

from models.errors import FieldError

LONGEST: Final = 32  # characters, as in Business Central
_TERM: Final = re.compile(
    r"(?P<sign>[+-]?) *(?:C(?P<current>WD|[DWMQY])|(?P<n>\d+)(?P<unit>WD|[DWMQY])|(?P<on>WD|D)(?P<at>\d+))"
)


class DateFormulaError(FieldError):
    """A formula that cannot be read; `position` is the index of the character that it is about."""

    code = "DateFormula"

    def __init__(self, text: str, hint: str, position: int) -> None:
        super().__init__(text, hint)
        self.position = position


@dataclass(frozen=True, slots=True)
class Term:
    """One step of a formula.

    Attributes:
        sign: 1 or -1.
        kind: "current" (to the end, or with -1 to the beginning, of the period), "add", or "on" (to the next, or the
            last, day or weekday of that number).
        number: how many units; for "on", the day of the month (1 to 31) or the weekday (1 is Monday).
    """

    sign: int
    kind: str
    unit: str
    number: int


def parse(text: str) -> tuple[Term, ...]:
    """The steps of a formula; blanks and angle brackets around it do not count, nor does case.

    Raises:
        DateFormulaError: it is none.
    """
    formula = text.upper()
    start = len(formula) - len(formula.lstrip(" <"))
    end = len(formula.rstrip(" >"))
    if start >= end:
        raise DateFormulaError("The date formula is empty.", "Enter one, e.g. 1D+CM.", 0)
    if end - start > LONGEST:
        raise DateFormulaError(
            f"The date formula has {end - start} characters.", f"It has at most {LONGEST}.", start + LONGEST
        )
    terms: list[Term] = []
    position = start
    while position < end:
        if formula[position] == " ":
            position += 1
            continue
        found = _TERM.match(formula, position, end)
        if found is None or (terms and not found["sign"]):
            raise _what_is_wrong(formula, position, end, first=not terms)
        terms.append(_term(found))
        position = found.end()
    return tuple(terms)


def calc_date(formula: tuple[Term, ...], day: date) -> date | None:
    """The day that a formula makes of another one; None where the calendar ends."""
    try:
        for term in formula:
            day = _step(term, day)
    except (OverflowError, ValueError):
        return None
    return day


def _term(found: re.Match[str]) -> Term:
    sign = -1 if found["sign"] == "-" else 1
    if found["current"]:
        return Term(sign, "current", found["current"], 0)
    if found["unit"]:
        number = int(found["n"])
        if number > 9_999:
            raise DateFormulaError(
                f"{number} is too large for a date formula.", "Use at most 9999.", found.start("n")
            )
        return Term(sign, "add", found["unit"], number)
    number = int(found["at"])
    most = 7 if found["on"] == "WD" else 31
    if not 1 <= number <= most:
        what = "weekday" if most == 7 else "day of a month"
        raise DateFormulaError(
            f"There is no {what} {number}.", f"Use a number from 1 to {most}.", found.start("at")
        )
    return Term(sign, "on", found["on"], number)


def _what_is_wrong(formula: str, position: int, end: int, *, first: bool) -> DateFormulaError:
    rest = formula[position:end]
    after_sign = position + (1 if rest[0] in "+-" else 0)
    after_sign += len(formula[after_sign:end]) - len(formula[after_sign:end].lstrip())
    if after_sign >= end:
        return DateFormulaError(
            "The date formula ends with a sign.", "Say what is added, e.g. +1D.", position
        )
    if rest[0] not in "+-" and not first:
        return DateFormulaError(
            f"“{rest[0]}” stands where + or - is expected.",
            "Join the parts with + or -, e.g. CW+1D.",
            position,
        )
    at = after_sign
    while at < end and formula[at].isdigit():
        at += 1
    if at > after_sign:
        return DateFormulaError(
            "A number stands without a unit." if at >= end else f"“{formula[at]}” is not a unit of time.",
            "Use D (day), WD (weekday), W (week), M (month), Q (quarter) or Y (year), e.g. 2W.",
            min(at, end - 1),
        )
    if formula[after_sign] == "C":
        return DateFormulaError(
            "C stands without a unit of time.",
            "Use CD, CW, CM, CQ or CY for the end of the current period.",
            min(after_sign + 1, end - 1),
        )
    return DateFormulaError(
        f"“{formula[after_sign]}” is not a part of a date formula.",
        "Use parts like 1D, CW, -1M or WD4.",
        after_sign,
    )


def _step(term: Term, day: date) -> date:
    if term.kind == "current":
        return _end_of(term.unit, day) if term.sign > 0 else _beginning_of(term.unit, day)
    if term.kind == "add":
        return _add(day, term.sign * term.number, term.unit)
    if term.unit == "WD":
        away = (term.number - 1 - day.weekday()) * term.sign % 7 or 7
        return day + timedelta(days=away * term.sign)
    return _on_day(day, term.number, term.sign)


def _add(day: date, number: int, unit: str) -> date:
    if unit in ("D", "WD"):
        return day + timedelta(days=number)
    if unit == "W":
        return day + timedelta(weeks=number)
    return _add_months(day, number * {"M": 1, "Q": 3, "Y": 12}[unit])


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _on_day(day: date, number: int, sign: int) -> date:
    """The next (or last) day of that number; a month that does not have it has none."""
    month = day.replace(day=1)
    for _ in range(15):
        if number <= calendar.monthrange(month.year, month.month)[1]:
            found = month.replace(day=number)
            if (found > day) if sign > 0 else (found < day):
                return found
        month = _add_months(month, sign)
    raise OverflowError


def _beginning_of(unit: str, day: date) -> date:
    if unit == "W":
        return day - timedelta(days=day.weekday())
    if unit == "M":
        return day.replace(day=1)
    if unit == "Q":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if unit == "Y":
        return day.replace(month=1, day=1)
    return day


def _end_of(unit: str, day: date) -> date:
    if unit in ("D", "WD"):
        return day
    first = _beginning_of(unit, day)
    if unit == "W":
        return first + timedelta(days=6)
    return _add_months(first, {"M": 1, "Q": 3, "Y": 12}[unit]) - timedelta(days=1)
