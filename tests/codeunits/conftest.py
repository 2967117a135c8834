"""A company small enough to count by hand, and codeunits run as a page runs them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.codeunits import registry
from desktop.sessions.session import Session, SessionKind
from models.customer import Customer
from models.database import connected, read_only
from models.item import Item
from models.sales_order import SalesHeader, SalesLine
from models.tables import table_caption
from models.vendor import Vendor

TODAY = date(2026, 11, 19)  # a Thursday
NOW = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)


@pytest.fixture
def small_company(company: Path) -> None:
    """Two customers, one vendor, one item; no orders yet."""
    with connected():
        Customer(no="C1", name="Petersen", credit_limit=Decimal(1000), balance=Decimal(300)).save(
            force_insert=True
        )
        Customer(no="C2", name="Hansen", blocked="Ship").save(force_insert=True)
        Vendor(no="V1", name="Ropeworks", balance=Decimal("12.50")).save(force_insert=True)
        Item(
            no="I1",
            description="Rope",
            unit_price=Decimal(4),
            unit_cost=Decimal(3),
            inventory=Decimal(50),
            reorder_point=Decimal(60),
            vendor_no="V1",
        ).save(force_insert=True)


def results_of(name: str, today: date = TODAY, **parameters: str) -> dict[str, str]:
    """Run a codeunit as a page background task does: in a read-only child session."""
    session = Session(SessionKind.CHILD, "MARIA", parameters, today)
    with read_only(table_caption):
        registry.function_of(name)(session)
    assert all(type(key) is str and type(value) is str for key, value in session.results.items())
    return session.results


def order(
    no: str, day: str, amount: str, status: str = "Invoiced", customer: str = "C1", pieces: int = 0
) -> None:
    """An order of that day, with a line of so many pieces if there are any."""
    with connected():
        SalesHeader(
            no=no,
            customer_no=customer,
            customer_name=f"Name of {customer}",
            order_date=date.fromisoformat(day),
            shipment_date=date.fromisoformat(day),
            status=status,
            amount=Decimal(amount),
        ).save(force_insert=True)
        if pieces:
            SalesLine(
                order_no=no, line_no=1, item_no="I1", quantity=Decimal(pieces), amount=Decimal(amount)
            ).save()
