"""Files of other people's making, imported by integrations that come with the company, against what the files say."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.imports import service
from desktop.imports.integrations.definition import FixedColumn
from models.customer import Customer
from models.database import connected
from models.item import Item
from models.lookups import PostCode
from models.sales_order import SalesHeader, SalesLine
from models.vendor import Vendor


def rows_of(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_northwind_orders_with_their_details(
    importer: Any, session: Any, shared_file: Callable[[str], Path], add_up: Any
) -> None:
    importer(shared_file("northwind/customers.csv"), "NORTHWIND-CUSTOMERS")
    importer(shared_file("northwind/suppliers.csv"), "NORTHWIND-SUPPLIERS")
    importer(shared_file("northwind/products.csv"), "NORTHWIND-PRODUCTS")
    orders, details = shared_file("northwind/orders.csv"), shared_file("northwind/order-details.csv")
    run_id = service.read(orders, "NORTHWIND-ORDERS", session(), lines_path=details)
    counts = importer.process(run_id)
    with connected():
        customers = {row.no for row in Customer.select()}
        items = {row.no for row in Item.select()}
        sold = {row.no for row in Item.select() if not row.blocked}
        vendors = Vendor.select().count()
        lines = {
            (line.order_no, line.item_no): (
                line.quantity,
                line.unit_price,
                line.discount_percent,
                line.amount,
            )
            for line in SalesLine.select()
        }
        headers = {order.no: order for order in SalesHeader.select()}
    assert (len(customers), vendors, len(items)) == (67, 20, 52)

    header, heads = rows_of(orders)
    by_order: dict[str, list[list[str]]] = defaultdict(list)
    for line in rows_of(details)[1]:
        by_order[line[0]].append(line)
    good = {
        row[0]
        for row in heads
        if len(row) == len(header)
        and row[1] in customers
        and all(line[1] in sold for line in by_order[row[0]])
    }
    assert set(headers) == good
    assert counts.documents_created == len(good) == 166
    expected = {
        (line[0], line[1]): (
            Decimal(line[3]),
            Decimal(line[2]),
            Decimal(line[4]) * 100,
            cents(Decimal(line[3]) * Decimal(line[2]) * (1 - Decimal(line[4]))),
        )
        for number in good
        for line in by_order[number]
    }
    assert lines == expected
    first = min(good)
    assert headers[first].amount == sum(amount for (no, _), (*_, amount) in expected.items() if no == first)
    add_up(run_id)


@pytest.mark.parametrize("day", ["2010-12-02", "2011-12-09"])
def test_a_day_of_online_retail_as_orders_and_credit_notes(
    day: str, importer: Any, shared_file: Callable[[str], Path], add_up: Any
) -> None:
    path = shared_file(f"online-retail/{day}.csv")
    run_id = importer.read(path, "ONLINE-RETAIL")
    importer.process(run_id)
    by_invoice: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows_of(path)[1]:
        by_invoice[row[0]].append(row)
    good = {
        number: sum((cents(int(row[3]) * Decimal(row[5])) for row in rows), Decimal(0))
        for number, rows in by_invoice.items()
        if all(row[6] for row in rows)
    }
    with connected():
        orders = {order.no: order for order in SalesHeader.select()}
        customers = {row.no for row in Customer.select()}
        found_by_words = Item.select().where(Item.search_text != "").count()
        items = Item.select().count()
        lines = SalesLine.select().count()
    assert {no: order.amount for no, order in orders.items()} == good
    assert lines == sum(len(by_invoice[number]) for number in good)
    credits = {no for no in orders if no.startswith("C")}
    assert credits
    assert all(orders[no].amount < 0 for no in credits)
    named = {row[6].removesuffix(".0") for number in good for row in by_invoice[number]}
    assert named <= customers
    assert not {no for no in customers if "." in no}
    assert found_by_words == items, "what an import creates is found in its list"
    assert {code for _, code in importer.codes(run_id)} <= {"Required", "DocumentRefused"}
    add_up(run_id)


def test_post_codes_with_a_byte_order_mark_and_without_a_header(
    importer: Any, integration: Any, shared_file: Callable[[str], Path]
) -> None:
    code = integration(
        ("Column 1", "code"),
        ("Column 2", "city"),
        ("Column 3", "country_code"),
        target_table="post_code",
        match_field="code,city",
        reading='{"has_header": false}',
    )
    path = shared_file("bcapps/LocalPostCodes.txt")
    assert importer(path, code).text == "16,620 records created"
    with connected():
        found = PostCode.get(PostCode.code == "100 00", PostCode.city == "Vršovice (Praha 10) (část)")
    assert found.country_code == "CZ"
    assert importer(path, code).text == "16,620 records unchanged"


def test_banks_in_a_file_of_fixed_width_with_umlauts(
    importer: Any, integration: Any, shared_file: Callable[[str], Path]
) -> None:
    code = integration(
        ("Bank", "no"),
        ("Name", "name"),
        ("Street", "address"),
        target_table="vendor",
        source_type="Fixed Width",
    )
    columns = (FixedColumn("Bank", 12, 11), FixedColumn("Name", 55, 60), FixedColumn("Street", 115, 35))
    path = shared_file("bcapps/des_bcbankenstamm.txt")
    lines = path.read_text("latin-1").splitlines()
    run_id = importer.read(path, code, fixed_columns=columns, encoding="latin-1", has_header=False)
    importer.process(run_id)
    expected = {
        line[11:22].strip(): (line[54:114].strip(), line[114:149].strip()) for line in reversed(lines)
    }
    with connected():
        found = {row.no: (row.name, row.address) for row in Vendor.select()}
    assert "Börsenstrasse 15" in {street for _, street in found.values()}
    assert found.items() <= expected.items()
    assert len(found) == len(expected)
