"""Searching one table: word beginnings first, then insides; the best hits on top."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.codeunits import registry
from desktop.codeunits.search_table import read_found
from desktop.sessions.session import Session, SessionKind
from models.customer import Customer
from models.data_search import MOST_COUNTED, TABLES, Found
from models.database import close_company, connected, database, open_company, read_only


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    """A new, empty company, open."""
    yield open_company(tmp_path / "company.db", create=True)
    close_company()


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
    assert found.hits[2].detail == "Wagnerstadt"


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
    assert 1 < found.total < MOST_COUNTED


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_searched(company: Path, table: str) -> None:
    assert search(table, "no such thing anywhere") == Found([], 0)
