"""What the reports say: sums that are right, periods that people mean, and each row of an import."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.errors import ParameterError
from desktop.imports import service
from desktop.imports.processing import process
from desktop.reports import registry
from desktop.reports.document import Content
from desktop.reports.parameters import ReportParameter, read_values
from desktop.reports.registry import Report
from desktop.sessions.session import Session, SessionKind
from models import statistics
from models.database import connected, read_only

TODAY = date(2026, 11, 21)


def made(name: str, **parameters: str) -> tuple[Content, list[tuple[Any, ...]]]:
    """The content of a report, and its rows."""
    report = registry.find(name)
    session = Session(SessionKind.BACKGROUND, "MARIA", parameters, TODAY)
    with read_only():
        content = registry.content_of(report, session, read_values(report.parameters, parameters))
        rows = list(content.rows)
    assert len(rows) == content.row_count
    return content, rows


def sales(first: date, last: date) -> Decimal:
    with connected():
        return statistics.sales_between(first, last)


@pytest.mark.parametrize("group", ["Month", "Customer", "Country/Region", "Item", "Status"])
def test_sales_add_up_to_the_sales_of_the_period_however_they_are_grouped(group: str) -> None:
    content, rows = made("sales_statistics", group_by=group)
    place = next(place for place, column in enumerate(content.columns) if column.caption.startswith("Sales"))
    now = sales(date(2026, 1, 1), TODAY)
    assert now > 0
    assert sum(row[place] for row in rows) == now == content.totals[place]
    assert sum(row[place + 3] for row in rows) == sales(date(2025, 1, 1), date(2025, 11, 21))
    assert sum(row[place + 1] for row in rows) == pytest.approx(Decimal(100))


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("This year so far", date(2026, 1, 1), TODAY),
        ("This month so far", date(2026, 11, 1), TODAY),
        ("Last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("Last 12 months", date(2025, 11, 1), date(2026, 10, 31)),
        ("Last year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_follows_the_day_on_which_the_report_runs(period: str, first: date, last: date) -> None:
    content, _ = made("sales_statistics", period=period, group_by="Status")
    assert content.totals[2] == sales(first, last)


def test_a_month_stands_beside_the_same_month_of_the_year_before() -> None:
    _, rows = made("sales_statistics", period="From and to", first_day="2026-03-01", last_day="2026-03-31")
    ((month, _orders, amount, _share, _each, before, change),) = rows
    assert month == "March 2026"
    assert amount == sales(date(2026, 3, 1), date(2026, 3, 31))
    assert before == sales(date(2025, 3, 1), date(2025, 3, 31))
    assert change == pytest.approx((amount - before) * 100 / before)


def test_the_first_few_are_the_largest_and_the_total_is_of_all() -> None:
    content, rows = made("sales_statistics", group_by="Customer", most="3")
    _, everybody = made("sales_statistics", group_by="Customer")
    assert [row[0] for row in rows] == [row[0] for row in everybody[:3]]
    assert content.totals[1] == "Total of all"
    assert content.totals[3] == sales(date(2026, 1, 1), TODAY)


def test_a_period_without_sales_says_so() -> None:
    content, rows = made(
        "sales_statistics", period="From and to", first_day="1990-01-01", last_day="1990-01-31"
    )
    assert rows == []
    assert content.totals == ()
    assert content.nothing == "There were no sales in this period."
    assert ("Change", "–") in content.figures


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"period": "From and to"}, "first day of the period is missing"),
        (
            {"period": "From and to", "first_day": "2026-05-01", "last_day": "2026-04-01"},
            "The period ends on 1 Apr 2026, before it begins on 1 May 2026",
        ),
        ({"period": "From and to", "first_day": "May"}, "Write a date like 2026-11-21"),
        ({"most": "0"}, "must be at least 1"),
        ({"most": "ten"}, "Write a whole number"),
    ],
)
def test_a_period_that_is_none_is_refused_with_what_to_write(parameters: dict[str, str], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        made("sales_statistics", **parameters)


def test_customers_with_a_balance_come_with_the_highest_first() -> None:
    content, rows = made("customer_list", with_balance="true", order="Highest balance", blocked="Not blocked")
    balances = [row[8] for row in rows]
    assert balances == sorted(balances, reverse=True)
    assert all(balances)
    assert {row[6] for row in rows} == {""}
    assert content.totals[8] == sum(balances)
    assert ("With a balance only", "Yes") in content.filters


def imported(tmp_path: Path) -> int:
    file = tmp_path / "New customers.csv"
    file.write_text(
        "No.,Name,E-Mail\nR00001,Anna,anna@example.com\nR00002,,ben@example.com\nR00003,Clara,nowhere\n",
        encoding="utf-8",
    )
    session = Session(SessionKind.BACKGROUND, "MARIA", {}, TODAY)
    return process(session, service.read(file, "CUSTOMERS", session)).run_id


def test_an_import_is_told_with_each_error_and_what_to_do(tmp_path: Path) -> None:
    run_id = imported(tmp_path)
    content, rows = made("import_result")
    assert content.subtitle.startswith(f"Import {run_id}: New customers.csv")
    assert ("Errors", "2") in content.figures
    assert [(row[0], row[1]) for row in rows] == [(3, "Error"), (4, "Error")]
    assert rows[1][4] == "nowhere"
    assert "name@example.com" in rows[1][5]
    _, everything = made("import_result", rows="All", import_no=str(run_id))
    assert everything[0][:3] == (2, "Created", "R00001")
    assert len(everything) == 3


def test_an_import_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ParameterError, match="Nothing was imported yet"):
        made("import_result")
    with pytest.raises(ParameterError, match="There is no import 99"):
        made("import_result", import_no="99")


def test_what_others_save_meanwhile_belongs_to_the_next_report(own_demo: Path) -> None:
    """So that rows and total agree."""
    report = registry.find("customer_list")
    session = Session(SessionKind.BACKGROUND, "MARIA", {}, TODAY)
    with read_only():
        content = registry.content_of(report, session, read_values(report.parameters, {}))
        rows = iter(content.rows)
        first = next(rows)
        with closing(sqlite3.connect(own_demo)) as other, other:
            other.execute("UPDATE customer SET balance = 10000")
        assert content.totals[8] == first[8] + sum(row[8] for row in rows)
    assert made("customer_list")[0].totals[8] == 5_000


def test_all_reports_have_words_for_people() -> None:
    found = registry.all_reports()
    assert [report.name for report in found[:3]] == ["customer_list", "sales_statistics", "import_result"]
    assert registry.find(102) is registry.find("sales_statistics")
    for report in found:
        assert report.caption
        assert report.description.endswith(".")


def test_a_parameter_cannot_hide_what_every_order_says() -> None:
    with pytest.raises(ValueError, match="cannot be called output"):
        Report(50_700, "odd", "Odd", "Odd.", "odd", (ReportParameter("output", "Output"),))
