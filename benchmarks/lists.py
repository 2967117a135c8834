"""A list of customers on 1,000,000 rows: opening, sorting, searching, counting, scrolling, columns worked out."""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.figure import Figure

if TYPE_CHECKING:
    from PySide6.QtWidgets import QScrollBar

    from ui.framework.context import PageContext
    from ui.pages.customer_list import CustomerList

ROWS: Final = 1_000_000
BATCH: Final = 10_000
HEARTBEAT_MS: Final = 5
KEYS: Final = 100  # as many rows as a large screen shows, and those around them
SCROLL_SECONDS: Final = 4.0
PATIENCE_SECONDS: Final = 60.0
_FIRST: Final = (
    "Harbour",
    "North",
    "Blue",
    "Stone",
    "River",
    "Old",
    "Green",
    "Silver",
    "Coast",
    "Bright",
    "Maple",
)
_SECOND: Final = (
    "Supply",
    "Trading",
    "Marine",
    "Foods",
    "Tools",
    "Textiles",
    "Logistics",
    "Books",
    "Glass",
    "Metal",
)
_ENDS: Final = ("Ltd.", "GmbH", "& Sons", "Inc.", "S.A.", "AB", "B.V.", "SARL")
_TOWNS: Final = (
    "Hamburg",
    "London",
    "Aarhus",
    "Milano",
    "Praha",
    "Madrid",
    "Lyon",
    "Porto",
    "Oslo",
    "Bremen",
    "Lille",
)
_PEOPLE: Final = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Eva",
    "Finn",
    "Greta",
    "Hugo",
    "Ida",
    "Jonas",
    "Karin",
    "Leo",
)
_INSERT = (
    "INSERT INTO customer (no, name, city, country_code, contact, phone_no, email, balance, blocked, search_text)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_ORDER: Final = (
    "INSERT INTO sales_header (no, customer_no, order_date, status, amount) VALUES (?, ?, ?, ?, ?)"
)


def figures(folder: Path, quick: bool) -> Iterator[Figure]:
    """Measure the list page as a person has it, with real threads; rows come from a fixed seed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows = ROWS // 10 if quick else ROWS
    seconds = build_company(folder / "million.db", rows)
    yield Figure(f"raw insert of {rows:,} customers with their indexes", seconds, "s")
    write_orders(rows)
    yield _open_orders(rows)
    yield from _data_search(rows)
    yield from _measure()


def write_orders(rows: int) -> None:
    """Add as many sales orders as there are customers, spread over them."""
    from models.database import connected

    source = random.Random(2)
    statuses = ("Open", "Released", "Shipped", "Invoiced")
    with connected() as connection:
        for start in range(0, rows, BATCH):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                _INSERT_ORDER,
                [
                    (
                        f"SO{number:08d}",
                        f"C{source.randrange(rows):07d}",
                        f"2026-{number % 12 + 1:02d}-01",
                        source.choice(statuses),
                        source.randrange(10**8),
                    )
                    for number in range(start, min(rows, start + BATCH))
                ],
            )
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _open_orders(rows: int) -> Figure:
    """What the background columns of the list ask of the database."""
    from models.database import connected
    from models.statistics import open_orders_of

    source = random.Random(3)
    took = []
    with connected():
        for _ in range(15):
            customers = [f"C{source.randrange(rows):07d}" for _ in range(KEYS)]
            begun = time.perf_counter()
            open_orders_of(customers)
            took.append((time.perf_counter() - begun) * 1000)
    return Figure(
        f"open orders of {KEYS} customers",
        statistics.median(took),
        "ms",
        20,
        f"among {rows:,} orders, by index",
    )


def _data_search(rows: int) -> Iterator[Figure]:
    """What Data Search asks of the table of customers."""
    from models.data_search import search_table
    from models.database import read_only

    for name, text, limit in (
        ("rare", "c0000012", 300),
        ("common", "harbour", 500),
        ("missing", "zebra", 500),
    ):
        took = []
        with read_only():
            for _ in range(5):
                begun = time.perf_counter()
                found = search_table("customer", text, 6)
                took.append((time.perf_counter() - begun) * 1000)
        note = f"{found.total:,} hits among {rows:,} customers, the best of them read"
        yield Figure(f"data search for a {name} word", statistics.median(took), "ms", limit, note)


def build_company(path: Path, rows: int) -> float:
    """Make a company with so many customers; return how long the inserts took, in seconds."""
    from models.database import connected, open_company

    open_company(path, create=True)
    with connected() as connection:
        connection.execute(
            "INSERT INTO country (code, name) VALUES ('DE', 'Germany'), ('GB', 'United Kingdom')"
            " ON CONFLICT DO NOTHING"
        )
        connection.commit()
        took = 0.0
        source = random.Random(1)
        for start in range(0, rows, BATCH):
            batch = [_customer(source, number) for number in range(start, min(rows, start + BATCH))]
            begun = time.perf_counter()
            _write(connection, batch)
            took += time.perf_counter() - begun
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return took


def _write(connection: sqlite3.Connection, batch: list[tuple[object, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, batch)
    connection.execute("COMMIT")


def _customer(source: random.Random, number: int) -> tuple[object, ...]:
    from models.fields import search_text

    no = f"C{number:07d}"
    name = f"{source.choice(_FIRST)} {source.choice(_SECOND)} {source.randrange(1000)} {source.choice(_ENDS)}"
    city, contact = source.choice(_TOWNS), source.choice(_PEOPLE)
    email = f"{contact.lower()}@{name.split(maxsplit=1)[0].lower()}{number % 977}.example"
    blocked = "All" if source.random() < 0.01 else ""
    phone = f"+49 40 {source.randrange(10**7)}"
    country = source.choice(("DE", "GB"))
    found = search_text(no, name, city, contact, email)
    return no, name, city, country, contact, phone, email, source.randrange(10**9), blocked, found


def _measure() -> Iterator[Figure]:
    from PySide6.QtWidgets import QApplication

    from desktop.clock import SYSTEM_CLOCK
    from desktop.settings import Settings
    from desktop.tasks.hub import Hub
    from ui.framework.context import PageContext
    from ui.theme import theme

    app = QApplication.instance() or QApplication([])
    theme().apply()
    hub = Hub(Settings(), user_id="BENCH")
    shown = _ShownList(PageContext(hub, Settings(), SYSTEM_CLOCK, "BENCH", theme()))
    yield from shown.opening()
    yield from shown.sorting()
    yield from shown.searching()
    yield from shown.scrolling()
    shown.page.close()
    hub.close()
    del app


class _ShownList:
    """The list in a window, and what a person does with it."""

    def __init__(self, context: PageContext) -> None:
        from ui.pages.customer_list import CustomerList

        warm = CustomerList(context)  # what is imported and drawn once is no matter of rows
        warm.close()
        self._begun = time.perf_counter()
        self.page = CustomerList(context)

    def opening(self) -> Iterator[Figure]:
        page = self.page
        page.resize(1440, 800)
        page.show()
        page.open_page()
        _until(lambda: page.model.rowCount() > 0)
        took = (time.perf_counter() - self._begun) * 1000
        yield Figure("the list opens", took, "ms", 100, "widgets and first rows")
        opened = time.perf_counter()
        moments: dict[str, float] = {}
        _until(lambda: _complete(page, moments))
        words = "since the list was asked for"
        took = (moments["worked out"] - self._begun) * 1000
        yield Figure("open orders stand in its rows", took, "ms", 400, words)
        yield Figure("all are counted after the list has opened", (moments["counted"] - opened) * 1000, "ms")

    def sorting(self) -> Iterator[Figure]:
        for name, words, limit in (
            ("name", "an indexed column", 100),
            ("city", "another column", 500),
            ("balance", "another column", 500),
        ):
            took = self._loaded(partial(self.page.sort_by, name))
            yield Figure(f"sort by {name}", took, "ms", limit, words)
        self.page.sort_by("name")
        _until(self.page.model.is_settled)

    def searching(self) -> Iterator[Figure]:
        for text, words, limit in (
            ("harb", "beginnings of words, many", 250),
            ("harb book 77", "beginnings of three words, few", 250),
            ("*arbou", "any part", 1_000),
            ("zzz", "nothing: beginnings, then any part", 1_000),
        ):
            yield Figure(f"search “{text}”", self._loaded(partial(self._search, text)), "ms", limit, words)
        self._loaded(partial(self._search, ""))
        _until(lambda: self.page.model.total is not None and self.page.model.is_settled())

    def scrolling(self) -> Iterator[Figure]:
        bar = self.page.view.verticalScrollBar()
        for name, step in (("page by page", bar.pageStep()), ("dragging the handle", bar.maximum() // 60)):
            bar.setValue(0)
            _until(self.page.model.is_settled)
            yield Figure(f"longest gap while scrolling, {name}", _longest_gap(bar, step), "ms", 33)

    def _search(self, text: str) -> None:
        self.page.search_box.setText(text)
        self.page.search_box.search_now()

    def _loaded(self, act: Callable[[], None]) -> float:
        """Milliseconds from the act until the new rows stand in the list."""
        told: list[bool] = []
        self.page.model.loaded.connect(told.append)
        begun = time.perf_counter()
        act()
        _until(lambda: bool(told))
        took = (time.perf_counter() - begun) * 1000
        self.page.model.loaded.disconnect(told.append)
        _until(self.page.model.is_settled)
        return took


def _longest_gap(bar: QScrollBar, step: int) -> float:
    """The longest time without a beat of the event loop, in ms, while the bar moves on by so much again and again."""
    from PySide6.QtCore import QCoreApplication, QTimer

    gaps: list[float] = []
    last = time.perf_counter()

    def beat() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now

    timer = QTimer()
    timer.setInterval(HEARTBEAT_MS)
    timer.timeout.connect(beat)
    timer.start()
    end = last + SCROLL_SECONDS
    while time.perf_counter() < end:
        bar.setValue((bar.value() + step) % bar.maximum())
        QCoreApplication.processEvents()
        time.sleep(0.008)  # as fast as a screen shows pictures
    timer.stop()
    return max(gaps)


def _until(ready: Callable[[], bool]) -> None:
    from PySide6.QtCore import QCoreApplication

    begun = time.perf_counter()
    while not ready():
        QCoreApplication.processEvents()
        if time.perf_counter() - begun > PATIENCE_SECONDS:
            raise TimeoutError("the list has not answered")


def _complete(page: CustomerList, moments: dict[str, float]) -> bool:
    """Whether the rows are counted and their background columns filled; notes when each came to be so."""
    if page.model.total is not None and page.model.is_settled():
        moments.setdefault("counted", time.perf_counter())
    if not page.background_columns.is_busy():
        moments.setdefault("worked out", time.perf_counter())
    return len(moments) == 2
