"""How fast the demo company is made, and how fast its cues and FactBoxes are computed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.figure import Figure
from desktop.clock import SYSTEM_CLOCK
from desktop.codeunits import registry
from desktop.company import DEMO_NAME, create_company
from desktop.sessions.session import Session, SessionKind
from models.database import close_company, connected, database, open_company, read_only
from models.tables import table_caption

READ_LIMIT: Final = 100.0  # ms
SOUGHT: Final = "anchor"  # in the lines of sales orders, the table that takes longest to search
_TIMES: Final = 15


def figures(folder: Path, *, quick: bool = False) -> Iterator[Figure]:
    """The room's figures; `quick` measures each of them fewer times."""
    path = folder / "harbour.db"
    seconds = _seconds(lambda: create_company(path, DEMO_NAME, demo=True, user_id="MARIA"))
    yield Figure("Demo company made", seconds, "s", 10, f"{path.stat().st_size / 1e6:.1f} MB")
    close_company()
    yield Figure("Company opened", _seconds(lambda: open_company(path)) * 1_000, "ms")
    try:
        for codeunit in registry.all_codeunits():
            if codeunit.number < 100:
                continue
            times = [_ask(codeunit.name) for _ in range(3 if quick else _TIMES)]
            note = f"best {min(times):.2f} ms, in a read-only session of its own"
            yield Figure(codeunit.caption, max(times), "ms", READ_LIMIT, note)
        job = Session(SessionKind.BACKGROUND, "MARIA", {}, SYSTEM_CLOCK.today())
        seconds = _seconds(lambda: registry.function_of("recalculate_balances")(job))
        yield Figure("Recalculate customer balances", seconds, "s", None, job.result_text)
    finally:
        close_company()


def _ask(name: str) -> float:
    """Milliseconds of one run of a codeunit, with the busiest records for its parameters."""
    session = Session(SessionKind.CHILD, "MARIA", _parameters(), SYSTEM_CLOCK.today())
    run = registry.function_of(name)

    def ask() -> None:
        with read_only(table_caption):
            run(session)

    return _seconds(ask) * 1_000


def _parameters() -> dict[str, str]:
    """What any of the codeunits asks for; each takes what it knows."""
    busiest = _busiest()
    listed = msgspec.json.encode(list(busiest.values())).decode()
    return {**busiest, "keys": listed, "table": "sales_line", "text": SOUGHT, "limit": "6"}


def _busiest() -> dict[str, str]:
    questions = {
        "customer": "SELECT customer_no FROM sales_header GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
        "item": "SELECT item_no FROM sales_line GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
        "vendor": "SELECT i.vendor_no FROM sales_line l JOIN item i ON i.no = l.item_no"
        " GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
    }
    with connected():
        return {name: database.execute_sql(question).fetchone()[0] for name, question in questions.items()}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
