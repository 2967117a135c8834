"""What `benchmarks.imports` measures, each in a process of its own, as a job of Backdesk is.

`python -m benchmarks.import_process WHAT COMPANY NAME VALUE` prints its figures as one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.import_files import UNKNOWN_COUNTRY
from desktop.imports import processing, service
from desktop.imports.afterwards.reconciliation import keep_totals, reconcile
from desktop.imports.afterwards.undo import undo
from desktop.imports.mending import repair
from desktop.sessions.session import Session, SessionKind
from models.database import close_company, open_company

Figures = dict[str, float]


def new_session(**parameters: str) -> Session:
    """A job of the user BENCH."""
    return Session(SessionKind.BACKGROUND, "BENCH", parameters, date(2026, 1, 1))


def import_file(path: Path, code: str = "CUSTOMERS") -> Figures:
    """Seconds for reading and for processing a file, end to end, into the open company.

    Raises:
        RuntimeError: records are left, or there were none.
    """
    began = time.perf_counter()
    run_id = service.read(path, code, new_session())
    staged = time.perf_counter()
    counts = processing.process(new_session(), run_id)
    ended = time.perf_counter()
    if counts.ready or not counts.rows:
        raise RuntimeError(f"the import went wrong: {counts.text}")
    return {
        "run_id": float(run_id),
        "read_s": staged - began,
        "process_s": ended - staged,
        "total_s": ended - began,
        "rows": float(counts.rows),
        "errors": float(counts.errors),
        "rows_per_s": counts.rows / (ended - began),
    }


def read(code: str, file: str) -> Figures:
    """Seconds for staging a file."""
    began = time.perf_counter()
    run_id = service.read(Path(file), code, new_session())
    return {"run_id": float(run_id), "total_s": time.perf_counter() - began}


def heal(field: str, run_id: str) -> Figures:
    """Seconds from the choice what the unknown country means to the last of its records."""
    began = time.perf_counter()
    healed = repair.map_value(int(run_id), field, UNKNOWN_COUNTRY, "DE")
    counts = processing.process(new_session(), int(run_id))
    seconds = time.perf_counter() - began
    if counts.errors or counts.ready:
        raise RuntimeError(f"not healed: {counts.text}")
    return {"total_s": seconds, "rows": float(healed)}


def take_back(_name: str, run_id: str) -> Figures:
    """Seconds for undoing an import whose records nobody has edited."""
    began = time.perf_counter()
    report = undo(new_session(), int(run_id))
    seconds = time.perf_counter() - began
    if report.kept or report.failed or not report.finished:
        raise RuntimeError(f"not undone: {report.text}")
    return {"total_s": seconds, "rows": float(report.reversed)}


def count_again(_name: str, run_id: str) -> Figures:
    """Seconds for the totals and counts at the end of a job."""
    began = time.perf_counter()
    keep_totals(int(run_id))
    found = reconcile(int(run_id))
    seconds = time.perf_counter() - began
    if found.differs:
        raise RuntimeError(f"it does not add up: {found.text}")
    return {"total_s": seconds}


def peak_memory_mb() -> float:
    """The most memory that this process has had."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the process that started this one had
        highest = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(highest.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


WHAT: Final[dict[str, Callable[[str, str], Figures]]] = {
    "import": lambda code, file: import_file(Path(file), code),
    "read": read,
    "heal": heal,
    "undo": take_back,
    "reconcile": count_again,
}

if __name__ == "__main__":
    what, company, name, value = sys.argv[1:]
    open_company(company)
    try:
        before = peak_memory_mb()
        measured = WHAT[what](name, value)
    finally:
        close_company()
    print(json.dumps({**measured, "idle_mb": before, "peak_mb": peak_memory_mb()}))
