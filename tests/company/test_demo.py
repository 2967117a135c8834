"""The demo company: the same each time, and believable to somebody who knows the trade."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.clock import fixed_clock
from desktop.company import create_company
from desktop.demo import orders
from models.company import CompanyInformation, User, next_number
from models.customer import Customer
from models.database import close_company, connected, database
from models.errors import BackdeskError
from models.item import Item
from models.lookups import PostCode
from models.record import Record
from models.record_edit import check_lookup
from models.sales_order import SalesHeader, SalesLine
from models.statistics import month_sales
from models.tables import TABLES
from models.vendor import Vendor

pytestmark = pytest.mark.usefixtures("closed")
TODAY = date(2026, 11, 21)


def digest(path: Path, moments: bool = True) -> str:
    """A hash of all rows; `moments` includes when the company was made."""
    found = hashlib.sha256()
    with closing(sqlite3.connect(path)) as file:
        for table in sorted(TABLES):
            if table == "company_information" and not moments:
                continue
            for row in file.execute(f"SELECT * FROM {table} ORDER BY 1"):
                found.update(repr(row).encode())
    return found.hexdigest()


def made(path: Path, moment: datetime) -> Path:
    create_company(path, "Harbour Supply Ltd.", demo=True, clock=fixed_clock(moment), user_id="MARIA")
    close_company()
    return path


def test_the_same_day_gives_the_same_company(demo_file: Path, tmp_path: Path) -> None:
    again = made(tmp_path / "again.db", datetime(2026, 11, 21, 9, 45, tzinfo=UTC))
    assert digest(again) == digest(demo_file)
    with closing(sqlite3.connect(again)) as changed:
        changed.execute("UPDATE customer SET city = 'Kiel' WHERE no = 'C00001'")
        changed.commit()
    assert digest(again) != digest(demo_file)


def test_an_hour_later_the_business_is_the_same(demo_file: Path, tmp_path: Path) -> None:
    later = made(tmp_path / "later.db", datetime(2026, 11, 21, 11, 45, tzinfo=UTC))
    assert digest(later, moments=False) == digest(demo_file, moments=False)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 1, 4, 12, tzinfo=UTC),  # the first Monday of a year
        datetime(2028, 2, 29, 12, tzinfo=UTC),
        datetime(2026, 3, 31, 12, tzinfo=UTC),
    ],
)
def test_any_other_day_gives_a_good_company_too(tmp_path: Path, moment: datetime) -> None:
    create_company(tmp_path / "a.db", "Harbour", demo=True, clock=fixed_clock(moment), user_id="MARIA")
    with connected():
        assert SalesHeader.select().count() == 20_000
        assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []
        assert_the_month_is_ahead(moment.date())
        assert_few_orders_are_open()


def assert_the_month_is_ahead(today: date) -> None:
    sales = month_sales(today)
    assert Decimal("1.05") < sales.amount / sales.last_year < Decimal("1.16")


def assert_few_orders_are_open() -> None:
    assert 40 <= SalesHeader.select().where(SalesHeader.status == "Open").count() <= 60


@pytest.mark.usefixtures("demo")
def test_it_is_as_large_as_a_real_one() -> None:
    with connected():
        counts = {record: record.select().count() for record in (Customer, Vendor, Item, SalesHeader)}
        assert counts == {Customer: 5_000, Vendor: 300, Item: 2_000, SalesHeader: 20_000}
        assert 50_000 < SalesLine.select().count() < 80_000
        assert CompanyInformation.get().is_demo
        assert User.get_by_id("MARIA").full_name == "Maria Keller"
        with database.atomic() as look:
            numbers = [next_number(series) for series in ("CUSTOMER", "VENDOR", "ITEM", "SALES_ORDER")]
            look.rollback()
        assert numbers == ["C05001", "V00301", "I02001", "SO020001"]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("record", [Customer, Vendor, Item])
def test_every_value_keeps_the_rules_that_people_must_keep(record: type[Record]) -> None:
    with connected():
        for row in record.select():
            for rule in record.RULES:
                value = getattr(row, rule.name)
                try:
                    assert rule.check(value) == value
                except BackdeskError as error:
                    pytest.fail(f"{row.key_text()} {rule.caption}: {error}")
        for rule in record.RULES:
            if rule.lookup:
                for (value,) in record.select(getattr(record, rule.name)).distinct().tuples():
                    check_lookup(rule, value)


@pytest.mark.usefixtures("demo")
def test_customers_are_in_many_towns_of_many_countries() -> None:
    with connected():
        countries = [row.country_code for row in Customer.select(Customer.country_code).distinct()]
        assert len(countries) >= 20
        assert {"DE", "NL", "GB", "DK", "SE", "NO", "FR", "IT", "ES", "BE", "PL", "FI", "US"} <= set(
            countries
        )
        towns = {(row.post_code, row.city, row.country_code) for row in Customer.select()}
        known = {(row.code, row.city, row.country_code) for row in PostCode.select()}
        assert len(towns) >= 150
        assert towns <= known
        names = [row.name for row in Customer.select()]
        assert len(set(names)) == len(names)
        blocked = Customer.select().where(Customer.blocked != "").count()
        assert 0.02 < blocked / 5_000 < 0.045
        assert all(row.email.endswith(".example") for row in Customer.select())


@pytest.mark.usefixtures("demo")
def test_items_are_described_priced_and_mostly_in_stock() -> None:
    with connected():
        items = list(Item.select())
    assert len({item.description for item in items}) == len(items)
    assert all("{" not in item.description for item in items)
    assert all(Decimal("0.03") <= item.unit_price < 10_000 for item in items)
    assert all(
        Decimal("0.5") <= item.unit_cost / item.unit_price <= Decimal("0.72")
        for item in items
        if item.unit_price > 1
    )
    assert 50 < sum(item.inventory <= item.reorder_point for item in items) < 250
    for item in items:
        figures = [int(figure) for figure in item.gtin]
        assert (sum(figures[::2]) + 3 * sum(figures[1::2])) % 10 == 0


@pytest.mark.usefixtures("demo")
def test_orders_add_up_to_the_cent() -> None:
    with connected():
        wrong = database.execute_sql(
            "SELECT h.no FROM sales_header h"
            " WHERE h.amount <> (SELECT SUM(l.amount) FROM sales_line l WHERE l.order_no = h.no)"
        ).fetchall()
        assert wrong == []
        for line in SalesLine.select().where(SalesLine.order_no > "SO019900"):
            exact = line.quantity * line.unit_price * (100 - line.discount_percent) / 100
            assert abs(line.amount - exact) <= Decimal("0.005")
            assert line.amount == round(line.amount, 2)


@pytest.mark.usefixtures("demo")
def test_two_years_of_orders_up_to_today_with_season_and_growth() -> None:
    with connected():
        days = [row.order_date for row in SalesHeader.select(SalesHeader.order_date).order_by(SalesHeader.no)]
        assert days == sorted(days)
        assert (days[0], days[-1]) == (TODAY - timedelta(days=730), TODAY)
        years = [
            sum(date(year, 11, 21) < day <= date(year + 1, 11, 21) for day in days) for year in (2024, 2025)
        ]
        assert 1.04 < years[1] / years[0] < 1.2
        months = [sum(day.month == month for day in days) for month in range(1, 13)]
        assert months[4] > 1.5 * months[0]
        assert max(months[11], months[0]) < min(months[3:7])
        assert_the_month_is_ahead(TODAY)


@pytest.mark.usefixtures("demo")
def test_old_orders_are_invoiced_and_new_ones_on_their_way() -> None:
    with connected():
        assert_few_orders_are_open()
        month_ago = (TODAY - timedelta(days=60)).isoformat()
        old = SalesHeader.select().where(SalesHeader.order_date < month_ago)
        assert old.where(SalesHeader.status != "Invoiced").count() <= orders._LATE
        shipped = SalesHeader.select().where(SalesHeader.status.in_(("Shipped", "Invoiced")))
        assert all(order.order_date <= order.shipment_date <= TODAY for order in shipped)
        waiting = SalesHeader.select().where(SalesHeader.status.in_(("Open", "Released")))
        assert all(order.shipment_date > TODAY for order in waiting)
        blocked = {row.no for row in Customer.select().where(Customer.blocked != "")}
        newest = SalesHeader.select().where(SalesHeader.order_date > "2026-08-01")
        assert not {order.customer_no for order in newest} & blocked


@pytest.mark.usefixtures("demo")
def test_nothing_was_done_by_jobs_that_never_ran() -> None:
    with connected():
        for table in (
            "job_queue_entry",
            "job_queue_log_entry",
            "notification",
            "import_run",
            "scheduled_task",
        ):
            assert TABLES[table].select().count() == 0
