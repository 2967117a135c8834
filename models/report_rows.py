"""The rows and sums of reports: read one after the other, so that a million of them need no more memory than one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from models.database import database
from models.fields import shown_decimal
from models.filters import Condition
from models.integration_record import RecordStatus


class CustomerOrder(StrEnum):
    """How the customers of a report are sorted, as SQL."""

    NO = "no"
    NAME = "name COLLATE NOCASE, no"
    CITY = "city COLLATE NOCASE, no"
    BALANCE = "balance DESC, no"


class CustomerSums(NamedTuple):
    """What the customers of a report come to."""

    number: int
    blocked: int
    balance: Decimal


CustomerLine = tuple[str, str, str, str, str, str, str, Decimal, Decimal]


def customer_sums(conditions: Sequence[Condition]) -> CustomerSums:
    """The sums of the customers that meet all conditions."""
    where, parameters = _where(conditions)
    count, blocked, balance = database.execute_sql(
        f"SELECT COUNT(*), COUNT(NULLIF(blocked, '')), SUM(balance) FROM customer{where}", parameters
    ).fetchone()
    return CustomerSums(count, blocked, shown_decimal(balance))


def customers(conditions: Sequence[Condition], order: CustomerOrder) -> Iterator[CustomerLine]:
    """The customers that meet all conditions: no., name, post code, city, country, phone, blocked, limit, balance."""
    where, parameters = _where(conditions)
    found = database.execute_sql(
        "SELECT no, name, post_code, city, country_code, phone_no, blocked, credit_limit, balance"
        f" FROM customer{where} ORDER BY {order.value}",
        parameters,
    )
    for *texts, limit, balance in found:
        yield (*texts, shown_decimal(limit), shown_decimal(balance))


class SalesGroup(StrEnum):
    """What the sales of a report are added up by."""

    MONTH = "Month"
    CUSTOMER = "Customer"
    COUNTRY = "Country/Region"
    ITEM = "Item"
    STATUS = "Status"


class SalesSums(NamedTuple):
    """What the sales of a report come to: of the period, and of the same days one year before."""

    groups: int
    orders: int
    amount: Decimal
    before: Decimal


SalesLineOfGroup = tuple[str, str, int, Decimal, Decimal]
Days = tuple[date, date]  # first and last, both included

_MONTH: Final = "substr(h.order_date, 1, 7)"
_MONTH_LATER: Final = "(CAST(substr(h.order_date, 1, 4) AS INTEGER) + {years}) || substr(h.order_date, 5, 3)"
_GROUPS: Final = {  # key, name, tables, amount
    SalesGroup.MONTH: (_MONTH, "''", "sales_header AS h", "h.amount"),
    SalesGroup.CUSTOMER: ("h.customer_no", "h.customer_name", "sales_header AS h", "h.amount"),
    SalesGroup.COUNTRY: (
        "COALESCE(c.country_code, '')",
        "COALESCE(y.name, '')",
        "sales_header AS h LEFT JOIN customer AS c ON c.no = h.customer_no"
        " LEFT JOIN country AS y ON y.code = c.country_code",
        "h.amount",
    ),
    SalesGroup.ITEM: (
        "l.item_no",
        "COALESCE(i.description, l.description)",
        "sales_header AS h JOIN sales_line AS l ON l.order_no = h.no LEFT JOIN item AS i ON i.no = l.item_no",
        "l.amount",
    ),
    SalesGroup.STATUS: ("h.status", "''", "sales_header AS h", "h.amount"),
}


def sales_sums(group: SalesGroup, now: Days, before: Days) -> SalesSums:
    """The sums of the sales of a period, and of another one to compare with."""
    sql, parameters = _sales(group, now, before)
    groups, amount, earlier = database.execute_sql(
        f"SELECT COUNT(*), SUM(now_amount), SUM(before_amount) FROM ({sql})", parameters
    ).fetchone()
    (orders,) = database.execute_sql(
        "SELECT COUNT(*) FROM sales_header WHERE order_date BETWEEN ? AND ?",
        tuple(day.isoformat() for day in now),
    ).fetchone()
    return SalesSums(groups, orders, shown_decimal(amount), shown_decimal(earlier))


def sales(group: SalesGroup, now: Days, before: Days, most: int | None = None) -> Iterator[SalesLineOfGroup]:
    """Key, name, orders, amount, and amount of the period to compare with, of each group.

    Months come in their order, everything else with the highest amount first.

    Args:
        most: only so many groups; None for all.
    """
    sql, parameters = _sales(group, now, before)
    order = "group_key" if group is SalesGroup.MONTH else "now_amount DESC, before_amount DESC, group_key"
    limit = "" if most is None else f" LIMIT {int(most)}"
    for key, name, orders, amount, earlier in database.execute_sql(
        f"{sql} ORDER BY {order}{limit}", parameters
    ):
        yield key, name, orders, shown_decimal(amount), shown_decimal(earlier)


def _sales(group: SalesGroup, now: Days, before: Days) -> tuple[str, tuple[str, ...]]:
    """The query of both periods; a month of the earlier one counts as the month that it is compared with."""
    key, name, tables, amount = _GROUPS[group]
    years = now[0].year - before[0].year
    earlier_key = _MONTH_LATER.format(years=years) if group is SalesGroup.MONTH else key
    one = "SELECT {key} AS group_key, {name} AS group_name, {order} AS no, {now} AS now_amount,"
    one += " {before} AS before_amount FROM {tables} WHERE h.order_date BETWEEN ? AND ?"
    both = " UNION ALL ".join(
        (
            one.format(key=key, name=name, order="h.no", now=amount, before="0", tables=tables),
            one.format(key=earlier_key, name=name, order="NULL", now="0", before=amount, tables=tables),
        )
    )
    sql = (
        "SELECT group_key, MAX(group_name) AS group_name, COUNT(DISTINCT no) AS orders,"
        f" SUM(now_amount) AS now_amount, SUM(before_amount) AS before_amount FROM ({both}) GROUP BY group_key"
    )
    return sql, tuple(day.isoformat() for day in (*now, *before))


ImportLine = tuple[int, str, str, str, str, str, str]
_STATUSES: Final = {status.value: status.name.capitalize() for status in RecordStatus}


def import_line_count(run_id: int, *, errors_only: bool) -> int:
    """How many lines `import_lines` gives."""
    (count,) = database.execute_sql(f"SELECT COUNT(*) {_import_tables(errors_only)}", (run_id,)).fetchone()
    return int(count)


def import_lines(run_id: int, *, errors_only: bool) -> Iterator[ImportLine]:
    """Line of the file, status, key of the record, column, value, message and hint; each error is a line."""
    found = database.execute_sql(
        "SELECT r.line_no, s.status, s.target_key, COALESCE(e.source_column, ''), COALESCE(e.value, ''),"
        f" COALESCE(e.message, ''), COALESCE(e.hint, '') {_import_tables(errors_only)}"
        " ORDER BY r.line_no, r.id, e.id",
        (run_id,),
    )
    for line_no, status, *texts in found:
        yield (line_no, _STATUSES[status], *texts)


def _import_tables(errors_only: bool) -> str:
    only = f" AND s.status = {int(RecordStatus.ERROR)}" if errors_only else ""
    return (
        "FROM integration_record AS r JOIN integration_record_status AS s ON s.record_id = r.id"
        f" LEFT JOIN integration_record_error AS e ON e.record_id = r.id WHERE r.run_id = ?{only}"
    )


def _where(conditions: Sequence[Condition]) -> tuple[str, tuple[Any, ...]]:
    if not conditions:
        return "", ()
    sql = " AND ".join(f"({condition.sql})" for condition in conditions)
    return f" WHERE {sql}", tuple(value for condition in conditions for value in condition.parameters)
