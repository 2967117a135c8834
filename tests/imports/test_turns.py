"""How long a chunk may keep others from writing: shortly where somebody works, longer where nobody does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.clock import Clock
from desktop.imports import processing
from desktop.imports.records import RecordWork
from models.customer import Customer
from models.database import connected

ROWS = 120


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each chunk, of which the first has two."""
    monkeypatch.setattr(processing, "FIRST_CHUNK", 2)
    monkeypatch.setattr(processing, "SMALLEST_CHUNK", 2)
    seen: list[int] = []
    write = RecordWork.write

    def watched(self: Any, rows: Any, moment: str) -> Any:
        seen.append(len(rows))
        return write(self, rows, moment)

    monkeypatch.setattr(RecordWork, "write", watched)
    return seen


def _save(number: int) -> None:
    with connected():
        Customer.create(no=f"P{number}", name="A person's")


@pytest.mark.parametrize("person_saves", [True, False])
def test_chunks_grow_when_nobody_else_has_written_for_a_while(
    importer: Any, write: Any, sizes: list[int], person_saves: bool
) -> None:
    ticks = iter(range(1_000_000))
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(ROWS))))

    def after_chunk(*_told: object) -> None:
        if person_saves:
            with ThreadPoolExecutor(1) as person:
                person.submit(_save, next(ticks)).result()

    # Each look at the clock is a short turn later, so that a chunk takes as long as it may while somebody works.
    clock = Clock(monotonic=lambda: next(ticks) * processing.LOCK_BUDGET)
    counts = importer.process(run_id, clock=clock, on_progress=after_chunk)
    assert counts.created == ROWS
    assert sizes[:5] == [2] * 5
    assert (max(sizes) > 2) is not person_saves
