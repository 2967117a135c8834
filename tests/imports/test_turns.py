"""How long a chunk keeps others from writing: shortly, and with room between, where somebody works; else longer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desktop.clock import Clock
from desktop.imports import processing
from desktop.imports.writing.records import RecordWork
from desktop.sessions import pace
from desktop.sessions.client import ClientSession
from desktop.sessions.watching import WINDOW, window_is_open
from models.customer import Customer
from models.database import connected, database

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


@pytest.fixture
def window(company: Path) -> Iterator[None]:
    """Somebody has a window open."""
    with ClientSession(company, "MARIA", WINDOW):
        yield


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


@pytest.mark.parametrize("who", ["nobody", "a window", "another program that saves"])
def test_there_is_room_between_two_chunks_for_whoever_waits_to_write(
    importer: Any, write: Any, sizes: list[int], request: pytest.FixtureRequest, who: str
) -> None:
    if who == "a window":
        request.getfixturevalue("window")
    waits: list[float] = []
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(8))))
    clock = Clock(monotonic=lambda: 1.0, wait=lambda _event, seconds: waits.append(seconds))
    after_chunk = _person(itertools.count()) if who == "another program that saves" else _nobody
    importer.process(run_id, clock=clock, on_progress=after_chunk)
    # That another program writes is known after the chunk that follows its first save.
    rooms = {"nobody": 0, "a window": len(sizes) - 1, "another program that saves": len(sizes) - 2}
    assert waits == pytest.approx([pace.ROOM] * rooms[who])


@pytest.mark.parametrize("person_saves", [True, False])
def test_chunks_grow_when_nobody_else_has_written_for_a_while(
    importer: Any, write: Any, sizes: list[int], window: None, person_saves: bool
) -> None:
    ticks = iter(range(1_000_000))
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(ROWS))))
    after_chunk = _person(ticks) if person_saves else _nobody
    # Each look at the clock is a short turn later, so that a chunk takes as long as it may while somebody works.
    clock = Clock(monotonic=lambda: next(ticks) * pace.OTHERS_WRITE.seconds)
    counts = importer.process(run_id, clock=clock, on_progress=after_chunk)
    assert counts.created == ROWS
    assert sizes[:5] == [2] * 5
    assert (max(sizes) > 2) is not person_saves


def test_chunks_grow_at_once_and_longer_where_no_window_is_open(
    importer: Any, write: Any, sizes: list[int]
) -> None:
    ticks = iter(range(1_000_000))
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(ROWS))))
    clock = Clock(monotonic=lambda: next(ticks) * pace.ALONE.seconds / 2)
    importer.process(run_id, clock=clock)
    assert sizes[:2] == [2, 2], "the second one was read while the first was written"
    assert sizes[2] > 2


@pytest.mark.parametrize("who", ["nobody", "a window", "a person who saves"])
def test_the_disk_takes_little_at_a_time_where_somebody_may_save(
    importer: Any, write: Any, sizes: list[int], request: pytest.FixtureRequest, who: str
) -> None:
    if who != "nobody":
        request.getfixturevalue("window")
    ticks, pages = iter(range(1_000_000)), []
    saves = _person(ticks) if who == "a person who saves" else _nobody

    def after_chunk(*told: object) -> None:
        saves(*told)
        pages.append(database.execute_sql("PRAGMA wal_autocheckpoint").fetchone()[0])

    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(ROWS))))
    importer.process(run_id, clock=Clock(monotonic=lambda: next(ticks)), on_progress=after_chunk)
    shares = {"nobody": pace.UNWATCHED, "a window": pace.ALONE, "a person who saves": pace.OTHERS_WRITE}
    assert pages[-1] == shares[who].pages


def test_a_window_that_crashed_holds_nobody_back(importer: Any, write: Any, company: Path) -> None:
    lost = ClientSession(company, "MARIA", WINDOW)
    lost.log_on()
    with connected():
        assert window_is_open(company)
        lost._lock.release()
        assert not window_is_open(company)
