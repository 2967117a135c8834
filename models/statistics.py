"""The sums behind cues, charts and FactBoxes.

Sales are counted by the day of the order, whatever its status. Amounts are in the company's currency.
Backdesk keeps no payments: what a customer owes is what was shipped or invoiced and is not due yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from models.database import database, unindexed
from models.fields import shown_decimal, shown_time
from models.import_rows import OPEN_RUN
from models.integration_record import RecordStatus

_OWING = ("Shipped", "Invoiced")


def _one(sql: str, parameters: Iterable[Any] = ()) -> tuple[Any, ...]:
    row: tuple[Any, ...] = database.execute_sql(sql, tuple(parameters)).fetchone()
    return row


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def year_start(day: date) -> date:
    """The first day of that day's year."""
    return day.replace(month=1, day=1)


def year_before(day: date) -> date:
    """The same day one year earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


# --- the Role Centre -----------------------------------------------------------------------------


def currency_code() -> str:
    """The company's currency, an ISO code; EUR while the company has no information yet."""
    row = database.execute_sql("SELECT currency_code FROM company_information WHERE id = 1").fetchone()
    return str(row[0]) if row else "EUR"


def blocked_customers() -> int:
    """How many customers are blocked in any way."""
    return int(_one("SELECT COUNT(*) FROM customer WHERE blocked <> ''")[0])


class OpenOrders(NamedTuple):
    """Sales orders with the status Open; `this_week` counts those of the week from Monday on."""

    orders: int
    this_week: int
    amount: Decimal


def open_orders(today: date) -> OpenOrders:
    """The open sales orders."""
    monday = today - timedelta(days=today.weekday())
    count, this_week, amount = _one(
        "SELECT COUNT(*), COUNT(CASE WHEN order_date >= ? THEN 1 END), SUM(amount)"
        " FROM sales_header WHERE status = ?",
        (monday.isoformat(), "Open"),
    )
    return OpenOrders(count, this_week, shown_decimal(amount))


def sales_between(first: date, last: date) -> Decimal:
    """Sales of the days from `first` to `last`, both included."""
    (amount,) = _one(
        "SELECT SUM(amount) FROM sales_header WHERE order_date BETWEEN ? AND ?",
        (first.isoformat(), last.isoformat()),
    )
    return shown_decimal(amount)


def sales_by_day(first: date, last: date) -> dict[date, Decimal]:
    """Sales of each day from `first` to `last` that had any."""
    rows = database.execute_sql(
        "SELECT order_date, SUM(amount) FROM sales_header WHERE order_date BETWEEN ? AND ? GROUP BY order_date",
        (first.isoformat(), last.isoformat()),
    )
    return {date.fromisoformat(day): shown_decimal(amount) for day, amount in rows.fetchall()}


def sales_of_weeks(last_day: date, weeks: int) -> list[Decimal]:
    """Sales of so many spans of seven days, the last one ending on `last_day`, oldest first."""
    first = last_day - timedelta(days=7 * weeks - 1)
    sums = [Decimal(0)] * weeks
    for day, amount in sales_by_day(first, last_day).items():
        sums[(day - first).days // 7] += amount
    return sums


class MonthSales(NamedTuple):
    """Sales of the month so far, and of the same days one year before."""

    amount: Decimal
    last_year: Decimal


def month_sales(today: date) -> MonthSales:
    """Sales from the first of the month to today, this year and last year."""
    then = year_before(today)
    return MonthSales(sales_between(today.replace(day=1), today), sales_between(then.replace(day=1), then))


class FailedRecords(NamedTuple):
    """Integration records in error; `run_id` and `newest` are those of the newest import that has any."""

    records: int
    run_id: int | None
    newest: datetime | None


def failed_records() -> FailedRecords:
    """The integration records that wait for a person. The imports' counts are kept with each chunk."""
    (count,) = _one(f"SELECT COALESCE(SUM(errors), 0) FROM import_run WHERE errors > 0 AND {OPEN_RUN}")
    if not count:
        return FailedRecords(0, None, None)
    run_id, otherwise = _one(
        "SELECT id, COALESCE(ended_at, started_at, created_at) FROM import_run"
        f" WHERE errors > 0 AND {OPEN_RUN} ORDER BY id DESC LIMIT 1"
    )
    (changed,) = _one(
        "SELECT MAX(changed_at) FROM integration_record_status"
        " WHERE run_id = ? AND status IN (0, 4) AND status = ?",  # the first condition is the index's
        (run_id, int(RecordStatus.ERROR)),
    )
    return FailedRecords(count, run_id, shown_time(changed or otherwise))


def entries_by_status(owner: str = "") -> dict[str, int]:
    """How many job queue entries there are of each status.

    Args:
        owner: only those of this user; empty for everybody's.
    """
    where, values = ("WHERE owner_user_id = ?", (owner,)) if owner else ("", ())
    return dict(
        database.execute_sql(
            f"SELECT status, COUNT(*) FROM job_queue_entry {where} GROUP BY status", values
        ).fetchall()
    )


# --- FactBoxes -----------------------------------------------------------------------------------


class CustomerStatistics(NamedTuple):
    """What the FactBox of a customer shows; days and counts as whole numbers."""

    balance: Decimal
    credit_limit: Decimal
    open_orders: int
    open_amount: Decimal
    orders: int
    sales_this_year: Decimal
    sales_last_year: Decimal
    first_order: date | None
    last_order: date | None


def customer_statistics(no: str, today: date) -> CustomerStatistics | None:
    """Figures of one customer; None when there is no such customer. Open orders are those not yet shipped."""
    found = database.execute_sql("SELECT balance, credit_limit FROM customer WHERE no = ?", (no,)).fetchone()
    if found is None:
        return None
    start = year_start(today)
    row = _one(
        "SELECT COUNT(*), MIN(order_date), MAX(order_date),"
        " COUNT(CASE WHEN status IN ('Open', 'Released') THEN 1 END),"
        " SUM(CASE WHEN status IN ('Open', 'Released') THEN amount END),"
        " SUM(CASE WHEN order_date >= ? THEN amount END),"
        " SUM(CASE WHEN order_date >= ? AND order_date < ? THEN amount END)"
        " FROM sales_header WHERE customer_no = ?",
        (start.isoformat(), year_before(start).isoformat(), start.isoformat(), no),
    )
    orders, first, last, open_orders, open_amount, this_year, last_year = row
    return CustomerStatistics(
        balance=shown_decimal(found[0]),
        credit_limit=shown_decimal(found[1]),
        open_orders=open_orders,
        open_amount=shown_decimal(open_amount),
        orders=orders,
        sales_this_year=shown_decimal(this_year),
        sales_last_year=shown_decimal(last_year),
        first_order=_day(first),
        last_order=_day(last),
    )


class CustomerOrders(NamedTuple):
    """The orders of a customer that are not yet shipped."""

    orders: int
    amount: Decimal


def open_orders_of(customers: Sequence[str]) -> dict[str, CustomerOrders]:
    """The orders not yet shipped of these customers by number; those who have none are left out."""
    marks = ", ".join("?" for _ in customers)
    rows = database.execute_sql(
        "SELECT customer_no, COUNT(*), SUM(amount) FROM sales_header"
        # Without figures of its own the database prefers the index on the status: a half of all orders.
        f" WHERE customer_no IN ({marks}) AND {unindexed('status')} IN ('Open', 'Released')"
        " GROUP BY customer_no",
        tuple(customers),
    )
    return {no: CustomerOrders(orders, shown_decimal(amount)) for no, orders, amount in rows.fetchall()}


class VendorStatistics(NamedTuple):
    """What the FactBox of a vendor shows."""

    balance: Decimal
    items: int
    items_to_reorder: int
    inventory_value: Decimal
    sales_this_year: Decimal
    sales_last_year: Decimal


def vendor_statistics(no: str, today: date) -> VendorStatistics | None:
    """Figures of one vendor and of the items that come from it; None when there is no such vendor."""
    found = database.execute_sql("SELECT balance FROM vendor WHERE no = ?", (no,)).fetchone()
    if found is None:
        return None
    stock = database.execute_sql(
        "SELECT inventory, reorder_point, unit_cost, blocked FROM item WHERE vendor_no = ?", (no,)
    ).fetchall()
    start = year_start(today)
    this_year, last_year = _one(
        "SELECT SUM(CASE WHEN h.order_date >= ? THEN l.amount END),"
        " SUM(CASE WHEN h.order_date < ? THEN l.amount END)"
        " FROM item i JOIN sales_line l ON l.item_no = i.no JOIN sales_header h ON h.no = l.order_no"
        " WHERE i.vendor_no = ? AND h.order_date >= ?",
        (start.isoformat(), start.isoformat(), no, year_before(start).isoformat()),
    )
    value = sum((shown_decimal(row[0]) * shown_decimal(row[2]) for row in stock), Decimal(0))
    return VendorStatistics(
        balance=shown_decimal(found[0]),
        items=len(stock),
        items_to_reorder=sum(1 for row in stock if row[0] <= row[1] and not row[3]),
        inventory_value=value.quantize(Decimal("0.01")),
        sales_this_year=shown_decimal(this_year),
        sales_last_year=shown_decimal(last_year),
    )


class ItemStatistics(NamedTuple):
    """What the FactBox of an item shows; quantities in its base unit."""

    inventory: Decimal
    reorder_point: Decimal
    on_orders: Decimal
    unit_price: Decimal
    unit_cost: Decimal
    sold_this_year: Decimal
    sold_last_year: Decimal
    sales_this_year: Decimal
    sales_last_year: Decimal
    sold_last_90_days: Decimal
    last_sold: date | None


def item_statistics(no: str, today: date) -> ItemStatistics | None:
    """Figures of one item; None when there is no such item. Orders not yet shipped are `on_orders`."""
    found = database.execute_sql(
        "SELECT inventory, reorder_point, unit_price, unit_cost FROM item WHERE no = ?", (no,)
    ).fetchone()
    if found is None:
        return None
    start = year_start(today).isoformat()
    before = year_before(year_start(today)).isoformat()
    row = _one(
        "SELECT SUM(CASE WHEN h.status IN ('Open', 'Released') THEN l.quantity END),"
        " SUM(CASE WHEN h.order_date >= ? THEN l.quantity END),"
        " SUM(CASE WHEN h.order_date >= ? AND h.order_date < ? THEN l.quantity END),"
        " SUM(CASE WHEN h.order_date >= ? THEN l.amount END),"
        " SUM(CASE WHEN h.order_date >= ? AND h.order_date < ? THEN l.amount END),"
        " SUM(CASE WHEN h.order_date > ? THEN l.quantity END), MAX(h.order_date)"
        " FROM sales_line l JOIN sales_header h ON h.no = l.order_no WHERE l.item_no = ?",
        (start, before, start, start, before, start, (today - timedelta(days=90)).isoformat(), no),
    )
    inventory, reorder_point, unit_price, unit_cost = (shown_decimal(value) for value in found)
    figures = [shown_decimal(value) for value in row[:6]]
    return ItemStatistics(
        inventory=inventory,
        reorder_point=reorder_point,
        on_orders=figures[0],
        unit_price=unit_price,
        unit_cost=unit_cost,
        sold_this_year=figures[1],
        sold_last_year=figures[2],
        sales_this_year=figures[3],
        sales_last_year=figures[4],
        sold_last_90_days=figures[5],
        last_sold=_day(row[6]),
    )


def available_items(items: Sequence[str]) -> dict[str, Decimal]:
    """What is in stock of these items by number, less what is on orders not yet shipped; in their base units."""
    marks = ", ".join("?" for _ in items)
    rows = database.execute_sql(
        "SELECT i.no, i.inventory - COALESCE((SELECT SUM(l.quantity) FROM sales_line l"
        " JOIN sales_header h ON h.no = l.order_no"
        f" WHERE l.item_no = i.no AND {unindexed('h.status')} IN ('Open', 'Released')), 0)"
        f" FROM item i WHERE i.no IN ({marks})",
        tuple(items),
    )
    return {no: shown_decimal(available) for no, available in rows.fetchall()}


# --- balances ------------------------------------------------------------------------------------


class Balance(NamedTuple):
    """A customer's balance as stored and as it should be, both in ten-thousandths."""

    customer_no: str
    stored: int
    right: int


def first_days_owed(today: date) -> dict[str, str]:
    """For each payment terms code the earliest day of shipment whose invoice is not due yet; "" without terms."""
    rows: Sequence[tuple[str, int]] = database.execute_sql(
        "SELECT code, due_days FROM payment_terms ORDER BY code"
    ).fetchall()
    days = {code: (today - timedelta(days=due_days)).isoformat() for code, due_days in rows}
    days[""] = today.isoformat()
    return days


def balances_after(customer_no: str, limit: int, first_days: dict[str, str]) -> list[Balance]:
    """Stored and right balances of the next customers by number.

    Args:
        customer_no: the last one seen; "" to begin.
        limit: how many at most.
        first_days: see `first_days_owed`.
    """
    return _balances("c.no > ? ORDER BY c.no LIMIT ?", (customer_no, limit), first_days)


def balances_of(customers: Sequence[str], first_days: dict[str, str]) -> list[Balance]:
    """The same of these customers, 500 at most; those that do not exist are left out."""
    return _balances(f"c.no IN ({', '.join('?' * len(customers))})", tuple(customers), first_days)


def _balances(which: str, values: tuple[Any, ...], first_days: dict[str, str]) -> list[Balance]:
    terms = [code for code in first_days if code]
    cases = " ".join("WHEN ? THEN ?" for _ in terms)
    first_day = f"CASE c.payment_terms_code {cases} ELSE ? END" if terms else "?"
    parameters = [text for code in terms for text in (code, first_days[code])]
    rows = database.execute_sql(
        "SELECT c.no, c.balance, COALESCE((SELECT SUM(h.amount) FROM sales_header h"
        f" WHERE h.customer_no = c.no AND h.status IN ('{_OWING[0]}', '{_OWING[1]}')"
        f" AND COALESCE(h.shipment_date, h.order_date) >= {first_day}), 0)"
        f" FROM customer c WHERE {which}",
        (*parameters, first_days[""], *values),
    )
    return [Balance(*row) for row in rows.fetchall()]


def write_balances(balances: Iterable[Balance]) -> None:
    """Store the right balances; call it inside a transaction. Nobody has edited the customers by that."""
    database.connection().executemany(
        "UPDATE customer SET balance = ? WHERE no = ?",
        [(balance.right, balance.customer_no) for balance in balances],
    )
