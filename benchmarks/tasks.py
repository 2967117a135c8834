"""Page background tasks: how long one takes beside bare runnables, what the window feels, what is left of them.

Each measurement is a process of its own (`benchmarks.tasks_process`), so that a crash is told and not survived.
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

ROWS: Final = 1_000_000
CLOSING_WORK: Final = (
    "deep in one SQL statement",
    "waiting, and listening",
    "computing in Python, and listening to nobody",
)
CLOSING_SECONDS: Final = 120.0  # what has not ended by then waits for a task that never ends
CONNECTED_PEER: Final = 3.0  # as many times the bare runnable with a connection a task may take


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """Latency, event-loop gaps under load, and leaks."""
    os.environ.update(BACKDESK_HOME=str(folder / "home"), BACKDESK_USER="BENCH")
    company = make_company(folder / "tasks.db", ROWS // 10 if quick else ROWS)
    yield from _latency(measure("latency", company, 500 if quick else 3_000))
    yield from _many(measure("many", company, 1_000 if quick else 5_000))
    yield from _gaps(measure("gaps", company, 3 if quick else 10))
    yield from _cards(measure("cards", company, 100 if quick else 500), 100 if quick else 500)
    for kind in range(len(CLOSING_WORK)):
        yield _closing(kind, [close_window(company, kind) for _ in range(2 if quick else 7)])


def make_company(path: Path, rows: int) -> Path:
    """A company with so many customers that a window can open."""
    from benchmarks.lists import build_company
    from desktop.clock import SYSTEM_CLOCK
    from models.company import CompanyInformation
    from models.database import close_company, connected

    build_company(path, rows)
    with connected():
        CompanyInformation.create(name="Benchmark Ltd.", created_at=SYSTEM_CLOCK.now())
    close_company()
    return path


def measure(what: str, company: Path, size: int, longest_s: float | None = None) -> dict[str, float]:
    """Run one measurement in a process of its own.

    Args:
        longest_s: it is killed after so many seconds.
    Returns:
        Its figures by name.
    Raises:
        RuntimeError: it has crashed or failed, or had something to say.
        subprocess.TimeoutExpired: it had to be killed.
    """
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "faulthandler",
            "-m",
            "benchmarks.tasks_process",
            what,
            str(company),
            str(size),
        ],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).resolve().parent.parent,
        timeout=longest_s,
    )
    if done.returncode or done.stderr:
        raise RuntimeError(f"{what} ended with {done.returncode}: {done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def close_window(company: Path, kind: int) -> float:
    """Close the window while 105 tasks run and wait.

    Args:
        kind: which of `CLOSING_WORK` they do.
    Returns:
        How long it takes until the process has ended, in milliseconds.
    Raises:
        RuntimeError: it has crashed or failed, or had something to say.
        subprocess.TimeoutExpired: it waits for a task, which goes on for an hour or for ever.
    """
    seen = measure("closing", company, kind, CLOSING_SECONDS)
    return (time.time() - seen["closed_at"]) * 1000


def _latency(seen: dict[str, float]) -> Iterator[Figure]:
    yield Figure(
        "page background task, from the call to its callback, median",
        seen["median_ms"],
        "ms",
        1,
        f"empty codeunit on its own read-only snapshot; p99 {seen['p99_ms']:.2f} ms",
    )
    yield Figure(
        "the same, as a multiple of a bare runnable",
        seen["median_ms"] / seen["bare_ms"],
        "times",
        CONNECTED_PEER,
        f"it opens a connection, reads one page and emits a signal: {seen['bare_ms']:.3f} ms; "
        f"without the connection {seen['barest_ms']:.3f} ms",
    )


def _many(seen: dict[str, float]) -> Iterator[Figure]:
    yield Figure(
        f"memory kept by {seen['completed']:,.0f} tasks in a row",
        max(0.0, seen["memory_mb_more"]),
        "MB",
        5,
        f"{seen['per_second']:,.0f} a second; threads {seen['threads_more']:+.0f}, files "
        f"{seen['files_more']:+.0f}, Python objects {seen['objects_more']:+.0f}",
    )


def _gaps(seen: dict[str, float]) -> Iterator[Figure]:
    for name, what in (
        ("sql", "five tasks count and sum over all customers"),
        ("rows", "five tasks take customers into Python one by one"),
        ("python", "one task computes in Python"),
        ("five_python", "five tasks compute in Python"),
    ):
        idle = f"idle: p99 {seen['idle_p99_ms']:.1f}, longest {seen['idle_max_ms']:.1f} ms"
        note = f"{seen[f'{name}_ended']:.0f} tasks; {idle}"
        yield Figure(f"p99 lateness of the event loop while {what}", seen[f"{name}_p99_ms"], "ms", 20, note)
        yield Figure(f"longest gap of the event loop while {what}", seen[f"{name}_max_ms"], "ms", 50)
    yield Figure(
        "longest gap of the event loop while a task sorts 1,000,000 values in one call",
        seen["one_call_max_ms"],
        "ms",
        None,
        "nothing in the process runs beside such a call",
    )


def _cards(seen: dict[str, float], times: int) -> Iterator[Figure]:
    yield Figure(
        f"opening and closing a card with four tasks, {times} times, each",
        seen["each_ms"],
        "ms",
        100,
        f"four of ten wait for tasks of theirs; {seen['asked']:,.0f} tasks, late callbacks {seen['late']:.0f}; "
        f"memory in use {seen['heap_mb_more']:+.1f} MB, threads {seen['threads_more']:+.0f}, "
        f"files {seen['files_more']:+.0f}, widgets {seen['widgets_more']:+.0f}, "
        f"QObjects {seen['qobjects_more']:+.0f}",
    )


def _closing(kind: int, times: list[float]) -> Figure:
    return Figure(
        f"closing the window with 5 tasks {CLOSING_WORK[kind]}, and 100 waiting",
        max(times),
        "ms",
        3_000,
        f"to the end of the process, longest of {len(times)}; median {statistics.median(times):,.0f}",
    )
