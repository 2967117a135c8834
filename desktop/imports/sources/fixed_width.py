"""Rows of a file of fixed width: each line is cut at the same places."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Final

from desktop.errors import SourceError
from desktop.imports.integrations.definition import FixedColumn
from desktop.imports.sources.header import MOST_COLUMNS

LOOKS_FIXED: Final = (
    "Its lines look like columns of fixed width: choose that for how values are divided, or as source type of the "
    "integration, and draw the columns (on the command line: --columns)."
)
_SAMPLE: Final = 5_000  # lines by which columns are proposed
_ENOUGH: Final = 20  # lines with blanks under each other
_FEWEST: Final = 3  # lines of the same length
_LOOKED_AT: Final = 500  # lines
_PADDED: Final = 0.5  # share of lines with several blanks inside them
_DOS_END: Final = "\x1a"  # some programs mark the end of a text so


def fixed_rows(
    path: Path, encoding: str, columns: Sequence[FixedColumn]
) -> Generator[tuple[int, list[str]], None, None]:
    """Each line with any text, with its number from 1, cut into cells without the blanks that fill them.

    A line that ends early has empty cells. Closing the generator closes the file.
    """
    slices = [slice(column.start - 1, column.start - 1 + column.length) for column in columns]
    cut = operator.itemgetter(
        *slices, slice(0, 0)
    )  # the last one, so that it gives a tuple for one column too
    last = len(slices)
    with path.open(encoding=encoding) as file:
        for line, text in enumerate(file, 1):
            cells = [cell.strip() for cell in cut(text)[:last]]
            if any(cells) and text[0] != _DOS_END:
                yield line, cells


def sample_lines(path: Path, encoding: str, count: int = _SAMPLE) -> list[str]:
    """The first lines of the file, without their ends, for a ruler over them."""
    with path.open(encoding=encoding) as file:
        return [line.rstrip("\n") for line in itertools.islice(file, count)]


def propose_columns(lines: Sequence[str]) -> tuple[FixedColumn, ...]:
    """Columns by the places where all lines are blank; one column over everything where there are none.

    The columns are named "Column 1", "Column 2" …; each reaches to where the next one begins.
    """
    texts = [line.expandtabs(1).rstrip() for line in lines if line.strip()]
    width = max((len(text) for text in texts), default=0)
    filled = bytearray(width)
    for text in texts:
        for position, sign in enumerate(text):
            if sign != " ":
                filled[position] = 1
    starts = [
        position
        for position in range(width)
        if filled[position] and (not position or not filled[position - 1])
    ]
    ends = [*starts[1:], width]
    return tuple(
        FixedColumn(f"Column {number}", start + 1, end - start)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    )


def looks_fixed(lines: Sequence[str], delimiter: str, *, alike: bool) -> bool:
    """Whether columns are filled with blanks rather than divided by a delimiter.

    Args:
        lines: the first ones, without their ends.
        delimiter: what seems to divide them; blanks beside it tell nothing.
        alike: it divides all lines alike, as it does by chance where each has one comma in a text.
    """
    beside = re.compile(rf" *{re.escape(delimiter)} *") if delimiter.strip() else None
    texts = [line for line in lines[:_LOOKED_AT] if line.strip()]
    if beside is not None:
        texts = [beside.sub(lambda found: "x" * len(found[0]), text) for text in texts]
    padded = sum("  " in text.strip() for text in texts) >= len(texts) * _PADDED
    if alike and not padded:
        return False
    if padded and len(texts) >= _FEWEST and len({len(text) for text in texts}) == 1:
        return True
    return len(texts) >= (_FEWEST if padded else _ENOUGH) and len(propose_columns(texts)) > 1


def check_columns(columns: Sequence[FixedColumn]) -> None:
    """Make sure that the columns of a file of fixed width make sense; they may overlap and leave gaps.

    Raises:
        SourceError: WrongColumns, naming the column.
    """
    for number, column in enumerate(columns, 1):
        if column.start < 1 or column.length < 1:
            raise _wrong(
                f"The column “{column.name or number}” begins at position {column.start:,} and is"
                f" {column.length:,} characters long."
            )
    if len(columns) > MOST_COLUMNS:
        raise _wrong(f"There are {len(columns):,} columns; at most {MOST_COLUMNS:,} are read.")


def column_names(columns: Sequence[FixedColumn], found: Sequence[str] = ()) -> list[str]:
    """What the columns are called: as the integration says, else as the file's own header does."""
    return [
        column.name or (found[position] if position < len(found) else "")
        for position, column in enumerate(columns)
    ]


def _wrong(what: str) -> SourceError:
    return SourceError(
        what, "Draw the columns anew: each has a first position from 1 and a length from 1.", "WrongColumns"
    )
