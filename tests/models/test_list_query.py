"""Lists as SQL: order, pages, search and filters give the rows that plain Python would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customer import Customer
from models.database import connected, database
from models.errors import FieldError
from models.filters import Condition, Filter, condition, exactly
from models.list_query import ListQuery, count_rows, keep_order, neighbour, place_of, read_keys, read_rows
from models.rules import Kind

NAMES = ("Anna", "anna", "Ångström", "Berg", "", "100% Cotton", "A_B", "O'Neill", "Ost", "Berg")


@pytest.fixture
def company(company: Path) -> Iterator[None]:
    with connected():
        with database.atomic():
            for number in range(40):
                Customer.create(
                    no=f"C{number:03d}",
                    name=NAMES[number % len(NAMES)],
                    city=("Oslo", "Bergen", "Hamburg")[number % 3],
                    balance=Decimal(number % 7),
                    blocked="All" if number == 5 else "",
                    country_code=None,
                )
        yield


def listed(**changes: Any) -> ListQuery:
    asked: dict[str, Any] = {"table": "customer", "key": "no", "columns": ("name", "balance"), **changes}
    return ListQuery(**asked)


def keys(query: ListQuery, offset: int = 0, limit: int = 100, total: int | None = None) -> list[str]:
    return [row[0] for row in read_rows(query, offset, limit, total).rows]


@pytest.mark.parametrize("sort", ["no", "name", "balance"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_from_either_end(company: None, sort: str, descending: bool) -> None:
    query = listed(sort=sort, descending=descending)
    everything = keys(query)
    assert len(everything) == count_rows(query) == 40
    paged = [key for offset in range(0, 40, 7) for key in keys(query, offset, 7, 40)]
    assert paged == everything
    assert everything == sorted(everything, key=lambda key: (_sort_value(sort, key), key), reverse=descending)


STAMPED = {"key": "rowid", "sort": "NULLIF(name, '')", "stamp": "SELECT COUNT(*), MAX(name) FROM customer"}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("kept", [False, True])
def test_an_order_that_is_kept_gives_the_pages_that_sorting_each_time_gives(
    company: None, descending: bool, kept: bool
) -> None:
    query = listed(**STAMPED, descending=descending)
    sorted_each_time = read_rows(replace(query, stamp=""), 0, 100).rows
    assert len(sorted_each_time) == 40
    if kept:
        keep_order(replace(query, descending=not descending))  # one order serves both directions
    paged = [row for offset in range(0, 49, 7) for row in read_rows(query, offset, 7, 40).rows]
    assert paged == sorted_each_time


def test_an_order_that_is_kept_is_sorted_once_and_forgotten_when_its_stamp_is_another(company: None) -> None:
    asked: list[str] = []
    database.connection().create_function("looked_at", 1, lambda name: asked.append(name) or name)
    query = listed(**{**STAMPED, "sort": "looked_at(name)"})
    keep_order(query)
    assert len(asked) == 40
    assert keys(query, 30) == keys(replace(query, stamp=""), 30)
    del asked[:]
    keep_order(query)
    first = keys(query)[0]
    assert asked == []
    Customer.create(no="A", name="")
    assert keys(query)[:2] != [first, first]
    assert len(keys(query)) == 41
    assert asked, "it is not what it was"


def test_what_columns_say_is_worked_out_for_the_rows_of_the_page_alone(company: None) -> None:
    """Each row of a million would cost several look-ups, and none of them is shown."""
    worked_out: list[str] = []
    database.connection().create_function("dear", 1, lambda name: worked_out.append(name) or name)
    query = listed(**STAMPED, columns=("dear(name)",))
    assert len(read_rows(query, 20, 5).rows) == 5
    assert len(worked_out) == 5


def _sort_value(sort: str, key: str) -> Any:
    customer = Customer.get_by_id(key)
    return getattr(customer, sort)


def test_every_row_knows_its_place_and_its_neighbours(company: None) -> None:
    query = listed(sort="balance", descending=True, search="be")
    everything = keys(query)
    assert [place_of(query, key) for key in everything] == list(range(len(everything)))
    assert neighbour(query, everything[2], 1) == everything[3]
    assert neighbour(query, everything[0], -1) is None
    assert neighbour(query, everything[-1], 1) is None
    assert place_of(query, "C000") is None or "C000" in everything
    assert place_of(query, "NOBODY") is None


def test_words_are_found_by_their_beginning_and_a_star_finds_any_part(company: None) -> None:
    assert keys(listed(search="berg")) == keys(listed(search="BERG"))
    assert all("erg" in Customer.get_by_id(key).search_text for key in keys(listed(search="*erg")))
    assert len(keys(listed(search="*erg"))) >= len(keys(listed(search="berg"))) > 0
    assert keys(listed(search="erg")) == []
    assert keys(listed(search="ber os")) == [
        key for key in keys(listed(search="ber")) if " os" in Customer.get_by_id(key).search_text
    ]


@pytest.mark.parametrize("nasty", ["%", "_", "'", '"', "'; DROP TABLE customer; --", "\\", "\x00", "🛟" * 50])
def test_what_people_type_is_never_sql(company: None, nasty: str) -> None:
    keys(listed(search=nasty))
    keys(listed().with_filters([Filter("name", Kind.TEXT, nasty)]))
    keys(listed().with_filters([Filter("name", Kind.TEXT, exactly(nasty))]))
    assert count_rows(listed()) == 40


@pytest.mark.parametrize(
    ("field", "kind", "text", "expected"),
    [
        ("no", Kind.CODE, "c005", {"C005"}),
        ("no", Kind.CODE, "C00*", {f"C00{n}" for n in range(10)}),
        ("no", Kind.CODE, "C003..C005", {"C003", "C004", "C005"}),
        ("no", Kind.CODE, "C001|C039", {"C001", "C039"}),
        ("no", Kind.CODE, "..C001", {"C000", "C001"}),
        ("no", Kind.CODE, "C038..", {"C038", "C039"}),
        ("blocked", Kind.OPTION, "<>''", {"C005"}),
        ("blocked", Kind.OPTION, "All", {"C005"}),
        ("name", Kind.TEXT, "'O''Neill'", {"C007", "C017", "C027", "C037"}),
        ("name", Kind.TEXT, "%", {"C005", "C015", "C025", "C035"}),
        ("name", Kind.TEXT, "A_B", {"C006", "C016", "C026", "C036"}),
        ("name", Kind.TEXT, "''", {"C004", "C014", "C024", "C034"}),
        ("balance", Kind.DECIMAL, ">=6", {"C006", "C013", "C020", "C027", "C034"}),
        ("balance", Kind.DECIMAL, "<>0", {f"C{n:03d}" for n in range(40) if n % 7}),
        ("balance", Kind.DECIMAL, "5..6", {f"C{n:03d}" for n in range(40) if n % 7 > 4}),
        ("country_code", Kind.CODE, "''", {f"C{n:03d}" for n in range(40)}),
        ("country_code", Kind.CODE, "<>DE", {f"C{n:03d}" for n in range(40)}),
        ("name", Kind.TEXT, "<>*e*", {f"C{n:03d}" for n in range(40) if "e" not in NAMES[n % 10].lower()}),
    ],
)
def test_filters_in_business_centrals_signs(
    company: None, field: str, kind: Kind, text: str, expected: set[str]
) -> None:
    assert set(keys(listed().with_filters([Filter(field, kind, text)]))) == expected


def test_dates_and_yes_and_no_are_read_for_a_filter() -> None:
    assert condition(Filter("d", Kind.DATE, "2026-11-21")) == Condition("d = ?", ("2026-11-21",))
    assert condition(Filter("b", Kind.BOOLEAN, "yes")) == Condition("b = ?", (1,))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.DECIMAL, "much"),
        (Kind.DATE, "tomorrow"),
        (Kind.BOOLEAN, "perhaps"),
        (Kind.INTEGER, "1.5"),
        (Kind.CODE, ".."),
    ],
)
def test_a_filter_that_cannot_be_read_says_so(kind: Kind, text: str) -> None:
    with pytest.raises(FieldError) as refused:
        condition(Filter("x", kind, text))
    assert refused.value.code == "WrongFormat"


def test_only_rows_of_the_list_are_read_by_key(company: None) -> None:
    query = listed().with_filters([Filter("blocked", Kind.OPTION, "All")])
    assert [row[0] for row in read_keys(query, ["C005", "C006", "X"])] == ["C005"]
    assert read_keys(query, []) == []


@given(value=st.text(max_size=30))
def test_filtering_to_a_value_means_exactly_this_value(value: str) -> None:
    found = condition(Filter("name", Kind.TEXT, exactly(value)))
    if value == "":
        assert "IS NULL" in found.sql
    else:
        assert found == Condition("name = ?", (value,))


def test_a_day_is_compared_as_it_is_stored() -> None:
    found = condition(
        Filter("d", Kind.DATE, "x..y"), lambda _kind, text: date(2026, 1, 1 if text == "x" else 2)
    )
    assert found.parameters == ("2026-01-01", "2026-01-02")
