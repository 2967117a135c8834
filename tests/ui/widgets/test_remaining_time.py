"""The time left is told late, rounded up and calmly."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ui.widgets.remaining_time import RemainingTime, rounded_up, spoken_duration


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(clock: Clock, left: RemainingTime, speeds: list[tuple[float, int]], total: int) -> list[int | None]:
    """Drive ``left`` with (seconds, rows in that time) steps."""
    done, said = 0, [left.update(0, total)]
    for seconds, rows in speeds:
        clock.now += seconds
        done += rows
        said.append(left.update(done, total))
    return said


def test_nothing_is_said_before_five_seconds() -> None:
    clock = Clock()
    said = run(clock, RemainingTime(clock), [(1, 100)] * 6, 2000)
    assert said[:5] == [None] * 5
    assert said[5] is not None


def test_nothing_is_said_before_five_percent() -> None:
    clock = Clock()
    said = run(clock, RemainingTime(clock), [(3, 10)] * 8, 1000)
    assert said[:5] == [None] * 5
    assert said[5] is not None


def test_an_even_job_counts_down_evenly() -> None:
    clock = Clock()
    said = run(clock, RemainingTime(clock), [(1, 20)] * 100, 2000)
    told = [value for value in said if value is not None]
    assert told == sorted(told, reverse=True)
    assert told[0] == 100 or told[0] == 120
    assert told[-1] <= 5


def test_the_estimate_is_never_too_short_for_an_even_job() -> None:
    clock = Clock()
    said = run(clock, RemainingTime(clock), [(1, 20)] * 99, 2000)
    for second, value in enumerate(said):
        assert value is None or value >= 100 - second


def test_a_short_pause_does_not_make_it_jump() -> None:
    clock = Clock()
    steps = [(1.0, 20)] * 30 + [(1.0, 0)] * 2 + [(1.0, 20)] * 30
    told = [value for value in run(clock, RemainingTime(clock), steps, 2000) if value]
    assert all(later <= earlier + 20 for earlier, later in pairwise(told))


def test_a_job_that_becomes_slower_is_told_longer() -> None:
    clock = Clock()
    left = RemainingTime(clock)
    steps = [(1.0, 100)] * 10 + [(1.0, 5)] * 30
    told = [value for value in run(clock, left, steps, 3000) if value]
    assert told[-1] > told[0] * 3


def test_a_standing_job_never_divides_by_nothing() -> None:
    clock = Clock()
    assert run(clock, RemainingTime(clock), [(5, 0)] * 4, 100) == [None] * 5
    assert RemainingTime(clock).update(0, 0) is None


def test_a_count_that_falls_begins_a_new_job() -> None:
    clock = Clock()
    left = RemainingTime(clock)
    run(clock, left, [(1, 20)] * 20, 2000)
    assert left.update(3, 2000) is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, 5), (3, 5), (38, 40), (30, 30), (31, 40), (90, 90), (91, 120), (601, 900), (3601, 3900)],
)
def test_it_is_rounded_up(seconds: float, told: int) -> None:
    assert rounded_up(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40 s"), (120, "2 min"), (3600, "1 h"), (4200, "1 h 10 min"), (90, "90 s")]
)
def test_it_is_said_in_words(seconds: int, words: str) -> None:
    assert spoken_duration(seconds) == words
