"""A row that a person has written into is looked at at once, on the way that processing takes, and not written."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.imports.mending import repair
from desktop.imports.mending.validation import validate
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError
from models.import_rows import record_detail
from models.integration_record import RecordStatus
from models.item import Item
from tests.imports.flat_orders import FLAT_ORDERS

TEXT = "No.,Name,Country\nC1,A,XX\nC2,B,DE\nC3,,YY\nC2,D,DE\n"


@pytest.fixture
def failed(importer: Any, write: Any) -> int:
    """One customer of four rows is there."""
    run_id: int = importer.read(write(TEXT))
    assert importer.process(run_id).errors == 3
    return run_id


def codes(record_id: int) -> list[str]:
    return [fault.code for fault in validate(record_id)]


def test_a_mended_row_is_ready_and_nothing_is_written_yet(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    before = query("SELECT * FROM customer")
    third = importer.record_ids(failed)[2]
    repair.edit_record(third, ["C3", "Carol", "YY"])
    assert codes(third) == ["NotFound"]
    assert add_up(failed).errors == 3
    assert [code for line, code in importer.codes(failed) if line == 4] == ["NotFound"]
    repair.edit_record(third, ["C3", "Carol", "DE"])
    assert codes(third) == []
    counts = add_up(failed)
    assert (counts.errors, counts.ready) == (2, 1)
    assert query("SELECT * FROM customer") == before
    assert importer.process(failed).created == 2


def test_a_ready_row_at_fault_has_its_error_at_once(importer: Any, write: Any, add_up: Any) -> None:
    run_id = importer.read(write(TEXT))
    first, second = importer.record_ids(run_id)[:2]
    assert codes(first) == ["NotFound"]
    assert codes(second) == []
    counts = add_up(run_id)
    assert (counts.errors, counts.ready) == (1, 3)


def test_what_only_the_database_or_the_file_knows_is_told_too(
    failed: int, importer: Any, add_up: Any
) -> None:
    fourth = importer.record_ids(failed)[3]
    assert codes(fourth) == ["DuplicateKey"]
    repair.edit_record(fourth, ["C9", "D", "DE"])
    assert codes(fourth) == []
    add_up(failed)


def test_a_row_that_was_left_out_stays_so(failed: int, importer: Any, add_up: Any) -> None:
    first = importer.record_ids(failed)[0]
    repair.exclude([first])
    assert codes(first) == ["NotFound"]
    with connected():
        row = record_detail(first)
    assert row is not None
    assert row.status == RecordStatus.EXCLUDED
    add_up(failed)


def test_a_row_that_is_a_record_already_is_not_looked_at(failed: int, importer: Any) -> None:
    assert validate(importer.record_ids(failed)[1]) == []
    with pytest.raises(BackdeskError) as refused:
        validate(999)
    assert refused.value.code == "NotFound"


def test_the_rows_of_an_order_are_looked_at_together(
    importer: Any, write: Any, integration: Any, company: Any, query: Any, add_up: Any
) -> None:
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller & Sons")
        Item.create(no="I1", description="Item")
    code = integration(
        *FLAT_ORDERS,
        target_table="sales_header",
    )
    text = "Order,Date,Customer,Item,Qty\nSO1,2026-01-01,C1,I1,1\nSO2,2026-01-01,C1,I1,1\nSO1,2026-01-01,C1,I1,0\n"
    run_id = importer.read(write(text), code)
    importer.process(run_id)
    first, _, third = importer.record_ids(run_id)
    assert add_up(run_id).errors == 2
    repair.edit_record(third, ["SO1", "2026-01-01", "C1", "I1", "4"])
    assert codes(third) == []
    counts = add_up(run_id)
    assert (counts.errors, counts.ready) == (0, 2)
    assert query("SELECT COUNT(*) FROM sales_header") == [(1,)]
    repair.edit_record(first, ["SO1", "2026-01-01", "C1", "I7", "1"])
    assert codes(first) == ["NotFound"]
    assert importer.codes(run_id) == [(2, "NotFound"), (4, "DocumentRefused")]
    assert add_up(run_id).errors == 2
