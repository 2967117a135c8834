"""How fast a file becomes records: figures for the table of `make bench`."""

from __future__ import annotations

import csv
import importlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.figure import Figure
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


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """Files of customers, two columns looked up, from the file to records with their statuses."""
    few, many = (1_000, 10_000) if quick else (10_000, 100_000)
    for name, measured, limit in (
        (f"{few:,} customers from CSV", csv_import(folder, few), 1.0),
        (f"{few:,} customers from xlsx", xlsx_import(folder, few), 2.0),
        (f"{few:,} customers from CSV, the same file again", csv_again(folder, few), None),
        (f"{many:,} customers from CSV", csv_import(folder, many), None),
        (f"{many:,} customers from xlsx", xlsx_import(folder, many), None),
    ):
        rate = f"{measured['rows_per_s']:,.0f} rows/s"
        yield Figure(name, measured["total_s"], "s", limit, rate)
    yield Figure("most memory of the process while importing", peak_memory_mb(), "MB")
