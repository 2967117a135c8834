"""Garbage is collected where the guard says, and by Python again when the guard has gone."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication

from desktop.gc_guard import THRESHOLDS, GcGuard


@pytest.fixture
def guard(qapp: QCoreApplication) -> Iterator[GcGuard]:
    made = GcGuard()
    made.start()
    yield made
    made.stop()


def test_python_collects_nothing_by_itself_meanwhile(guard: GcGuard) -> None:
    assert not gc.isenabled()
    guard.stop()
    assert gc.isenabled()


def test_the_guard_collects_when_there_is_enough(guard: GcGuard) -> None:
    gc.collect()
    assert guard.check() == -1
    kept = [[number] for number in range(2 * THRESHOLDS[0])]
    assert guard.check() == 0
    assert gc.get_count()[0] < THRESHOLDS[0]
    del kept


def test_older_generations_take_their_turn(guard: GcGuard) -> None:
    gc.collect()
    generations = set()
    for _ in range(THRESHOLDS[1] + 2):
        kept = [[number] for number in range(2 * THRESHOLDS[0])]
        generations.add(guard.check())
        del kept
    assert 1 in generations
