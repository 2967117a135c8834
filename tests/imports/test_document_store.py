"""Looking for the next documents costs the same at the end of a large file as at its beginning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.imports.integrations.definition import from_json
from desktop.imports.writing.document_store import DocumentStore
from desktop.imports.writing.materials import materials_of
from models.database import connected
from models.integration_record import ImportRun
from tests.imports.conftest import new_session

DOCUMENTS = 600


@pytest.fixture
def run_id(importer: Any, integration: Any, write: Any) -> int:
    """A file of many orders, two lines each, read."""
    fields = [("Order", "no"), ("Customer", "customer_no"), ("Date", "order_date")]
    line = {"level": 1, "source_column": "Item", "target_field": "item_no"}
    code = integration(*fields, line, target_table="sales_header")
    rows = "".join(f"S{number},C1,2026-01-01,I1\n" * 2 for number in range(DOCUMENTS))
    read: int = importer.read(write(f"Order,Customer,Date,Item\n{rows}"), code)
    return read


def test_the_last_documents_are_found_with_as_few_steps_as_the_first_ones(company: Path, run_id: int) -> None:
    with connected() as connection:
        run = ImportRun.get_by_id(run_id)
        materials = materials_of(new_session(), connection, run, from_json(run.definition), 1)
        store = DocumentStore(materials)
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        connection.set_progress_handler(step, 1)

        def needed(after: int) -> int:
            nonlocal steps
            steps = 0
            numbers = store.ready_documents(10, after, None)
            assert numbers == list(range(after + 1, after + 11))
            assert len(store.rows_of(numbers)) == 20
            return steps

        first, last = needed(0), needed(DOCUMENTS - 10)
        connection.set_progress_handler(None, 1)
    assert last < first * 1.1
