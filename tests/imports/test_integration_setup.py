"""Setting integrations up: a field is changed whole or not at all; definitions go to other companies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.imports.integrations import setup
from desktop.imports.integrations.definition_file import (
    copy_integration,
    export_definition,
    import_definition,
    look_into,
)
from desktop.imports.integrations.loading import load_definition
from desktop.imports.integrations.mapped_fields import MappedField, mapping, value_map
from desktop.imports.integrations.removal import delete_integration, restore_integration
from desktop.imports.integrations.setup_choices import key_choices, target_choices, total_choices
from models.database import connected
from models.errors import BackdeskError, FieldError
from models.integration import Integration
from models.record_edit import create_record


@pytest.fixture
def orders(company: object) -> str:
    """An integration of sales orders, with all fields of both levels."""
    create_record(
        Integration, {"code": "ORDERS", "target_table": "sales_header", "watched_folder": "/srv/drop"}
    )
    setup.add_missing_fields("ORDERS")
    return "ORDERS"


def field(code: str, name: str, level: int = 0) -> MappedField:
    found = mapping(code)
    assert found is not None
    return next(row for row in found.fields if (row.level, row.target_field) == (level, name))


# --- fields -------------------------------------------------------------------------------------


def test_a_document_has_fields_of_its_header_and_of_its_lines(orders: str) -> None:
    found = mapping(orders)
    assert found is not None
    captions = [row.caption for row in found.fields]
    assert captions[0] == "No."
    assert "Line: Item No." in captions
    assert [row.level for row in found.fields] == sorted(row.level for row in found.fields)
    assert (1, "line_no", "Line: Line No.") in found.absent, "lines are numbered where the file does not"
    assert (1, "order_no", "Line: Document") in found.absent, "a second file names the order of its lines"
    setup.add_field(orders, "line_no", 1)
    assert field(orders, "line_no", 1).column_type == "Line Numbers"
    assert setup.add_field(orders, "line_no", 1) == field(orders, "line_no", 1).id, "once is enough"


def test_a_wrong_formula_is_refused_with_its_position_and_nothing_is_changed(orders: str) -> None:
    price = field(orders, "unit_price", 1)
    with pytest.raises(FieldError, match="position 9") as refused:
        setup.change_field(price.id, {"column_type": "Formula", "expression": "[Qty] * nonsense"})
    assert "nonsense" in str(refused.value)
    assert field(orders, "unit_price", 1) == price
    setup.change_field(price.id, {"column_type": "Formula", "expression": "[Total] / [Qty]"})
    assert field(orders, "unit_price", 1).expression == "[Total] / [Qty]"


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("order_date", {"column_type": "Constant"}, "The value is empty"),
        ("order_date", {"column_type": "Constant", "constant": "soon"}, "soon"),
        ("order_date", {"column_type": "Dynamic", "expression": "Tomorrow"}, "Use one of Today"),
        ("order_date", {"column_type": "Line Numbers"}, "holds no numbers"),
        ("order_date", {"column_type": "Guess"}, "is no Column Type"),
        ("order_date", {"transforms": '{"date_format": "YYYY-YYYY"}'}, "DD.MM.YYYY"),
        ("order_date", {"transforms": '{"round_to": "a little"}'}, "nothing that can be rounded to"),
        ("order_date", {"transforms": "{"}, "cannot be understood"),
        ("order_date", {"lookup_by": "name"}, "not looked up"),
        ("customer_no", {"lookup_by": "colour"}, "has no field"),
        ("customer_no", {"lookup_missing": "Use Default"}, "There is no default"),
        ("customer_no", {"lookup_by": "name", "lookup_missing": "Create"}, "cannot be created"),
    ],
)
def test_what_every_row_would_fail_with_is_refused_at_once(
    orders: str, name: str, values: dict[str, str], said: str
) -> None:
    before = field(orders, name)
    with pytest.raises(FieldError, match=said):
        setup.change_field(before.id, values)
    assert field(orders, name) == before


def test_a_default_in_the_fields_own_date_format_is_understood(orders: str) -> None:
    date = field(orders, "order_date")
    values = {"default_value": "24.12.2026", "transforms": '{"date_format": "DD.MM.YYYY"}'}
    setup.change_field(date.id, values)
    assert field(orders, "order_date").transforms.date_format == "DD.MM.YYYY"


def test_fields_are_checked_in_the_order_that_a_person_gives_them(orders: str) -> None:
    def names() -> list[str]:
        found = mapping(orders)
        assert found is not None
        return [row.target_field for row in found.fields if not row.level]

    before = names()
    setup.move_field(field(orders, before[1]).id, -1)
    assert names()[:2] == [before[1], before[0]]
    setup.move_field(field(orders, before[1]).id, -1)
    assert names()[:2] == [before[1], before[0]], "the first one stays the first"
    definition = load_definition(orders)
    assert [row.target_field for row in definition.fields if not row.level] == names()


def test_values_of_lines_have_a_map_of_their_own(orders: str) -> None:
    setup.set_value_map(orders, "1.unit_code", [("each", "PCS")])
    assert value_map(orders, "1.unit_code") == [("each", "PCS")]
    assert field(orders, "unit_code", 1).mapped_values == 1
    with pytest.raises(FieldError, match="There is no Unit of Measure"):
        setup.set_value_map(orders, "1.unit_code", [("each", "NOTHING")])


def test_each_change_makes_the_next_version(orders: str) -> None:
    with connected():
        before = Integration.get_by_id(orders).version
    setup.set_field(field(orders, "no").id, "source_column", "Order")
    with connected():
        assert Integration.get_by_id(orders).version > before


def test_what_can_be_chosen_fits_to_the_table() -> None:
    assert ("sales_header", "Sales Orders") in target_choices()
    assert ("external_document_no", "External Document No.") in key_choices("sales_header")
    assert ("1.quantity", "Line: Quantity") in total_choices("sales_header")
    assert ("credit_limit", "Credit Limit") in [
        (name, words[:12]) for name, words in total_choices("customer")
    ]
    assert key_choices("nowhere") == total_choices("nowhere") == []


# --- definitions as files -----------------------------------------------------------------------


def test_a_definition_is_the_same_in_another_company(orders: str) -> None:
    setup.change_field(
        field(orders, "unit_price", 1).id,
        {"column_type": "Formula", "expression": "[Total] / [Qty]", "transforms": '{"round_to": "0.01"}'},
    )
    setup.set_value_map(orders, "1.unit_code", [("each", "PCS")])
    setup.set_reading(orders, delimiter=";", skip_rows=2)
    text = export_definition(orders)
    assert "/srv/drop" not in text, "a folder is of one computer"
    assert look_into(text) == ("ORDERS", "")
    assert import_definition(text, "orders-2") == "ORDERS-2"
    first, second = load_definition(orders), load_definition("ORDERS-2")
    assert second.fields == first.fields
    assert second.value_maps == first.value_maps == {"1.unit_code": {"each": "PCS"}}
    assert (second.reading.delimiter, second.reading.skip_rows) == (";", 2)
    assert export_definition("ORDERS-2") == text.replace('"ORDERS"', '"ORDERS-2"')


def test_a_copy_takes_no_code_that_is_there(orders: str) -> None:
    with pytest.raises(FieldError, match="already"):
        copy_integration(orders, "customers")
    assert copy_integration(orders, "mine", "My orders") == "MINE"
    with connected():
        assert Integration.get_by_id("MINE").description == "My orders"


def _changed(text: str, **values: object) -> str:
    return json.dumps({**json.loads(text), **values})


def test_a_file_that_is_no_definition_is_refused_and_leaves_nothing(orders: str) -> None:
    text = export_definition(orders)
    content = json.loads(text)
    broken = [
        ("", "no definition"),
        ("[" * 100_000, "no definition"),
        ("PK\x03\x04", "no definition"),
        (_changed(text, format="recipe"), "recipe"),
        (_changed(text, version=99), "newer Backdesk"),
        (_changed(text, integration={"colour": "red"}), "colour"),
        (_changed(text, integration={**content["integration"], "notify_errors": "yes"}), "Notify on Errors"),
        (_changed(text, integration={**content["integration"], "target_table": "ships"}), "ships"),
        (_changed(text, fields=[{"target_field": "keel"}]), "keel"),
        (_changed(text, fields=[]), "match key"),
    ]
    for wrong, said in broken:
        with pytest.raises(BackdeskError, match=said):
            import_definition(wrong, "NEW")
    with connected():
        assert Integration.get_or_none(Integration.code == "NEW") is None
    assert mapping("NEW") is None


def test_a_deleted_integration_comes_back_whole(orders: str, tmp_path: Path) -> None:
    setup.set_value_map(orders, "1.unit_code", [("each", "PCS")])
    before = load_definition(orders)
    text = delete_integration(orders, "MARIA")
    assert mapping(orders) is None
    assert value_map(orders, "1.unit_code") == []
    assert restore_integration(text) == orders
    assert load_definition(orders) == before
    with connected():
        assert Integration.get_by_id(orders).watched_folder == "/srv/drop"
    with pytest.raises(FieldError, match="already"):
        restore_integration(text)
