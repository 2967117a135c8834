"""Where a table begins and ends in the rows of a file: what is skipped, which rows name the columns, and the foot."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from desktop.errors import SourceError
from desktop.imports.integrations.definition import Reading
from desktop.imports.sources.left_out import LeftOut, Why
from desktop.imports.sources.printed_rows import FileRow, is_border, only_records

__all__ = ["MOST_COLUMNS", "FileRow", "Known", "Table", "check_width", "find_table", "unique_names"]

MOST_COLUMNS: Final = 1_000
Known = Callable[[Sequence[str]], int]
_WITHIN: Final = 20  # rows in which a header is looked for
_RAGGED_WITHIN: Final = 1_000  # rows by which columns without a name are known
_NUMBER: Final = re.compile(r"[+\-−]?[\d.,'’\s]*\d[\d.,'’\s]*%?")
_TITLES: Final = 20  # rows above the names that are remembered
_EACH_TOLD: Final = 3  # columns without a name of their own
_FILLED: Final = 0.8  # share of the widest row that a header fills at least


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file below the names of its columns.

    Attributes:
        header: the names, unique and not empty.
        header_line: the line of the (first) header row, from 1; 0 for none.
        notes: what a person should know, e.g. that columns without a name were given one.
        left_out: what is left out of the rows, as far as they were read.
    """

    header: list[str]
    header_line: int
    rows: Iterator[FileRow]
    notes: list[str] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)


def find_table(
    path: Path, reading: Reading, known: Known, rows: Iterator[FileRow], *, ragged: bool = False
) -> Table:
    """Find the header among the first rows: where a person says, else where most known columns are named.

    Rows that only printing has added are left out and counted, as `printed_rows` says, and so are those at the end
    that somebody has chosen.

    Args:
        known: how many cells of a row are names of columns that somebody looks for.
        rows: the rows with any text, each with its line.
        ragged: rows end with their last filled cell, so that columns without a name are known by the rows below.
    Raises:
        SourceError: Empty or TooWide.
    """
    left_out = LeftOut()
    above: deque[FileRow] = deque(maxlen=_TITLES)
    if reading.skip_rows:
        rows = _below(rows, lambda row: row[0] <= reading.skip_rows, above, left_out)
    if reading.footer_rows:
        rows = _without_last(rows, reading.footer_rows, left_out)
    first = list(itertools.islice(rows, _RAGGED_WITHIN if ragged else _WITHIN))
    if not first:
        raise SourceError(f"“{path.name}” has no data.", "Choose a file with data.", "Empty")
    if not reading.has_header:
        width = max(len(cells) for _, cells in first)
        check_width(path, width)
        names = [f"Column {number}" for number in range(1, width + 1)]
        records = only_records((), (), itertools.chain(first, rows), left_out)
        return Table(names, 0, records, left_out=left_out)
    rows = itertools.chain(first, rows)
    begins = reading.header_line or first[_best(known, [cells for _, cells in first[:_WITHIN]])][0]
    rows = _below(rows, lambda row: row[0] < begins, above, left_out)
    named = list(itertools.islice(rows, 1))
    if not named:
        raise SourceError(
            f"“{path.name}” ends before line {reading.header_line:,}, which should name its columns.",
            "Correct the header line.",
            "Empty",
        )
    line = named[0][0]
    if reading.header_rows > 1:
        following, rows = _split(rows, line + reading.header_rows)
        named += following
    notes: list[str] = []
    told = any(not is_border(cells) for at, cells in above if at > reading.skip_rows)
    if told and not reading.header_line:
        notes.append(f"The columns are named in line {line:,}; what stands above is left out.")
    cells = _joined([cells for _, cells in named])
    if ragged:
        width = max((len(below) for at, below in first if at >= line), default=0)
        cells += [""] * (width - len(cells))
    check_width(path, len(cells))
    titles = [cells for _, cells in above]
    records = only_records([cells for _, cells in named], titles, rows, left_out)
    below = [under for at, under in first if at > line and not is_border(under)]
    empty = {
        place for place in range(len(cells)) if not any(place < len(row) and row[place] for row in below)
    }
    return Table(unique_names(cells, notes, empty), line, records, notes, left_out)


def check_width(path: Path, width: int) -> None:
    """Make sure that a table is not absurdly wide.

    Raises:
        SourceError: TooWide.
    """
    if width > MOST_COLUMNS:
        raise SourceError(
            f"“{path.name}” has {width:,} columns; at most {MOST_COLUMNS:,} are read.",
            "Check that its delimiter is right, or delete columns.",
            "TooWide",
        )


def unique_names(cells: Sequence[str], notes: list[str], empty: Collection[int] = ()) -> list[str]:
    """A unique name for each column: "Column 7" for a blank one, "Name (2)" for the second of its name.

    Args:
        notes: takes a sentence for what was named otherwise than in the file.
        empty: columns without a value, from 0, of which nobody needs to know that they have no name either.
    """
    names: list[str] = []
    nameless: list[tuple[int, str]] = []
    again_named: list[tuple[int, str, str]] = []
    taken = {" ".join(cell.split()) for cell in cells}
    seen: set[str] = set()
    counts: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split())
        if not name:
            name = again = f"Column {number}"
            if name in taken | seen:
                again = _numbered(name, taken, seen, counts)
            if number - 1 not in empty:
                nameless.append((number, again))
            name = again
        elif name in seen:
            again = _numbered(name, taken, seen, counts)
            again_named.append((number, name, again))
            name = again
        seen.add(name)
        names.append(name)
    if len(again_named) > _EACH_TOLD:
        called = ", ".join(f"“{again}”" for _, _, again in again_named[:_EACH_TOLD])
        notes.append(
            f"{len(again_named):,} columns are named like another one and are called {called} and so on."
        )
    else:
        notes += [
            f"The column {number} is also named “{name}” and is called “{again}”."
            for number, name, again in again_named
        ]
    if len(nameless) > _EACH_TOLD:
        first, last = nameless[0][1], nameless[-1][1]
        notes.append(f"{len(nameless):,} columns have no name and are called “{first}” to “{last}”.")
    else:
        notes += [f"The column {number} has no name and is called “{name}”." for number, name in nameless]
    return names


def _numbered(name: str, taken: set[str], seen: set[str], counts: dict[str, int]) -> str:
    for count in itertools.count(counts.get(name, 2)):
        again = f"{name} ({count})"
        if again not in taken and again not in seen:
            counts[name] = count + 1
            return again
    raise AssertionError


def _best(known: Known, rows: Sequence[Sequence[str]]) -> int:
    """The position of the row that names the columns; where none is known, of the first that looks like names."""
    scores = [known(cells) for cells in rows]
    if max(scores):
        return scores.index(max(scores))
    filled = [[] if is_border(cells) else [cell.strip() for cell in cells if cell.strip()] for cells in rows]
    widest = max(len(cells) for cells in filled)
    for position, cells in enumerate(filled):
        if cells and len(cells) >= widest * _FILLED and not any(_NUMBER.fullmatch(cell) for cell in cells):
            return position
    return 0


def _joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """The texts above each other, joined; a title over several columns counts for each of them."""
    if len(rows) == 1:
        return list(rows[0])
    width = max(len(cells) for cells in rows)
    full = [[*cells, *[""] * (width - len(cells))] for cells in rows]
    for number, cells in enumerate(full[:-1]):
        title = ""
        for column, cell in enumerate(cells):
            title = cell.strip() or title
            if any(lower[column].strip() for lower in full[number + 1 :]):
                cells[column] = title
    return [" ".join(text for row in full if (text := row[column].strip())) for column in range(width)]


def _split(rows: Iterator[FileRow], line: int) -> tuple[list[FileRow], Iterator[FileRow]]:
    """The rows above a line, and all others."""
    above: list[FileRow] = []
    for row in rows:
        if row[0] >= line:
            return above, itertools.chain([row], rows)
        above.append(row)
    return above, iter(())


def _below(
    rows: Iterator[FileRow],
    is_above: Callable[[FileRow], bool],
    above: deque[FileRow],
    left_out: LeftOut,
) -> Iterator[FileRow]:
    """The rows from the first one on that does not stand above; the last ones that do are put into `above`."""
    for row in rows:
        if not is_above(row):
            return itertools.chain([row], rows)
        above.append(row)
        left_out.add(Why.ABOVE, row[0])
    return iter(())


def _without_last(rows: Iterator[FileRow], count: int, left_out: LeftOut) -> Iterator[FileRow]:
    held: deque[FileRow] = deque()
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.popleft()
    for line, _ in held:
        left_out.add(Why.AT_END, line)
