"""Harbour Supply Ltd.: a ship chandler that sells to harbours, yards and crews in many countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from desktop.clock import Clock
from desktop.demo import goods, orders, parties
from desktop.demo.source import Row
from models.company import CompanyInformation, NumberSeries, User
from models.customer import Customer
from models.database import connected
from models.item import Item
from models.lookups import PostCode
from models.record import Record
from models.sales_order import SalesHeader, SalesLine
from models.statistics import first_days_owed
from models.vendor import Vendor


def fill(clock: Clock) -> None:
    """Fill the open, new company with business data up to the clock's today; call it inside a transaction.

    The same day gives the same data, to the byte.
    """
    today = clock.today()
    customers = parties.customers(today)
    vendors, vendors_of_trade = parties.vendors(today)
    items = goods.items(today, vendors_of_trade)
    headers, lines = orders.orders(today, customers, items)
    _set_balances(customers, headers, today)
    goods.stock(items, _sold_since(headers, lines, today - timedelta(days=90)))
    _insert(PostCode, parties.post_codes())
    _insert(Customer, customers)
    _insert(Vendor, vendors)
    _insert(Item, items)
    _insert(SalesHeader, headers)
    _insert(SalesLine, lines)
    for series, rows in (
        ("CUSTOMER", customers),
        ("VENDOR", vendors),
        ("ITEM", items),
        ("SALES_ORDER", headers),
    ):
        NumberSeries.update(last_number=len(rows)).where(NumberSeries.code == series).execute()
    CompanyInformation.update(
        address="Speicherstadt, Am Sandtorkai 12", post_code="20457", city="Hamburg", country_code="DE"
    ).execute()
    User.insert(
        user_id="MARIA", full_name="Maria Keller", email="maria.keller@harbour-supply.example"
    ).on_conflict(conflict_target=[User.user_id], preserve=[User.full_name, User.email]).execute()


def _set_balances(customers: Sequence[Row], headers: Sequence[Row], today: date) -> None:
    """What is owed by the same rule as `models.statistics.balances_after`."""
    first_days = first_days_owed(today)
    first_day_of = {row["no"]: first_days[row["payment_terms_code"] or ""] for row in customers}
    owed: Counter[str] = Counter()
    for header in headers:
        customer = header["customer_no"]
        if header["status"] in ("Shipped", "Invoiced") and header["shipment_date"] >= first_day_of[customer]:
            owed[customer] += header["amount"]
    for row in customers:
        row["balance"] = owed[row["no"]]


def _sold_since(headers: Sequence[Row], lines: Sequence[Row], day: date) -> dict[str, int]:
    recent = {header["no"] for header in headers if header["order_date"] > day.isoformat()}
    sold: Counter[str] = Counter()
    for line in lines:
        if line["order_no"] in recent:
            sold[line["item_no"]] += line["quantity"]
    return sold


def _insert(record: type[Record], rows: Sequence[Row]) -> None:
    names = list(rows[0])
    with connected() as connection:
        connection.executemany(
            f"INSERT INTO {record.table()} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [tuple(row.values()) for row in rows],
        )
