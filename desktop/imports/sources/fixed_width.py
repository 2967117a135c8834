"""Rows of a file of fixed width: each line is cut at the same places."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from desktop.errors import SourceError
from desktop.imports.integrations.definition import FixedColumn
from desktop.imports.sources.header import MOST_COLUMNS, Known
from desktop.imports.sources.printed_rows import is_beside, is_border, shape_of

LOOKS_FIXED: Final = "Its lines look like columns of fixed width"
_SAMPLE: Final = 5_000  # lines by which columns are proposed
_LONGER: Final = 1_000  # characters
_ENOUGH: Final = 20  # lines with blanks under each other
_FEWEST: Final = 3  # lines of the same length
_SHORT: Final = 60  # characters of a line that tells how many rows there are
_LOOKED_AT: Final = 500  # lines
_HEADER_WITHIN: Final = 20  # lines
_NEW_PAGE: Final = "\x0c"
_FEW: Final = 0.2  # share of lines that may be titles
_UNDERLINED: Final = re.compile(r"\s*[-=_]+(?: +[-=_]+)+")
_PADDED: Final = 0.5  # share of lines with several blanks inside them
_DOS_END: Final = "\x1a"  # some programs mark the end of a text so


def fixed_rows(
    path: Path, encoding: str, columns: Sequence[FixedColumn]
) -> Generator[tuple[int, list[str]], None, None]:
    """Each line with any text, with its number from 1, cut into cells without the blanks that fill them.

    A line that ends early has empty cells; one that only tells a page or a count stays whole. Closing the generator
    closes the file.
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
                yield line, [text.strip()] if len(text) < _SHORT and is_beside(text) else cells


def sample_lines(path: Path, encoding: str, count: int = _SAMPLE) -> list[str]:
    """The first lines of the file, without their ends, for a ruler over them."""
    with path.open(encoding=encoding) as file:
        return [line.rstrip("\n") for line in itertools.islice(file, count)]


def propose_columns(lines: Sequence[str]) -> tuple[FixedColumn, ...]:
    """Columns by a line that underlines them, else by the places where lines are blank; else one over everything.

    The columns are named "Column 1", "Column 2" …; the first one begins with the line, as numbers further down may be
    longer, and each reaches to where the next one begins. Borders do not count,
    nor do a few lines that run over the places where all others are blank, such as the titles of printed pages.
    """
    texts = [line.expandtabs(1).rstrip() for line in lines if line.strip()]
    underlined = _underlined(texts)
    titles = {shape_of((text,)) for text in texts if text.startswith(_NEW_PAGE)}
    texts = [text for text in texts if not is_border((text,))] or texts
    if titles:
        texts = [text for text in texts if shape_of((text,)) not in titles] or texts
    starts = [found.start() for found in re.finditer(r"\S+", underlined)] or _starts(_regular(texts))
    width = max((len(line) for line in lines), default=0)
    places = [0, *starts[1:], width] if starts else []
    return tuple(
        FixedColumn(f"Column {number}", start + 1, end - start)
        for number, (start, end) in enumerate(itertools.pairwise(places), 1)
    )


def columns_of_file(path: Path, encoding: str) -> tuple[tuple[FixedColumn, ...], bool]:
    """The columns that a file's first lines propose, without names, which the file itself may have.

    The last one reaches further than these lines where there are others that may be longer.

    Returns:
        The columns, and whether they are certain.
    """
    lines = sample_lines(path, encoding)
    columns = [msgspec.structs.replace(column, name="") for column in propose_columns(lines)]
    if columns and len(lines) == _SAMPLE:
        columns[-1] = msgspec.structs.replace(columns[-1], length=columns[-1].length + _LONGER)
    return tuple(columns), are_underlined(lines)


def are_underlined(lines: Sequence[str]) -> bool:
    """Whether a line of dashes shows where columns begin and end, so that nothing has to be guessed."""
    return bool(_underlined([line.expandtabs(1).rstrip() for line in lines[:_LOOKED_AT]]))


def _underlined(texts: Sequence[str]) -> str:
    return next((text for text in texts[:_LOOKED_AT] if _UNDERLINED.fullmatch(text)), "")


def _regular(texts: list[str]) -> list[str]:
    """The lines without a few that run over places where all others are blank."""
    starts = _starts(texts, int(len(texts) * _FEW))
    fitting = [
        text for text in texts if all(text[start - 1 : start] in ("", " ") for start in starts if start)
    ]
    return (
        fitting
        if len(starts) > 1 and _are_padded(texts) and len(fitting) >= len(texts) * (1 - _FEW)
        else texts
    )


def _are_padded(texts: Sequence[str]) -> bool:
    return sum("  " in text.strip() for text in texts) >= len(texts) * _PADDED


def _starts(texts: Sequence[str], few: int = 0) -> list[int]:
    """Where something begins, from 0, in more than a few lines, behind a place that is blank in all but a few."""
    width = max((len(text) for text in texts), default=0)
    filled = [0] * (width + 1)
    for text in texts:
        for position, sign in enumerate(text):
            if sign != " ":
                filled[position] += 1
    return [
        position
        for position in range(width)
        if filled[position] > few and (not position or filled[position - 1] <= few)
    ]


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
    padded = _are_padded(texts)
    if alike and not padded:
        return False
    if padded and len(texts) >= _FEWEST and len({len(text) for text in texts}) == 1:
        return True
    return len(texts) >= (_FEWEST if padded else _ENOUGH) and len(propose_columns(texts)) > 1


def fixed_note(lines: Sequence[str]) -> str:
    """The sentence for a file whose lines look so, with the columns that they propose."""
    places = ",".join(
        f"{column.start}-{column.start + column.length - 1}" for column in propose_columns(lines[:_LOOKED_AT])
    )
    return (
        f"{LOOKS_FIXED}: choose that for how values are divided, or as source type of the integration, and draw the "
        f"columns (on the command line, perhaps: --columns {places})."
    )


def names_in_places(lines: Sequence[str], known: Known) -> int:
    """How many names of columns that somebody looks for a line has, where it is cut as the columns are proposed."""
    places = [(column.start - 1, column.start - 1 + column.length) for column in propose_columns(lines)]
    rows = ([line[start:end].strip() for start, end in places] for line in lines[:_HEADER_WITHIN])
    return max(map(known, rows), default=0)


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
