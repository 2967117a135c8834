"""Texts become values strictly: what cannot be read is an error, never an empty value or another one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.imports.values.conversions import LARGEST, converter, stored, to_boolean
from desktop.imports.values.written_dates import date_pattern
from models.errors import FieldError
from models.rules import Kind

amounts = st.decimals(-(10**11), 10**11, places=4, allow_nan=False, allow_infinity=False)


def decimal(text: str, separator: str = ".") -> Decimal:
    value: Decimal = converter(Kind.DECIMAL, separator, "YYYY-MM-DD")(text)
    return value


def day(text: str, form: str = "DD.MM.YYYY") -> Any:
    return converter(Kind.DATE, ".", form)(text)


@given(amounts)
def test_a_number_is_itself_in_either_notation(number: Decimal) -> None:
    plain, grouped = f"{number:f}", f"{number:,f}"
    european = grouped.translate({ord(","): ".", ord("."): ","})
    assert decimal(plain) == decimal(grouped) == number
    assert decimal(plain.replace(".", ","), ",") == decimal(european, ",") == number
    assert stored(decimal(plain)) == int(number * 10_000)


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [
        ("1234.5", ".", "1234.5"),
        ("1,234.50", ".", "1234.5"),
        ("1.234", ",", "1234"),
        ("1 234,50", ",", "1234.5"),
        ("1\u202f234,50", ",", "1234.5"),
        ("1'234.50", ".", "1234.5"),
        ("-3", ".", "-3"),
        ("−3", ".", "-3"),
        ("+3", ".", "3"),
        (".5", ".", "0.5"),
        ("5.", ".", "5"),
        ("007", ".", "7"),
        ("12,34,567.00", ".", "1234567"),
        ("1,00,000", ".", "100000"),
        ("1e3", ".", "1000"),
        ("1.5E-3", ".", "0.0015"),
    ],
)
def test_the_usual_ways_to_write_a_number(text: str, separator: str, value: str) -> None:
    assert decimal(text, separator) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("1,23", "."),
        ("1,2345", "."),
        ("12,34,56", "."),
        ("123,45,678", "."),
        ("1.23", ","),
        ("1,234.567,8", "."),
        ("1.234'567,8", ","),
        ("abc", "."),
        ("12 EUR", "."),
        ("--1", "."),
        (".", "."),
        ("-", "."),
        ("NaN", "."),
        ("Infinity", "."),
        ("١٢", "."),
        ("0x10", "."),
    ],
)
def test_what_is_not_clearly_a_number_is_an_error(text: str, separator: str) -> None:
    with pytest.raises(FieldError, match="is not a number") as refused:
        decimal(text, separator)
    assert refused.value.code == "NotANumber"


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_an_error_and_nothing_else(text: str) -> None:
    try:
        value = decimal(text)
    except FieldError:
        return
    assert abs(value) <= LARGEST
    assert text


def test_a_number_that_cannot_be_stored_is_an_error() -> None:
    for text in (str(LARGEST + 1), "1e300", "9" * 400):
        with pytest.raises(FieldError, match="larger than can be stored"):
            decimal(text)


def test_a_number_is_never_rounded_in_silence() -> None:
    assert decimal("0.12340000") == Decimal("0.1234")
    assert decimal("12.5e-3") == Decimal("0.0125")
    for text in ("0.00012", "1.00005", "1e-5", "4.51119775197299"):
        with pytest.raises(FieldError, match="has more than 4 decimals and cannot be stored exactly"):
            decimal(text)


def test_a_whole_number_has_no_decimals() -> None:
    whole = converter(Kind.INTEGER, ".", "YYYY-MM-DD")
    assert whole("1,000") == 1000
    assert whole("3.0") == 3
    with pytest.raises(FieldError, match="is not a whole number"):
        whole("3.5")


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_a_day_is_itself_in_any_format(value: date) -> None:
    for form, python in (
        ("DD.MM.YYYY", "%d.%m.%Y"),
        ("MM/DD/YYYY", "%m/%d/%Y"),
        ("YYYYMMDD", "%Y%m%d"),
        ("DD-MM-YY", "%d-%m-%y"),
    ):
        assert day(value.strftime(python), form) == value
        assert day(value.isoformat(), form) == value
    assert stored(value) == value.isoformat()


@pytest.mark.parametrize(
    "text", ["2026-02-30", "31.02.2026", "1/2/2026", "02.2026", "yesterday", "45000", "00.01.2026"]
)
def test_what_is_not_a_day_of_the_format_is_an_error(text: str) -> None:
    with pytest.raises(FieldError, match="is not a date") as refused:
        day(text)
    assert refused.value.code == "NotADate"


def test_midnight_behind_a_day_is_dropped_and_short_days_are_read() -> None:
    assert day("2026-11-21 00:00:00.000") == date(2026, 11, 21)
    assert day("1.2.2026") == date(2026, 2, 1)


@pytest.mark.parametrize("form", ["YYYY-MM", "DD.MM", "DD.DD.YYYY", "", "MM.MM.YYYY DD"])
def test_a_date_format_needs_year_month_and_day(form: str) -> None:
    with pytest.raises(ValueError, match="is not a date format"):
        date_pattern(form)


def test_yes_and_no_are_said_in_few_ways() -> None:
    assert [to_boolean(text) for text in ("1", "Yes", "TRUE", "y", "x")] == [True] * 5
    assert [to_boolean(text) for text in ("0", "no", "False", "N")] == [False] * 4
    for text in ("2", "maybe", "ja?"):
        with pytest.raises(FieldError, match="neither yes nor no"):
            to_boolean(text)
