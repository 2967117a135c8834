"""Stored values: nothing is lost on the way to the database and back, and order is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customer import Customer
from models.database import connected, database
from models.fields import search_text, shown_decimal, shown_time, stored_decimal, stored_time
from models.sales_order import SalesHeader

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),
    max_value=datetime(2200, 1, 1),
    timezones=st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(AMOUNTS)
def test_an_amount_comes_back_exactly(amount: Decimal) -> None:
    assert shown_decimal(stored_decimal(amount)) == amount


@given(AMOUNTS, AMOUNTS)
def test_amounts_add_up_and_sort_as_they_are_stored(one: Decimal, other: Decimal) -> None:
    assert shown_decimal(stored_decimal(one) + stored_decimal(other)) == one + other
    assert (stored_decimal(one) < stored_decimal(other)) == (one < other)


def test_a_fifth_decimal_is_rounded_away_from_zero() -> None:
    assert stored_decimal("0.00005") == 1
    assert stored_decimal("-0.00005") == -1
    assert stored_decimal(0.1) == 1_000
    assert shown_decimal(None) == 0


@given(MOMENTS)
def test_a_moment_comes_back_to_the_millisecond_in_utc(moment: datetime) -> None:
    shown = shown_time(stored_time(moment))
    assert shown.tzinfo is not None
    assert shown.utcoffset() == timedelta(0)
    assert timedelta(0) <= moment - shown < timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_stored_moments_sort_as_time_does(one: datetime, other: datetime) -> None:
    assert len(stored_time(one)) == len(stored_time(other))
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (stored_time(one) < stored_time(other)) == (one < other)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        stored_time(datetime(2026, 11, 21, 9, 45))


def test_values_in_the_database(company: Path) -> None:
    moment = datetime(2026, 11, 21, 9, 45, 7, 123_000, tzinfo=UTC)
    with connected():
        Customer(no="C1", name="Petersen", balance=Decimal("1234.5678"), modified_at=moment).save(
            force_insert=True
        )
        SalesHeader(no="SO1", customer_no="C1", order_date=date(2026, 11, 21)).save(force_insert=True)
        customer, order = Customer.get_by_id("C1"), SalesHeader.get_by_id("SO1")
        stored = database.execute_sql("SELECT balance, modified_at FROM customer").fetchone()
    assert (customer.balance, customer.modified_at) == (Decimal("1234.5678"), moment)
    assert (order.order_date, order.shipment_date, order.amount) == (date(2026, 11, 21), None, Decimal(0))
    assert stored == (12_345_678, "2026-11-21T09:45:07.123Z")


def test_search_text_finds_the_beginning_of_every_word() -> None:
    text = search_text("C00001", "Bootsbau  Petersen", "", "STRASSE")
    assert text == " c00001 bootsbau petersen strasse"
    assert " pet" in text
