"""A codeunit takes what an import has written: within its transaction, at its end, or as a job after the job."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from desktop.errors import TaskCancelledError
from desktop.imports import service
from desktop.imports.afterwards import post_process_jobs, post_processing
from desktop.imports.afterwards.undo import start_undo
from desktop.imports.mending import repair
from desktop.sessions import pace
from desktop.sessions.session import CancelToken
from desktop.testing import run_job
from models.customer import Customer
from models.database import connected, database
from models.errors import BackdeskError
from models.integration import PostProcessingTrigger
from models.item import Item
from models.job_queue import EntryStatus
from tests.imports import due_jobs
from tests.imports.flat_orders import FLAT_ORDERS
from tests.imports.greeting import CUSTOMERS, contacts, entry_rows

ORDERS = "Order,Date,Customer,Item,Qty,Price\n"
FLAT = (
    *FLAT_ORDERS,
    {"level": 1, "source_column": "Price", "target_field": "unit_price"},
)


@pytest.fixture
def orders(integration: Any, company: Any) -> str:
    """An integration for orders whose customers and items are there."""
    with connected(), database.atomic():
        for no, blocked in (("C1", ""), ("C2", "All")):
            Customer.create(no=no, name=no, blocked="")
            Customer.update(blocked=blocked).where(Customer.no == no).execute()
        Item.create(no="I1", description="Item", unit_price=Decimal(5))
    return str(integration(*FLAT, target_table="sales_header", code="ORDERS"))


def test_after_processing_every_record_is_taken_once_and_a_refused_one_says_why(
    post_processed: Any, importer: Any, write: Any, query: Any
) -> None:
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\nC2,Nobody\nC3,Smith\n"))
    service.start_processing(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert job.result_text == "3 records created, 2 greeted, 1 error"
    assert contacts(query) == {"C1": "Dear Miller", "C2": "", "C3": "Dear Smith"}
    assert entry_rows(query) == [
        ("C1", 1, "Completed", 1, "", "", ""),
        ("C2", 1, "Error", 1, "Unwanted", "Nobody is not greeted.", "Ask somebody."),
        ("C3", 1, "Completed", 1, "", "", ""),
    ]
    assert query("SELECT title, severity, run_id FROM notification") == [
        ("Import and post-processing complete: 3 records created, 2 greeted, 1 error", "warn", run_id)
    ]


def test_what_an_import_leaves_as_it_is_is_not_taken(
    post_processed: Any, importer: Any, write: Any, query: Any
) -> None:
    importer(write(CUSTOMERS + "C1,Miller\nC2,Smith\n"))
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    importer(write(CUSTOMERS + "C1,Miller\nC2,Smythe\n"))
    assert [(row[0], row[1]) for row in entry_rows(query)] == [("C2", 0)]


def test_failed_ones_are_retried_alone(post_processed: Any, importer: Any, write: Any, query: Any) -> None:
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\nC2,Nobody\n"))
    service.start_processing(run_id, "ANNA")
    due_jobs.run_all()
    with connected():
        Customer.update(name="Somebody").where(Customer.no == "C2").execute()
        Customer.update(contact="Hello").where(Customer.no == "C1").execute()
    post_process_jobs.retry(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert job.codeunit == "post_process_import"
    assert job.result_text == "2 records created, 2 greeted"
    assert contacts(query) == {"C1": "Hello", "C2": "Dear Somebody"}
    assert entry_rows(query)[1] == ("C2", 1, "Completed", 2, "", "", "")
    with pytest.raises(BackdeskError) as refused:
        post_process_jobs.retry(run_id, "ANNA")
    assert refused.value.code == "NothingReady"


def test_just_the_chosen_ones_are_retried(post_processed: Any, importer: Any, write: Any, query: Any) -> None:
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    run_id = importer.read(write(CUSTOMERS + "C1,Nobody\nC2,Nobody 2\n"))
    service.start_processing(run_id, "ANNA")
    due_jobs.run_all()
    second = query("SELECT id FROM post_process_entry WHERE record_key = 'C2'")[0][0]
    post_process_jobs.retry(run_id, "ANNA", [second])
    due_jobs.run_all()
    assert [(row[0], row[3]) for row in entry_rows(query)] == [("C1", 1), ("C2", 2)]


def test_as_a_job_it_follows_the_import_with_a_notification_of_its_own(
    post_processed: Any, orders: str, importer: Any, write: Any, query: Any
) -> None:
    post_processed("release_sales_orders", PostProcessingTrigger.JOB_QUEUE, orders)
    text = ORDERS + "SO1,2026-01-01,C1,I1,2,5\nSO2,2026-01-01,C1,I1,1,5\nSO3,2026-01-01,C1,I1,1,5\n"
    run_id = importer.read(write(text, "orders.csv"), orders)
    service.start_processing(run_id, "ANNA")
    due_jobs.run_next()
    with connected():
        database.execute_sql("DELETE FROM sales_line WHERE order_no = 'SO2'")
        database.execute_sql("UPDATE sales_header SET customer_no = 'C2' WHERE no = 'SO3'")
    [post_job] = due_jobs.run_all()
    assert post_job.description == "Post-process orders.csv"
    assert query("SELECT post_job_id FROM import_run") == [(post_job.id,)]
    assert query("SELECT no, status FROM sales_header ORDER BY no") == [
        ("SO1", "Released"),
        ("SO2", "Open"),
        ("SO3", "Open"),
    ]
    assert {row[4]: row[5] for row in entry_rows(query) if row[4]} == {
        "NothingToRelease": "There is nothing to release for sales order SO2: it has no line with a quantity.",
        "Blocked": "Sales order SO3 cannot be released: customer C2 is blocked (All).",
    }
    assert [title for (title,) in query("SELECT title FROM notification ORDER BY id")] == [
        "Import complete: 3 sales orders created",
        "Import and post-processing complete: 3 sales orders created, 1 released, 2 errors",
    ]


def test_a_second_post_processing_at_once_is_refused(
    post_processed: Any, importer: Any, write: Any, query: Any
) -> None:
    post_processed("greet", PostProcessingTrigger.JOB_QUEUE)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\n"))
    service.start_processing(run_id, "ANNA")
    due_jobs.run_next()
    with pytest.raises(BackdeskError) as refused:
        post_process_jobs.start(run_id, "ANNA")
    assert refused.value.code == "UnderWay"


def test_a_killed_import_job_does_not_start_a_second_post_processing(
    post_processed: Any, importer: Any, write: Any, query: Any, session: Any
) -> None:
    post_processed("greet", PostProcessingTrigger.JOB_QUEUE)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\n"))
    importer.process(run_id)
    for _attempt in range(2):
        assert post_process_jobs.after_processing(session(), run_id) is None
    assert query("SELECT COUNT(*) FROM job_queue_entry WHERE codeunit = 'post_process_import'") == [(1,)]


def test_per_document_a_refused_document_is_not_written_and_its_rows_say_why(
    post_processed: Any, importer: Any, write: Any, query: Any, add_up: Any
) -> None:
    post_processed("greet", PostProcessingTrigger.PER_DOCUMENT)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\nC2,Nobody\nC3,Smith\n"))
    counts = importer.process(run_id)
    assert (counts.created, counts.errors) == (2, 1)
    assert contacts(query) == {"C1": "Dear Miller", "C3": "Dear Smith"}
    assert importer.errors(run_id) == [(3, "", "Unwanted", "", "Nobody is not greeted.")]
    assert [row[:4] for row in entry_rows(query)] == [("C1", 1, "Completed", 1), ("C3", 1, "Completed", 1)]
    add_up(run_id)
    repair.edit_record(importer.record_ids(run_id)[1], ["C2", "Somebody"])
    repair.retry(run_id)
    assert importer.process(run_id).created == 3
    assert contacts(query)["C2"] == "Dear Somebody"


def test_an_error_in_the_codeunit_is_that_records_own_and_nothing_it_wrote_stays(
    post_processed: Any, importer: Any, write: Any, query: Any
) -> None:
    post_processed("crash", PostProcessingTrigger.AFTER_PROCESSING)
    names = ["Bug" if number == 5 else f"Name {number}" for number in range(8)]
    run_id = importer.read(write(CUSTOMERS + "".join(f"C{n},{name}\n" for n, name in enumerate(names))))
    service.start_processing(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert job.status == EntryStatus.FINISHED
    assert [no for no, contact in contacts(query).items() if contact != "seen"] == ["C5"]
    [failed] = [row for row in entry_rows(query) if row[2] == "Error"]
    assert failed[0] == "C5"
    assert "Something went wrong in Backdesk: by zero." in failed[5]


def test_cancelling_keeps_what_is_committed_and_the_rest_goes_on_later(
    post_processed: Any, importer: Any, write: Any, query: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_STEP", "LARGEST_STEP"):
        monkeypatch.setattr(post_processing, name, 2)
    monkeypatch.setattr(pace, "UNWATCHED", pace.UNWATCHED._replace(seconds=60.0))
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    run_id = importer.read(write(CUSTOMERS + "".join(f"C{n},Name\n" for n in range(5))))
    importer.process(run_id)
    token = CancelToken()

    def cancel_after_the_first(done: int, _total: int, _text: str) -> None:
        if done:
            token.cancel()

    with pytest.raises(TaskCancelledError):
        post_processing.post_process(session(token=token, on_progress=cancel_after_the_first), run_id)
    assert [row[2] for row in entry_rows(query)] == ["Completed"] * 4 + ["Ready"]
    post_process_jobs.start(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert job.result_text == "5 records created, 5 greeted"
    assert [row[3] for row in entry_rows(query)] == [1] * 5


def test_post_processing_is_no_edit_of_somebody_else(
    post_processed: Any, importer: Any, write: Any, query: Any
) -> None:
    for trigger in (PostProcessingTrigger.PER_DOCUMENT, PostProcessingTrigger.AFTER_PROCESSING):
        post_processed("greet", trigger)
        no = "C1" if trigger == PostProcessingTrigger.PER_DOCUMENT else "C2"
        run_id = importer.read(write(CUSTOMERS + f"{no},Miller\n"))
        service.start_processing(run_id, "ANNA")
        due_jobs.run_all()
        assert contacts(query)[no] == "Dear Miller"
    same = query(
        "SELECT s.changed_at = c.modified_at FROM integration_record_status s"
        " JOIN customer c ON c.no = s.target_key"
    )
    assert same == [(1,), (1,)]


def test_what_was_post_processed_can_still_be_undone(
    post_processed: Any, orders: str, importer: Any, write: Any, query: Any
) -> None:
    post_processed("release_sales_orders", PostProcessingTrigger.AFTER_PROCESSING, orders)
    run_id = importer.read(write(ORDERS + "SO1,2026-01-01,C1,I1,2,5\n", "orders.csv"), orders)
    service.start_processing(run_id, "ANNA")
    due_jobs.run_all()
    assert query("SELECT status FROM sales_header") == [("Released",)]
    start_undo(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert query("SELECT no FROM sales_header") == [], job.result_text
    with pytest.raises(BackdeskError) as refused:
        post_process_jobs.start(run_id, "ANNA")
    assert refused.value.code == "Undone"


def test_balances_are_recalculated_of_the_customers_of_imported_orders_alone(
    post_processed: Any, orders: str, importer: Any, write: Any, query: Any
) -> None:
    with connected():
        Customer.update(balance=Decimal(77)).where(Customer.no == "C2").execute()
        Customer.update(balance=Decimal(33)).where(Customer.no == "C1").execute()
    post_processed("recalculate_balances", PostProcessingTrigger.AFTER_PROCESSING, orders)
    run_id = importer.read(write(ORDERS + "SO1,2026-11-20,C1,I1,2,5\n", "orders.csv"), orders)
    service.start_processing(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert job.result_text == "1 sales order created, 1 recalculated"
    assert query("SELECT no, balance FROM customer ORDER BY no") == [("C1", 0), ("C2", 770_000)]


def test_open_orders_are_released_by_a_job_without_an_import(
    orders: str, importer: Any, write: Any, query: Any
) -> None:
    importer(write(ORDERS + "SO1,2026-01-01,C1,I1,2,5\n", "orders.csv"), orders)
    done = run_job("release_sales_orders")
    assert done.result_text == "1 sales orders released, 0 cannot be."
    assert query("SELECT status FROM sales_header") == [("Released",)]
