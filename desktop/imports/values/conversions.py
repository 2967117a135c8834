"""Texts of a file become values: strictly, so that what cannot be read is an error and never an empty value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from models.errors import FieldError
from models.fields import SCALE, stored_decimal
from models.rules import Kind

LARGEST: Final = (2**63 - 1) // SCALE  # the largest amount that can be stored
NOT_CALCULATED: Final = "#NOT CALCULATED!"  # a formula whose value the file does not have
NAMED_TWICE: Final = "#NAMED TWICE!"  # a name that one record of JSON has more than once, with unlike values
FORMULA_ERRORS: Final = frozenset(
    {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", NOT_CALCULATED, NAMED_TWICE}
)
_DECIMALS: Final = len(str(SCALE)) - 1
_TRUE: Final = frozenset({"1", "yes", "true", "y", "x"})
_FALSE: Final = frozenset({"0", "no", "false", "n"})
_SPACES: Final = "\u00a0\u202f "
_ISO: Final = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_MIDNIGHT: Final = re.compile(r"[T ]00?:00(?::00(?:\.0+)?)?Z?$")
_DATE_PARTS: Final = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d\d)",
    "MM": r"(?P<month>\d\d?)",
    "DD": r"(?P<day>\d\d?)",
    "M": r"(?P<month>\d\d?)",
    "D": r"(?P<day>\d\d?)",
}
_PIVOT: Final = 70  # years of two digits from here on are of the last century

Convert = Callable[[str], Any]


def converter(kind: Kind, decimal_separator: str, date_format: str) -> Convert:
    """The function that turns a trimmed text, not empty, into a value of the kind's Python type.

    Args:
        decimal_separator: "." or ","; the other one separates thousands.
        date_format: made of YYYY or YY, MM and DD, e.g. "DD.MM.YYYY"; YYYY-MM-DD is always read as well.
    Raises, when called:
        FieldError: NotANumber, NotAWholeNumber, TooLarge, TooManyDecimals, NotADate or NotABoolean.
    """
    if kind is Kind.DECIMAL:
        return decimals(decimal_separator)
    if kind is Kind.INTEGER:
        return _integers(decimal_separator)
    if kind is Kind.DATE:
        return _dates(date_format)
    if kind is Kind.BOOLEAN:
        return to_boolean
    return str


def _number_pattern(decimal_separator: str) -> re.Pattern[str]:
    """Digits, or digits in groups of three with one and the same separator, then decimals."""
    point = re.escape(decimal_separator)
    thousands = "." if decimal_separator == "," else ","
    groups = "|".join(
        rf"\d{{1,3}}(?:{separator}\d{{3}})+" for separator in (re.escape(thousands), "['’]", f"[{_SPACES}]")
    )
    power = r"(?P<power>[eE][+-]?\d{1,3})?"
    return re.compile(rf"(?P<sign>[+\-−]?)(?P<whole>{groups}|\d*)(?:{point}(?P<part>\d*))?{power}", re.ASCII)


def decimals(decimal_separator: str, *, exact: bool = True) -> Convert:
    """The function that turns a text into a Decimal.

    Args:
        decimal_separator: as `converter` says.
        exact: what cannot be stored with all its decimals is refused; False leaves them to who rounds.
    Raises, when called:
        FieldError: NotANumber, TooLarge or TooManyDecimals.
    """
    pattern = _number_pattern(decimal_separator)
    example = "1234.50" if decimal_separator == "." else "1234,50"

    def convert(text: str) -> Decimal:
        found = pattern.fullmatch(text)
        if found is None or not (found["whole"] or found["part"]):
            raise FieldError(
                f"“{text}” is not a number.",
                f"Write it like {example}, or change Decimal Separator on the integration.",
                "NotANumber",
            )
        digits = re.sub(r"\D", "", found["whole"])
        sign = "-" if found["sign"] in ("-", "−") else ""
        number = Decimal(f"{sign}{digits or '0'}.{found['part'] or '0'}{found['power'] or ''}")
        if abs(number) > LARGEST:
            raise FieldError(f"“{text}” is larger than can be stored.", "Correct the value.", "TooLarge")
        long = exact and (len(found["part"] or "") > _DECIMALS or found["power"])
        if long and number * SCALE % 1:
            raise FieldError(
                f"“{text}” has more than {_DECIMALS} decimals and cannot be stored exactly.",
                "Round it, then choose Retry.",
                "TooManyDecimals",
            )
        return number

    return convert


def _integers(decimal_separator: str) -> Convert:
    to_decimal = decimals(decimal_separator)

    def convert(text: str) -> int:
        number = to_decimal(text)
        if number != number.to_integral_value():
            raise FieldError(f"“{text}” is not a whole number.", "Leave the decimals out.", "NotAWholeNumber")
        return int(number)

    return convert


def _dates(date_format: str) -> Convert:
    pattern = date_pattern(date_format)

    def convert(text: str) -> date:
        found = _ISO.fullmatch(text)
        try:
            if found is not None:
                return date(int(found[1]), int(found[2]), int(found[3]))
            found = pattern.fullmatch(_MIDNIGHT.sub("", text))
            if found is not None:
                return date(_year(found), int(found["month"]), int(found["day"]))
        except ValueError:
            pass
        raise FieldError(
            f"“{text}” is not a date.",
            f"Write it like {date_format}, or change Date Format on the integration.",
            "NotADate",
        )

    return convert


def _year(found: re.Match[str]) -> int:
    parts = found.groupdict()
    if parts.get("year"):
        return int(parts["year"])
    short = int(parts["short"])
    return short + (1900 if short >= _PIVOT else 2000)


def date_pattern(date_format: str) -> re.Pattern[str]:
    """The regular expression of a date format.

    Raises:
        ValueError: the format does not name year, month and day once each.
    """
    tokens = re.split(r"(YYYY|YY|MM|DD|M|D)", date_format.upper())
    try:
        pattern = re.compile("".join(_DATE_PARTS.get(token, re.escape(token)) for token in tokens))
    except re.error as error:
        raise ValueError(f"“{date_format}” is not a date format") from error
    names = pattern.groupindex.keys()
    if not ({"month", "day"} <= names and ("year" in names or "short" in names)):
        raise ValueError(f"“{date_format}” is not a date format")
    return pattern


def either_way(own: Convert, typed: Convert) -> Convert:
    """The function for a cell that may have carried a number, in a field with a decimal sign of its own.

    Args:
        own: reads texts with the field's sign.
        typed: reads what numbers of a workbook were written as, with the integration's sign.
    Raises, when called:
        FieldError: AmbiguousNumber where both can read it and understand different numbers, else as `own`.
    """

    def convert(text: str) -> Any:
        try:
            number = typed(text)
        except FieldError:
            return own(text)
        try:
            other = own(text)
        except FieldError:
            return number
        if number != other:
            raise FieldError(
                f"“{text}” may be {Decimal(number).normalize():f} or {Decimal(other).normalize():f}.",
                "Let the field have the integration's decimal sign: numbers of workbooks need none of their own.",
                "AmbiguousNumber",
            )
        return number

    return convert


def to_boolean(text: str) -> bool:
    """Yes or no, in the ways that files say it.

    Raises:
        FieldError: with code NotABoolean.
    """
    word = text.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise FieldError(
        f"“{text}” is neither yes nor no.", "Use yes or no, true or false, 1 or 0.", "NotABoolean"
    )


def stored(value: Any) -> Any:
    """The form in which the database keeps a checked value."""
    if isinstance(value, Decimal):
        return stored_decimal(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
