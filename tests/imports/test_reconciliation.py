"""Every row is accounted for, and a difference is said loudly."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.codeunits import process_import
from desktop.imports.afterwards import reconciliation
from desktop.imports.afterwards.reconciliation import keep_totals, reconcile
from desktop.imports.mending import repair
from models.customer import Customer
from models.database import connected, database
from models.integration_record import ImportRun
from models.item import Item
from models.record_edit import save_field
from tests.imports.flat_orders import FLAT_ORDERS

TEXT = 'ID,Name,Limit\nC1,A,"1,000.50"\nC2,,20\nC3,B,\nC4,C,oops\nC5,D,7\n'


@pytest.fixture
def limits(integration: Any) -> str:
    return str(
        integration(("ID", "no"), ("Name", "name"), ("Limit", "credit_limit"), control_field="credit_limit")
    )


def test_a_run_adds_up_from_the_file_to_the_records(importer: Any, write: Any, limits: str) -> None:
    run_id = importer.read(write(TEXT), limits)
    importer.process(run_id)
    repair.exclude([importer.record_ids(run_id)[3]])
    keep_totals(run_id)
    found = reconcile(run_id)
    assert not found.differs
    assert found.equation == "5 rows = 3 created + 1 error + 1 excluded"
    assert found.text == "Every row is accounted for. The totals agree."
    with connected():
        run = ImportRun.get_by_id(run_id)
    assert (run.control_file, run.control_staged, run.control_target) == (
        Decimal("1027.50"), Decimal("1007.50"), Decimal("1007.50"),
    )  # fmt: skip


def test_totals_over_more_rows_than_are_read_at_once_take_each_row_once(
    importer: Any, write: Any, limits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_BLOCK", 2)
    run_id = importer.read(write(TEXT), limits)
    importer.process(run_id)
    keep_totals(run_id)
    assert [(check.expected, check.counted) for check in reconcile(run_id).checks if "Total" in check.what] == [
        ("1,027.50", "1,027.50"), ("1,007.50", "1,007.50"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("DELETE FROM integration_record WHERE line_no = 3", "Rows staged: 5 expected, 4 found."),
        (
            "UPDATE integration_record_status SET status = 4 WHERE status = 1 AND target_key = 'C1'",
            "Rows created",
        ),
        ('UPDATE integration_record SET payload = \'["C5","D","8"]\' WHERE line_no = 6', "Total of the file"),
        ("DELETE FROM integration_record_error", "Rows with an error that says why: 2 expected, 0 found."),
    ],
)
def test_a_difference_is_named(
    importer: Any, write: Any, limits: str, caplog: pytest.LogCaptureFixture, statement: str, text: str
) -> None:
    run_id = importer.read(write(TEXT), limits)
    importer.process(run_id)
    with connected():
        database.execute_sql(statement)
    with caplog.at_level(logging.ERROR):
        found = reconcile(run_id)
    assert found.differs
    assert text in found.text
    assert f"import {run_id} does not reconcile" in caplog.text


def test_a_job_whose_import_does_not_add_up_says_so_first(
    importer: Any, write: Any, limits: str, session: Any
) -> None:
    run_id = importer.read(write(TEXT), limits)
    with connected():
        database.execute_sql(
            "DELETE FROM integration_record_status WHERE record_id = (SELECT MIN(id) FROM integration_record)"
        )
    job = session(record_table="import_run", record_id=str(run_id))
    process_import.run(job)
    assert job.notify_severity == "err"
    assert "does not add up" in job.notify_title


def test_totals_of_lines_are_those_of_the_orders(importer: Any, write: Any, integration: Any) -> None:
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller")
        Item.create(no="I1", description="Item")
    code = integration(
        *FLAT_ORDERS,
        target_table="sales_header",
        control_field="1.quantity",
    )
    rows = "".join(f"SO{n % 3},C1,2026-01-01,I1,{n + 1}\n" for n in range(9))
    run_id = importer.read(write("Order,Customer,Date,Item,Qty\n" + rows), code)
    importer.process(run_id)
    keep_totals(run_id)
    found = reconcile(run_id)
    assert [(check.expected, check.counted) for check in found.checks if "Total" in check.what] == [
        ("45.00", "45.00"), ("45.00", "45.00"),
    ]  # fmt: skip
    assert ("Documents", "3", "3", "") in [(c.what, c.expected, c.counted, c.text) for c in found.checks]


def test_what_somebody_has_changed_or_deleted_since_is_no_difference(
    importer: Any, write: Any, limits: str
) -> None:
    run_id = importer.read(write(TEXT), limits)
    importer.process(run_id)
    save_field(Customer, "C1", "credit_limit", Decimal(5), Decimal("1000.50"))
    with connected():
        Customer.delete().where(Customer.no == "C5").execute()
    repair.edit_record(importer.record_ids(run_id)[3], ["C4", "C", "30"])
    repair.retry(run_id)
    importer.process(run_id)
    keep_totals(run_id)
    found = reconcile(run_id)
    assert not found.differs
    assert [(check.expected, check.counted) for check in found.checks if "records" in check.what] == [
        ("30.00", "30.00")
    ]


def test_what_others_write_while_it_is_added_up_is_no_difference(
    importer: Any, write: Any, limits: str, monkeypatch: pytest.MonkeyPatch, company: Path
) -> None:
    run_id = importer.read(write(TEXT), limits)
    importer.process(run_id)
    added_up = reconciliation._target_total

    def late(run: Any) -> Decimal:
        with closing(sqlite3.connect(company, isolation_level=None)) as other:
            other.execute("UPDATE customer SET credit_limit = 9, modified_at = '2099-01-01' WHERE no = 'C1'")
        return added_up(run)

    monkeypatch.setattr(reconciliation, "_target_total", late)
    keep_totals(run_id)
    found = reconcile(run_id)
    assert not found.differs
    assert ("1,007.50", "1,007.50") in [(check.expected, check.counted) for check in found.checks]


def test_what_a_text_means_in_the_control_field_may_be_said_later(
    importer: Any, write: Any, limits: str
) -> None:
    run_id = importer.read(write(TEXT), limits)
    importer.process(run_id)
    for amount in ("9", "11"):
        repair.map_value(run_id, "credit_limit", "oops", amount)
    importer.process(run_id)
    keep_totals(run_id)
    found = reconcile(run_id)
    assert not found.differs
    assert [(check.expected, check.counted) for check in found.checks if "Total" in check.what] == [
        ("1,027.50", "1,027.50"), ("1,018.50", "1,018.50"),
    ]  # fmt: skip
