"""Values of many rows in one child session: as texts, and the same as the FactBox of each row says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.codeunits import registry
from desktop.formats import evaluate
from desktop.row_values import keys_parameter, read_row_values, requested_keys, row_values
from desktop.sessions.session import Session, SessionKind
from models import statistics
from models.customer import Customer
from models.database import connected, read_only
from models.item import Item
from models.sales_order import STATUSES, SalesHeader, SalesLine
from models.tables import table_caption

TODAY = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def orders(company: Path) -> None:
    """Three customers; C1 has an order in each status, C2 an open one, C3 none."""
    with connected():
        for no in ("C1", "C2", "C3"):
            Customer(no=no, name=f"Name of {no}").save(force_insert=True)
        for no, stock in (("I1", 50), ("I2", 3)):
            Item(no=no, description=f"Item {no}", inventory=Decimal(stock)).save(force_insert=True)
        for number, (customer, status) in enumerate([*(("C1", each) for each in STATUSES), ("C2", "Open")]):
            SalesHeader(
                no=f"SO{number}",
                customer_no=customer,
                order_date=TODAY,
                status=status,
                amount=Decimal(f"{10**number}.25"),
            ).save(force_insert=True)
            SalesLine(
                order_no=f"SO{number}",
                line_no=1,
                item_no="I1",
                quantity=Decimal(number + 1),
                amount=Decimal(1),
            ).save()


def results_of(name: str, parameters: dict[str, str]) -> dict[str, str]:
    """Run a codeunit as a page background task does: in a read-only child session."""
    session = Session(SessionKind.CHILD, "MARIA", parameters, TODAY)
    with read_only(table_caption):
        registry.function_of(name)(session)
    return session.results


def test_open_orders_of_the_customers_that_a_list_shows() -> None:
    found = results_of("customer_open_orders", keys_parameter(["C1", "C2", "C3", "C404"]))
    orders = read_row_values(found["open_orders"], int)
    amounts = read_row_values(found["open_amount"], Decimal)
    assert orders == {"C1": 2, "C2": 1, "C3": 0, "C404": 0}
    assert (amounts["C1"], amounts["C3"]) == (Decimal("11.50"), 0)
    for no in ("C1", "C2", "C3"):
        figures = results_of("customer_statistics", {"customer": no})
        assert evaluate(figures["open_orders"], int) == orders[no]
        assert evaluate(figures["open_amount"], Decimal) == amounts[no]


def test_what_is_available_of_the_items_that_a_list_shows() -> None:
    found = results_of("item_availability", keys_parameter(["I1", "I2", "I404"]))
    available = read_row_values(found["available"], Decimal)
    assert available == {"I1": 50 - 1 - 2 - 5, "I2": 3}
    for no in ("I1", "I2"):
        figures = results_of("item_statistics", {"item": no})
        assert evaluate(figures["available"], Decimal) == available[no]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (statistics.open_orders_of, "sales_header_customer"),
        (statistics.available_items, "sales_line_item"),
    ],
)
def test_only_the_orders_of_the_rows_in_view_are_looked_at(
    ask: Callable[[list[str]], object], index: str
) -> None:
    seen: list[str] = []
    with connected() as connection:
        connection.set_trace_callback(seen.append)
        ask(["C1", "I1"])
        connection.set_trace_callback(None)
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {seen[-1]}"))
    assert f"USING INDEX {index}" in plan
    assert "sales_header_status" not in plan


def test_no_rows_are_no_error() -> None:
    assert results_of("customer_open_orders", keys_parameter([]))["open_orders"] == "{}"
    assert results_of("item_availability", keys_parameter([]))["available"] == "{}"


@pytest.mark.parametrize(
    "parameters", [{}, {"keys": ""}, {"keys": "C1"}, {"keys": "[1]"}, {"keys": '{"a": "b"}'}]
)
def test_parameters_that_name_no_keys_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="the parameter “keys” must be a JSON list of texts"):
        requested_keys(parameters)


def test_values_travel_as_texts_whatever_is_in_the_keys() -> None:
    keys = ['C"1', "Ålesund, 7", "", "[]"]
    assert requested_keys(keys_parameter(keys)) == keys
    values = {'C"1': Decimal("1.50"), "Ålesund, 7": Decimal(-2), "[]": None}
    assert read_row_values(row_values(values), Decimal) == {'C"1': Decimal("1.50"), "Ålesund, 7": Decimal(-2)}
    assert read_row_values(row_values({"a": date(2026, 2, 28), "b": None}), date) == {"a": date(2026, 2, 28)}


@pytest.mark.parametrize("text", ["", "names", "[]", '{"a": 1}', '{"a": "one"}'])
def test_values_that_are_something_else_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"the values of a column|is not a value of type int"):
        read_row_values(text, int)
