"""Undoing an import: everything as before, but for what somebody has touched since."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from desktop.imports import service
from desktop.imports.afterwards import post_processing, undo
from desktop.imports.afterwards.reconciliation import reconcile
from desktop.sessions import permissions
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError
from models.integration import LookupMissing
from models.item import Item
from models.permissions import Permission, PermissionSet, UserPermissionSet
from models.record_edit import save_field
from models.sales_document import change_quantity
from models.sales_order import SalesHeader, SalesLine
from tests.imports.flat_orders import FLAT_ORDERS

COMPANY = ("customer", "country", "sales_header", "sales_line")


@pytest.fixture
def state(query: Any) -> Any:
    """Everything that an import can change, but for the moments of changes."""

    def read() -> dict[str, list[Any]]:
        found = {}
        for table in COMPANY:
            columns = [row[1] for row in query(f"PRAGMA table_info({table})")]
            names = ", ".join(name for name in columns if name not in ("modified_at", "id"))
            found[table] = query(f"SELECT {names} FROM {table} ORDER BY 1, 2")
        return found

    return read


def test_the_company_is_as_before(
    importer: Any, write: Any, session: Any, state: Any, add_up: Any, query: Any
) -> None:
    importer(write("No.,Name,City\nC1,Miller,Kiel\nC2,Zimmer,Köln\n"))
    before = state()
    run_id = importer.read(write("No.,Name,City\nC1,Müller,Kiel\nC2,Zimmer,Köln\nC3,New,Bonn\nC4,,Bonn\n"))
    importer.process(run_id)
    assert state() != before
    report = undo.undo(session(), run_id)
    assert state() == before
    assert (report.reversed, report.kept, report.failed, report.finished) == (2, 0, 0, True)
    assert report.text == "2 reversed"
    counts = add_up(run_id)
    assert (counts.state, counts.reversed, counts.unchanged, counts.errors) == ("Undone", 2, 1, 1)
    assert undo.kept_report(run_id) == report
    assert query("SELECT undone_at IS NOT NULL FROM import_run WHERE id = ?", run_id) == [(1,)]
    with connected():
        assert "miller" in Customer.get_by_id("C1").search_text


def test_what_was_edited_or_is_used_stays_and_the_report_says_which(
    importer: Any, write: Any, session: Any, query: Any
) -> None:
    importer(write("No.,Name\nC1,Old\n"))
    run_id = importer.read(write("No.,Name\nC1,New\nC2,A\nC3,B\nC4,C\nC5,D\n"))
    importer.process(run_id)
    save_field(Customer, "C1", "city", "Kiel", "")
    save_field(Customer, "C2", "city", "Kiel", "")
    with connected():
        SalesHeader.create(no="SO1", customer_no="C3", order_date="2026-01-01")
        Customer.delete().where(Customer.no == "C4").execute()
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept, report.failed) == (2, 2, 1)
    assert [(row.line_no, row.key) for row in report.kept_rows] == [(3, "C2"), (2, "C1")]
    assert [(row.key, row.reason) for row in report.failed_rows] == [("C3", "Sales Order SO1 refers to it.")]
    assert report.text == "2 reversed, 2 kept because they were edited since, 1 could not be reversed"
    assert query("SELECT no, name FROM customer ORDER BY no") == [("C1", "New"), ("C2", "A"), ("C3", "B")]
    # Once the order is gone, undoing again takes what is left and still leaves what was edited.
    with connected():
        SalesHeader.delete().execute()
    again = undo.undo(session(), run_id)
    assert (again.reversed, again.kept, again.failed) == (3, 2, 0)


def test_a_kill_after_any_step_is_gone_on_from(
    importer: Any, write: Any, session: Any, state: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    for name in ("FIRST_STEP", "LARGEST_STEP"):
        monkeypatch.setattr(undo, name, 3)
    before = state()
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{n},N\n" for n in range(20))))
    importer.process(run_id)
    save_field(Customer, "C18", "city", "Kiel", "")

    class Killed(BaseException):
        pass

    def die(*_told: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        # A process that was killed tidies nothing up.
        patch.setattr(undo._Undoing, "release", lambda self: None)
        for _ in range(3):
            with pytest.raises(Killed):
                undo.undo(session(on_progress=die), run_id)
            add_up(run_id)
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept) == (19, 1)
    with connected():
        Customer.delete().where(Customer.no == "C18").execute()
    assert state() == before


def test_orders_go_with_their_lines_and_changed_ones_are_restored(
    importer: Any, write: Any, session: Any, state: Any, integration: Any, add_up: Any
) -> None:
    with connected(), database.atomic():
        Customer.create(no="C1", name="Miller")
        for number in (1, 2, 3):
            Item.create(no=f"I{number}", description=f"Item {number}", unit_price=Decimal(number))
    code = integration(
        *FLAT_ORDERS,
        target_table="sales_header",
        code="ORDERS",
        post_processing_codeunit="release_sales_orders",
    )
    header = "Order,Customer,Date,Item,Qty\n"
    old = "".join(f"SO{n},C1,2026-01-0{n},I{i},{n}\n" for n in (1, 2) for i in (1, 2))
    run_id = importer.read(write(header + old), code)
    importer.process(run_id)
    before = state()
    new = "SO1,C1,2026-03-01,I3,7\nSO2,C1,2026-01-02,I1,2\nSO2,C1,2026-01-02,I2,9\nSO2,C1,2026-01-02,I3,1\n"
    run_id = importer.read(write(header + new + "SO3,C1,2026-01-03,I1,1\nSO4,C1,2026-01-03,I1,1\n"), code)
    importer.process(run_id)
    post_processing.post_process(session(), run_id)
    with connected():
        SalesHeader.update(status="Open").where(SalesHeader.no == "SO4").execute()
        change_quantity(SalesLine.get(SalesLine.order_no == "SO4").id, Decimal(5))
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept) == (3, 1)
    counts = add_up(run_id)
    assert (counts.documents_created, counts.documents_updated) == (1, 0)
    assert counts.text == "1 sales order created, 5 rows undone"
    assert not reconcile(run_id).differs
    with connected():
        SalesHeader.delete().where(SalesHeader.no == "SO4").execute()
    assert state() == before


def test_look_up_records_that_the_import_created_go_where_nothing_uses_them(
    importer: Any, write: Any, session: Any, state: Any, integration: Any
) -> None:
    code = integration(
        ("No", "no"),
        ("No", "name"),
        {"source_column": "Land", "target_field": "country_code", "lookup_missing": LookupMissing.CREATE},
    )
    before = state()
    run_id = importer.read(write("No,Land\nC1,XA\nC2,XB\n"), code)
    importer.process(run_id)
    with connected():
        Customer.create(no="C9", name="Uses it", country_code="XB")
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.failed) == (3, 1)
    assert [row.key for row in report.failed_rows] == ["Country/Region XB"]
    with connected():
        Customer.delete().where(Customer.no == "C9").execute()
        database.execute_sql("DELETE FROM country WHERE code = 'XB'")
    assert state() == before


def test_undo_is_a_job_that_waits_for_no_other_of_the_same_import(importer: Any, write: Any) -> None:
    run_id = importer.read(write("No.,Name\nC1,A\n"))
    with pytest.raises(BackdeskError) as refused:
        undo.start_undo(run_id, "ANNA")
    assert refused.value.code == "NothingToUndo"
    importer.process(run_id)
    job_id = undo.start_undo(run_id, "ANNA")
    assert job_id
    with pytest.raises(BackdeskError) as refused:
        undo.start_undo(run_id, "ANNA")
    assert refused.value.code == "UnderWay"


def test_what_was_undone_is_not_processed_again(importer: Any, write: Any, session: Any) -> None:
    run_id = importer.read(write("No.,Name\nC1,A\nC2,\n"))
    importer.process(run_id)
    undo.undo(session(), run_id)
    with pytest.raises(BackdeskError, match="was undone"):
        importer.process(run_id)
    with pytest.raises(BackdeskError, match="was undone"):
        service.start_processing(run_id, "ANNA")


def test_imports_are_undone_one_after_the_other_from_the_last_to_the_first(
    importer: Any, write: Any, session: Any, state: Any
) -> None:
    before = state()
    runs = []
    for city in ("Kiel", "Köln", "Bonn"):
        runs.append(importer.read(write(f"No.,Name,City\nC1,Miller,{city}\n")))
        importer.process(runs[-1])
    for run_id in reversed(runs):
        assert undo.undo(session(), run_id).text == "1 reversed"
    assert state() == before


def test_undoing_needs_no_more_rights_than_the_import_had(importer: Any, write: Any, session: Any) -> None:
    importer(write("No.,Name\nC1,Old\n"))
    run_id = importer.read(write("No.,Name\nC1,New\n"))
    importer.process(run_id)
    with connected(), database.atomic():
        PermissionSet.create(code="CUSTOMERS ONLY")
        Permission.create(set_code="CUSTOMERS ONLY", object_name="customer", may_read=True, may_modify=True)
        for user_id, set_code in (("ANNA", "SUPER"), ("LEA", "CUSTOMERS ONLY")):
            UserPermissionSet.create(user_id=user_id, set_code=set_code)
    with permissions.enforced("LEA"):
        assert undo.undo(session(), run_id).text == "1 reversed"
    with connected():
        assert Customer.get_by_id("C1").search_text == " c1 old"
