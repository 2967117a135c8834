"""The rows and sums of reports: read one after the other, so that a million of them need no more memory than one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from models.database import database
from models.fields import shown_decimal
from models.filters import Condition


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


def _where(conditions: Sequence[Condition]) -> tuple[str, tuple[Any, ...]]:
    if not conditions:
        return "", ()
    sql = " AND ".join(f"({condition.sql})" for condition in conditions)
    return f" WHERE {sql}", tuple(value for condition in conditions for value in condition.parameters)
