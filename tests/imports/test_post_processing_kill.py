"""kill -9 in the middle of post-processing, with a real process: each record is taken exactly once."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.imports.afterwards import post_processing
from desktop.imports.integrations.loading import load_definition
from desktop.imports.writing.outcome import Touched
from desktop.sessions.session import Session
from models.customer import Customer
from models.database import connected, database
from models.integration_record import ImportRun
from tests.imports.test_kill import Child

ORDERS, KILLS = 3_000, 8
EMPTY = set(range(7, ORDERS, 97))  # orders without a line, which cannot be released


@pytest.fixture
def run_id(company: Path, integration: Any) -> int:
    """An import that has written its orders, and post-processed none of them."""
    code = integration(
        ("Order", "no"),
        ("Customer", "customer_no"),
        ("Date", "order_date"),
        {"level": 1, "source_column": "Item", "target_field": "item_no"},
        code="ORDERS",
        target_table="sales_header",
        post_processing_codeunit="release_sales_orders",
    )
    moment = "2026-11-21T00:00:00.000Z"
    numbers = [f"SO{number:05}" for number in range(ORDERS)]
    with connected() as connection, database.atomic():
        Customer.create(no="C1", name="Miller")
        database.execute_sql("INSERT INTO item (no, description, search_text) VALUES ('I1', 'Item', '')")
        connection.executemany(
            "INSERT INTO sales_header (no, customer_no, order_date, modified_at) VALUES (?, 'C1', '2026-11-21', ?)",
            [(no, moment) for no in numbers],
        )
        connection.executemany(
            "INSERT INTO sales_line (order_no, line_no, item_no, quantity) VALUES (?, 10000, 'I1', 10000)",
            [(no,) for number, no in enumerate(numbers) if number not in EMPTY],
        )
        made = ImportRun.create(
            integration_code=code,
            definition="{}",
            file_name="orders.csv",
            state="Completed",
            created_at=moment,
        )
        touched = [Touched(no, True, number, number) for number, no in enumerate(numbers, 1)]
        post_processing.write_entries(load_definition(code), made.id, touched, moment)
        # Each release leaves a trace, so that an order that was released twice is seen.
        database.execute_sql("CREATE TABLE trace (no TEXT NOT NULL)")
        database.execute_sql(
            "CREATE TRIGGER trace_release AFTER UPDATE OF status ON sales_header"
            " BEGIN INSERT INTO trace VALUES (NEW.no); END"
        )
    return int(made.id)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_post_processing_that_is_killed_again_and_again_takes_each_order_exactly_once(
    company: Path, run_id: int, query: Any, session: Callable[..., Session]
) -> None:
    chance = random.Random(9)
    killed, ready = 0, ORDERS
    for _ in range(KILLS):
        steps = chance.randint(2, 6)
        with Child("post_processing_process.py", company, run_id, 20, steps) as child:
            child.wait_for_lines(steps)
            killed += child.kill() == -signal.SIGKILL
        counted = post_processing.counts(run_id)
        assert counted.ready < ready
        ready = counted.ready
        # What the orders say and what the entries say never differs.
        [(released,)] = query("SELECT COUNT(*) FROM sales_header WHERE status = 'Released'")
        assert released == counted.completed
    assert killed == KILLS
    assert 0 < ready < ORDERS
    counted = post_processing.post_process(session(), run_id)
    assert (counted.ready, counted.completed, counted.errors) == (0, ORDERS - len(EMPTY), len(EMPTY))
    assert query("SELECT COUNT(*), COUNT(DISTINCT no) FROM trace") == [(counted.completed, counted.completed)]
    assert query("SELECT MIN(attempts), MAX(attempts) FROM post_process_entry") == [(1, 1)]
    assert query("PRAGMA integrity_check") == [("ok",)]
