"""What counts as an edit when an import is undone: what a person changes, and not what the program works out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from desktop.codeunits import recalculate_balances, undo_import
from desktop.errors import TaskCancelledError
from desktop.imports.afterwards import post_process_jobs, undo
from desktop.imports.mending import repair
from desktop.sessions.session import CancelToken, Session
from models.customer import Customer
from models.database import connected, database
from models.integration import LookupMissing, PostProcessingTrigger
from models.item import Item
from models.lookups import PaymentTerms
from models.sales_order import SalesHeader


def terms(query: Any) -> list[Any]:
    return list(
        query("SELECT code, description, due_days FROM payment_terms WHERE code LIKE 'T%' ORDER BY code")
    )


def test_a_record_stays_in_which_somebody_has_filled_what_the_file_did_not_have(
    importer: Any, write: Any, integration: Any, session: Any, query: Any
) -> None:
    code = integration(
        ("Code", "code"), ("Text", "description"), target_table="payment_terms", match_field="code"
    )
    run_id = importer(write("Code,Text\nT1,One\nT2,Two\n"), code).run_id
    with connected():
        PaymentTerms.update(due_days=30).where(PaymentTerms.code == "T1").execute()
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept) == (1, 1)
    assert terms(query) == [("T1", "One", 30)]


def test_a_look_up_record_stays_that_somebody_has_completed(
    importer: Any, write: Any, integration: Any, session: Any, query: Any
) -> None:
    code = integration(
        ("No", "no"),
        ("No", "name"),
        {
            "source_column": "Terms",
            "target_field": "payment_terms_code",
            "lookup_missing": LookupMissing.CREATE,
        },
    )
    run_id = importer(write("No,Terms\nC1,T1\nC2,T2\n"), code).run_id
    with connected():
        PaymentTerms.update(due_days=30).where(PaymentTerms.code == "T1").execute()
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept) == (3, 1)
    assert [row.key for row in report.kept_rows] == ["Payment Terms T1"]
    assert terms(query) == [("T1", "T1", 30)]


def complete_terms(session: Session) -> None:
    """A post-processing that fills what the file left empty."""
    keys = [entry.record_key for entry in session.post_process_entries]
    PaymentTerms.update(due_days=14).where(PaymentTerms.code.in_(keys)).execute()


def test_what_post_processing_has_filled_is_no_edit(
    importer: Any, write: Any, integration: Any, session: Any, query: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculate_balances, "run", complete_terms)
    code = integration(
        ("Code", "code"),
        ("Text", "description"),
        target_table="payment_terms",
        match_field="code",
        post_processing_codeunit="recalculate_balances",
        post_processing_trigger=PostProcessingTrigger.AFTER_PROCESSING,
    )
    run_id = importer(write("Code,Text\nT1,One\nT2,Two\n"), code).run_id
    post_process_jobs.after_processing(session(), run_id)
    assert [days for _, _, days in terms(query)] == [14, 14]
    with connected():
        PaymentTerms.update(due_days=30).where(PaymentTerms.code == "T2").execute()
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept) == (1, 1)
    assert terms(query) == [("T2", "Two", 30)]


def test_a_balance_that_was_recalculated_since_is_no_edit_and_is_not_taken_back(
    importer: Any, write: Any, session: Any, query: Any, post_processed: Any
) -> None:
    post_processed("recalculate_balances", PostProcessingTrigger.AFTER_PROCESSING)
    with connected(), database.atomic():
        for no in ("C1", "C2"):
            Customer.create(no=no, name="Old", balance=Decimal(5))
    run_id = importer(write("No.,Name\nC1,New\nC2,New\n")).run_id
    post_process_jobs.after_processing(session(), run_id)
    with connected(), database.atomic():
        shipped = {"status": "Shipped", "order_date": "2026-11-01", "shipment_date": "2026-11-21"}
        SalesHeader.create(no="SO1", customer_no="C1", amount=Decimal(80), **shipped)
    recalculate_balances.run(session())
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept, report.failed) == (2, 0, 0)
    assert query("SELECT name, balance / 10000 FROM customer ORDER BY no") == [("Old", 80), ("Old", 5)]


def test_rows_that_were_processed_after_a_cancelled_undo_are_undone_as_well(
    importer: Any, write: Any, session: Any, query: Any, add_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "FIRST_STEP", 3)
    rows = "".join(f"C{no},N,{'XX' if no > 25 else 'DE'}\n" for no in range(10, 30))
    run_id = importer(write("No.,Name,Country\n" + rows)).run_id
    token = CancelToken()
    with pytest.raises(TaskCancelledError):
        undo.undo(session(token=token, on_progress=lambda *_: token.cancel()), run_id)
    repair.map_value(run_id, "country_code", "XX", "DE")
    importer.process(run_id)
    assert undo.undo(session(), run_id).reversed == 20
    assert query("SELECT COUNT(*) FROM customer") == [(0,)]
    assert add_up(run_id).reversed == 20


def test_balances_that_the_undone_orders_had_made_are_worked_out_once_more(
    importer: Any, write: Any, integration: Any, session: Any, query: Any
) -> None:
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller")
        Item.create(no="I1", description="Item")
    code = integration(
        ("Order", "no"),
        ("Customer", "customer_no"),
        ("Date", "order_date"),
        ("Status", "status"),
        {"level": 1, "source_column": "Item", "target_field": "item_no"},
        {"level": 1, "source_column": "Qty", "target_field": "quantity"},
        {"level": 1, "source_column": "Price", "target_field": "unit_price"},
        target_table="sales_header",
        post_processing_codeunit="recalculate_balances",
        post_processing_trigger=PostProcessingTrigger.PER_DOCUMENT,
    )
    text = "Order,Customer,Date,Status,Item,Qty,Price\nSO1,C1,2026-11-21,Shipped,I1,2,50\n"
    run_id = importer(write(text), code).run_id
    assert query("SELECT balance / 10000 FROM customer") == [(100,)]
    undo_import.run(session(record_table="import_run", record_id=str(run_id)))
    assert query("SELECT COUNT(*) FROM sales_header") == [(0,)]
    assert query("SELECT balance FROM customer") == [(0,)]
