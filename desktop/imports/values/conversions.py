"""Texts of a file become values: strictly, so that what cannot be read is an error and never an empty value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from desktop.imports.values.written_dates import days
from desktop.imports.values.written_numbers import written_number
from models.errors import FieldError
from models.fields import SCALE, stored_decimal
from models.rules import Kind

LARGEST: Final = (2**63 - 1) // SCALE  # the largest amount that can be stored
NOT_CALCULATED: Final = "#NOT CALCULATED!"  # a formula whose value the file does not have
NAMED_TWICE: Final = "#NAMED TWICE!"  # a name that one record of JSON has more than once, with unlike values
FORMULA_ERRORS: Final = frozenset(
    {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", NOT_CALCULATED, NAMED_TWICE}
)
NO_VALUE: Final = frozenset(
    [
        "NULL",
        "null",
        "(null)",
        "<null>",
        "N/A",
        "n/a",
        "NaN",
        "nan",
        "None",
        "none",
        "NONE",
        "NIL",
        "nil",
        "\\N",
    ]
)
"""What programs write where there is no value; it is one only if the integration says so."""

_DECIMALS: Final = len(str(SCALE)) - 1
_TRUE: Final = frozenset({"1", "yes", "true", "y", "x"})
_FALSE: Final = frozenset({"0", "no", "false", "n"})
_SPACES: Final = "\u00a0\u202f "

Convert = Callable[[str], Any]


def converter(
    kind: Kind, decimal_separator: str, date_format: str, *, currency: str = "", percent: bool = False
) -> Convert:
    """The function that turns a trimmed text, not empty, into a value of the kind's Python type.

    Args:
        decimal_separator: "." or ","; the other one separates thousands.
        date_format: made of YYYY or YY, MM and DD, e.g. "DD.MM.YYYY"; what can be only one day is read as well.
        currency, percent: as `decimals` says.
    Raises, when called:
        FieldError: NotANumber, OtherCurrency, NotAWholeNumber, TooLarge, TooManyDecimals, NotADate or NotABoolean.
    """
    if kind is Kind.DECIMAL:
        return decimals(decimal_separator, currency=currency, percent=percent)
    if kind is Kind.INTEGER:
        return _integers(decimal_separator)
    if kind is Kind.DATE:
        return days(date_format)
    if kind is Kind.BOOLEAN:
        return to_boolean
    return str


def _number_pattern(decimal_separator: str) -> re.Pattern[str]:
    """Digits, or digits in groups of three (in India of two before the last) with one separator, then decimals."""
    point = re.escape(decimal_separator)
    thousands = "." if decimal_separator == "," else ","
    groups = "|".join(
        rf"\d{{1,3}}(?:{separator}\d{{3}})+" for separator in (re.escape(thousands), "['’]", f"[{_SPACES}]")
    )
    groups += rf"|\d{{1,2}}(?:{re.escape(thousands)}\d\d)+{re.escape(thousands)}\d{{3}}"
    power = r"(?P<power>[eE][+-]?\d{1,3})?"
    return re.compile(rf"(?P<sign>[+\-−]?)(?P<whole>{groups}|\d*)(?:{point}(?P<part>\d*))?{power}", re.ASCII)


def decimals(
    decimal_separator: str, *, exact: bool = True, currency: str = "", percent: bool = False
) -> Convert:
    """The function that turns a text into a Decimal; (5), 5- and - 5 are less than nothing.

    Args:
        decimal_separator: as `converter` says.
        exact: what cannot be stored with all its decimals is refused; False leaves them to who rounds.
        currency: the one in which amounts may be written, e.g. "€"; amounts in others are refused.
        percent: the number is one of percent, so that "12 %" is 12; else it is 0.12.
    Raises, when called:
        FieldError: NotANumber, OtherCurrency, TooLarge or TooManyDecimals.
    """
    pattern = _number_pattern(decimal_separator)
    example = "1234.50" if decimal_separator == "." else "1234,50"

    def convert(text: str) -> Decimal:
        found = pattern.fullmatch(text)
        written = written_number(text) if found is None else None
        if written is not None:
            if written.currency not in ("", currency):
                raise _other_currency(text, written.currency, currency, example)
            found = pattern.fullmatch(written.plain)
        if found is None or not (found["whole"] or found["part"]):
            raise _no_number(text, example)
        digits = re.sub(r"\D", "", found["whole"])
        sign = "-" if found["sign"] in ("-", "−") else ""
        number = Decimal(f"{sign}{digits or '0'}.{found['part'] or '0'}{found['power'] or ''}")
        hundredths = written is not None and written.percent and not percent
        if hundredths:
            number = number.scaleb(-2)
        if abs(number) > LARGEST:
            raise FieldError(f"“{text}” is larger than can be stored.", "Correct the value.", "TooLarge")
        long = exact and (len(found["part"] or "") > _DECIMALS or found["power"] or hundredths)
        if long and number * SCALE % 1:
            raise FieldError(
                f"“{text}” has more than {_DECIMALS} decimals and cannot be stored exactly.",
                "Round it, then choose Retry.",
                "TooManyDecimals",
            )
        return number

    return convert


def _no_number(text: str, example: str) -> FieldError:
    if text in NO_VALUE:
        hint = f"If it means that there is no value, name “{text}” on the integration as Text for Empty."
    else:
        hint = f"Write it like {example}, or change Decimal Separator on the integration."
    return FieldError(f"“{text}” is not a number.", hint, "NotANumber")


def _other_currency(text: str, written: str, currency: str, example: str) -> FieldError:
    if not currency:
        return FieldError(
            f"“{text}” is not a number.",
            f"Write it without {written}, like {example}; or let the integration replace {written} by nothing.",
            "NotANumber",
        )
    return FieldError(
        f"“{text}” is in {written}, but other amounts of this column are in {currency}.",
        f"Write it in {currency}, or without a currency.",
        "OtherCurrency",
    )


def _integers(decimal_separator: str) -> Convert:
    to_decimal = decimals(decimal_separator)

    def convert(text: str) -> int:
        number = to_decimal(text)
        if number != number.to_integral_value():
            raise FieldError(f"“{text}” is not a whole number.", "Leave the decimals out.", "NotAWholeNumber")
        return int(number)

    return convert


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
