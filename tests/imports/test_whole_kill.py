"""30 times kill -9 over the whole of an import, from the first byte to the last released order."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.imports.afterwards.reconciliation import reconcile
from models.customer import Customer
from models.database import close_company, connected, database, open_company
from models.item import Item
from tests.imports.flat_orders import FLAT_ORDERS

ROOT = Path(__file__).resolve().parents[2]
KILLS = {"looking": 3, "reading": 7, "importing": 12, "post-processing": 8}
PHASES = tuple(KILLS)
BUSINESS = {
    "sales_header": "no, customer_no, customer_name, order_date, status, amount",
    "sales_line": "order_no, line_no, item_no, quantity, unit_price, amount",
    "integration_record": "line_no, document_no, payload",
    "post_process_entry": "record_key, status, was_created",
}


def _import(company: Path, file: Path, phase: str = "", steps: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("import_process.py")),
            str(company),
            str(file),
            "ORDERS",
            phase,
            str(steps),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )


def _kill_in(phase: str, steps: int, company: Path, file: Path) -> bool:
    """Let a process work and kill it after so many steps of a phase; False where it came past the phase before."""
    with _import(company, file, phase, steps) as child:
        assert child.stdout is not None
        for line in child.stdout:
            now = line.split()[0]
            if now == "end" or PHASES.index(now) > PHASES.index(phase):
                child.kill()
                return False
            steps -= now == phase
            if not steps:
                child.kill()
                return child.wait() == -signal.SIGKILL
    raise AssertionError(f"the process ended with {child.returncode}")


def _contents(query: Callable[..., list[Any]]) -> dict[str, list[Any]]:
    found = {
        table: query(f"SELECT {columns} FROM {table} ORDER BY {columns}")
        for table, columns in BUSINESS.items()
    }
    found["status"] = query(
        "SELECT r.line_no, s.status, s.target_key FROM integration_record AS r"
        " JOIN integration_record_status AS s ON s.record_id = r.id ORDER BY r.id"
    )
    found["errors"] = query(
        "SELECT r.line_no, e.target_field, e.code, e.value, e.message FROM integration_record AS r"
        " JOIN integration_record_error AS e ON e.record_id = r.id ORDER BY r.id, e.id"
    )
    return found


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_an_import_killed_thirty_times_ends_as_one_that_was_left_alone(
    company: Path, integration: Any, query: Any, tmp_path: Path
) -> None:
    chance = random.Random(5)
    with connected(), database.atomic():
        for number in range(50):
            Customer.create(no=f"C{number}", name=f"Customer {number}")
            Item.create(no=f"I{number}", description=f"Item {number}", unit_price=Decimal(number))
    integration(
        *FLAT_ORDERS,
        target_table="sales_header",
        code="ORDERS",
        control_field="1.quantity",
        post_processing_codeunit="release_sales_orders",
    )
    rows = [
        f"SO{number // 5},C{number // 5 % 50},2026-01-01,{'NOPE' if number % 500 == 3 else f'I{number % 50}'},"
        f"{number % 9 + 1}\n"
        for number in range(50_000)
    ]
    chance.shuffle(rows)
    file = tmp_path / "orders.csv"
    file.write_text("Order,Customer,Date,Item,Qty\n" + "".join(rows))
    alone = tmp_path / "alone.backdesk"
    with connected() as connection:
        connection.execute("VACUUM INTO ?", (str(alone),))

    killed = 0
    for phase, kills in KILLS.items():
        for _ in range(kills):
            killed += _kill_in(phase, chance.randint(1, 1 if phase == "looking" else 6), company, file)
            assert query("PRAGMA integrity_check") == [("ok",)]
    assert killed == sum(KILLS.values())
    with _import(company, file) as child:
        output = child.communicate()[0]
    assert output.endswith("end warn\n"), output[
        -200:
    ]  # with the errors that the file has, and no other fault
    disturbed = _contents(query)
    ((run_id,),) = query("SELECT id FROM import_run")
    found = reconcile(run_id)
    close_company()

    open_company(alone)
    with _import(alone, file) as child:
        child.communicate()
    undisturbed = _contents(query)
    for table, expected in undisturbed.items():
        assert disturbed[table] == expected, table
    assert len(undisturbed["sales_header"]) == 9_900
    assert {row[4] for row in undisturbed["sales_header"]} == {"Released"}
    assert not found.differs, found.text
