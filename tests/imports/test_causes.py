"""One deed heals all records with one error in common, and sends exactly those through again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.imports.afterwards import undo
from desktop.imports.integrations.removal import delete_integration
from desktop.imports.mending import causes, repair
from desktop.imports.mending.error_export import export_errors
from desktop.imports.mending.error_return import take_back
from desktop.imports.mending.repair import CauseAction
from desktop.imports.mending.validation import validate
from desktop.sessions import permissions
from models.company import User
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError, FieldError, RightMissingError
from models.integration_record import RunState
from models.item import Item
from models.lookups import Country
from models.permission_edit import assign
from models.sales_order import SalesHeader, SalesLine
from tests.imports.flat_orders import FLAT_ORDERS

TEXT = (
    "No.,Name,Country/Region Code,Credit Limit (LCY)\n"
    "C1,A,XX,1\nC2,B,DE,2\nC3,,YY,many\nC4,D,XX,4\nC5,E,FR,5\nC6,F,DE,6\nC7,G,XX,lots\n"
)
MAP, CREATE, CORRECT, EXCLUDE = CauseAction.MAP, CauseAction.CREATE, CauseAction.CORRECT, CauseAction.EXCLUDE


@pytest.fixture
def failed(importer: Any, write: Any) -> int:
    """Four of seven customers have errors, three of them the same one."""
    run_id: int = importer.read(write(TEXT))
    assert importer.process(run_id).errors == 4
    return run_id


@pytest.fixture
def orders(integration: Any, company: Any) -> str:
    """An integration for orders in one flat file, and what its orders name."""
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller & Sons")
        for number in (1, 2):
            Item.create(no=f"I{number}", description=f"Item {number}")
    return str(
        integration(
            *FLAT_ORDERS,
            target_table="sales_header",
            code="ORDERS",
        )
    )


def cells(query: Any, run_id: int) -> dict[int, str]:
    """The rows that were edited, by line."""
    return dict(
        query(
            "SELECT line_no, edited_payload FROM integration_record"
            " WHERE run_id = ? AND edited_payload IS NOT NULL",
            run_id,
        )
    )


def test_each_cause_offers_what_makes_sense(failed: int, importer: Any, write: Any) -> None:
    offered = {(group.target_field, group.code, group.value): group for group in repair.error_groups(failed)}
    unknown = offered["country_code", "NotFound", "XX"]
    assert (unknown.count, unknown.lookup) == (3, "country")
    assert unknown.actions == (MAP, CREATE, CORRECT, EXCLUDE)
    assert offered["credit_limit", "NotANumber", "many"].actions == (MAP, CORRECT, EXCLUDE)
    assert offered["name", "Required", ""].actions == (CORRECT, EXCLUDE)
    importer(write("No.,Name\nC2,Z\n"))
    second = importer.read(write("No.,Name\nC8,Z\nC8,Z\nC9\n"))
    importer.process(second)
    codes = {group.code: group.actions for group in repair.error_groups(second)}
    assert codes == {"DuplicateKey": (EXCLUDE,), "WrongCellCount": (EXCLUDE,)}


def test_a_value_is_mapped_for_exactly_its_records(failed: int, importer: Any, add_up: Any) -> None:
    healed = causes.map_to(failed, "country_code", "XX", "AT")
    ids = importer.record_ids(failed)
    assert (healed.records, sorted(healed.record_ids)) == (3, [ids[0], ids[3], ids[6]])
    assert add_up(failed).ready == 3
    counts = importer.process(failed, healed.record_ids)
    assert (counts.created, counts.errors) == (5, 2)
    with connected():
        assert Customer.get_by_id("C4").country_code == "AT"
    add_up(failed)


def test_a_meaning_that_the_field_refuses_changes_nothing(failed: int, query: Any, add_up: Any) -> None:
    with pytest.raises(FieldError) as refused:
        causes.map_to(failed, "country_code", "XX", "QQ")
    assert refused.value.code == "NotFound"
    assert "“QQ”" in refused.value.text
    assert query("SELECT COUNT(*) FROM integration_value_map WHERE external_value = 'XX'") == [(0,)]
    assert add_up(failed).errors == 4


def test_what_an_integration_has_read_is_mended_though_it_was_deleted_since(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    delete_integration("CUSTOMERS")
    assert causes.map_to(failed, "country_code", "XX", "DE").records == 3
    assert causes.create_it(failed, "country_code", "YY", {"code": "YZ", "name": "Y"}).records == 1
    counts = importer.process(failed)
    assert (counts.created, counts.errors) == (5, 2)
    assert query("SELECT COUNT(*) FROM integration_value_map WHERE integration_code = 'CUSTOMERS'") == [(0,)]
    add_up(failed)


def test_the_missing_country_is_created_and_its_records_are_ready(
    failed: int, importer: Any, add_up: Any
) -> None:
    assert causes.values_of_new(failed, "country_code", "XX") == {"code": "XX", "name": "XX"}
    healed = causes.create_it(failed, "country_code", "XX", {"name": "Xland"})
    assert healed.records == 3
    with connected():
        assert Country.get_by_id("XX").name == "Xland"
    assert importer.process(failed, healed.record_ids).created == 5
    assert add_up(failed).errors == 2
    with pytest.raises(FieldError) as refused:
        causes.create_it(failed, "country_code", "XX", {})
    assert refused.value.code == "Exists"


def test_a_missing_record_may_get_a_key_of_its_own_which_the_value_then_means(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    healed = causes.create_it(failed, "country_code", "XX", {"code": "XL", "name": "Xland"})
    assert healed.records == 3
    with connected():
        assert Country.get_or_none(Country.code == "XX") is None
    assert query("SELECT internal_value FROM integration_value_map WHERE external_value = 'XX'") == [("XL",)]
    assert importer.process(failed, healed.record_ids).created == 5
    assert query("SELECT COUNT(*) FROM customer WHERE country_code = 'XL'") == [(2,)]
    add_up(failed)


def test_a_record_that_files_name_by_its_name_gets_a_key_of_its_own(
    importer: Any, write: Any, integration: Any, add_up: Any
) -> None:
    code = integration(
        ("No.", "no"),
        ("Name", "name"),
        {"source_column": "Land", "target_field": "country_code", "lookup_by": "name"},
    )
    run_id = importer.read(write("No.,Name,Land\nC1,A,Atlantis\nC2,B,Atlantis\n"), code)
    importer.process(run_id)
    assert causes.values_of_new(run_id, "country_code", "Atlantis") == {"name": "Atlantis"}
    with pytest.raises(FieldError):
        causes.create_it(run_id, "country_code", "Atlantis", {"code": "AX9", "name": "Something else"})
    with connected():
        assert Country.get_or_none(Country.code == "AX9") is None
    healed = causes.create_it(run_id, "country_code", "Atlantis", {"code": "AX9"})
    assert importer.process(run_id, healed.record_ids).created == 2
    with connected():
        assert Customer.get_by_id("C2").country_code == "AX9"
    add_up(run_id)


def test_all_cells_of_a_cause_are_corrected_and_the_file_kept_beside_them(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    with pytest.raises(FieldError):
        causes.correct_all(failed, "country_code", "NotFound", "XX", "QQ")
    assert cells(query, failed) == {}
    healed = causes.correct_all(failed, "country_code", "NotFound", "XX", "CH")
    assert healed.records == 3
    assert cells(query, failed) == {
        2: '["C1","A","CH","1"]',
        5: '["C4","D","CH","4"]',
        8: '["C7","G","CH","lots"]',
    }
    assert importer.staged(failed)[0] == (2, ["C1", "A", "XX", "1"])
    counts = importer.process(failed, healed.record_ids)
    assert (counts.created, counts.errors) == (5, 2)
    assert [(group.code, group.value) for group in repair.error_groups(failed)] == [
        ("NotFound", "YY"),
        ("NotANumber", "lots"),
        ("NotANumber", "many"),
        ("Required", ""),
    ]
    add_up(failed)


def test_records_of_a_cause_are_left_out(failed: int, add_up: Any) -> None:
    assert causes.exclude(failed, "country_code", "NotFound", "XX").records == 3
    counts = add_up(failed)
    assert (counts.excluded, counts.errors, counts.state) == (3, 1, RunState.COMPLETED)


def test_an_order_is_healed_whole_and_its_other_rows_follow(
    importer: Any, write: Any, orders: str, add_up: Any
) -> None:
    header = "Order,Date,Customer,Item,Qty\n"
    text = header + (
        "SO1,2026-01-01,C1,I1,1\nSO2,2026-01-01,C1,I9,1\nSO3,2026-01-01,C1,I9,1\n"
        "SO2,2026-01-01,C1,I1,2\nSO3,2026-01-01,C1,I2,x\nSO3,2026-01-01,C1,I2,5\n"
    )
    run_id = importer.read(write(text), orders)
    counts = importer.process(run_id)
    assert (counts.documents_created, counts.errors) == (1, 5)
    groups = repair.error_groups(run_id)
    assert [(group.target_field, group.code, group.count) for group in groups] == [
        ("1.item_no", "NotFound", 2),
        ("1.quantity", "NotANumber", 1),
        ("", "DocumentRefused", 2),
    ]
    assert groups[0].lookup == "item"
    assert groups[-1].actions == ()
    healed = causes.map_to(run_id, "1.item_no", "I9", "I2")
    assert healed.records == 2
    assert add_up(run_id).ready == 5
    counts = importer.process(run_id, healed.record_ids)
    assert (counts.documents_created, counts.errors) == (2, 3)
    assert causes.exclude(run_id, "1.quantity", "NotANumber", "x").records == 1
    counts = add_up(run_id)
    assert (counts.ready, counts.excluded, counts.errors) == (2, 1, 0)
    assert importer.process(run_id).documents_created == 3
    with connected():
        assert SalesHeader.select().count() == 3
    add_up(run_id)


def test_two_rows_at_fault_hold_an_order_back_until_both_are_dealt_with(
    importer: Any, write: Any, orders: str, add_up: Any
) -> None:
    header = "Order,Date,Customer,Item,Qty\n"
    run_id = importer.read(
        write(header + "SO1,2026-01-01,C1,I8,1\nSO1,2026-01-01,C1,I9,1\nSO1,2026-01-01,C1,I1,1\n"), orders
    )
    importer.process(run_id)
    causes.exclude(run_id, "1.item_no", "NotFound", "I8")
    assert add_up(run_id).ready == 0
    causes.exclude(run_id, "1.item_no", "NotFound", "I9")
    assert add_up(run_id).ready == 1
    assert importer.process(run_id).documents_created == 1


def test_a_row_that_is_taken_in_later_and_is_still_at_fault_leaves_its_order_as_it_is(
    importer: Any, write: Any, orders: str, add_up: Any, session: Any
) -> None:
    header = "Order,Date,Customer,Item,Qty\n"
    run_id = importer.read(write(header + "SO1,2026-01-01,C1,I1,1\nSO1,2026-01-01,C1,I9,1\n"), orders)
    importer.process(run_id)
    late = causes.exclude(run_id, "1.item_no", "NotFound", "I9").record_ids
    assert importer.process(run_id).documents_created == 1
    assert repair.include(late) == 1
    counts = importer.process(run_id)
    assert (counts.documents_created, counts.created, counts.errors) == (1, 1, 1)
    assert importer.codes(run_id) == [(3, "NotFound")]
    add_up(run_id)
    with connected():
        SalesHeader.update(status="Released").execute()
    healed = causes.map_to(run_id, "1.item_no", "I9", "I2")
    importer.process(run_id, healed.record_ids)
    assert importer.codes(run_id) == [(3, "NotOpen")]
    with connected():
        SalesHeader.update(status="Open").execute()
    repair.retry(run_id)
    counts = importer.process(run_id)
    assert (counts.documents_created, counts.created, counts.errors) == (1, 2, 0)
    with connected():
        assert SalesLine.select().count() == 2
    assert undo.undo(session(), run_id).reversed == 1
    with connected():
        assert SalesHeader.select().count() == 0
    add_up(run_id)


def test_what_cannot_be_healed_is_told(failed: int, importer: Any, write: Any, session: Any) -> None:
    for deed, code in (
        (lambda: causes.map_to(99, "country_code", "XX", "DE"), "NotFound"),
        (lambda: causes.correct_all(99, "country_code", "NotFound", "XX", "DE"), "NotFound"),
        (lambda: causes.values_of_new(failed, "name", ""), "NoLookup"),
        (lambda: causes.correct_all(failed, "", "WrongCellCount", "1", "x"), "NoCell"),
    ):
        with pytest.raises(BackdeskError) as refused:
            deed()
        assert refused.value.code == code
    undo.undo(session(), failed)
    with pytest.raises(BackdeskError) as refused:
        causes.map_to(failed, "country_code", "XX", "DE")
    assert refused.value.code == "Undone"


def test_a_user_mends_with_their_own_rights_and_creates_only_what_they_may_create(
    failed: int, session: Any, tmp_path: Path, add_up: Any
) -> None:
    with connected():
        User(user_id="MARIA").save(force_insert=True)
        assign("ANNA", "SUPER")
        assign("MARIA", "ORDER PROCESSOR")
    path = tmp_path / "errors.csv"
    first = repair.records_with(failed, "country_code", "XX")[0]
    with permissions.enforced("MARIA"):
        with pytest.raises(RightMissingError, match="Country/Region: Insert"):
            causes.create_it(failed, "country_code", "XX", {"name": "Xland"})
        assert [fault.code for fault in validate(first)] == ["NotFound"]
        assert export_errors(failed, path) == 4
        path.write_text(path.read_text(encoding="utf-8-sig").replace(",XX,", ",DE,", 1), encoding="utf-8")
        assert take_back(path, session()).changed == 1
    assert add_up(failed).ready == 1
    with connected():
        assert Country.get_or_none(Country.code == "XX") is None
