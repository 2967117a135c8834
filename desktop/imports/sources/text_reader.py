"""Rows of a text file, with the line where each one begins."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

from desktop.errors import SourceError
from desktop.imports.sources.dialect import TextDialect

# Read after the last line: where it does not come back as a row of its own, a quote was never closed.
_END: Final = "\ue000end of file\ue000"
_OLD_END: Final = ["\x1a"]  # some programs mark the end of a text so


def text_rows(
    path: Path, encoding: str, dialect: TextDialect
) -> Generator[tuple[int, list[str]], None, None]:
    """Each row with its first line, from 1; rows without any text are left out. Closing it closes the file.

    Raises:
        SourceError: UnclosedQuote, naming the line where the quote opens; TooLong for one endless value.
    """
    with path.open(encoding=encoding, newline="") as file:
        reader: Any = dialect.rows(itertools.chain(file, (_END,)))
        line = 1
        try:
            for row in reader:
                if row and _END in row[-1]:
                    if len(row) > 1 or row[0] != _END:
                        raise _unclosed(path, _opened_in(row[-1], reader.line_num - 1))
                    return
                if any(row) and row != _OLD_END:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            raise _too_long(path, encoding, dialect, line) from error
    raise _unclosed(path, line)


def _opened_in(cell: str, last_line: int) -> int:
    """The line in which a cell begins that runs to the end of the file."""
    lines = cell[: cell.rindex(_END)].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return last_line + 1 - len(lines) + (lines[-1] == "" and len(lines) > 1)


def _unclosed(path: Path, line: int) -> SourceError:
    return SourceError(
        f"A quote opens in line {line:,} of “{path.name}” and is never closed.",
        "Close the quote or remove it, then read the file again.",
        "UnclosedQuote",
    )


def _too_long(path: Path, encoding: str, dialect: TextDialect, first: int) -> SourceError:
    """What stands behind the csv module's limit: nearly always a quote that was forgotten."""
    with path.open(encoding=encoding, newline="") as file:
        lines = itertools.islice(file, first - 1, None)
        opened = _open_quote(lines, dialect, first)
    limit = csv.field_size_limit()
    if opened is not None:
        return SourceError(
            f"A quote opens in line {opened:,} of “{path.name}” and is not closed within {limit:,} characters.",
            "Close the quote or remove it, then read the file again.",
            "UnclosedQuote",
        )
    return SourceError(
        f"Line {first:,} of “{path.name}” has a value of more than {limit:,} characters.",
        "Check that the file is what it should be and that its delimiter is right.",
        "TooLong",
    )


def _open_quote(lines: Iterator[str], dialect: TextDialect, first: int) -> int | None:
    """The line in which the value begins that exceeds the limit; None where it has no quote."""
    limit = csv.field_size_limit()
    inside, opened, length, at_start = False, first, 0, True
    for line, text in enumerate(lines, first):
        for sign in text:
            length += 1
            if sign == dialect.quote and (inside or at_start):
                inside = not inside
                if inside:
                    opened, length = line, 0
            elif not inside and (sign == dialect.delimiter or sign in "\r\n"):
                at_start, length = True, 0
                continue
            at_start = False
            if length > limit:
                return opened if inside else None
    return opened if inside else None
