"""Searching one table: word beginnings first, then insides; the best hits on top."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.codeunits import registry
from desktop.codeunits.search_table import read_found
from desktop.sessions.session import Session, SessionKind
from models.customer import Customer
from models.data_search import COUNTED_AT_ONCE, TABLES, Found
from models.database import connected, database, read_only
from models.integration import Integration
from models.job_lists import job_list
from models.job_queue import JobQueueEntry
from models.sales_order import SalesHeader

NOW = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)


@pytest.fixture
def customers(company: Path) -> None:
    """Five customers."""
    with connected(), database.atomic():
        for no, name, city in (
            ("C1", "Wagner Yachting", "Kiel"),
            ("C2", "Blue Harbour", "Wagnerstadt"),
            ("C3", "Rheinwagner", "Bonn"),
            ("WAGNER", "Somebody else", "Rom"),
            ("C4", "100% Sails_", "Kiel"),
        ):
            Customer.create(no=no, name=name, city=city)


def search(table: str, text: str, limit: int = 5) -> Found:
    session = Session(
        SessionKind.CHILD,
        "MARIA",
        {"table": table, "text": text, "limit": str(limit)},
        SYSTEM_CLOCK.today(),
    )
    with read_only():
        registry.function_of("search_table")(session)
    return read_found(session.results)


@pytest.mark.usefixtures("customers")
def test_a_key_comes_first_then_titles_then_the_rest() -> None:
    found = search("customer", "wagner")
    assert [hit.key for hit in found.hits] == ["WAGNER", "C1", "C2"]
    assert found.total == 3
    assert found.hits[2].details[0] == "Wagnerstadt"


@pytest.mark.usefixtures("customers")
def test_inside_words_only_where_no_word_begins_so() -> None:
    assert [hit.key for hit in search("customer", "inwag").hits] == ["C3"]


@pytest.mark.usefixtures("customers")
def test_every_word_must_be_there() -> None:
    assert [hit.key for hit in search("customer", "wagn kie").hits] == ["C1"]
    assert search("customer", "wagner nowhere") == Found([], 0)


@pytest.mark.usefixtures("customers")
@pytest.mark.parametrize(
    ("text", "keys"), [("100%", ["C4"]), ("sails_", ["C4"]), ("%", ["C4"]), ("  ", []), ("*", [])]
)
def test_signs_are_signs(text: str, keys: list[str]) -> None:
    assert [hit.key for hit in search("customer", text).hits] == keys


@pytest.mark.usefixtures("customers")
def test_no_more_hits_than_were_asked_for_but_all_are_counted() -> None:
    found = search("customer", "c", limit=1)
    assert len(found.hits) == 1
    assert found.total == 4


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_searched(company: Path, table: str) -> None:
    assert search(table, "no such thing anywhere") == Found([], 0)


def test_all_are_counted_and_the_best_is_found_among_many(company: Path) -> None:
    many = COUNTED_AT_ONCE * 2
    with connected(), database.atomic():
        for number in range(many):
            Customer.create(no=f"C{number:05d}", name="Somebody", city="Harbour")
        Customer.create(no="ZZ", name="Harbour Supply")
    found = search("customer", "harbour", limit=2)
    assert found.total == many + 1
    assert [hit.key for hit in found.hits] == ["ZZ", "C00000"]


def test_capital_letters_beyond_a_to_z_are_found_where_nothing_is_folded(company: Path) -> None:
    with connected():
        Integration.create(code="ÅLESUND", description="Öl und Größen", target_table="item")
    for text in ("ålesund", "öl", "ÖL", "größen", "und"):
        assert [hit.key for hit in search("integration", text).hits] == ["ÅLESUND"], text


def test_jobs_are_found_as_their_list_finds_them(company: Path) -> None:
    with connected():
        for number, (description, error) in enumerate(
            (("Nightly import", ""), ("Balances", "the import is gone"))
        ):
            JobQueueEntry.create(
                id=str(number),
                entry_no=number,
                description=description,
                codeunit="process_import",
                error_text=error,
                created_at=NOW,
                modified_at=NOW,
            )
        shown = [row.id for row in job_list(search="mport is")]
    assert {hit.key for hit in search("job_queue_entry", "mport is").hits} == set(shown) == {"1"}


def test_the_newest_order_stands_first(company: Path) -> None:
    with connected():
        Customer.create(no="C1", name="Wagner")
        for no in ("SO1", "SO3", "SO2"):
            SalesHeader.create(no=no, customer_no="C1", customer_name="Wagner", order_date=NOW.date())
    assert [hit.key for hit in search("sales_header", "wagner").hits] == ["SO3", "SO2", "SO1"]
