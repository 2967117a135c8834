"""Amounts as banks, shops and spreadsheets write them: each means one number, or is an error."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.imports import service
from desktop.imports.values.conversions import decimals
from models.errors import FieldError
from tests.companies import rows


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [
        ("(1,234.50)", ".", "-1234.5"),
        ("( 5 )", ".", "-5"),
        ("1,234-", ".", "-1234"),
        ("1.234,50-", ",", "-1234.5"),
        ("5 −", ".", "-5"),
        ("- 5", ".", "-5"),
        ("+ 5", ".", "5"),
        ("12,-", ",", "12"),
        ("12.--", ".", "12"),
        ("12,–", ",", "12"),
        ("12 %", ".", "0.12"),
        ("12,5%", ",", "0.125"),
        ("(7%)", ".", "-0.07"),
    ],
)
def test_signs_brackets_and_percent(text: str, separator: str, value: str) -> None:
    assert decimals(separator)(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "separator", "currency", "value"),
    [
        ("1.234,50 €", ",", "€", "1234.5"),
        ("EUR 12,50", ",", "€", "12.5"),
        ("-25.000,00 €", ",", "€", "-25000"),
        ("1.234,50- EUR", ",", "€", "-1234.5"),
        ("$1,234.50", ".", "$", "1234.5"),
        ("-$5.00", ".", "$", "-5"),
        ("$-5.00", ".", "$", "-5"),
        ("($5.00)", ".", "$", "-5"),
        ("5.00 USD", ".", "$", "5"),
        ("Fr. 12.-", ".", "CHF", "12"),
        ("CHF 1'234.50", ".", "CHF", "1234.5"),
        ("12,50\u00a0zł", ",", "PLN", "12.5"),
        ("12.50", ".", "€", "12.5"),
    ],
)
def test_an_amount_in_the_currency_of_its_column(
    text: str, separator: str, currency: str, value: str
) -> None:
    assert decimals(separator, currency=currency)(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["(5", "5)", "-(5)", "--5", "-5-", "(-5)", "5--", "1-2", "12-31", "$", "%", "()", "$5%", "€5€", "5 apples",
     ".-", "$."],
)  # fmt: skip
def test_what_is_not_clearly_one_number_is_none(text: str) -> None:
    for currency in ("", "$", "€"):
        with pytest.raises(FieldError):
            decimals(".", currency=currency)(text)


def test_an_amount_in_another_currency_is_no_amount_of_the_column() -> None:
    with pytest.raises(
        FieldError, match="“£5” is in £, but other amounts of this column are in €"
    ) as refused:
        decimals(".", currency="€")("£5")
    assert refused.value.code == "OtherCurrency"
    with pytest.raises(FieldError, match="“5 EUR” is not a number") as refused:
        decimals(".")("5 EUR")
    assert "let the integration replace € by nothing" in refused.value.hint


def test_percent_that_cannot_be_stored_is_not_rounded() -> None:
    assert decimals(".")("12.34%") == Decimal("0.1234")
    with pytest.raises(FieldError, match="more than 4 decimals"):
        decimals(".")("12.345%")


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["", "€", "$", "CHF", "kr"]))
def test_an_amount_is_itself_however_it_is_written(amount: Decimal, currency: str) -> None:
    read, size = decimals(".", currency=currency), f"{abs(amount):,.2f}"
    less = amount < 0
    for text in (
        f"{'-' if less else ''}{currency}{size}",
        f"{'-' if less else ''}{size} {currency}",
        f"({currency}{size})" if less else f"{currency} {size}",
        f"{size}{'-' if less else ''}{' ' if currency else ''}{currency}",
    ):
        assert read(text.strip()) == amount


@given(st.text(alphabet="0123456789.,-−()%$€ EURCHF'eE+–", max_size=14))
def test_any_text_is_an_amount_or_an_error(text: str) -> None:
    try:
        value = decimals(".", currency="€")(text)
    except FieldError:
        return
    assert any(sign.isdigit() for sign in text)
    assert value.is_finite()


def test_a_price_list_in_euros_is_imported_and_one_in_two_currencies_shows_the_others(
    importer: Any, write: Any
) -> None:
    path = write("No.;Description;Unit Price\nI1;A;1.234,50 €\nI2;B;12,00 EUR\nI3;C;5,00\nI4;D;$ 7,00\n")
    shown = service.preview(path, "ITEMS")
    assert [found.written for found in shown.contradictions] == [","], "the signs beside them hide no comma"
    assert "Amounts in “Unit Price” are in €: their numbers are read as they are." in shown.warnings
    summary = importer(path, "ITEMS", decimal_separator=",")
    assert (summary.created, summary.errors) == (3, 1)
    assert importer.codes(summary.run_id) == [(5, "OtherCurrency")]
    found = rows("SELECT no, unit_price FROM item ORDER BY no")
    assert [tuple(row) for row in found] == [("I1", 12_345_000), ("I2", 120_000), ("I3", 50_000)]


def test_a_file_without_currencies_takes_none_that_comes_later(importer: Any, write: Any) -> None:
    lines = "".join(f"I{number};A;5.00\n" for number in range(1_000))
    summary = importer(write(f"No.;Description;Unit Price\n{lines}J1;B;$ 5.00\n"), "ITEMS")
    assert (summary.created, summary.errors) == (1_000, 1)


def test_twelve_percent_of_discount_are_twelve(importer: Any, write: Any) -> None:
    importer(write("No.,Name\nC1,A\n"))
    importer(write("No.,Description\nI1,A\n"), "ITEMS")
    head = "Order No.,Customer No.,Order Date,Item No.,Quantity,Line Discount %\n"
    lines = "".join(f"O1,C1,2026-01-31,I1,1,{text}\n" for text in ("12%", "12.5 %", "12"))
    importer(write(head + lines), "SALES-ORDERS")
    found = rows("SELECT discount_percent FROM sales_line ORDER BY line_no")
    assert [row[0] for row in found] == [120_000, 125_000, 120_000]
