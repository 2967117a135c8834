"""Numbers and dates as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from models.errors import FieldError
from models.rules import Kind
from ui.framework.values import from_stored, number_text, shown, typed

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    "text",
    [
        "21 Nov 2026",
        "21.11.2026",
        "21/11/26",
        "2026-11-21",
        "21 november",
        "21/11",
        "2111",
        "211126",
        "21112026",
        "21",
        "t",
        "W",
    ],
)
def test_a_date_may_be_written_in_many_ways(text: str) -> None:
    assert typed(Kind.DATE, text, TODAY) == TODAY


@pytest.mark.parametrize("text", ["32.1.2026", "29.2.2026", "yesterday", "1.2.3.4", "0", "21 Nov Dec"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a date"):
        typed(Kind.DATE, text, TODAY)


def test_day_and_month_stand_in_the_order_of_the_country() -> None:
    QLocale.setDefault(QLocale("en_US"))
    assert typed(Kind.DATE, "11/21/2026", TODAY) == TODAY


@pytest.mark.parametrize(
    ("country", "text"),
    [("en_GB", "1,234.5"), ("de_DE", "1.234,5"), ("fr_FR", "1 234,5"), ("de_CH", "1'234.5")],
)
def test_a_number_is_read_as_the_country_writes_it(country: str, text: str) -> None:
    QLocale.setDefault(QLocale(country))
    assert typed(Kind.DECIMAL, text, TODAY) == Decimal("1234.5")


@pytest.mark.parametrize("text", ["much", "1.2.3", "NaN", "Infinity", "--5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a number"):
        typed(Kind.DECIMAL, text, TODAY)


def test_a_whole_number_has_no_decimals() -> None:
    assert typed(Kind.INTEGER, "1,234", TODAY) == 1234
    with pytest.raises(FieldError, match="is not a number"):
        typed(Kind.INTEGER, "1.5", TODAY)


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_number_that_is_shown_is_read_back_exactly(number: Decimal) -> None:
    assert typed(Kind.DECIMAL, number_text(number), TODAY) == number


def test_values_as_they_are_stored_and_shown() -> None:
    assert shown(Kind.DECIMAL, from_stored(Kind.DECIMAL, 12_345_600)) == "1,234.56"
    assert shown(Kind.DATE, from_stored(Kind.DATE, "2026-11-21")) == "21 Nov 2026"
    assert shown(Kind.BOOLEAN, from_stored(Kind.BOOLEAN, 1)) == "Yes"
    assert shown(Kind.DECIMAL, None) == ""
