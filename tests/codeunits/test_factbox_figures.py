"""The figures of FactBoxes of customers, items and vendors, in a company small enough to count by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.formats import evaluate
from models.database import connected
from models.item import Item
from tests.codeunits.conftest import order, results_of

pytestmark = pytest.mark.usefixtures("small_company")


def numbers(found: dict[str, str], *names: str) -> list[Decimal | None]:
    return [evaluate(found[name], Decimal) if found[name] else None for name in names]


def test_a_customers_figures() -> None:
    order("1", "2025-11-21", "40")
    order("2", "2026-01-20", "50")
    order("3", "2026-11-18", "60", "Open")
    order("4", "2026-11-19", "70", "Released")
    order("5", "2026-11-19", "99", "Open", customer="C2")
    found = results_of("customer_statistics", customer="C1")
    assert numbers(found, "balance", "credit_limit", "credit_left") == [300, 1000, 570]
    assert numbers(found, "open_orders", "open_amount", "orders") == [2, 130, 4]
    assert numbers(found, "sales_this_year", "sales_last_year") == [180, 40]
    assert (found["last_order"], found["days_between_orders"]) == ("2026-11-19", "121")


def test_a_customer_who_never_ordered_and_has_no_limit() -> None:
    found = results_of("customer_statistics", customer="C2")
    assert (found["orders"], found["last_order"], found["days_between_orders"]) == ("0", "", "")
    assert found["credit_left"] == ""


def test_an_items_figures() -> None:
    order("1", "2025-06-01", "80", pieces=20)
    order("2", "2026-10-20", "40", pieces=10)
    order("3", "2026-11-19", "20", "Open", pieces=5)
    found = results_of("item_statistics", item="I1")
    assert numbers(found, "inventory", "on_orders", "available", "reorder_point") == [50, 5, 45, 60]
    assert numbers(found, "sold_this_year", "sold_last_year") == [15, 20]
    assert numbers(found, "sales_this_year", "sales_last_year") == [60, 80]
    assert (found["margin_percent"], found["days_of_stock"], found["last_sold"]) == (
        "25.0",
        "270",
        "2026-11-19",
    )


def test_an_item_that_was_never_sold_and_costs_nothing() -> None:
    with connected():
        Item.update(unit_price=Decimal(0)).execute()
    found = results_of("item_statistics", item="I1")
    assert (found["margin_percent"], found["days_of_stock"], found["last_sold"]) == ("", "", "")


def test_a_vendors_figures() -> None:
    order("1", "2025-06-01", "80", pieces=20)
    order("2", "2026-10-20", "40", pieces=10)
    order("3", "2024-10-20", "999", pieces=10)
    found = results_of("vendor_statistics", vendor="V1")
    assert numbers(found, "balance", "items", "items_to_reorder", "inventory_value") == [
        Decimal("12.5"),
        1,
        1,
        150,
    ]
    assert numbers(found, "sales_this_year", "sales_last_year") == [40, 80]


@pytest.mark.parametrize("kind", ["customer", "vendor", "item"])
def test_a_record_that_was_deleted_meanwhile_has_no_figures(kind: str) -> None:
    assert results_of(f"{kind}_statistics", **{kind: "GONE"}) == {}
