"""Where bars lie: overlaps stand beside each other, gaps stay empty, and thousands of short runs become few bars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from models.job_calendar import Run, RunState
from ui.job_schedule.blocks import (
    DaySizes,
    WeekSizes,
    busy_steps,
    day_layout,
    lanes_of,
    most_at_once,
    nearest,
    week_layout,
)
from ui.job_schedule.period import Span, axis_moments, day_span, hours_of, week_days, week_title

DAY: Final = Span(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
WIDE: Final = DaySizes(width=1440, row=40, lane=24, gap=8, least=4)  # a px is a minute
COLUMN: Final = WeekSizes(column=150, height=720, least=20, lane=46, gap=3)


def run(
    minute: float, minutes: float, job: str = "a", state: RunState = RunState.SUCCESS, category: str = ""
) -> Run:
    start = DAY.start + timedelta(minutes=minute)
    return Run(job, 1, f"Job {job}", category, state, start, start + timedelta(minutes=minutes))


def test_runs_that_overlap_get_lanes_of_their_own_and_no_more_than_needed() -> None:
    runs = [run(0, 60), run(10, 20), run(20, 5), run(30, 60), run(90, 1)]
    assert lanes_of(runs) == [0, 1, 2, 1, 0]


def test_one_that_begins_when_another_ends_shares_its_lane() -> None:
    assert lanes_of([run(0, 30), run(30, 30)]) == [0, 0]


def test_a_day_has_a_row_for_each_job_by_category_and_name() -> None:
    runs = [
        run(5, 5, "z"),
        run(6, 5, "b", category="MAIL"),
        run(7, 5, "a"),
        run(9, 5, "c", category="IMPORT"),
    ]
    rows, blocks = day_layout(runs, DAY, WIDE)
    assert [row.job_id for row in rows] == ["c", "b", "a", "z"]
    assert [row.top for row in rows] == [0, 40, 80, 120]
    assert [block.left for block in blocks] == [9, 6, 7, 5]


def test_a_job_that_runs_twice_at_once_has_a_higher_row() -> None:
    rows, blocks = day_layout([run(0, 60), run(30, 60), run(200, 10, "b")], DAY, WIDE)
    assert rows[0].height == WIDE.row + WIDE.lane
    assert rows[1].top == rows[0].height
    first, second = blocks[0], blocks[1]
    assert first.bottom <= second.top


def test_a_run_of_yesterday_that_goes_on_begins_at_the_left_edge_and_one_over_midnight_ends_at_the_right() -> (
    None
):
    _, blocks = day_layout([run(-60, 120), run(1430, 60)], DAY, WIDE)
    assert (blocks[0].left, blocks[0].width) == (0, 60)
    assert blocks[1].right == WIDE.width


def test_ten_thousand_runs_of_a_day_cost_no_more_bars_than_there_are_pixels() -> None:
    runs = [run(place * 0.144, 0.05) for place in range(10_000)]
    _, blocks = day_layout(runs, DAY, WIDE)
    assert len(blocks) <= WIDE.width / WIDE.least
    assert sum(len(block.runs) for block in blocks) == 10_000


def test_a_failed_run_among_many_is_counted_and_a_lone_one_is_its_own_state() -> None:
    many = [run(place, 0.1) for place in range(3)]
    _, blocks = day_layout([*many, run(3, 0.1, state=RunState.ERROR)], DAY, WIDE)
    assert len(blocks) == 1
    assert (blocks[0].state, blocks[0].failed) == (RunState.SUCCESS, 1)
    _, alone = day_layout([run(3, 0.1, state=RunState.INTERRUPTED)], DAY, WIDE)
    assert (alone[0].state, alone[0].failed) == (RunState.INTERRUPTED, 1)


def test_bars_of_a_week_stand_side_by_side_where_they_overlap_and_fill_the_day_where_not() -> None:
    blocks = week_layout([run(60, 90, "a"), run(90, 90, "b"), run(600, 90, "c")], [DAY], COLUMN)
    a, b, c = blocks
    assert a.right <= b.left
    assert a.width == b.width == pytest.approx(71)
    assert c.width == pytest.approx(143)


def test_more_at_once_than_has_room_become_one_bar_that_counts_them() -> None:
    runs = [run(600 + place, 1, str(place)) for place in range(30)]
    blocks = week_layout(runs, [DAY], COLUMN)
    assert sum(len(block.runs) for block in blocks) == 30
    assert len(blocks) <= 2
    assert all(block.job_id == "" for block in blocks)
    assert all(block.width >= 46 for block in blocks)


def test_a_long_run_stays_visible_beside_many_short_ones() -> None:
    long = run(540, 300, "long")
    blocks = week_layout([long, *(run(600 + 2 * place, 1, "s") for place in range(60))], [DAY], COLUMN)
    alone = [block for block in blocks if block.runs == [long]]
    assert len(alone) == 1
    assert alone[0].height == pytest.approx(150)
    others = [block for block in blocks if block.runs != [long]]
    assert all(block.left >= alone[0].right for block in others)


def test_no_two_bars_of_a_week_ever_lie_on_each_other() -> None:
    runs = [run((place * 37) % 1440, 1 + (place * 13) % 90, str(place % 7)) for place in range(400)]
    blocks = week_layout(sorted(runs, key=lambda each: each.start), [DAY], COLUMN)
    for place, one in enumerate(blocks):
        for other in blocks[place + 1 :]:
            beside = one.right <= other.left + 0.01 or other.right <= one.left + 0.01
            assert beside or one.bottom <= other.top + 0.01 or other.bottom <= one.top + 0.01


def test_a_run_over_midnight_stands_in_both_days() -> None:
    days = [DAY, Span(DAY.end, DAY.end + timedelta(days=1))]
    blocks = week_layout([run(1380, 180)], days, COLUMN)
    assert [block.column for block in blocks] == [0, 1]
    assert blocks[0].bottom == pytest.approx(720)
    assert blocks[1].top == 0


def test_how_many_are_at_work_at_once_shows_overlaps_and_gaps() -> None:
    steps = busy_steps([run(0, 59), run(30, 59), run(600, 0.1)], DAY, 24)
    assert steps[:3] == [2, 1, 0]
    assert steps[10] == 1
    assert sum(steps) == 4


def test_runs_of_one_moment_after_another_are_not_at_work_at_once() -> None:
    runs = [run(600, 0.01), run(600.01, 0.01, "b"), run(600.015, 0.01, "c"), run(700, 0.01)]
    assert most_at_once(runs, DAY) == 2
    assert most_at_once([run(-90, 60)], DAY) == 0


def test_the_keyboard_finds_the_next_bar_that_way_and_stays_at_the_end() -> None:
    _, blocks = day_layout([run(60, 30), run(600, 30), run(590, 30, "b")], DAY, WIDE)
    assert nearest(blocks, 0, 1, 0) == 1
    assert nearest(blocks, 1, 0, 1) == 2
    assert nearest(blocks, 1, 1, 0) == 1
    assert nearest(blocks, 2, 0, -1) == 1


def test_a_week_begins_on_monday_and_says_its_months() -> None:
    assert week_days(date(2026, 11, 22))[0] == date(2026, 11, 16)
    assert week_title(date(2026, 11, 20)) == "16 – 22 Nov 2026"
    assert week_title(date(2026, 12, 1)) == "30 Nov – 6 Dec 2026"
    assert week_title(date(2026, 12, 31)) == "28 Dec 2026 – 3 Jan 2027"


def test_every_full_hour_of_a_day_is_marked_once(berlin: None) -> None:
    summer_ends = hours_of(day_span(date(2026, 10, 25)))
    assert [hour for _, hour in summer_ends][:5] == [0, 1, 2, 2, 3]
    assert len(summer_ends) == 25
    summer_begins = hours_of(day_span(date(2026, 3, 29)))
    assert [hour for _, hour in summer_begins][:4] == [0, 1, 3, 4]
    assert len(summer_begins) == 23


def test_the_marks_of_an_axis_are_full_hours_or_days(berlin: None) -> None:
    first = datetime(2026, 11, 20, 6, 20, tzinfo=UTC)
    hours = axis_moments(first, first + timedelta(hours=5), 6)
    assert [words for _, words in hours] == ["08:00", "09:00", "10:00", "11:00", "12:00"]
    days = axis_moments(first, first + timedelta(days=9), 6)
    assert [words for _, words in days] == ["21 Nov", "23 Nov", "25 Nov", "27 Nov", "29 Nov"]
