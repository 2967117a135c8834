"""A small company for the tests of pages: 60 customers, 30 items, 8 vendors, 40 orders with lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from models.company import CompanyInformation, NumberSeries
from models.customer import Customer
from models.database import connected, database, open_company
from models.item import Item
from models.lookups import Country, PaymentTerms, UnitOfMeasure
from models.sales_order import STATUSES, SalesHeader, SalesLine
from models.vendor import Vendor

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
_FIRST = ("Harbour", "Northwind", "Blue", "Stone", "Ålesund", "Old", "Green", "Silver", "Coast", "Bright")
_SECOND = ("Supply", "Trading", "Marine", "Foods", "Tools", "Logistics")
_ENDS = ("Ltd.", "GmbH", "& Sons", "B.V.")
_TOWNS = (("20095", "Hamburg", "DE"), ("E1 6AN", "London", "GB"), ("44000", "Nantes", "FR"))
_PEOPLE = ("Anna Meyer", "Ben Smith", "Claire Dubois", "Erik Larsen", "Zoë Novak")
_GOODS = ("Rope, 12 mm", "Anchor, 10 kg", "Life jacket, size M", "Signal lamp", "Fender, white", "Deck brush")


def make_company(path: Path) -> Path:
    """Make the company and leave it open, without a connection."""
    company = open_company(path, create=True)
    with connected(), database.atomic():
        _set_up()
        _parties()
        _items()
        _orders()
    return company


def _set_up() -> None:
    CompanyInformation.create(name="Harbour Supply Ltd.", created_at=NOW)
    for code, prefix, last in (("CUSTOMER", "C", 60), ("ITEM", "I", 30), ("VENDOR", "V", 8)):
        NumberSeries.create(code=code, prefix=prefix, width=5, last_number=last)
    NumberSeries.create(code="SALES_ORDER", prefix="SO", width=5, last_number=40)
    for code, name in (("DE", "Germany"), ("GB", "United Kingdom"), ("FR", "France")):
        Country.create(code=code, name=name)
    for code, days in (("14 DAYS", 14), ("30 DAYS", 30), ("COD", 0)):
        PaymentTerms.create(code=code, description=f"Net {days} days" if days else "Cash", due_days=days)
    for code, text in (("PCS", "Piece"), ("BOX", "Box"), ("M", "Metre")):
        UnitOfMeasure.create(code=code, description=text)


def _parties() -> None:
    for number in range(1, 61):
        post_code, city, country = _TOWNS[number % 3]
        name = f"{_FIRST[number % 10]} {_SECOND[number // 10 % 6]} {_ENDS[number % 4]}"
        person = _PEOPLE[number % 5]
        Customer.create(
            no=f"C{number:05d}",
            name=name,
            address=f"Harbour Road {number}",
            post_code=post_code,
            city=city,
            country_code=country,
            contact=person,
            phone_no=f"+49 40 55 {number:04d}",
            email=f"{person.split()[1].lower()}@{name.split()[1].lower()}.example",
            payment_terms_code="30 DAYS" if number % 2 else "14 DAYS",
            credit_limit=Decimal(5000 * (number % 4)),
            balance=Decimal(number * 397 % 9000) + Decimal("0.25"),
            blocked={7: "All", 20: "Ship", 33: "Invoice"}.get(number, ""),
        )
    for number in range(1, 9):
        Vendor.create(
            no=f"V{number:05d}",
            name=f"{_FIRST[number]} Works {_ENDS[number % 4]}",
            city=_TOWNS[number % 3][1],
            country_code=_TOWNS[number % 3][2],
            contact=_PEOPLE[number % 5],
            balance=Decimal(number * 120),
        )


def _items() -> None:
    for number in range(1, 31):
        Item.create(
            no=f"I{number:05d}",
            description=f"{_GOODS[number % 6]} ({number})",
            base_unit_code="PCS",
            unit_price=Decimal(number) * Decimal("3.75"),
            unit_cost=Decimal(number) * Decimal("2.10"),
            inventory=Decimal(number * 7 % 60),
            reorder_point=Decimal(20),
            vendor_no=f"V{number % 8 + 1:05d}",
            blocked=number == 13,
        )


def _orders() -> None:
    for number in range(1, 41):
        customer = Customer.get_by_id(f"C{number % 12 + 1:05d}")
        no = f"SO{number:05d}"
        header = SalesHeader.create(
            no=no,
            customer_no=customer.no,
            customer_name=customer.name,
            order_date=date(2026, 11, 20) - timedelta(days=number * 5),
            shipment_date=date(2026, 11, 27) - timedelta(days=number * 5),
            external_document_no=f"PO-{1000 + number}",
            status=STATUSES[min(number // 6, 3)],
        )
        amount = Decimal(0)
        for line in range(1, 4):
            item = Item.get_by_id(f"I{(number + line) % 30 + 1:05d}")
            value = item.unit_price * line
            SalesLine.create(
                order_no=no,
                line_no=line * 10_000,
                item_no=item.no,
                description=item.description,
                quantity=Decimal(line),
                unit_code="PCS",
                unit_price=item.unit_price,
                amount=value,
            )
            amount += value
        header.amount = amount
        header.save()
