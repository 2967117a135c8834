"""How fast a file becomes records, beside other importers on the same disk: figures for the table of `make bench`.

Each import runs in a process of its own, as a job does, while this one stands for the person who goes on working.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from benchmarks import import_files, import_peers
from benchmarks.figure import Figure
from benchmarks.import_integrations import make_order_integration
from desktop.company import create_company
from desktop.sessions.client import ClientSession
from desktop.sessions.watching import WINDOW
from models.customer import Customer
from models.database import close_company, connected, open_company
from models.record_edit import save_field

ROUNDS: Final = 3
SAVE_EVERY: Final = 0.1  # seconds
PERSON: Final = "A-PERSON"  # the customer that the person works on


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """Every file is imported with look-ups, checks, a status for each row and full synchronisation of the disk."""
    size = 10 if quick else 1
    create_company(folder / "empty.backdesk", "Bench", user_id="BENCH")
    with connected():
        Customer.create(no=PERSON, name="Somebody")
    make_order_integration()
    close_company()
    yield from _small(folder, 10_000 // size)
    yield from _workbook(folder, 100_000 // size)
    yield from _million(folder, 1_000_000 // size)
    yield from _large_workbook(folder, 1_000_000 // size)
    yield from _order_lines(folder, 250_000 // size)


# --- the files -----------------------------------------------------------------------------------


def _small(folder: Path, rows: int) -> Iterator[Figure]:
    file, book = folder / "small.csv", folder / "small.xlsx"
    import_files.write_csv(file, rows)
    import_files.write_xlsx(book, rows)
    new = [_import(_copy(folder, "small"), file) for _ in range(ROUNDS)]
    seconds = statistics.median(seen["total_s"] for seen in new)
    split = f"reading {new[0]['read_s']:.2f} s; median of {ROUNDS}"
    yield Figure(f"{rows:,} customers from CSV", seconds, "s", 0.5, split)
    again = _import(folder / "small.backdesk", file)["total_s"]
    yield Figure(f"{rows:,} customers from CSV, the same file again", again, "s", None, "all are unchanged")
    books = [_import(_copy(folder, "book"), book)["total_s"] for _ in range(ROUNDS)]
    yield Figure(f"{rows:,} customers from xlsx", statistics.median(books), "s", 2.0, f"median of {ROUNDS}")
    yield from _beside_the_others(folder, file, rows, seconds)


def _workbook(folder: Path, rows: int) -> Iterator[Figure]:
    file = folder / "many.xlsx"
    import_files.write_xlsx(file, rows)
    seen = _import(_copy(folder, "many"), file)
    yield Figure(f"{rows:,} customers from xlsx", seen["total_s"], "s", 5.0, _rate(seen))
    undone = measure("undo", folder / "many.backdesk", "", f"{seen['run_id']:.0f}")
    yield Figure(f"undoing the import of {undone['rows']:,.0f} customers", undone["total_s"], "s", 5.0)


def _million(folder: Path, rows: int) -> Iterator[Figure]:
    wrong = rows * 6 // 1_000
    file = folder / "million.csv"
    import_files.write_csv(file, rows, wrong)
    company = _copy(folder, "million")
    seen = _import(company, file)
    name = f"{rows:,} customers from CSV"
    yield Figure(name, seen["total_s"], "s", 40.0, f"{_rate(seen)}, {seen['errors']:,.0f} errors")
    yield _memory(name, seen)
    counted = measure("reconcile", company, "", f"{seen['run_id']:.0f}")
    yield Figure(f"{rows:,} records: counting all of it once more at the end", counted["total_s"], "s")
    healed = measure("heal", company, "country_code", f"{seen['run_id']:.0f}")
    said = f"{healed['rows']:,.0f} errors of one cause among {rows:,} records, mapped and retried"
    yield Figure(said, healed["total_s"], "s", 2.0)
    more = rows // 10
    import_files.write_csv(file, more, letter="D")
    with _Person(company) as person:
        added = _import(company, file)
    yield person.figure(f"{more:,} customers into a table of {rows:,}")
    with _Person(company) as person:
        measure("undo", company, "", f"{added['run_id']:.0f}")
    yield person.figure(f"undoing the import of these {more:,} customers")
    _drop(company, file)


def _large_workbook(folder: Path, rows: int) -> Iterator[Figure]:
    file = folder / "million.xlsx"
    import_files.write_xlsx(file, rows)
    company = _copy(folder, "large")
    seen = measure("read", company, "CUSTOMERS", str(file))
    name = f"{rows:,} rows of xlsx, read and staged"
    yield Figure(name, seen["total_s"], "s", None, f"{rows / seen['total_s']:,.0f} rows/s")
    yield _memory(name, seen)
    _drop(company, file)


def _order_lines(folder: Path, documents: int) -> Iterator[Figure]:
    customers, items, file = (folder / name for name in ("buyers.csv", "items.csv", "orders.csv"))
    import_files.write_csv(customers, import_files.CUSTOMERS_OF_ORDERS)
    import_files.write_items(items)
    import_files.write_order_lines(file, documents)
    company = _copy(folder, "orders")
    _import(company, customers)
    _import(company, items, "ITEMS")
    seen = _import(company, file, "BENCH-ORDERS")
    name = f"{seen['rows']:,.0f} flat lines of {documents:,} sales orders from CSV"
    yield Figure(name, seen["total_s"], "s", 25.0, f"{_rate(seen)}, unsorted")
    yield _memory(name, seen)
    _drop(company, file)


# --- beside the others ---------------------------------------------------------------------------


def _beside_the_others(folder: Path, file: Path, rows: int, ours: float) -> Iterator[Figure]:
    """One file through all of them in turn, in one run, on one disk."""
    captions = {
        "django": "django-import-export, records validated",
        "django-tuned": "django-import-export, in bulk and unvalidated",
        "peewee": "peewee, one insert per row in one transaction",
        "sqlite": "sqlite3 .import into the same table: the floor",
    }
    plain = folder / "rows.csv"
    import_peers.export_table(folder / "small.backdesk", plain, but=PERSON)
    for which, caption in captions.items():
        if lack := import_peers.missing(which):
            print(f"not measured: {lack}", file=sys.stderr)
            continue
        place = folder / which
        place.mkdir()
        shutil.copy(folder / "empty.backdesk", place / "company.backdesk")
        seconds = import_peers.measure(which, plain if which == "sqlite" else file, place)["seconds"]
        yield Figure(f"{rows:,} customers: {caption}", seconds, "s")
        if which == "django":
            name = f"{rows:,} customers: times that django-import-export takes longer"
            yield Figure(
                name, seconds / ours, "times", 100, "for one pass; its own form makes two", more=True
            )
        if which == "sqlite":
            note = "with mapping, look-ups, checks, history, statuses"
            yield Figure(f"{rows:,} customers: times the floor", ours / seconds, "times", 10, note)


# --- the person ----------------------------------------------------------------------------------


class _Person:
    """Has a window open and saves a customer ten times a second, as a card does, for as long as the block lasts."""

    def __init__(self, company: Path) -> None:
        self._company = company
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._window = ClientSession(company, "BENCH", WINDOW)
        self._waits: list[float] = []

    def __enter__(self) -> Self:
        open_company(self._company)
        self._window.log_on()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._window.log_off()
        close_company()

    def figure(self, name: str) -> Figure:
        """The wait that only one save in a hundred was longer than."""
        worst = statistics.quantiles(self._waits, n=100, method="inclusive")[98]
        note = f"longest {max(self._waits):.0f} ms of {len(self._waits)}"
        return Figure(f"{name}: a person's save meanwhile, p99", worst, "ms", 100.0, note)

    def _work(self) -> None:
        while not self._stop.wait(SAVE_EVERY):
            began = time.perf_counter()
            with connected():
                row: Any = Customer.get_by_id(PERSON)
            save_field(Customer, PERSON, "contact", f"Contact {len(self._waits)}", row.contact)
            self._waits.append((time.perf_counter() - began) * 1_000)


# --- processes and files -------------------------------------------------------------------------


def measure(what: str, company: Path, name: str, value: str) -> dict[str, float]:
    """What `benchmarks.import_process` measures.

    Raises:
        subprocess.CalledProcessError: it failed, and has said why.
    """
    words = [sys.executable, "-m", "benchmarks.import_process", what, str(company), name, value]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _import(company: Path, file: Path, code: str = "CUSTOMERS") -> dict[str, float]:
    return measure("import", company, code, str(file))


def _memory(name: str, seen: dict[str, float]) -> Figure:
    return Figure(f"{name}: most memory of the process", seen["peak_mb"], "MB", 400.0)


def _rate(seen: dict[str, float]) -> str:
    return f"{seen['rows_per_s']:,.0f} rows/s, reading {seen['read_s']:.1f} s"


def _copy(folder: Path, name: str) -> Path:
    """A company of its own."""
    company = folder / f"{name}.backdesk"
    _drop(company)
    return Path(shutil.copy(folder / "empty.backdesk", company))


def _drop(*files: Path) -> None:
    """Give the disk back."""
    for file in files:
        for ending in ("", "-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
