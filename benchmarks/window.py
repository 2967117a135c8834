"""The window: how soon it is painted, and whether it ever waits while a large import runs.

Each measurement is a process of its own, as a person would start it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure

STARTS: Final = 5


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """First paint of the Role Centre; gaps of the event loop and waits for a save during an import."""
    from benchmarks.import_files import write_csv
    from desktop.company import create_company
    from models.database import close_company

    company = create_company(folder / "demo.db", "Harbour Supply Ltd.", demo=True, user_id="BENCH")
    file = folder / "customers.csv"
    rows = 100_000 if quick else 1_000_000
    write_csv(file, rows)
    close_company()
    os.environ.update(BACKDESK_HOME=str(folder / "home"), BACKDESK_USER="BENCH")
    paints = [_measure("first_paint", company, repr(time.time()))["first_paint_ms"] for _ in range(STARTS)]
    yield Figure(
        "first paint of the Role Centre after the start of the process",
        statistics.median(paints),
        "ms",
        700,
        f"median of {STARTS}; lowest {min(paints):.0f}",
    )
    seen = _measure("window", company, str(file))
    yield Figure("longest gap of the event loop, cues of the Role Centre", seen["cues_gap_ms"], "ms", 50)
    name = f"while {rows:,} rows are imported"
    yield Figure(f"longest gap of the event loop {name}", seen["gap_max_ms"], "ms", 50, "10 ms heartbeat")
    yield Figure(f"p99 lateness of the event loop {name}", seen["gap_p99_ms"], "ms", 20)
    yield Figure(
        f"saving a customer {name}, p99", seen["save_p99_ms"], "ms", 100, f"{seen['saves']:.0f} saves"
    )
    yield Figure(
        f"opening a customer's card {name}, longest", seen["card_ms"], "ms", 150, f"{seen['cards']:.0f} times"
    )
    opened = f"Integration Records of {rows:,} rows"
    yield Figure(f"opening {opened}", seen["records_ms"], "ms", 150, "median of 5")
    yield Figure(f"selecting all of {opened}, longest", seen["records_all_ms"], "ms", 50)
    yield Figure(
        f"reading and processing {rows:,} rows from the window",
        seen["seconds"],
        "s",
        None,
        f"{seen['rate']:,.0f} rows/s",
    )


def _measure(what: str, company: Path, argument: str) -> dict[str, float]:
    # Installed programs have their modules compiled, wherever this one stands and whatever its Python was told.
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = {"PYTHONPYCACHEPREFIX": str(company.parent / "compiled")}
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{what}_process", str(company), argument],
        check=True,
        stdout=subprocess.PIPE,
        env={**told, **compiled, "QT_QPA_PLATFORM": "offscreen"},
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
