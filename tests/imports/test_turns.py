"""How long a chunk keeps others from writing: shortly, and with room between, where somebody works; else longer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.clock import Clock
from desktop.imports import processing
from desktop.imports.writing.records import RecordWork
from models.customer import Customer
from models.database import connected

ROWS = 200


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each chunk, of which the first has two."""
    monkeypatch.setattr(processing, "FIRST_CHUNK", 2)
    monkeypatch.setattr(processing, "SMALLEST_CHUNK", 2)
    seen: list[int] = []
    write = RecordWork.write

    def watched(self: Any, decision: Any) -> Any:
        seen.append(len(decision.outcome.statuses))
        return write(self, decision)

    monkeypatch.setattr(RecordWork, "write", watched)
    return seen


def _save(number: int) -> None:
    with connected():
        Customer.create(no=f"P{number}", name="A person's")


def _person(numbers: Iterator[int]) -> Callable[..., None]:
    """Saves a customer after each chunk."""

    def after_chunk(*_told: object) -> None:
        with ThreadPoolExecutor(1) as person:
            person.submit(_save, next(numbers)).result()

    return after_chunk


def _nobody(*_told: object) -> None:
    """Saves nothing."""


@pytest.mark.parametrize("person_saves", [True, False])
def test_there_is_room_between_two_chunks_for_whoever_waits_to_write(
    importer: Any, write: Any, sizes: list[int], person_saves: bool
) -> None:
    waits: list[float] = []
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(8))))
    clock = Clock(monotonic=lambda: 1.0, wait=lambda _event, seconds: waits.append(seconds))
    after_chunk = _person(itertools.count()) if person_saves else _nobody
    importer.process(run_id, clock=clock, on_progress=after_chunk)
    # That somebody writes is known after the chunk that follows the first save.
    rooms = len(sizes) - 2 if person_saves else 0
    assert waits == pytest.approx([processing.ROOM] * rooms)


@pytest.mark.parametrize("person_saves", [True, False])
def test_chunks_grow_when_nobody_else_has_written_for_a_while(
    importer: Any, write: Any, sizes: list[int], person_saves: bool
) -> None:
    ticks = iter(range(1_000_000))
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(ROWS))))
    after_chunk = _person(ticks) if person_saves else _nobody
    # Each look at the clock is a short turn later, so that a chunk takes as long as it may while somebody works.
    clock = Clock(monotonic=lambda: next(ticks) * processing.LOCK_BUDGET)
    counts = importer.process(run_id, clock=clock, on_progress=after_chunk)
    assert counts.created == ROWS
    assert sizes[:5] == [2] * 5
    assert (max(sizes) > 2) is not person_saves
