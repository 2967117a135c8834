"""A company that another program has locked for long: jobs wait for it, and nothing is lost, doubled or blamed."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from desktop.jobqueue import entries
from models.job_queue import EntryStatus
from tests.scheduler.conftest import Gate, effects, status_of

LOCKED_SECONDS: Final = 20.0


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="gates are named pipes")
def test_a_company_that_is_locked_for_twenty_seconds_costs_nothing_but_time(
    company: Path,
    gate: Gate,
    new_worker: Callable[..., Any],
    wait_for: Callable[[Callable[[], bool]], None],
) -> None:
    running = entries.create_entry(
        "Import", "gated_once", {"name": "a", "reached": str(gate.path)}, user_id="ANNA"
    )
    worker = new_worker("--slots", "1").started()
    gate.wait()
    with closing(sqlite3.connect(company, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Event().wait(LOCKED_SECONDS)
        other.execute("ROLLBACK")
    wait_for(lambda: status_of(running) == EntryStatus.FINISHED)
    assert effects() == ["a"]
    logs = entries.log_of(running)
    assert logs[-1].status == "Success"
    assert all("is locked by another program" in row.error_text for row in logs[:-1])
    later = entries.create_entry("Afterwards", "once", {"name": "b"}, user_id="ANNA")
    wait_for(lambda: status_of(later) == EntryStatus.FINISHED)
    assert worker.process.poll() is None, "the worker is the same"
