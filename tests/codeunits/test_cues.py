"""The cues of the Role Centre, checked against a company small enough to count by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from desktop.codeunits import registry
from desktop.formats import evaluate
from desktop.jobqueue.cues import set_company_colours
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
from models.database import connected
from models.errors import FieldError, RightMissingError
from models.fields import stored_time
from models.integration_record import ImportRun, IntegrationRecordStatus, RecordStatus, RunState
from models.job_queue import EntryStatus, JobQueueEntry
from models.permissions import UserPermissionSet
from models.setup import CueSetup
from tests.codeunits.conftest import NOW, order, results_of

pytestmark = pytest.mark.usefixtures("small_company")


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
    with connected():
        ImportRun.update(state=RunState.UNDONE).where(ImportRun.id == 2).execute()
    undone = results_of("failed_integration_records")
    assert (undone["count"], undone["run"]) == ("2", "1"), "rows of an undone import wait for nobody"


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


def test_every_registered_codeunit_of_the_role_centre_can_be_found() -> None:
    for codeunit in registry.all_codeunits():
        if codeunit.number >= 60:
            assert registry.find(codeunit.number).name == codeunit.name
            assert callable(registry.function_of(codeunit.name))
