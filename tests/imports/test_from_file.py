"""A consultant makes an integration from a file: its columns propose what they fill, and the file is imported."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.codeunits import look_at_file
from desktop.imports import service
from desktop.imports.integrations.definition_file import copy_integration, export_definition
from desktop.imports.integrations.from_file import Looked, create_from_file, look_at
from desktop.imports.integrations.loading import load_definition
from desktop.imports.integrations.removal import delete_integration, restore_integration
from desktop.imports.processing import process
from desktop.sessions import permissions
from desktop.sessions.session import Session
from models.company import User
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError, FieldError, RightMissingError
from models.integration import Integration
from models.item import Item
from models.permissions import UserPermissionSet
from models.sales_order import SalesHeader

SHOP = (
    "Kunden der Filiale\n\n"
    "Customer No.;Company;Post Code;Country;Credit Limit;Favourite Colour\n"
    "K1;Meyer GmbH;01067;Germany;1.250,50;blue\n"
    "K2;Schmidt KG;20095;Germany;900,00;red\n"
    "K3;Dupont SA;75001;France;12.000,00;\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "Shop 2026.csv"
    path.write_text(SHOP, encoding="utf-8")
    return path


def accepted(looked: Looked) -> dict[str, str]:
    """The columns that a person gets who accepts all that is proposed."""
    proposals = [*looked.proposals, *(looked.lines.proposals if looked.lines else ())]
    return {proposal.path: proposal.header for proposal in proposals if proposal.path}


def test_a_file_below_a_title_becomes_an_integration_that_imports_it(
    company: object, shop: Path, session: Callable[..., Session]
) -> None:
    looked = look_at(shop, "customer")
    found = accepted(looked)
    assert found["no"] == "Customer No."
    assert found["post_code"] == "Post Code"
    assert found["credit_limit"] == "Credit Limit"
    assert "Favourite Colour" not in found.values()
    assert looked.decimal_separator == ","
    found.setdefault("name", "Company")
    assert create_from_file(looked, "shop", "Customers of the shop", "customer", found) == "SHOP"
    definition = load_definition("SHOP")
    assert definition.match_field == "no"
    assert {row.target_field: row.lookup_by for row in definition.fields}["country_code"] == "name"
    running = session()
    process(running, service.read(shop, "SHOP", running))
    with connected():
        rows = database.execute_sql(
            "SELECT no, name, post_code, country_code, credit_limit FROM customer ORDER BY no"
        ).fetchall()
    assert [row[:4] for row in rows] == [
        ("K1", "Meyer GmbH", "01067", "DE"),
        ("K2", "Schmidt KG", "20095", "DE"),
        ("K3", "Dupont SA", "75001", "FR"),
    ]


def test_orders_and_their_lines_come_from_two_files(company: object, tmp_path: Path) -> None:
    orders, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    orders.write_text("Order No.,Customer No.,Order Date\nA1,C1,2026-11-02\nA2,C2,2026-11-03\n")
    lines.write_text("Order No.,Item No.,Quantity\nA2,I1,3\nA1,I2,1\n")
    looked = look_at(orders, "sales_header", lines_path=lines)
    assert looked.lines is not None
    found = accepted(looked)
    assert found["1.order_no"] == "Order No."
    assert found["no"] == "Order No."
    assert found["1.quantity"] == "Quantity"
    create_from_file(looked, "web", "", "sales_header", found)
    fields = {row.path: row for row in load_definition("WEB").fields}
    assert fields["1.line_no"].column_type == "Line Numbers", "the file does not number its lines"
    assert fields["1.item_no"].source_column == "Item No."


def test_without_a_key_nothing_tells_which_record_a_row_means(company: object, shop: Path) -> None:
    looked = look_at(shop, "customer")
    with pytest.raises(FieldError, match=r"No column fills No\.") as refused:
        create_from_file(looked, "shop", "", "customer", {"name": "Company"})
    assert refused.value.code == "NoKey"
    with connected():
        assert Integration.get_or_none(Integration.code == "SHOP") is None


def test_orders_that_have_the_shops_number_get_one_of_the_series(company: object, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("External Document No.,Customer No.,Order Date\nWEB-1,C1,2026-11-02\n")
    looked = look_at(path, "sales_header")
    create_from_file(looked, "web", "", "sales_header", accepted(looked))
    definition = load_definition("WEB")
    assert definition.match_field == "external_document_no"
    assert {row.target_field: row.column_type for row in definition.fields}["no"] == "Entry Numbers"


def test_a_code_that_is_taken_and_a_field_that_is_not_there_leave_nothing(
    company: object, shop: Path
) -> None:
    looked = look_at(shop, "customer")
    with pytest.raises(FieldError, match="already"):
        create_from_file(looked, "customers", "", "customer", accepted(looked))
    with pytest.raises(BackdeskError, match="ships"):
        look_at(shop, "ships")
    with pytest.raises(BackdeskError, match="ships"):
        create_from_file(looked, "x", "", "ships", accepted(looked))


def test_a_file_whose_columns_are_cut_and_one_of_json_keep_how_they_are_read(
    company: object, tmp_path: Path
) -> None:
    path = tmp_path / "customers.json"
    path.write_text(json.dumps({"data": {"customers": [{"no": "K1", "name": "Meyer"}]}}))
    looked = look_at(path, "customer")
    assert looked.source_type == "JSON"
    create_from_file(looked, "json", "", "customer", accepted(looked))
    assert load_definition("JSON").reading.array_path == "data.customers"


def test_the_child_gives_what_the_window_shows(
    company: object, shop: Path, session: Callable[..., Session]
) -> None:
    asked = session(parameters={"path": str(shop), "target_table": "customer"})
    look_at_file.run(asked)
    assert msgspec.json.decode(asked.results["looked"], type=Looked) == look_at(shop, "customer")


def test_what_every_record_needs_and_no_column_has_is_told_at_once(company: object, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    for header, table, missing in (
        ("No.,City", "customer", "Name, which every Customer"),
        ("Order No.,Order Date,Item No.", "sales_header", "Customer No., which every Sales Order"),
        ("Order No.,Customer No.,Quantity", "sales_header", "Item No., which every Sales Line"),
        ("City", "post_code", "Code, which every Post Code"),
    ):
        path.write_text(f"{header}\n")
        looked = look_at(path, table)
        with pytest.raises(FieldError, match=f"No column fills {missing} needs") as refused:
            create_from_file(looked, "mine", "", table, accepted(looked))
        assert refused.value.code == "MissingColumn"


def test_orders_without_a_day_get_the_work_date(company: object, importer: Any, write: Any) -> None:
    with connected():
        Customer.create(no="C1", name="Miller")
        Item.create(no="I1", description="Bicycle")
    path = write("Your Reference,Customer,SKU,Qty\nA-1,C1,I1,2\nA-2,C1,I1,1\nA-1,C1,I1,5\n")
    looked = look_at(path, "sales_header")
    code = create_from_file(looked, "web", "", "sales_header", accepted(looked))
    counts = importer(path, code)
    assert (counts.created, counts.documents_created) == (3, 2)
    with connected():
        orders = {order.external_document_no: order for order in SalesHeader.select()}
    assert set(orders) == {"A-1", "A-2"}
    assert len({order.no for order in orders.values() if order.no}) == 2
    assert {str(order.order_date) for order in orders.values()} == {"2026-11-21"}


def test_records_without_a_number_are_told_by_all_that_they_must_have(
    company: object, importer: Any, write: Any
) -> None:
    path = write("Code,City\n1234,Kiel\n1234,Laboe\n")
    looked = look_at(path, "post_code")
    code = create_from_file(looked, "places", "", "post_code", accepted(looked))
    assert load_definition(code).match_field == "code,city"
    assert importer(path, code).created == 2
    assert importer(path, code).unchanged == 2


def test_the_prices_of_the_second_file_say_how_numbers_are_written(company: object, tmp_path: Path) -> None:
    orders, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    orders.write_text("Order No.;Customer No.;Order Date\nA1;C1;02.11.2026\nA2;C1;30.11.2026\n")
    lines.write_text("Order No.;Item No.;Quantity;Unit Price\nA1;I1;3;1,50\n")
    looked = look_at(orders, "sales_header", lines_path=lines)
    definition = load_definition(create_from_file(looked, "web", "", "sales_header", accepted(looked)))
    assert (definition.decimal_separator, definition.date_format) == (",", "DD.MM.YYYY")


def test_a_data_manager_may_set_integrations_up_and_a_reader_may_only_look(
    company: object, shop: Path
) -> None:
    with connected():
        for user_id, set_code in (("ANNA", "SUPER"), ("CLERK", "DATA MANAGER"), ("GUEST", "READER")):
            User.insert(user_id=user_id, full_name=user_id).on_conflict_ignore().execute()
            UserPermissionSet.delete().where(UserPermissionSet.user_id == user_id).execute()
            UserPermissionSet.create(user_id=user_id, set_code=set_code)
    with permissions.enforced("CLERK"):
        looked = look_at(shop, "customer")
        create_from_file(looked, "shop", "", "customer", accepted(looked))
        copy_integration("SHOP", "SHOP-2")
        restore_integration(delete_integration("SHOP", "CLERK"))
    with permissions.enforced("GUEST"):
        assert '"SHOP"' in export_definition("SHOP")
        for work in (
            partial(create_from_file, looked, "mine", "", "customer", accepted(looked)),
            partial(copy_integration, "SHOP", "MINE"),
            partial(delete_integration, "SHOP", "GUEST"),
        ):
            with pytest.raises(RightMissingError):
                work()
    assert load_definition("SHOP") == msgspec.structs.replace(load_definition("SHOP-2"), code="SHOP")
