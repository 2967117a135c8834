"""A list of customers on 1,000,000 rows: opening, sorting, searching, counting, scrolling, columns worked out."""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.figure import Figure

if TYPE_CHECKING:
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
    from PySide6.QtCore import QCoreApplication, QTimer
    from PySide6.QtWidgets import QApplication

    from desktop.clock import SYSTEM_CLOCK
    from desktop.settings import Settings
    from desktop.tasks.hub import Hub
    from ui.framework.context import PageContext
    from ui.pages.customer_list import CustomerList
    from ui.theme import theme

    app = QApplication.instance() or QApplication([])
    theme().apply()
    hub = Hub(Settings(), user_id="BENCH")
    context = PageContext(hub, Settings(), SYSTEM_CLOCK, "BENCH", theme())

    def until(ready: Callable[[], bool]) -> float:
        begun = time.perf_counter()
        while not ready():
            QCoreApplication.processEvents()
            if time.perf_counter() - begun > PATIENCE_SECONDS:
                raise TimeoutError("the list has not answered")
        return (time.perf_counter() - begun) * 1000

    def loaded(act: Callable[[], None]) -> float:
        """Milliseconds from the act until the new rows stand in the list."""
        told: list[bool] = []
        page.model.loaded.connect(told.append)
        begun = time.perf_counter()
        act()
        until(lambda: bool(told))
        took = (time.perf_counter() - begun) * 1000
        page.model.loaded.disconnect(told.append)
        until(page.model.is_settled)
        return took

    warm = CustomerList(context)  # what is imported and drawn once is no matter of rows
    warm.close()
    begun = time.perf_counter()
    page = CustomerList(context)
    page.resize(1440, 800)
    page.show()
    page.open_page()
    until(lambda: page.model.rowCount() > 0)
    yield Figure("the list opens", (time.perf_counter() - begun) * 1000, "ms", 100, "widgets and first rows")
    opened = time.perf_counter()
    moments: dict[str, float] = {}
    until(lambda: _complete(page, moments))
    words = "since the list was asked for"
    yield Figure("open orders stand in its rows", (moments["worked out"] - begun) * 1000, "ms", 400, words)
    yield Figure("all are counted after the list has opened", (moments["counted"] - opened) * 1000, "ms")

    for name, words, limit in (
        ("name", "an indexed column", 100),
        ("city", "another column", 500),
        ("balance", "another column", 500),
    ):
        took = loaded(lambda name=name: page.sort_by(name))  # type: ignore[misc]
        yield Figure(f"sort by {name}", took, "ms", limit, words)
    page.sort_by("name")
    until(page.model.is_settled)
    for text, words, limit in (
        ("harb", "beginnings of words, many", 250),
        ("harb book 77", "beginnings of three words, few", 250),
        ("*arbou", "any part", 1_000),
        ("zzz", "nothing: beginnings, then any part", 1_000),
    ):
        yield Figure(f"search “{text}”", loaded(lambda text=text: _search(page, text)), "ms", limit, words)  # type: ignore[misc]
    loaded(lambda: _search(page, ""))
    until(lambda: page.model.total is not None and page.model.is_settled())

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
    bar = page.view.verticalScrollBar()
    for name, step in (("page by page", bar.pageStep()), ("dragging the handle", bar.maximum() // 60)):
        bar.setValue(0)
        until(page.model.is_settled)
        gaps.clear()
        last = time.perf_counter()
        timer.start()
        end = last + SCROLL_SECONDS
        while time.perf_counter() < end:
            bar.setValue((bar.value() + step) % bar.maximum())
            QCoreApplication.processEvents()
            time.sleep(0.008)  # as fast as a screen shows pictures
        timer.stop()
        yield Figure(f"longest gap while scrolling, {name}", max(gaps), "ms", 33)
    page.close()
    hub.close()
    del app


def _complete(page: CustomerList, moments: dict[str, float]) -> bool:
    """Whether the rows are counted and their background columns filled; notes when each came to be so."""
    if page.model.total is not None and page.model.is_settled():
        moments.setdefault("counted", time.perf_counter())
    if not page.background_columns.is_busy():
        moments.setdefault("worked out", time.perf_counter())
    return len(moments) == 2


def _search(page: object, text: str) -> None:
    from ui.pages.customer_list import CustomerList

    assert isinstance(page, CustomerList)
    page.search_box.setText(text)
    page.search_box.search_now()
