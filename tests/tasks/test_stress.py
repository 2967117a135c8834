"""Thousands of tasks, and threads that hold the interpreter: nothing is lost or left, and the window goes on.

Each runs in a process of its own, as a person's program does, so that a crash of the interpreter is a failed test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.tasks import make_company, measure
from desktop.tasks.turns import SWITCH_SECONDS
from models.database import close_company

FEW = 8


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A company with 2,000 customers."""
    made = make_company(tmp_path_factory.mktemp("stress") / "stress.db", 2_000)
    yield made
    close_company()


@pytest.mark.long
def test_two_thousand_tasks_in_a_row_leave_nothing(company: Path) -> None:
    seen = measure("many", company, 2_000)
    assert seen["completed"] == 2_000
    assert seen["threads_more"] <= 0
    assert seen["files_more"] <= FEW  # a thread of a pool keeps a descriptor of Qt's until it ends
    assert seen["objects_more"] < 500
    assert seen["memory_mb_more"] < 8


@pytest.mark.long
def test_a_task_takes_little_more_than_a_bare_runnable(company: Path) -> None:
    """How long it takes is `make bench`'s to say; both are measured in turn, so others slow both."""
    seen = measure("latency", company, 400)
    assert seen["median_ms"] / seen["bare_ms"] < 6


@pytest.mark.long
def test_the_window_goes_on_while_tasks_compute_in_python(company: Path) -> None:
    """How late its turns come, and the promised 50 ms, are `make bench`'s to say."""
    seen = measure("gaps", company, 1)
    assert seen["turns_s"] == pytest.approx(SWITCH_SECONDS)
    assert seen["python_ended"] >= 1
    assert seen["five_python_ended"] >= 5
    assert seen["rows_ended"] >= 5
