"""Where the bars of runs lie: a row for each job of a day, a column for each day of a week. Plain numbers, no screen.

Runs that would be drawn on top of each other because they are short become one bar that says how many it stands for,
so a day of ten thousand runs costs as many bars as there are pixels to show them.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final, NamedTuple

from models.job_calendar import Run, RunState
from ui.job_schedule.period import Span

FAILED: Final = (RunState.ERROR, RunState.INTERRUPTED)


@dataclass(slots=True)
class Block:
    """One bar.

    Args:
        left, top, width, height: in px.
        runs: what it stands for, by their start.
        column: the day or row that it lies in.
    """

    left: float
    top: float
    width: float
    height: float
    runs: list[Run]
    column: int = 0

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    @property
    def failed(self) -> int:
        """How many of its runs failed."""
        return sum(run.state in FAILED for run in self.runs)

    @property
    def state(self) -> RunState:
        """The state of most of its runs; of one that failed when it stands alone."""
        if len(self.runs) == 1:
            return self.runs[0].state
        return Counter(run.state for run in self.runs).most_common(1)[0][0]

    @property
    def job_id(self) -> str:
        """The entry of all its runs; empty when they are of several."""
        first = self.runs[0].job_id
        return first if all(run.job_id == first for run in self.runs) else ""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.left + self.width / 2, self.top + self.height / 2


class JobRow(NamedTuple):
    """One job of a day: where its row is, in px."""

    job_id: str
    name: str
    category: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class DaySizes:
    """Measures of a day's time line, in px.

    Args:
        width: of the whole day.
        row: the height of a row with one lane, with the free room above and below its bars.
        lane: the height of a further lane.
        gap: free above and below the bars.
        least: the width of the shortest bar.
    """

    width: float
    row: float
    lane: float
    gap: float
    least: float


@dataclass(frozen=True, slots=True)
class WeekSizes:
    """Measures of a week's calendar, in px.

    Args:
        column: the width of a day.
        height: of a day.
        least: the height of the shortest bar, which has room for a line of text.
        lane: the width that a bar needs so that something can be read on it.
        gap: between columns.
    """

    column: float
    height: float
    least: float
    lane: float
    gap: float


def lanes_of(runs: Sequence[Run]) -> list[int]:
    """The lane of each run, from 0: runs that overlap in time never share one, and as few are used as can be.

    Args:
        runs: by their start.
    """
    free: list[int] = []
    busy: list[tuple[datetime, int]] = []
    lanes: list[int] = []
    for run in runs:
        while busy and busy[0][0] <= run.start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (run.end, lane))
        lanes.append(lane)
    return lanes


def day_layout(runs: Iterable[Run], span: Span, sizes: DaySizes) -> tuple[list[JobRow], list[Block]]:
    """A row for each job, by category and name, with its bars along the day.

    Args:
        runs: by their start.
    """
    by_job: dict[str, list[Run]] = {}
    for run in runs:
        by_job.setdefault(run.job_id, []).append(run)
    ordered = sorted(by_job.values(), key=_by_category)
    rows: list[JobRow] = []
    blocks: list[Block] = []
    top = 0.0
    for place, own in enumerate(ordered):
        lanes = lanes_of(own)
        count = max(lanes) + 1
        height = sizes.row + (count - 1) * sizes.lane
        rows.append(JobRow(own[-1].job_id, own[-1].name, own[-1].category, top, height))
        bar = sizes.row - 2 * sizes.gap if count == 1 else sizes.lane - 2
        for lane in range(count):
            in_lane = [run for run, its in zip(own, lanes, strict=True) if its == lane]
            y = top + sizes.gap + lane * sizes.lane
            blocks += _along(in_lane, span, sizes, y, bar, place)
        top += height
    return rows, blocks


def _by_category(runs: list[Run]) -> tuple[bool, str, str, str]:
    last = runs[-1]
    return (not last.category, last.category, last.name.casefold(), last.job_id)


def _along(
    runs: Sequence[Run], span: Span, sizes: DaySizes, top: float, height: float, place: int
) -> list[Block]:
    blocks: list[Block] = []
    for run in runs:
        left = max(0.0, span.share(run.start)) * sizes.width
        right = min(1.0, span.share(run.end)) * sizes.width
        width = max(right - left, sizes.least)
        left = min(left, sizes.width - sizes.least)
        last = blocks[-1] if blocks else None
        if last is not None and left < last.right + 1 and min(width, last.width) <= 2 * sizes.least:
            last.runs.append(run)
            last.width = max(last.right, left + width) - last.left
        else:
            blocks.append(Block(left, top, width, height, [run], place))
    return blocks


def week_layout(runs: Iterable[Run], days: Sequence[Span], sizes: WeekSizes) -> list[Block]:
    """The bars of each day, side by side where they overlap; many short ones at once become one.

    Args:
        runs: by their start; one that goes on over midnight is drawn in both days.
    """
    blocks: list[Block] = []
    kept = list(runs)
    for place, day in enumerate(days):
        own = [run for run in kept if run.start < day.end and (run.end > day.start or run.start >= day.start)]
        blocks += _column(own, day, place, sizes)
    return blocks


def _column(runs: Sequence[Run], day: Span, place: int, sizes: WeekSizes) -> list[Block]:
    pieces: list[Block] = []
    for run in runs:
        top = min(max(0.0, day.share(run.start)) * sizes.height, sizes.height - sizes.least)
        bottom = min(1.0, day.share(run.end)) * sizes.height
        pieces.append(Block(0, top, 0, max(bottom - top, sizes.least), [run], place))
    pieces.sort(key=_top)
    left = place * sizes.column + sizes.gap
    width = sizes.column - 2 * sizes.gap
    most = max(1, int(width // sizes.lane))
    placed: list[Block] = []
    for cluster in _clusters(pieces):
        if _lanes_needed(cluster) > most:
            cluster = _gathered(cluster, most, sizes)
        _side_by_side(cluster, left, width)
        placed += cluster
    return placed


def _top(block: Block) -> float:
    return block.top


def _clusters(pieces: Sequence[Block]) -> list[list[Block]]:
    """Bars that overlap, directly or by way of others."""
    clusters: list[list[Block]] = []
    bottom = -1.0
    for piece in pieces:
        if clusters and piece.top < bottom:
            clusters[-1].append(piece)
        else:
            clusters.append([piece])
        bottom = max(bottom, piece.bottom)
    return clusters


def _lanes_needed(pieces: Sequence[Block]) -> int:
    ends: list[float] = []
    most = 0
    for piece in pieces:
        while ends and ends[0] <= piece.top:
            heapq.heappop(ends)
        heapq.heappush(ends, piece.bottom)
        most = max(most, len(ends))
    return most


def _gathered(cluster: Sequence[Block], most: int, sizes: WeekSizes) -> list[Block]:
    """The same runs in fewer bars: short ones are counted together, as are long ones beyond the room."""
    long: list[Block] = []
    short: dict[int, Block] = {}
    for piece in cluster:
        if piece.height > 2 * sizes.least and len(long) < most - 1:
            long.append(piece)
            continue
        slot = int(piece.top // sizes.least)
        known = short.get(slot)
        if known is None:
            top = min(slot * sizes.least, sizes.height - sizes.least)
            short[slot] = Block(0, top, 0, sizes.least, list(piece.runs), piece.column)
        else:
            known.runs += piece.runs
    return sorted([*long, *short.values()], key=_top)


def _side_by_side(cluster: Sequence[Block], left: float, width: float) -> None:
    """Give each bar the first free lane, and the lanes beside it that nothing else needs."""
    ends: list[float] = []
    lanes: list[int] = []
    for piece in cluster:
        lane = next((place for place, end in enumerate(ends) if end <= piece.top), len(ends))
        ends[lane : lane + 1] = [piece.bottom]
        lanes.append(lane)
    each = width / len(ends)
    for piece, lane in zip(cluster, lanes, strict=True):
        taken = (
            its
            for other, its in zip(cluster, lanes, strict=True)
            if its > lane and other.top < piece.bottom and other.bottom > piece.top
        )
        piece.left = left + lane * each
        piece.width = (min(taken, default=len(ends)) - lane) * each - 1


def busy_steps(runs: Iterable[Run], span: Span, steps: int) -> list[int]:
    """How many runs are at work at once, at most, in each of so many equal pieces of a stretch of time.

    A run counts in each piece that it touches, so that none is too short to be seen, and a gap is really one.
    """
    changes = [0] * (steps + 1)
    for run in runs:
        first = max(0, int(span.share(run.start) * steps))
        last = min(steps - 1, int(span.share(run.end) * steps))
        if first < steps and last >= first:
            changes[first] += 1
            changes[last + 1] -= 1
    counts, now = [], 0
    for change in changes[:steps]:
        now += change
        counts.append(now)
    return counts


def most_at_once(runs: Iterable[Run], span: Span) -> int:
    """How many runs are at work at the same moment, at most; one that begins when another ends comes after it."""
    changes: list[tuple[datetime, int]] = []
    for run in runs:
        if run.start < span.end and run.end > span.start:
            changes += [(run.start, 1), (run.end, -1)]
    return max([0, *accumulate(change for _moment, change in sorted(changes))])


def nearest(blocks: Sequence[Block], current: int, dx: int, dy: int) -> int:
    """The bar that the keyboard comes to from another one.

    Args:
        current: the place of that bar.
        dx, dy: the way: -1, 0 or 1 each, one of them 0.
    Returns:
        The place of the next bar that way; the same place when there is none.
    """
    x, y = blocks[current].middle
    best, best_cost = current, float("inf")
    for place, block in enumerate(blocks):
        if place == current:
            continue
        own_x, own_y = block.middle
        along = (own_x - x) * dx + (own_y - y) * dy
        across = abs(own_y - y) if dx else abs(own_x - x)
        if along > 0.5 and (cost := along + 3 * across) < best_cost:
            best, best_cost = place, cost
    return best
