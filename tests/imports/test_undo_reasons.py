"""What undoing leaves has a reason of its own, which says what a person can do about it."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.errors import ReplacedError
from desktop.imports.afterwards import undo
from desktop.sessions import pace
from models.customer import Customer
from models.database import connected, database
from models.integration import LookupMissing
from models.item import Item
from models.record_edit import save_field
from models.sales_order import SalesHeader, SalesLine
from tests.imports.flat_orders import FLAT_ORDERS

ORDERS = "Order,Date,Customer,Item,Qty\n"
CUSTOMERS = "No.,Name,Country\n"


@pytest.fixture
def orders(integration: Any, company: Any) -> str:
    """An integration for orders whose customer and items are there."""
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller")
        for no in ("I1", "I2"):
            Item.create(no=no, description=no)
    return str(
        integration(
            *FLAT_ORDERS,
            target_table="sales_header",
        )
    )


def test_an_order_that_went_on_its_way_is_told_as_what_it_is_now(
    importer: Any, write: Any, session: Any, orders: str
) -> None:
    importer(write(ORDERS + "SO3,2026-01-01,C1,I1,1\n"), orders)
    text = ORDERS + "".join(f"SO{number},2026-01-01,C1,I1,2\n" for number in (1, 2, 3, 4))
    run_id = importer.read(write(text), orders)
    importer.process(run_id)
    for no, status in (("SO1", "Shipped"), ("SO2", "Invoiced"), ("SO3", "Released")):
        save_field(SalesHeader, no, "status", status, "Open")
    save_field(SalesHeader, "SO4", "external_document_no", "X", "")
    report = undo.undo(session(), run_id)
    assert {row.key: (row.reason, row.hint) for row in report.kept_rows} == {
        "SO1": ("It is Shipped now.", "If it is to go, set its status to Open and delete it on its card."),
        "SO2": ("It is Invoiced now.", "If it is to go, set its status to Open and delete it on its card."),
        "SO3": (
            "It was edited after the import.",
            "If it is to change, set its status to Open and change it back on its card.",
        ),
        "SO4": ("It was edited after the import.", "Delete it on its card, if it is to go."),
    }


def test_an_order_that_was_imported_as_shipped_goes_like_any_other(
    importer: Any, write: Any, session: Any, integration: Any, orders: str
) -> None:
    code = integration(
        ("Order", "no"),
        ("Date", "order_date"),
        ("Customer", "customer_no"),
        ("Status", "status"),
        target_table="sales_header",
        code="HISTORY",
    )
    run_id = importer.read(write("Order,Date,Customer,Status\nSO1,2026-01-01,C1,Shipped\n"), code)
    importer.process(run_id)
    assert undo.undo(session(), run_id).text == "1 reversed"


def test_a_record_that_is_used_names_what_uses_it(
    importer: Any, write: Any, session: Any, integration: Any
) -> None:
    code = integration(
        ("No", "no"),
        ("No", "name"),
        {"source_column": "Land", "target_field": "country_code", "lookup_missing": LookupMissing.CREATE},
    )
    run_id = importer.read(write("No,Land\nC1,XA\nC2,XB\n"), code)
    importer.process(run_id)
    with connected(), database.atomic():
        for number in range(1, 6):
            SalesHeader.create(no=f"SO{number}", customer_no="C1", order_date="2026-01-01")
    report = undo.undo(session(), run_id)
    assert [(row.key, row.reason, row.hint) for row in report.failed_rows] == [
        (
            "C1",
            "Sales Orders SO1, SO2, SO3 and 2 more refer to it.",
            "Delete them, or let them name another Customer, then choose Undo… once more.",
        ),
        (
            "Country/Region XA",
            "Customer C1 refers to it.",
            "Delete it, or let it name another Country/Region, then choose Undo… once more.",
        ),
    ]
    with connected(), database.atomic():
        SalesHeader.delete().execute()
    again = undo.undo(session(), run_id)
    assert (again.failed, again.reversed) == (0, 4)


def test_an_item_is_used_by_the_orders_whose_lines_name_it(
    importer: Any, write: Any, session: Any, orders: str
) -> None:
    run_id = importer.read(write("No.,Description\nI9,Bolt\n"), "ITEMS")
    importer.process(run_id)
    with connected(), database.atomic():
        for number in (1, 2):
            SalesHeader.create(no=f"SO{number}", customer_no="C1", order_date="2026-01-01")
            for line in (1, 2):
                SalesLine.create(order_no=f"SO{number}", line_no=line, item_no="I9")
    report = undo.undo(session(), run_id)
    assert [row.reason for row in report.failed_rows] == ["Sales Orders SO1, SO2 refer to it."]


def test_a_value_that_is_gone_is_named_where_it_cannot_come_back(
    importer: Any, write: Any, session: Any, query: Any, orders: str
) -> None:
    query("INSERT INTO country (code, name) VALUES ('XA', 'Atlantis')")
    importer(write(CUSTOMERS + "C8,Old,XA\n"))
    importer(write(ORDERS + "SO1,2026-01-01,C1,I2,1\n"), orders)
    customers = importer.read(write(CUSTOMERS + "C8,New,DE\n"))
    importer.process(customers)
    with_lines = importer.read(write(ORDERS + "SO1,2026-01-01,C1,I1,1\n"), orders)
    importer.process(with_lines)
    query("DELETE FROM country WHERE code = 'XA'")
    query("DELETE FROM item WHERE no = 'I2'")
    told = [row for run in (customers, with_lines) for row in undo.undo(session(), run).failed_rows]
    assert [(row.key, row.reason, row.hint) for row in told] == [
        (
            "C8",
            "Its Country/Region Code was XA, which is gone.",
            "Create the Country/Region XA again, then choose Undo… once more.",
        ),
        (
            "SO1",
            "Its Item No. was I2, which is gone.",
            "Create the Item I2 again, then choose Undo… once more.",
        ),
    ]
    assert query("SELECT name FROM customer WHERE no = 'C8'") == [("New",)]
    query("INSERT INTO country (code, name) VALUES ('XA', 'Atlantis')")
    assert undo.undo(session(), customers).text == "1 reversed"
    assert query("SELECT name, country_code FROM customer WHERE no = 'C8'") == [("Old", "XA")]


def test_look_up_records_go_a_few_at_a_time_and_what_has_to_stay_is_told_once_though_it_is_cut_off(
    importer: Any, write: Any, session: Any, integration: Any, query: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = integration(
        ("No", "no"),
        ("No", "name"),
        {"source_column": "Land", "target_field": "country_code", "lookup_missing": LookupMissing.CREATE},
    )
    run_id = importer.read(write("No,Land\n" + "".join(f"C{n},X{n}\n" for n in range(6))), code)
    importer.process(run_id)
    with connected():
        Customer.create(no="C9", name="Uses it", country_code="X4")
    for share in ("OTHERS_WRITE", "UNWATCHED"):
        monkeypatch.setattr(pace, share, getattr(pace, share)._replace(seconds=1e-9))
    owned = iter(range(7))

    def is_lost() -> None:
        if next(owned, None) is None:
            raise ReplacedError

    with pytest.raises(ReplacedError):
        undo.undo(session(guard=is_lost), run_id)
    left = [key for (key,) in query("SELECT code FROM country WHERE code LIKE 'X%' ORDER BY code")]
    assert 1 < len(left) < 6
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.failed, report.kept) == (11, 1, 0)
    assert query("SELECT code FROM country WHERE code LIKE 'X%'") == [("X4",)]
