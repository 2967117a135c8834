"""Pages come and go while their tasks run: nothing crashes, nothing comes too late, nothing is left.

The whole application runs in a process of its own, as at a person's, so that a crash is a failed test with its stack.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.tasks import CLOSING_WORK, close_window, make_company, measure

CUSTOMERS = 500
FEW_FILES = 8  # Qt keeps some for a thread of a pool until it ends


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_company(tmp_path_factory.mktemp("busy") / "busy.db", CUSTOMERS)


def _come_and_go(company: Path, times: int) -> None:
    seen = measure("cards", company, times)
    assert seen["asked"] > times
    assert (seen["late"], seen["unaccounted"], seen["ended_in_time"]) == (0, 0, 1)
    assert seen["completed"] > times  # others were left before their tasks had ended
    assert (seen["widgets_more"], seen["qobjects_more"]) == (0, 0)
    assert seen["threads_more"] <= 0
    assert seen["files_more"] <= FEW_FILES
    assert seen["objects_more"] < 1_000
    assert seen["heap_mb_more"] < 0.005 * times + 0.5
    assert seen["memory_mb_more"] < 0.03 * times + 15  # with what was given back, in pieces


@pytest.mark.long
def test_forty_cards_with_four_tasks_each_come_and_go(company: Path) -> None:
    _come_and_go(company, 40)


@pytest.mark.long
def test_five_hundred_cards_with_four_tasks_each_come_and_go(company: Path) -> None:
    _come_and_go(company, 500)


@pytest.mark.parametrize("kind", range(len(CLOSING_WORK)), ids=CLOSING_WORK)
def test_the_window_closes_silently_and_waits_for_none_of_a_hundred_and_five_tasks(
    company: Path, kind: int
) -> None:
    close_window(
        company, kind
    )  # who waited for a task would never end; how long it takes is measured elsewhere


@pytest.mark.long
def test_the_window_closes_twenty_times_while_tasks_run_and_wait(company: Path) -> None:
    for number in range(20):
        close_window(company, number % len(CLOSING_WORK))
