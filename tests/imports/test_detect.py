"""How numbers and dates are written is told by all values of a column together; what nothing decides is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.imports.sources.detect import Detected, DetectedColumn, detect
from tests.imports.reading import read


def one(*values: str) -> DetectedColumn:
    return detect(["x"], [[value] for value in values]).columns[0]


@pytest.mark.parametrize(
    ("values", "kind", "separator", "certainty"),
    [
        (("1", "20"), "Number", "", "certain"),
        (("1.5", "2"), "Number", ".", "certain"),
        (("1,5", "2"), "Number", ",", "certain"),
        (("1,234", "5.25"), "Number", ".", "certain"),
        (("1.234", "1,50"), "Number", ",", "certain"),
        (("1.234.567",), "Number", ",", "certain"),
        (("1,234", "2,345"), "Number", ".", "ambiguous"),
        (("1'234.50",), "Number", ".", "certain"),
        (("1 234,5", "-3,1"), "Number", ",", "certain"),
        (("007", "012"), "Text", "", "certain"),
        (("1.5",) * 99 + ("n/a",), "Number", ".", "likely"),
        (("1.5", "2,5", "x"), "Text", "", "certain"),
        (("10.5.2", "11.6.3"), "Text", "", "certain"),
        (("yes", "No"), "Yes/No", "", "certain"),
        (("", " "), "Empty", "", ""),
        (("49 431 22",), "Text", "", "certain"),
        (("#N/A", "2,5"), "Number", ",", "certain"),
    ],
)
def test_numbers(values: tuple[str, ...], kind: str, separator: str, certainty: str) -> None:
    found = one(*values)
    assert (found.kind, found.decimal_separator, found.certainty) == (kind, separator, certainty)


@pytest.mark.parametrize(
    ("values", "date_format", "certainty"),
    [
        (("2026-11-21", "2026-01-02"), "YYYY-MM-DD", "certain"),
        (("21.11.2026", "01.02.2026"), "DD.MM.YYYY", "certain"),
        (("1.2.2026",), "DD.MM.YYYY", "certain"),
        (("11/21/2026", "01/02/2026"), "MM/DD/YYYY", "certain"),
        (("21/11/2026", "01/02/2026"), "DD/MM/YYYY", "certain"),
        (("01/02/2026", "03/04/2026"), "DD/MM/YYYY", "ambiguous"),
        (("1/2/2026 14:30", "12/31/2026 09:00"), "MM/DD/YYYY", "certain"),
        (("20261121", "20260102"), "YYYYMMDD", "likely"),
        (("2026/11/21",), "YYYY/MM/DD", "certain"),
        (("21.11.26", "30.01.26"), "DD.MM.YY", "certain"),
        (("21/11/2026",) * 98 + ("soon", "31/02/2026"), "DD/MM/YYYY", "likely"),
    ],
)
def test_dates(values: tuple[str, ...], date_format: str, certainty: str) -> None:
    found = one(*values)
    assert (found.kind, found.date_format, found.certainty) == ("Date", date_format, certainty)


def test_a_column_that_decides_speaks_for_those_that_do_not() -> None:
    found = detect(["a", "b", "c"], [["1,234", "1,5", "01/02/2026"], ["2,345", "2", "03/04/2026"]])
    assert (found.decimal_separator, found.decimal_certainty) == (",", "certain")
    assert (found.date_format, found.date_certainty) == ("DD/MM/YYYY", "ambiguous")
    assert found.notes == (
        "“01/02/2026” in “c” can be read in two ways, and no other value tells which: choose how dates are written.",
    )


def test_columns_that_contradict_each_other_are_told() -> None:
    found = detect(["a", "b", "c"], [["1,5", "1.5", "3,5"]])
    assert (found.decimal_separator, found.decimal_certainty) == (",", "likely")
    assert found.notes == ("Columns write numbers in different ways; unlike the others: b.",)


def test_nothing_that_tells_gives_nothing() -> None:
    assert detect(["a"], [["x"], []]) == Detected(columns=(DetectedColumn("a", "Text", certainty="certain"),))


def test_real_files(shared_file: Callable[[str], Path]) -> None:
    orders = read(shared_file("northwind/orders.csv"))[0].detected
    assert (orders.decimal_separator, orders.decimal_certainty) == (".", "certain")
    assert (orders.date_format, orders.date_certainty) == ("YYYY-MM-DD", "certain")
    retail = read(shared_file("online-retail/2010-12-01.csv"))[0].detected
    assert (retail.decimal_separator, retail.date_format) == (".", "YYYY-MM-DD")
    kinds = {column.header: column.kind for column in retail.columns}
    assert kinds["UnitPrice"] == kinds["Quantity"] == "Number"
    assert kinds["StockCode"] == kinds["Description"] == "Text"


@given(
    days=st.lists(st.dates(date(1950, 1, 1), date(2049, 12, 31)), min_size=1),
    pattern=st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d"]),
)
def test_a_certain_date_format_is_never_a_wrong_one(days: list[date], pattern: str) -> None:
    names = {
        "%d.%m.%Y": "DD.MM.YYYY",
        "%m/%d/%Y": "MM/DD/YYYY",
        "%d/%m/%Y": "DD/MM/YYYY",
        "%Y-%m-%d": "YYYY-MM-DD",
    }
    found = one(*[day.strftime(pattern) for day in days])
    assert found.kind == "Date"
    assert found.certainty == "ambiguous" or found.date_format == names[pattern]


@given(st.lists(st.decimals(-999_999, 999_999, places=2), min_size=1))
def test_a_certain_decimal_sign_is_never_a_wrong_one(numbers: list[object]) -> None:
    assert one(*[str(number) for number in numbers]).decimal_separator == "."
    assert one(*[f"{number:,}".translate({44: 46, 46: 44}) for number in numbers]).decimal_separator == ","
