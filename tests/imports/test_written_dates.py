"""Days as people and programs write them: what can be only one day is read, whatever the integration says."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.imports import service
from desktop.imports.sources.detect import detect_column
from desktop.imports.values.written_dates import SERIAL, days
from models.errors import FieldError
from tests.companies import rows

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026-01-31T23:30:00+01:00",
        "2026-01-31T23:30:00.000Z",
        "2026-01-31 14:05:00.0000000",
        "2026-01-31 14:05:00+01",
        "20260131",
        "31 Jan 2026",
        "31-JAN-26",
        "31.Jan.2026",
        "31st January, 2026",
        "Jan 31 2026",
        "January 31, 2026",
        "Jan. 31, 2026",
        "2026-Jan-31",
        "Sat, 31 Jan 2026 14:05:00 +0100",
        "Sat Jan 31 2026 14:05:00 GMT+0100 (Central European Standard Time)",
        "31. Januar 2026",
        "Samstag, 31. Januar 2026",
        "31 janv. 2026",
        "31 de enero de 2026",
        "31 gennaio 2026",
        "31.01.2026",
        "31.1.2026 14:05",
        "31.01.2026 14:05:00 Uhr",
        "31.01.2026, 02:05 PM",
    ],
)
def test_one_day_in_many_ways(text: str) -> None:
    assert days("DD.MM.YYYY")(text) == DAY


def test_each_month_by_its_name_in_several_languages() -> None:
    names = {
        2: ("Feb", "Februar", "févr", "febrero", "febbraio"),
        3: ("Mar", "März", "Mrz", "mars", "marzo", "maart"),
        5: ("May", "Mai", "mayo", "maggio", "mei"),
        6: ("June", "Jun", "juin", "giugno"),
        7: ("Jul", "Juli", "juillet", "luglio"),
        8: ("Aug", "août", "agosto"),
        10: ("Oct", "Okt", "ottobre", "out"),
        12: ("Dec", "Dez", "déc", "dic"),
    }
    for month, written in names.items():
        for name in written:
            assert days("YYYY-MM-DD")(f"5 {name} 2026") == date(2026, month, 5)


@pytest.mark.parametrize(
    "text",
    ["5 ju 2026", "5 jui 2026", "5 ma 2026", "31 Feb 2026", "12 Monkeys 2026", "Jan 2026", "1234-56",
     "99990131", "18991231", "2026-13-01", "31.01.2026 noon", "46053"],
)  # fmt: skip
def test_what_is_no_day_or_may_be_two_is_an_error(text: str) -> None:
    with pytest.raises(FieldError, match="is not a date"):
        days("DD.MM.YYYY")(text)


def test_the_named_format_comes_before_what_is_read_beside_it() -> None:
    assert days("DDMMYYYY")("20122012") == date(2012, 12, 20)
    assert days("MM/DD/YYYY")("1/2/2026 12:00:00 AM") == date(2026, 1, 2)


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_any_day_is_itself_with_the_name_of_its_month(day: date) -> None:
    for form in ("%d %b %Y", "%B %d, %Y", "%d-%b-%y", "%a, %d %b %Y", "%A, %B %d, %Y"):
        assert days("DD/MM/YYYY")(day.strftime(form)) == day


@given(st.text(alphabet="0123456789.:-/ TZJanFebMrz,+()", max_size=24))
def test_any_text_is_a_day_or_an_error(text: str) -> None:
    with contextlib.suppress(FieldError):
        assert isinstance(days("DD.MM.YY")(text), date)


def test_days_that_a_spreadsheet_left_as_numbers_wait_for_a_choice(importer: Any, write: Any) -> None:
    importer(write("No.,Name\nC1,A\n"))
    importer(write("No.,Description\nI1,A\n"), "ITEMS")
    path = write(
        "Order No.,Customer No.,Order Date,Item No.,Quantity\nO1,C1,46053,I1,1\nO2,C1,46054.5,I1,1\n", "o.csv"
    )
    (found,) = service.preview(path, "SALES-ORDERS").contradictions
    assert found.written == SERIAL
    assert found.text == (
        "“o.csv” has days as the numbers that spreadsheets give them (“46053” in “Order Date”, line 2, is "
        "2026-01-31), but the integration SALES-ORDERS reads them as YYYY-MM-DD."
    )
    assert importer(path, "SALES-ORDERS", date_format=SERIAL).documents_created == 2
    made = rows("SELECT order_date FROM sales_header ORDER BY no")
    assert [row[0] for row in made] == ["2026-01-31", "2026-02-01"]


def test_a_single_number_among_days_says_which_day_it_would_be() -> None:
    with pytest.raises(FieldError, match="in a spreadsheet it would be 2026-01-31") as refused:
        days("DD.MM.YYYY")("46053")
    assert refused.value.hint == (
        "Choose SERIAL as Date Format if all days of the file are written so. "
        "If not: write it like DD.MM.YYYY, or change Date Format on the integration."
    )
    with pytest.raises(FieldError, match="“123” is not a date"):
        days(SERIAL)("123")


def test_columns_of_such_days_are_known() -> None:
    assert detect_column("d", ["31 Jan 2026", "1 Feb 2026"]).kind == "Date"
    assert detect_column("d", ["31.01.2026 14:05", "01.02.2026 09:00"]).date_format == "DD.MM.YYYY"
    assert detect_column("d", ["1/31/2026 2:05:00 PM"]).date_format == "MM/DD/YYYY"
    assert detect_column("d", ["46053", "46054"]).kind == "Number", "only a field of days makes days of them"
