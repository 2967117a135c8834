"""How fast a file becomes records: figures for the table of `make bench`."""

from __future__ import annotations

import csv
import functools
import importlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from desktop.company import create_company
from desktop.imports import processing, service
from desktop.sessions.session import Session, SessionKind
from models.database import close_company

HEADER = (
    "No.", "Name", "Address", "Post Code", "City", "Country/Region Code", "Contact", "Phone No.", "E-Mail",
    "Payment Terms Code", "Credit Limit (LCY)",
)  # fmt: skip
_COUNTRIES = ("DE", "FR", "GB", "US", "NL", "IT", "ES", "PL", "AT", "CH")


def customer_rows(number: int, seed: int = 1) -> Iterator[list[str]]:
    """Customers as a file has them, always the same ones; two columns are looked up."""
    random = Random(seed)
    for position in range(number):
        yield [
            f"B{position:07d}",
            f"Customer {random.randrange(10**6)} & Sons",
            f"{random.randrange(1, 300)} Harbour Street",
            f"{random.randrange(10**5):05d}",
            f"Town {random.randrange(5000)}",
            random.choice(_COUNTRIES),
            f"Contact {random.randrange(10**5)}",
            f"+49 40 {random.randrange(10**7)}",
            f"sales{position}@example.com",
            random.choice(payment_terms()),
            f"{random.randrange(10**6) / 100:.2f}",
        ]


def payment_terms() -> list[str]:
    """The codes of the open company's payment terms."""
    if not _TERMS:
        from models.database import connected
        from models.lookups import PaymentTerms

        with connected():
            _TERMS.extend(row.code for row in PaymentTerms.select())
    return _TERMS


_TERMS: list[str] = []


def write_csv(path: Path, number: int) -> None:
    """A CSV file of so many customers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(customer_rows(number))


def write_xlsx(path: Path, number: int) -> None:
    """The same as a workbook."""
    openpyxl: Any = importlib.import_module("openpyxl")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Customers")
    sheet.append(HEADER)
    for row in customer_rows(number):
        sheet.append([*row[:-1], float(row[-1])])
    book.save(path)


def _session() -> Session:
    return Session(SessionKind.BACKGROUND, "BENCH", {}, date(2026, 1, 1))


def import_file(path: Path) -> dict[str, float]:
    """Seconds for reading and for processing a file, end to end, into the open company."""
    began = time.perf_counter()
    run_id = service.read(path, "CUSTOMERS", _session())
    staged = time.perf_counter()
    counts = processing.process(_session(), run_id)
    ended = time.perf_counter()
    if counts.errors or counts.ready or not counts.rows:
        raise RuntimeError(f"the import went wrong: {counts.text}")
    return {
        "read_s": staged - began,
        "process_s": ended - staged,
        "total_s": ended - began,
        "rows": float(counts.rows),
        "rows_per_s": counts.rows / (ended - began),
    }


def csv_import(folder: Path, number: int = 10_000) -> dict[str, float]:
    """New customers from CSV into an empty company."""
    return _measured(folder, f"{number}.csv", number, write_csv)


def xlsx_import(folder: Path, number: int = 10_000) -> dict[str, float]:
    """The same from a workbook."""
    return _measured(folder, f"{number}.xlsx", number, write_xlsx)


def csv_again(folder: Path, number: int = 10_000) -> dict[str, float]:
    """The same file a second time: everything unchanged."""
    return _measured(folder, f"{number}.csv", number, write_csv, times=2)


def peak_memory_mb() -> float:
    """The most memory that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _measured(
    folder: Path, name: str, number: int, write: Callable[[Path, int], None], times: int = 1
) -> dict[str, float]:
    company = folder / f"{name}-{times}.backdesk"
    create_company(company, "Bench", user_id="BENCH")
    try:
        path = folder / name
        write(path, number)
        figures: dict[str, float] = {}
        for _ in range(times):
            figures = import_file(path)
        return figures
    finally:
        close_company()


FIGURES: dict[str, Callable[[Path], dict[str, float]]] = {
    "10,000 customers from CSV": csv_import,
    "10,000 customers from xlsx": xlsx_import,
    "10,000 customers from CSV again": csv_again,
    "100,000 customers from CSV": functools.partial(csv_import, number=100_000),
}


def main() -> None:
    """Print all figures, or those of a number of rows given on the command line."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            print(csv_import(Path(folder), int(sys.argv[1])), f"peak {peak_memory_mb():.0f} MB")
            return
        for name, measure in FIGURES.items():
            figures = measure(Path(folder))
            print(f"{name}: {figures['total_s']:.2f} s ({figures['rows_per_s']:,.0f} rows/s)", figures)


if __name__ == "__main__":
    main()
