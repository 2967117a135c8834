"""A row whose order number is corrected belongs to the order that it names now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.imports.afterwards import undo
from desktop.imports.afterwards.reconciliation import reconcile
from desktop.imports.mending import causes, error_export, error_return, repair, validation
from models.customer import Customer
from models.database import connected, database
from models.item import Item

HEADER = "Order,Date,Customer,Item,Qty\n"


@pytest.fixture
def orders(integration: Any, company: Any) -> str:
    with connected(), database.atomic():
        for no in ("C1", "C2"):
            Customer.create(no=no, name=no)
        for no in ("I1", "I2", "I3"):
            Item.create(no=no, description=no)
    return str(
        integration(
            ("Order", "no"),
            ("Date", "order_date"),
            ("Customer", "customer_no"),
            {"level": 1, "source_column": "Order", "target_field": "order_no"},
            {"level": 1, "source_column": "Item", "target_field": "item_no"},
            {"level": 1, "source_column": "Qty", "target_field": "quantity"},
            target_table="sales_header",
        )
    )


@pytest.fixture
def written(query: Any) -> Any:
    """The items of each order, line by line."""

    def read() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for order, item in query("SELECT order_no, item_no FROM sales_line ORDER BY order_no, line_no"):
            found.setdefault(order, []).append(item)
        return found

    return read


def documents(query: Any, run_id: int) -> tuple[int, int]:
    """How many documents the run says that it has, and how many its rows are of."""
    [(told,)] = query("SELECT documents FROM import_run WHERE id = ?", run_id)
    [(found,)] = query("SELECT COUNT(DISTINCT document_no) FROM integration_record WHERE run_id = ?", run_id)
    return told, found


def test_a_row_without_an_order_joins_the_one_that_somebody_enters_though_that_is_written(
    importer: Any, write: Any, orders: str, written: Any, query: Any, add_up: Any, session: Any
) -> None:
    text = ",2026-01-01,C1,I2,1\nSO1,2026-01-01,C1,I1,1\nSO1,2026-01-01,C1,I3,1\n"
    run_id = importer(write(HEADER + text), orders).run_id
    assert written() == {"SO1": ["I1", "I3"]}
    lost = importer.record_ids(run_id)[0]
    repair.edit_record(lost, ["so1", "2026-01-01", "C2", "I2", "1"])
    [fault] = validation.validate(lost)
    assert fault.message == "Customer No. differs from row 3 of the same document."
    repair.edit_record(lost, ["so1", "2026-01-01", "C1", "I2", "1"])
    assert validation.validate(lost) == []
    counts = importer.process(run_id)
    assert (counts.documents_created, counts.created, counts.errors) == (1, 3, 0)
    assert written() == {"SO1": ["I2", "I1", "I3"]}
    assert documents(query, run_id) == (1, 1)
    add_up(run_id)
    assert not reconcile(run_id).differs
    assert undo.undo(session(), run_id).reversed == 1
    assert written() == {}


def test_a_row_that_contradicts_its_order_gets_one_of_its_own_and_the_rest_is_tried_without_it(
    importer: Any, write: Any, orders: str, written: Any, query: Any, add_up: Any
) -> None:
    text = "SO1,2026-01-01,C1,I1,1\nSO1,2026-01-01,C2,I2,1\nSO2,2026-01-01,C1,I3,1\n"
    run_id = importer(write(HEADER + text), orders).run_id
    assert importer.codes(run_id) == [(2, "DocumentRefused"), (3, "HeaderDiffers")]
    other = importer.record_ids(run_id)[1]
    repair.edit_record(other, ["SO9", "2026-01-01", "C2", "I2", "1"])
    assert validation.validate(other) == []
    assert add_up(run_id).ready == 2
    counts = importer.process(run_id)
    assert (counts.documents_created, counts.errors) == (3, 0)
    assert written() == {"SO1": ["I1"], "SO2": ["I3"], "SO9": ["I2"]}
    assert documents(query, run_id) == (3, 3)


def test_lines_of_a_second_file_find_their_order_once_it_is_named_right(
    importer: Any, write: Any, orders: str, written: Any, query: Any
) -> None:
    heads = write("Order,Date,Customer\nSO1,2026-01-01,C1\nSO2,2026-01-01,C2\n", "heads.csv")
    lines = write("Order,Item,Qty\nSO1,I1,1\nS02,I2,1\nSO1,I3,1\n", "lines.csv")
    run_id = importer.read(heads, orders, lines)
    importer.process(run_id)
    assert importer.codes(run_id) == [(3, "NoHeader")]
    repair.edit_record(importer.record_ids(run_id)[3], ["SO2", "I2", "1"])
    repair.retry(run_id)
    assert importer.process(run_id).errors == 0
    assert written() == {"SO1": ["I1", "I3"], "SO2": ["I2"]}
    assert documents(query, run_id) == (2, 2)


def test_all_rows_of_a_cause_get_their_order_at_once(
    importer: Any, write: Any, orders: str, written: Any, query: Any, add_up: Any
) -> None:
    text = "".join(f",2026-01-01,C1,I{n},1\n" for n in (1, 2, 3)) + "SO5,2026-01-01,C1,I1,1\n"
    run_id = importer(write(HEADER + text), orders).run_id
    assert documents(query, run_id) == (4, 4)
    healed = causes.correct_all(run_id, "no", "Required", "", "SO7")
    assert healed.records == 3
    assert importer.process(run_id, healed.record_ids).documents_created == 2
    assert written() == {"SO5": ["I1"], "SO7": ["I1", "I2", "I3"]}
    assert documents(query, run_id) == (2, 2)
    add_up(run_id)


def test_an_error_file_brings_order_numbers_back_and_what_is_left_behind_is_taken_with_them(
    importer: Any, write: Any, orders: str, written: Any, query: Any, session: Any, tmp_path: Path
) -> None:
    text = "SO1,2026-01-01,C1,I1,1\nSO1,2026-01-01,C2,I2,1\n"
    run_id = importer(write(HEADER + text), orders).run_id
    file = tmp_path / "errors.csv"
    assert error_export.export_errors(run_id, file) == 2
    file.write_text(file.read_text(encoding="utf-8-sig").replace("SO1,2026-01-01,C2", "SO2,2026-01-01,C2"))
    taken = error_return.take_back(file, session())
    assert (taken.changed, taken.unchanged, taken.still_errors) == (1, 1, 0)
    assert importer.process(run_id, taken.record_ids).documents_created == 2
    assert written() == {"SO1": ["I1"], "SO2": ["I2"]}


def test_an_order_whose_first_row_is_taken_in_later_counts_once(
    importer: Any, write: Any, orders: str, written: Any, add_up: Any
) -> None:
    run_id = importer.read(write(HEADER + "SO1,2026-01-01,C1,I1,1\nSO1,2026-01-01,C1,I2,1\n"), orders)
    first = importer.record_ids(run_id)[0]
    repair.exclude([first])
    importer.process(run_id)
    repair.include([first])
    assert importer.process(run_id).documents_created == 1
    assert written() == {"SO1": ["I1", "I2"]}
    assert not reconcile(run_id).differs
    add_up(run_id)
