"""What people change while an import runs holds from its next chunk on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from desktop.imports import processing
from desktop.imports.values.lookups import LookupTable
from models.customer import Customer
from models.database import connected, database
from models.item import Item
from models.lookups import Country
from models.record_edit import delete_record
from models.sales_order import SalesLine


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of one row or document."""
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(processing, name, 1)


@pytest.fixture
def meanwhile() -> Callable[..., Callable[..., None]]:
    """Makes what a job tells its progress to: after each chunk a person does the next of these things."""

    def make(*actions: Callable[[], Any]) -> Callable[..., None]:
        left = list(actions)

        def act(action: Callable[[], Any]) -> None:
            with connected(), database.atomic():
                action()

        def after_chunk(*_told: object) -> None:
            if left:
                with ThreadPoolExecutor(1) as person:
                    person.submit(act, left.pop(0)).result()

        return after_chunk

    return make


@pytest.fixture
def orders(integration: Any) -> str:
    """Orders of one customer and one item, in a flat file."""
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller & Sons")
        Item.create(no="I1", description="Rope", unit_price=Decimal(2))
    line = [
        {"level": 1, "source_column": "Item", "target_field": "item_no"},
        {"level": 1, "source_column": "Qty", "target_field": "quantity"},
    ]
    header = [("Order", "no"), ("Date", "order_date"), ("Customer", "customer_no")]
    return str(integration(*header, *line, target_table="sales_header"))


def _set(record: type[Any], key: str, **values: Any) -> Callable[[], Any]:
    def change() -> None:
        row = record.get_by_id(key)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    return change


def test_an_item_takes_another_price_and_a_customer_is_blocked_between_two_orders(
    importer: Any, write: Any, orders: str, meanwhile: Any
) -> None:
    rows = "".join(f"SO{number},2026-01-01,C1,I1,1\n" for number in (1, 2, 3, 4))
    run_id = importer.read(write(f"Order,Date,Customer,Item,Qty\n{rows}"), orders)
    person = meanwhile(
        _set(Item, "I1", unit_price=Decimal(5)),
        _set(Customer, "C1", name="Miller Ltd."),
        _set(Customer, "C1", blocked="All"),
    )
    counts = importer.process(run_id, on_progress=person)
    assert (counts.created, counts.errors) == (3, 1)
    assert importer.codes(run_id) == [(5, "Blocked")]
    with connected():
        assert [line.unit_price for line in SalesLine.select().order_by(SalesLine.id)] == [2, 5, 5]
        names = database.execute_sql("SELECT customer_name FROM sales_header ORDER BY no").fetchall()
    assert [name for (name,) in names] == ["Miller & Sons", "Miller & Sons", "Miller Ltd."]


def test_countries_come_and_go_and_only_they_are_read_again(
    importer: Any, write: Any, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"C{number},N,{code}\n" for number, code in enumerate(("DE", "XX", "FR", "DE"), 1))
    run_id = importer.read(write(f"No.,Name,Country/Region Code\n{rows}"))
    filled: list[str] = []
    fill = LookupTable.fill

    def counted(table: LookupTable) -> None:
        filled.append(table.record.table())
        fill(table)

    monkeypatch.setattr(LookupTable, "fill", counted)
    person = meanwhile(
        lambda: Country.create(code="XX", name="Xanadu"),
        lambda: delete_record(Country, "FR"),
        lambda: None,
    )
    counts = importer.process(run_id, on_progress=person)
    assert (counts.created, importer.codes(run_id)) == (3, [(4, "NotFound")])
    assert filled.count("country") == 1
