"""Staging a block of rows costs the same at the end of a large file as at its beginning."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from desktop.imports import staging


def test_the_last_block_of_a_file_takes_as_few_steps_as_one_of_the_first(
    importer: Any, company: Path, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "BLOCK", 100)
    insert = staging._insert
    steps: list[int] = []

    def counted(connection: sqlite3.Connection, run_id: int, rows: Any) -> None:
        steps.append(0)

        def step() -> None:
            steps[-1] += 1

        connection.set_progress_handler(step, 10)
        insert(connection, run_id, rows)
        connection.set_progress_handler(None, 10)

    monkeypatch.setattr(staging, "_insert", counted)
    importer.read(write("No.,Name\n" + "".join(f"C{number:05d},N\n" for number in range(3000))))
    assert len(steps) == 30
    assert steps[-1] < steps[1] * 1.2
