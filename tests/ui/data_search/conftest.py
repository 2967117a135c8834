"""The page Data Search, with a gate that holds its tasks or makes them fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from desktop.codeunits import registry, search_table
from desktop.sessions.session import Session
from models.customer import Customer
from models.database import connected
from ui.data_search.rows import HitRow, Row
from ui.pages.data_search import DataSearch


class Gate:
    """Holds the tasks of all tables, or makes one of them fail."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.begun: list[tuple[str, str]] = []
        self.fails = ""  # a table, or "*" for all
        self.holds = ""  # only this table; empty for all

    def run(self, session: Session) -> None:
        asked = session.parameters
        self.begun.append((asked["table"], asked["text"]))
        while self.holds in ("", asked["table"]) and not self.open.wait(0.005):
            session.check_cancelled()
        if self.fails in ("*", asked["table"]):
            raise ValueError("the table is gone")
        search_table.run(session)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """What holds the tasks; open at first."""
    made = Gate()
    known = registry.function_of
    monkeypatch.setattr(
        registry, "function_of", lambda name: made.run if name == "search_table" else known(name)
    )
    yield made
    made.open.set()


@pytest.fixture
def page(open_page: Callable[..., Any], gate: Gate) -> DataSearch:
    """The page, with nothing typed."""
    found: DataSearch = open_page("data_search")
    return found


def look_for(page: DataSearch, text: str) -> None:
    """Type a text and press Enter."""
    page.field.setText(text)
    page.field.search_now()


def rows(page: DataSearch, table: str = "") -> list[Row]:
    """The lines of what was found, of one table or of all."""
    return [row for row in page.view.results.rows if not table or row.source.table == table]


def kinds(page: DataSearch, table: str) -> list[str]:
    """What each line of a table is: a heading, a hit, more, a failure."""
    return [type(row).__name__ for row in rows(page, table)]


def current_key(page: DataSearch) -> str:
    """The key of the hit that the keyboard is on; empty where it is on none."""
    row = page.view.current_row()
    return row.hit.key if isinstance(row, HitRow) else ""


def add_customers(count: int, name: str, first: int = 1) -> None:
    """So many customers of this name."""
    with connected():
        for number in range(first, first + count):
            Customer.create(no=f"Z{number:05d}", name=f"{name} {number}")
