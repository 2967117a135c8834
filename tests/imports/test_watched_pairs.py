"""A watched folder into which orders and their lines come in two files: each two are read together, once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.imports import service, watch_jobs, watched_folder
from desktop.imports.watched_files import Patterns
from desktop.imports.watched_folder import Look
from desktop.sessions.session import Session
from models.database import connected
from models.errors import FieldError
from models.integration import Integration

HEAD = "Order No.,Customer No.,Order Date\nO{0},C1,2026-01-0{0}\n"
LINES = "Order No.,Item No.,Quantity\nO{0},I1,1\nO{0},I2,2\n"


class Shop:
    """Puts the files of orders into the watched folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, text: str, age_seconds: float = 60) -> Path:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        moment = time.time() - age_seconds
        os.utime(file, (moment, moment))
        return file

    def orders(self, day: int, age_seconds: float = 60) -> Path:
        return self.put(f"orders-{day}.csv", HEAD.format(day), age_seconds)

    def lines(self, day: int, age_seconds: float = 60) -> Path:
        return self.put(f"Lines-{day}.csv", LINES.format(day), age_seconds)

    def names(self) -> list[str]:
        return sorted(
            file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()
        )


@pytest.fixture
def shop(company: Path, tmp_path: Path) -> Shop:
    folder = tmp_path / "incoming"
    folder.mkdir()
    with connected():
        Integration.update(
            watched_folder=str(folder), watched_pattern="orders-*.csv + lines-*.csv; *.json"
        ).where(Integration.code == "SALES-ORDERS").execute()
    return Shop(folder)


@pytest.fixture
def look(session: Callable[..., Session]) -> Callable[[], Look]:
    """The job's next run."""
    return lambda: watched_folder.look(session(), "SALES-ORDERS")


def test_two_files_whose_names_have_the_same_in_place_of_the_star_are_read_together(
    shop: Shop, look: Callable[[], Look], query: Any
) -> None:
    shop.lines(2, 300)
    shop.orders(1, 200)
    shop.lines(1, 100)
    shop.orders(2, 50)
    found = look()
    assert list(found.read) == ["orders-1.csv", "Lines-1.csv", "orders-2.csv", "Lines-2.csv"]
    assert found.text == "4 files read."
    assert query("SELECT file_name, line_file_name, rows, documents FROM import_run ORDER BY id") == [
        (f"orders-{day}.csv", f"Lines-{day}.csv", 3, 1) for day in (1, 2)
    ]
    assert shop.names() == [f"done/{name}-{day}.csv" for name in ("Lines", "orders") for day in (1, 2)]
    places = query("SELECT file_path, line_file_path FROM import_run WHERE id = 1")[0]
    assert [Path(place).name for place in places] == ["orders-1.csv", "Lines-1.csv"]
    assert all(Path(place).exists() for place in places), "the run's page opens them there"


def test_a_half_waits_for_the_other_one(shop: Shop, look: Callable[[], Look], query: Any) -> None:
    shop.orders(1)
    shop.lines(2)
    assert look().left == {
        "orders-1.csv": "it waits for its other half, “lines-1.csv”",
        "Lines-2.csv": "it waits for its other half, “orders-2.csv”",
    }
    shop.lines(1, age_seconds=1)
    assert "Lines-1.csv" in look().left, "it is still being written"
    assert query("SELECT COUNT(*) FROM import_run") == [(0,)]
    shop.lines(1)
    assert list(look().read) == ["orders-1.csv", "Lines-1.csv"]


def test_the_same_two_again_are_put_away_and_other_lines_are_another_import(
    shop: Shop, look: Callable[[], Look], query: Any
) -> None:
    shop.orders(1)
    shop.lines(1)
    look()
    shop.orders(1)
    shop.lines(1)
    assert list(look().known) == ["orders-1.csv", "Lines-1.csv"]
    shop.orders(1)
    shop.put("Lines-1.csv", LINES.format(1) + "O1,I3,3\n")
    assert list(look().read) == ["orders-1.csv", "Lines-1.csv"]
    assert query("SELECT COUNT(*) FROM import_run") == [(2,)]


def test_two_that_cannot_be_read_are_put_aside_together(shop: Shop, look: Callable[[], Look]) -> None:
    shop.orders(1)
    shop.put("lines-1.csv", "Colour;Size\nred;5\n")
    assert list(look().failed) == ["orders-1.csv", "lines-1.csv"]
    assert shop.names() == [
        f"failed/{name}-1.csv{ending}" for name in ("lines", "orders") for ending in ("", ".error.txt")
    ]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_crash_while_two_files_are_put_away_loses_neither_and_imports_nothing_twice(
    moved: int, shop: Shop, look: Callable[[], Look], query: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.orders(1)
    shop.lines(1)
    rename = Path.rename
    done = []

    def killed(self: Path, target: Path) -> Path:
        if len(done) == moved:
            raise KeyboardInterrupt
        done.append(target)
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        if moved < 2:
            with pytest.raises(KeyboardInterrupt):
                look()
        else:
            look()
    look()
    assert shop.names() == ["done/Lines-1.csv", "done/orders-1.csv"]
    assert query("SELECT COUNT(*) FROM import_run") == [(1,)]
    shop.lines(1)
    assert list(look().left) == ["Lines-1.csv"], "the same lines may come again for other orders"


def test_files_that_come_alone_are_read_beside_them(shop: Shop, look: Callable[[], Look]) -> None:
    shop.put(
        "all.json",
        '[{"Order No.": "O9", "Customer No.": "C1", "Order Date": "2026-01-01", "Item No.": "I1"}]',
    )
    shop.orders(1)
    found = look()
    assert (list(found.read), list(found.left)) == (["all.json"], ["orders-1.csv"])


@pytest.mark.parametrize(
    ("pattern", "names", "joined"),
    [
        (
            "*orders*.csv + *details*.csv",
            ["A-orders-1.csv", "a-DETAILS-1.csv"],
            [("A-orders-1.csv", "a-DETAILS-1.csv")],
        ),
        ("*.csv + *-lines.csv", ["x.csv", "x-lines.csv"], [("x.csv", "x-lines.csv")]),
        ("orders.csv + lines.csv", ["lines.csv", "orders.csv"], [("orders.csv", "lines.csv")]),
        ("o?-*.csv + l?-*.csv", ["o1-a.csv", "l2-a.csv", "l1-a.csv"], [("o1-a.csv", "l1-a.csv")]),
        ("o[1]*.csv + l[1]*.csv", ["o[1]a.csv", "l[1]a.csv"], [("o[1]a.csv", "l[1]a.csv")]),
        ("*.csv", ["a.csv", "b.csv"], [("a.csv", None), ("b.csv", None)]),
    ],
)
def test_names_that_belong_together(
    pattern: str, names: list[str], joined: list[tuple[str, str | None]]
) -> None:
    patterns = Patterns(pattern)
    assert all(map(patterns.wants, names))
    assert patterns.joined(names)[0] == joined


@pytest.mark.parametrize("pattern", ["a*.csv + b.csv", "a.csv + b.csv + c.csv", "a?.csv + b*.csv"])
def test_a_pattern_that_does_not_say_what_belongs_together_is_refused_at_once(
    pattern: str, shop: Shop
) -> None:
    with connected():
        Integration.update(watched_pattern=pattern).where(Integration.code == "SALES-ORDERS").execute()
    with pytest.raises(FieldError, match="does not say which two files belong together") as refused:
        watch_jobs.start_watching("SALES-ORDERS", "ANNA")
    assert refused.value.code == "WrongPattern"


def test_two_files_for_records_without_lines_are_refused_at_once(shop: Shop) -> None:
    with connected():
        Integration.update(watched_folder=str(shop.folder), watched_pattern="a*.csv + b*.csv").where(
            Integration.code == "CUSTOMERS"
        ).execute()
    with pytest.raises(FieldError, match="what CUSTOMERS fills has no lines"):
        watch_jobs.start_watching("CUSTOMERS", "ANNA")


def test_two_files_that_were_imported_by_hand_are_known(
    shop: Shop, look: Callable[[], Look], session: Callable[..., Session]
) -> None:
    service.read(shop.orders(1), "SALES-ORDERS", session(), lines_path=shop.lines(1))
    assert list(look().known) == ["orders-1.csv", "Lines-1.csv"]
