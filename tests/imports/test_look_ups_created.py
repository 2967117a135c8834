"""Look-up records that an import creates: just those that a written row names, and an undo takes them away again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desktop.imports import processing
from desktop.imports.afterwards import undo
from desktop.imports.afterwards.reconciliation import reconcile
from desktop.imports.mending import repair
from models.integration import LookupMissing

CREATING = {"lookup_missing": LookupMissing.CREATE}


@pytest.fixture
def customers(integration: Any) -> str:
    """An integration for customers that creates the countries it does not find."""
    return str(
        integration(
            ("No", "no"),
            ("Name", "name"),
            {"source_column": "Land", "target_field": "country_code", **CREATING},
            ("Limit", "credit_limit"),
        )
    )


def countries(query: Any) -> list[str]:
    return [code for (code,) in query("SELECT code FROM country WHERE code LIKE 'X%' ORDER BY code")]


def test_a_row_that_is_refused_for_something_else_creates_no_country(
    importer: Any, write: Any, query: Any, customers: str, session: Any, add_up: Any
) -> None:
    text = "No,Name,Land,Limit\nC1,A,XA,1e\nC2,,XB,1\nC3,C,XC,1\nC3,D,XD,1\n"
    run_id = importer.read(write(text), customers)
    importer.process(run_id)
    assert importer.codes(run_id) == [(2, "NotANumber"), (3, "Required"), (5, "DuplicateKey")]
    assert countries(query) == ["XC"]
    first = importer.record_ids(run_id)[0]
    repair.edit_record(first, ["C1", "A", "XA", "1"])
    repair.retry(run_id, [first])
    importer.process(run_id)
    assert countries(query) == ["XA", "XC"]
    undo.undo(session(), run_id)
    assert countries(query) == []
    add_up(run_id)
    assert not reconcile(run_id).differs


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_good_row_after_a_refused_one_creates_the_country_that_both_name(
    importer: Any, write: Any, query: Any, customers: str, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(processing, name, chunk)
    counts = importer(write("No,Name,Land,Limit\nC1,A,XA,1e\nC2,B,XA,2\nC3,C,xa,3\n"), customers)
    assert (counts.created, counts.errors) == (2, 1)
    assert query("SELECT no, country_code FROM customer ORDER BY no") == [("C2", "XA"), ("C3", "XA")]
    made = query("SELECT record_key, after FROM import_change WHERE table_name = 'country'")
    assert [(key, json.loads(after)["code"]) for key, after in made] == [("XA", "XA")]


def test_a_chunk_that_the_database_refuses_creates_the_countries_of_its_good_rows(
    importer: Any, write: Any, query: Any, customers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query(
        "CREATE TRIGGER no_c2 BEFORE INSERT ON customer WHEN NEW.no = 'C2' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    counts = importer(write("No,Name,Land,Limit\nC1,A,XA,1\nC2,B,XB,2\nC3,C,XC,3\n"), customers)
    assert (counts.created, counts.errors) == (2, 1)
    assert countries(query) == ["XA", "XC"]


def test_a_refused_order_creates_neither_customer_nor_item_and_a_good_one_is_named_after_them(
    importer: Any, write: Any, query: Any, integration: Any
) -> None:
    code = integration(
        ("Order", "no"),
        ("Date", "order_date"),
        {"source_column": "Customer", "target_field": "customer_no", **CREATING},
        {"level": 1, "source_column": "Item", "target_field": "item_no", **CREATING},
        {"level": 1, "source_column": "Qty", "target_field": "quantity"},
        target_table="sales_header",
    )
    text = (
        "Order,Date,Customer,Item,Qty\n"
        "SO1,2026-01-01,X1,bolt,0\n"
        "SO1,2026-01-01,X1,nut,1\n"
        "SO2,2026-01-01,X2,bolt,2\n"
        "SO3,2026-01-01,X3,nail,3\n"
        "SO3,2026-01-01,X3,bolt,0\n"
    )
    counts = importer(write(text), code)
    assert (counts.documents_created, counts.errors) == (1, 4)
    assert query("SELECT no FROM customer") == [("X2",)]
    assert query("SELECT no FROM item") == [("BOLT",)]
    assert query("SELECT order_no, item_no, description FROM sales_line") == [("SO2", "BOLT", "bolt")]
    assert query("SELECT record_key FROM import_change ORDER BY record_key") == [("BOLT",), ("X2",)]
