"""What the Role Centre shows, checked against a company small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.codeunits import registry
from desktop.codeunits.home_headline import headline
from desktop.formats import evaluate, format_value
from desktop.jobqueue import entries
from desktop.jobqueue.cues import set_company_colours
from desktop.sessions.session import Session, SessionKind
from models.company import User
from models.cue_setup import (
    COMPANY,
    DEFAULTS,
    TASKS_FAILED,
    TASKS_IN_QUEUE,
    CueColours,
    CueStyle,
    reset_colours,
    set_colours,
)
from models.customer import Customer
from models.database import close_company, connected, open_company, read_only
from models.errors import FieldError, RightMissingError
from models.fields import stored_time
from models.integration_record import ImportRun, IntegrationRecordStatus, RecordStatus
from models.item import Item
from models.job_queue import EntryStatus, JobQueueEntry, JobQueueLogEntry, LogStatus, ScheduledTask, Worker
from models.permissions import UserPermissionSet
from models.sales_order import SalesHeader, SalesLine
from models.setup import CueSetup
from models.tables import table_caption
from models.vendor import Vendor

TODAY = date(2026, 11, 19)  # a Thursday
NOW = datetime(2026, 11, 19, 9, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def company(tmp_path: Path) -> Iterator[None]:
    """Two customers, one vendor, one item; no orders yet."""
    open_company(tmp_path / "small.db", create=True)
    with connected():
        Customer(no="C1", name="Petersen", credit_limit=Decimal(1000), balance=Decimal(300)).save(
            force_insert=True
        )
        Customer(no="C2", name="Hansen", blocked="Ship").save(force_insert=True)
        Vendor(no="V1", name="Ropeworks", balance=Decimal("12.50")).save(force_insert=True)
        Item(
            no="I1",
            description="Rope",
            unit_price=Decimal(4),
            unit_cost=Decimal(3),
            inventory=Decimal(50),
            reorder_point=Decimal(60),
            vendor_no="V1",
        ).save(force_insert=True)
    yield
    close_company()


def results_of(name: str, today: date = TODAY, **parameters: str) -> dict[str, str]:
    """Run a codeunit as a page background task does: in a read-only child session."""
    session = Session(SessionKind.CHILD, "MARIA", parameters, today)
    with read_only(table_caption):
        registry.function_of(name)(session)
    assert all(type(key) is str and type(value) is str for key, value in session.results.items())
    return session.results


def order(
    no: str, day: str, amount: str, status: str = "Invoiced", customer: str = "C1", pieces: int = 0
) -> None:
    with connected():
        SalesHeader(
            no=no,
            customer_no=customer,
            customer_name=f"Name of {customer}",
            order_date=date.fromisoformat(day),
            shipment_date=date.fromisoformat(day),
            status=status,
            amount=Decimal(amount),
        ).save(force_insert=True)
        if pieces:
            SalesLine(
                order_no=no, line_no=1, item_no="I1", quantity=Decimal(pieces), amount=Decimal(amount)
            ).save()


def test_blocked_customers() -> None:
    assert results_of("blocked_customers") == {"count": "1"}


def test_open_sales_orders_and_those_since_monday() -> None:
    assert results_of("open_sales_orders") == {
        "count": "0",
        "this_week": "0",
        "amount": "0.0000",
        "currency": "EUR",
    }
    order("1", "2026-11-15", "100.10", "Open")  # a Sunday
    order("2", "2026-11-16", "200", "Open")
    order("3", "2026-11-19", "300", "Open")
    order("4", "2026-11-19", "400", "Released")
    found = results_of("open_sales_orders")
    assert (found["count"], found["this_week"]) == ("3", "2")
    assert evaluate(found["amount"], Decimal) == Decimal("600.10")


def test_sales_of_the_month_against_the_same_days_of_last_year() -> None:
    for number, (day, amount) in enumerate(
        [
            ("2026-10-31", "1"),
            ("2026-11-01", "20"),
            ("2026-11-19", "300"),
            ("2025-10-31", "4000"),
            ("2025-11-01", "5"),
            ("2025-11-19", "60"),
            ("2025-11-20", "7000"),
        ]
    ):
        order(str(number), day, amount)
    found = results_of("sales_this_month")
    assert evaluate(found["amount"], Decimal) == 320
    assert evaluate(found["last_year_amount"], Decimal) == 65
    curve = [evaluate(point, Decimal) for point in found["curve"].split()]
    assert len(curve) == 10
    assert curve[-3:] == [21, 0, 300]


def test_the_leap_day_is_compared_with_the_day_before() -> None:
    order("1", "2028-02-29", "10")
    order("2", "2027-02-28", "4")
    found = results_of("sales_this_month", date(2028, 2, 29))
    assert [evaluate(found[name], Decimal) for name in ("amount", "last_year_amount")] == [10, 4]


def test_sales_by_week_of_ten_weeks_in_two_years() -> None:
    order("1", "2026-11-16", "10")  # Monday of W47
    order("2", "2026-11-15", "20")  # Sunday of W46
    order("3", "2025-11-17", "30")  # Monday of W47 a year ago
    order("4", "2025-11-23", "40")  # Sunday of W47 a year ago
    order("5", "2025-11-24", "50")  # W48, not shown
    order("6", "2026-09-14", "60")  # Monday of W38
    order("7", "2026-09-13", "70")  # W37, not shown
    found = results_of("sales_by_week")
    assert found["weeks"] == "W38 W39 W40 W41 W42 W43 W44 W45 W46 W47"
    this_year = [evaluate(amount, Decimal) for amount in found["this_year"].split()]
    last_year = [evaluate(amount, Decimal) for amount in found["last_year"].split()]
    assert this_year == [60, 0, 0, 0, 0, 0, 0, 0, 20, 10]
    assert last_year == [0] * 9 + [70]


def test_weeks_go_on_over_the_turn_of_the_year() -> None:
    assert results_of("sales_by_week", date(2027, 1, 6))["weeks"].split()[-3:] == ["W52", "W53", "W1"]


def test_failed_integration_records_and_the_newest_of_them() -> None:
    assert results_of("failed_integration_records") == {"count": "0", "newest": "", "run": ""}
    with connected():
        for errors, created in (
            (2, "2026-11-18T08:00:00.000Z"),
            (3, "2026-11-19T08:00:00.000Z"),
            (0, "2026-11-19T09:00:00.000Z"),
        ):
            ImportRun.insert(
                integration_code="ITEMS",
                definition="{}",
                file_name="a.csv",
                rows=errors,
                errors=errors,
                created_at=created,
            ).execute()
    assert results_of("failed_integration_records") == {
        "count": "5",
        "newest": "2026-11-19T08:00:00Z",
        "run": "2",
    }
    with connected():
        IntegrationRecordStatus.insert(
            record_id=1, run_id=2, status=RecordStatus.ERROR, changed_at=stored_time(NOW)
        ).execute()
        IntegrationRecordStatus.insert(
            record_id=2, run_id=2, status=RecordStatus.CREATED, changed_at="2026-11-19T10:00:00.000Z"
        ).execute()
    newest = results_of("failed_integration_records")["newest"]
    assert evaluate(newest, datetime) == NOW


def make_entries(statuses: list[EntryStatus], user_id: str = "MARIA") -> None:
    with connected():
        first = JobQueueEntry.select().count()
        for number, status in enumerate(statuses, first):
            JobQueueEntry.insert(
                id=str(number),
                entry_no=number,
                codeunit="recalculate_balances",
                description=f"Job {number}",
                status=status,
                owner_user_id=user_id,
                created_at=NOW,
                modified_at=NOW,
            ).execute()


def test_jobs_by_what_matters_in_the_colours_of_the_program() -> None:
    assert results_of("job_counts") == {
        "whose": "",
        "tasks_failed": "0",
        "tasks_failed_style": "Favorable",
        "tasks_in_process": "0",
        "tasks_in_process_style": "Favorable",
        "tasks_in_queue": "0",
        "tasks_in_queue_style": "Favorable",
    }
    make_entries([EntryStatus.IN_PROCESS, EntryStatus.CANCELLING, EntryStatus.FINISHED, EntryStatus.ON_HOLD])
    make_entries([EntryStatus.ERROR] * 4 + [EntryStatus.READY] * 3, "BEN")
    results = results_of("job_counts")
    assert (results["tasks_in_process"], results["tasks_in_process_style"]) == ("2", "Favorable")
    assert (results["tasks_failed"], results["tasks_failed_style"]) == ("4", "Unfavorable")
    assert (results["tasks_in_queue"], results["tasks_in_queue_style"]) == ("3", "Ambiguous")


def test_a_persons_own_colours_come_before_the_companys() -> None:
    make_entries([EntryStatus.ERROR])
    calm = CueColours(CueStyle.SUBORDINATE, 100, CueStyle.NONE, 200, CueStyle.NONE)
    strict = CueColours(CueStyle.FAVORABLE, 1, CueStyle.UNFAVORABLE, 2, CueStyle.UNFAVORABLE)
    with connected():
        set_colours(COMPANY, TASKS_FAILED, calm)
    assert results_of("job_counts")["tasks_failed_style"] == "Subordinate"
    with connected():
        set_colours("MARIA", TASKS_FAILED, strict)
        set_colours("BEN", TASKS_FAILED, calm)
    assert results_of("job_counts")["tasks_failed_style"] == "Unfavorable"
    with connected():
        reset_colours("MARIA", TASKS_FAILED)
    assert results_of("job_counts")["tasks_failed_style"] == "Subordinate"
    with connected():
        reset_colours(COMPANY, TASKS_FAILED)
    assert results_of("job_counts")["tasks_failed_style"] == "Favorable"


def test_who_does_not_look_after_the_job_queue_counts_own_jobs_only() -> None:
    make_entries([EntryStatus.ERROR])
    make_entries([EntryStatus.ERROR, EntryStatus.ERROR], "BEN")
    assert results_of("job_counts")["tasks_failed"] == "3"
    with connected():
        User.create(user_id="BEN")
        UserPermissionSet.create(user_id="BEN", set_code="SUPER")
    results = results_of("job_counts")
    assert (results["tasks_failed"], results["whose"]) == ("1", "MARIA")
    with pytest.raises(RightMissingError, match="MARIA"):
        set_company_colours("MARIA", TASKS_FAILED, DEFAULTS[TASKS_FAILED])


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [(3, 3, "Order"), (5, 4, "Order"), (-1, 4, "TooSmall"), (0, 10**10, "TooLarge")],
)
def test_thresholds_that_make_no_sense_are_refused_and_nothing_is_written(
    first: int, second: int, code: str
) -> None:
    colours = CueColours(CueStyle.NONE, first, CueStyle.NONE, second, CueStyle.NONE)
    with connected():
        with pytest.raises(FieldError) as refused:
            set_colours("MARIA", TASKS_FAILED, colours)
        assert CueSetup.select().count() == 0
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("figure", "style"),
    [(0, "Favorable"), (2, "Favorable"), (3, "Ambiguous"), (99, "Ambiguous"), (100, "Unfavorable")],
)
def test_a_figure_on_a_threshold_belongs_to_the_middle(figure: int, style: str) -> None:
    assert DEFAULTS[TASKS_IN_QUEUE].style(figure) == style


# --- how the job queue does ----------------------------------------------------------------------


def test_the_health_of_an_idle_job_queue() -> None:
    health = results_of("job_queue_health", midnight="2026-11-19T00:00:00Z")
    assert (health["workers"], health["waiting"], health["failed_today"]) == ("0", "", "0")


def test_the_health_names_the_oldest_waiting_job_and_why_and_counts_todays_runs() -> None:
    now = SYSTEM_CLOCK.now()
    with connected():
        for name, minutes in (("Second", 5), ("First", 9), ("Later", -60)):
            entries.create_entry(
                name,
                "recalculate_balances",
                user_id="MARIA",
                status=EntryStatus.READY,
                earliest_start=now - timedelta(minutes=minutes),
            )
        ScheduledTask.update(not_before=now - timedelta(minutes=9)).where(
            ScheduledTask.job_id == JobQueueEntry.get(JobQueueEntry.description == "First").id
        ).execute()
        for status, hours in ((LogStatus.SUCCESS, 0.5), (LogStatus.ERROR, 2), (LogStatus.INTERRUPTED, 30)):
            JobQueueLogEntry.create(
                job_id="x",
                status=status,
                started_at=now - timedelta(hours=hours),
                ended_at=now - timedelta(hours=hours),
            )
    health = results_of("job_queue_health", midnight=format_value(now - timedelta(hours=3)))
    assert health["waiting"] == "First"
    assert evaluate(health["waiting_since"], datetime) == now.replace(
        microsecond=now.microsecond // 1000 * 1000
    ) - timedelta(minutes=9)
    assert "worker" in health["waiting_why"]
    assert (health["runs_today"], health["failed_today"], health["runs_hour"]) == ("2", "1", "1")


def test_a_worker_that_lives_is_counted_with_its_slots(tmp_path: Path) -> None:
    with connected():
        Worker.create(
            id="far",
            host="far-away",
            process_id=1,
            kind="worker",
            slots=4,
            started_at=SYSTEM_CLOCK.now(),
            heartbeat_at=SYSTEM_CLOCK.now(),
        )
    health = results_of("job_queue_health", midnight="2026-11-19T00:00:00Z")
    assert (health["workers"], health["services"], health["hosts"]) == ("1", "1", "far-away")
    assert (health["slots"], health["busy"]) == ("4", "0")


# --- the headline --------------------------------------------------------------------------------


def say(today: date = TODAY) -> str:
    found = results_of("home_headline", today)
    assert found["emphasis"] in found["text"]
    return found["text"]


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        ("112", "100", "Sales this month are 12 % ahead of last November."),
        ("80", "100", "Sales this month are 20 % behind last November."),
        ("100.4", "100", "Sales this month are level with last November."),
    ],
)
def test_the_headline_compares_the_month(now: str, then: str, text: str) -> None:
    order("1", "2026-11-10", now)
    order("2", "2025-11-10", then)
    assert say() == text


def test_a_month_that_has_just_begun_tells_of_the_last_one() -> None:
    order("1", "2026-10-31", "150")
    order("2", "2025-10-31", "100")
    assert say(date(2026, 11, 3)) == "Sales last month were 50 % ahead of October 2025."


def test_a_company_without_a_past() -> None:
    assert say() == "No sales yet this month."
    order("1", "2026-11-10", "10")
    assert say() == "Sales this month are the first in a November."
    with read_only():
        assert headline(TODAY)[1:] == ("", None)


# --- FactBoxes -----------------------------------------------------------------------------------


def numbers(found: dict[str, str], *names: str) -> list[Decimal | None]:
    return [evaluate(found[name], Decimal) if found[name] else None for name in names]


def test_a_customers_figures() -> None:
    order("1", "2025-11-21", "40")
    order("2", "2026-01-20", "50")
    order("3", "2026-11-18", "60", "Open")
    order("4", "2026-11-19", "70", "Released")
    order("5", "2026-11-19", "99", "Open", customer="C2")
    found = results_of("customer_statistics", customer="C1")
    assert numbers(found, "balance", "credit_limit", "credit_left") == [300, 1000, 570]
    assert numbers(found, "open_orders", "open_amount", "orders") == [2, 130, 4]
    assert numbers(found, "sales_this_year", "sales_last_year") == [180, 40]
    assert (found["last_order"], found["days_between_orders"]) == ("2026-11-19", "121")


def test_a_customer_who_never_ordered_and_has_no_limit() -> None:
    found = results_of("customer_statistics", customer="C2")
    assert (found["orders"], found["last_order"], found["days_between_orders"]) == ("0", "", "")
    assert found["credit_left"] == ""


def test_an_items_figures() -> None:
    order("1", "2025-06-01", "80", pieces=20)
    order("2", "2026-10-20", "40", pieces=10)
    order("3", "2026-11-19", "20", "Open", pieces=5)
    found = results_of("item_statistics", item="I1")
    assert numbers(found, "inventory", "on_orders", "available", "reorder_point") == [50, 5, 45, 60]
    assert numbers(found, "sold_this_year", "sold_last_year") == [15, 20]
    assert numbers(found, "sales_this_year", "sales_last_year") == [60, 80]
    assert (found["margin_percent"], found["days_of_stock"], found["last_sold"]) == (
        "25.0",
        "270",
        "2026-11-19",
    )


def test_an_item_that_was_never_sold_and_costs_nothing() -> None:
    with connected():
        Item.update(unit_price=Decimal(0)).execute()
    found = results_of("item_statistics", item="I1")
    assert (found["margin_percent"], found["days_of_stock"], found["last_sold"]) == ("", "", "")


def test_a_vendors_figures() -> None:
    order("1", "2025-06-01", "80", pieces=20)
    order("2", "2026-10-20", "40", pieces=10)
    order("3", "2024-10-20", "999", pieces=10)
    found = results_of("vendor_statistics", vendor="V1")
    assert numbers(found, "balance", "items", "items_to_reorder", "inventory_value") == [
        Decimal("12.5"),
        1,
        1,
        150,
    ]
    assert numbers(found, "sales_this_year", "sales_last_year") == [40, 80]


@pytest.mark.parametrize("kind", ["customer", "vendor", "item"])
def test_a_record_that_was_deleted_meanwhile_has_no_figures(kind: str) -> None:
    assert results_of(f"{kind}_statistics", **{kind: "GONE"}) == {}


def test_every_registered_codeunit_of_the_role_centre_can_be_found() -> None:
    for codeunit in registry.all_codeunits():
        if codeunit.number >= 60:
            assert registry.find(codeunit.number).name == codeunit.name
            assert callable(registry.function_of(codeunit.name))
