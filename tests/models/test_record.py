"""Cards save one field at a time; nobody's change is lost, and every change is told after its commit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models import changes
from models.changes import MANY, Change
from models.company import CachedResult, NumberSeries, keep_result, next_number
from models.customer import Customer
from models.database import connected, data_version, database
from models.errors import FieldError, RecordChangedError
from models.lookups import Country
from models.record_edit import lookup_values, save_field


@pytest.fixture(autouse=True)
def one_customer(company: Path) -> None:
    with connected():
        Country(code="DE", name="Germany").save(force_insert=True)
        Customer(no="C1", name="Petersen", city="Kiel").save(force_insert=True)


def customer() -> Customer:
    with connected():
        return Customer.get_by_id("C1")


def test_a_field_is_saved_as_its_rule_says_and_searched_by_at_once() -> None:
    assert save_field(Customer, "C1", "name", "  Hansen & Söhne ", "Petersen") == "Hansen & Söhne"
    assert customer().name == "Hansen & Söhne"
    assert customer().search_text == " c1 hansen & söhne kiel"


def test_somebody_elses_change_is_not_overwritten() -> None:
    save_field(Customer, "C1", "city", "Lübeck", "Kiel")
    with pytest.raises(RecordChangedError, match="City was changed to “Lübeck” by somebody else") as caught:
        save_field(Customer, "C1", "city", "Rostock", "Kiel")
    assert "F5" in caught.value.hint
    assert customer().city == "Lübeck"


def test_two_people_who_enter_the_same_do_not_disturb_each_other() -> None:
    save_field(Customer, "C1", "city", "Lübeck", "Kiel")
    assert save_field(Customer, "C1", "city", "Lübeck", "Kiel") == "Lübeck"


def test_another_field_may_be_changed_meanwhile() -> None:
    save_field(Customer, "C1", "city", "Lübeck", "Kiel")
    save_field(Customer, "C1", "credit_limit", Decimal("1000"), Decimal(0))
    assert (customer().city, customer().credit_limit) == ("Lübeck", Decimal(1000))


def test_a_record_that_was_deleted_meanwhile() -> None:
    with connected():
        Customer.delete().execute()
    with pytest.raises(RecordChangedError, match="Customer C1 has been deleted"):
        save_field(Customer, "C1", "city", "Lübeck", "Kiel")


def test_a_value_that_is_refused_changes_nothing_and_tells_nobody() -> None:
    before = last()
    with pytest.raises(FieldError, match="Name is empty"):
        save_field(Customer, "C1", "name", " ", "Petersen")
    with pytest.raises(FieldError, match="There is no Country/Region “XX”") as caught:
        save_field(Customer, "C1", "country_code", "xx", None)
    assert caught.value.code == "NotFound"
    assert customer().name == "Petersen"
    assert last() == before


def test_what_begins_as_somebody_types_is_offered_before_what_has_it_in_its_name() -> None:
    with connected():
        Country.insert_many(
            [
                {"code": "AX", "name": "Delta Islands"},
                {"code": "DEX", "name": "Zeta"},
                {"code": "DEY", "name": ""},
            ]
        ).execute()
        found = [code for code, _ in lookup_values("country", "de")]
    assert found.index("DEX") < found.index("DEY") < found.index("AX")


def test_a_look_up_is_found_in_any_case_and_may_be_emptied() -> None:
    assert save_field(Customer, "C1", "country_code", "de", None) == "DE"
    assert save_field(Customer, "C1", "country_code", "", "DE") is None


# --- changes -------------------------------------------------------------------------------------


def last() -> int:
    with connected():
        return changes.last_number()


def seen_by_another_program(company: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(company)) as other:
        return other.execute("SELECT table_name, record_id FROM change_log ORDER BY id").fetchall()


def test_a_change_is_told_only_after_the_commit(company: Path) -> None:
    before = len(seen_by_another_program(company))
    with connected():
        with database.atomic():
            Customer(no="C2", name="Hansen").save(force_insert=True)
            assert len(seen_by_another_program(company)) == before
        assert seen_by_another_program(company)[before:] == [("customer", "C2")]


def test_a_change_that_is_taken_back_is_never_told(company: Path) -> None:
    number = last()
    with connected():
        with database.atomic() as work:
            Customer(no="C2", name="Hansen").save(force_insert=True)
            work.rollback()
        assert changes.since(number) == []


def test_a_watcher_reads_what_is_new_in_order() -> None:
    number = last()
    save_field(Customer, "C1", "city", "Lübeck", "Kiel")
    with connected(), database.atomic():
        changes.touch("item")
    with connected():
        assert changes.since(number) == [
            Change(number + 1, "customer", "C1"),
            Change(number + 2, "item", MANY),
        ]


def test_another_programs_commit_moves_the_data_version(company: Path) -> None:
    with connected():
        version = data_version()
        assert data_version() == version
        with closing(sqlite3.connect(company, isolation_level=None)) as other:
            other.execute("UPDATE customer SET city = 'Lübeck'")
        assert data_version() != version


def test_old_changes_go_and_numbers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 3)
    with connected():
        for _ in range(10):
            changes.touch("item")
        number = changes.last_number()
        changes.prune()
        assert len(changes.since(0)) == 3
        assert changes.last_number() == number


# --- numbers and cached results ------------------------------------------------------------------


def test_numbers_follow_each_other_and_come_back_when_nothing_was_made() -> None:
    with connected():
        NumberSeries.insert(code="CUSTOMER", prefix="C", width=5, last_number=41).execute()
        assert next_number("CUSTOMER") == "C00042"
        with database.atomic() as work:
            assert next_number("CUSTOMER") == "C00043"
            work.rollback()
        assert next_number("CUSTOMER") == "C00043"
        with pytest.raises(LookupError, match="no number series BERTH"):
            next_number("BERTH")


def test_a_cached_result_is_replaced_by_the_newer_one() -> None:
    moment = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
    with connected():
        keep_result("cue", '{"count": "1"}', moment)
        keep_result("cue", '{"count": "2"}', moment)
        assert [row.value for row in CachedResult.select()] == ['{"count": "2"}']
