"""Garbage is collected where the guard says, and by Python again when the guard has gone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication

from desktop.gc_guard import THRESHOLDS, GcGuard


class Node:
    """May hold itself."""

    other: Node | None = None


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


def test_what_is_there_at_the_start_is_looked_at_no_more_until_the_guard_has_gone(
    qapp: QCoreApplication,
) -> None:
    before = [Node()]
    guard = GcGuard()
    guard.start()
    since = [Node()]
    looked_at = gc.get_objects()
    assert any(found is since for found in looked_at)
    assert not any(found is before for found in looked_at)
    guard.stop()
    assert any(found is before for found in gc.get_objects())


def test_circles_that_come_about_later_are_collected(guard: GcGuard) -> None:
    circle = Node()
    circle.other = circle
    gone = weakref.ref(circle)
    del circle
    assert gone() is not None
    gc.collect()
    assert gone() is None
