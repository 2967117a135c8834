"""A file as a header and rows of texts, whatever it is: text with delimiters or a workbook."""

from __future__ import annotations

import hashlib
import itertools
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from desktop.errors import SourceError
from desktop.imports import dialect as dialects
from desktop.imports.binding import known_columns
from desktop.imports.definition import Definition, Reading
from desktop.imports.encoding import examine
from desktop.imports.text_reader import text_rows
from desktop.imports.workbook_reader import COMPOUND, PACKED, open_workbook
from desktop.imports.workbook_safety import MOST_COLUMNS

WORKBOOK_ENDINGS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
Known = Callable[[Sequence[str]], int]
_HEADER_WITHIN: Final = 20  # rows in which a header is looked for
TEXT, WORKBOOK = "CSV", "Excel"


class Dialect(msgspec.Struct, frozen=True):
    """What was found out about a file.

    Attributes:
        kind: "CSV" or "Excel".
        certainty: of the delimiter: "certain", "likely" or "a guess".
        encoding_guessed: a person should look at the sample before it is read.
        header_line: line of the header, from 1; 0 for none.
    """

    kind: str
    encoding: str = ""
    encoding_caption: str = ""
    encoding_guessed: bool = False
    delimiter: str = ""
    delimiter_caption: str = ""
    quote: str = ""
    escape: str = ""
    certainty: str = "certain"
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_line: int = 1
    error_cells: int = 0

    @property
    def text(self) -> str:
        """One line for people."""
        header = (
            f"columns named in line {self.header_line:,}" if self.header_line else "no line names the columns"
        )
        if self.kind == WORKBOOK:
            return f"Workbook, sheet “{self.sheet}”, {header}"
        encoding = f"{self.encoding_caption} (a guess)" if self.encoding_guessed else self.encoding_caption
        return f"Text divided by {self.delimiter_caption} ({self.certainty}), {encoding}, {header}"


@dataclass(frozen=True, slots=True)
class Source:
    """An open file.

    Attributes:
        header: the names of the columns, unique and not empty.
        rows: each row that has a text: its line in the file or row of the sheet, from 1, and its cells.
        notes: what a person should know, e.g. that columns without a name were given one.
        expected_rows: how many there are, 0 where that is only known at the end.
    """

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    dialect: Dialect
    notes: list[str]
    size: int
    sha256: str
    expected_rows: int


@contextmanager
def open_source(
    path: Path, definition: Definition, *, guess: bool = False, known: Known | None = None
) -> Iterator[Source]:
    """Open a file to be read once from its first row to its last.

    Args:
        definition: says what is known about the file, and which columns to look for.
        guess: where a text file is not UTF-8, take the likely encoding rather than refuse.
        known: how many cells of a row are names of columns; the definition's columns by default.
    Raises:
        SourceError: NotFound, IsAFolder, NoPermission, CannotRead, Empty, NotWhatItSays, WrongEncoding,
            UnclosedQuote, Password, BrokenWorkbook, NoSheet, TooWide or TooLarge.
    """
    head = _head(path)
    known = known or (lambda cells: known_columns(definition, cells))
    try:
        if path.suffix.lower() in WORKBOOK_ENDINGS:
            _check_workbook(path, head)
            _check_source_type(path, definition, WORKBOOK)
            with _workbook_source(path, definition, known) as source:
                yield source
        else:
            _check_text(path, head)
            _check_source_type(path, definition, TEXT)
            with _text_source(path, definition, known, guess=guess) as source:
                yield source
    except OSError as error:
        raise _unreadable(path, error) from error


def check_kind(path: Path) -> None:
    """Make sure that the path is no folder, pipe or device; one that cannot be looked at is left to who opens it.

    Raises:
        SourceError: IsAFolder or CannotRead.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if stat.S_ISDIR(mode):
        raise SourceError(f"“{path}” is a folder, not a file.", "Choose a file in it.", "IsAFolder")
    if not stat.S_ISREG(mode):
        raise SourceError(
            f"“{path}” is a pipe or a device, not a file.",
            "Save what comes from it in a file, and choose that.",
            "CannotRead",
        )


def _head(path: Path) -> bytes:
    """The first bytes of a file that is there, can be read and has content."""
    check_kind(path)
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except FileNotFoundError:
        raise SourceError(f"There is no file “{path}”.", "Check its name and folder.", "NotFound") from None
    except PermissionError:
        raise SourceError(
            f"You may not read “{path}”.",
            "Ask for the right to read it, or copy it elsewhere.",
            "NoPermission",
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from error
    if not head.strip() and path.stat().st_size == len(head):
        raise SourceError(f"“{path.name}” is empty.", "Choose a file with data.", "Empty")
    return head


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(
        f"“{path}” cannot be read: {error.strerror or error}.",
        "Copy it to another place and try again.",
        "CannotRead",
    )


def _check_workbook(path: Path, head: bytes) -> None:
    ending = path.suffix.lower()
    if head.startswith(COMPOUND) or (head.startswith(PACKED) and ending != ".xls"):
        return
    if head.startswith(PACKED):
        really, rename = (
            "is really a workbook of a newer kind",
            "Rename it to end with .xlsx, or save it as that.",
        )
    elif head.lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        really, rename = "is really a web page or XML", "Open it in Excel and save it as a workbook."
    elif 0 not in head:
        really, rename = "is really a text file", "Rename it to end with .csv."
    else:
        really, rename = "is not a workbook", "Open it in Excel and save it again, or choose another file."
    raise SourceError(f"“{path.name}” is named like a workbook, but {really}.", rename, "NotWhatItSays")


def _check_text(path: Path, head: bytes) -> None:
    if head.startswith(PACKED):
        really, rename = (
            "a workbook or another packed file",
            "If it is a workbook, rename it to end with .xlsx.",
        )
    elif head.startswith(COMPOUND):
        really, rename = "an old or protected workbook", "If it is a workbook, rename it to end with .xls."
    elif head.startswith(b"%PDF"):
        really, rename = "a PDF document", "Export the data as CSV or as a workbook."
    elif head.startswith(b"\x1f\x8b"):
        really, rename = "a compressed file", "Unpack it first."
    else:
        return
    raise SourceError(f"“{path.name}” is not a text file but {really}.", rename, "NotWhatItSays")


def _check_source_type(path: Path, definition: Definition, kind: str) -> None:
    if definition.source_type in (TEXT, WORKBOOK) and definition.source_type != kind:
        raise SourceError(
            f"The integration {definition.code} reads {definition.source_type} files, but “{path.name}” is "
            + ("a workbook." if kind == WORKBOOK else "a text file."),
            "Choose another file, or change Source Type on the integration.",
            "NotWhatItSays",
        )


@contextmanager
def _text_source(path: Path, definition: Definition, known: Known, *, guess: bool) -> Iterator[Source]:
    reading = definition.reading
    found = examine(path, reading.encoding, guess=guess)
    with path.open(encoding=found.encoding, newline="") as file:
        sample = file.read(dialects.SAMPLE)
    dialect = dialects.sniff(sample, reading)
    with closing(text_rows(path, found.encoding, dialect)) as whole:
        header, header_line, rows, notes = _header(path, reading, known, whole)
        yield Source(
            header=header,
            rows=rows,
            dialect=Dialect(
                kind=TEXT,
                encoding=found.encoding,
                encoding_caption=found.caption,
                encoding_guessed=found.guessed,
                delimiter=dialect.delimiter,
                delimiter_caption=dialect.caption,
                quote=dialect.quote,
                escape=dialect.escape,
                certainty=dialect.certainty,
                header_line=header_line,
            ),
            notes=notes,
            size=found.size,
            sha256=found.sha256,
            expected_rows=0,
        )


@contextmanager
def _workbook_source(path: Path, definition: Definition, known: Known) -> Iterator[Source]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with open_workbook(path, definition.reading.sheet, definition.decimal_separator) as book:
        header, header_line, rows, notes = _header(path, definition.reading, known, book.rows())
        if book.error_cells:
            notes.append(f"{book.error_cells:,} cells hold an error of a formula, such as #N/A.")
        yield Source(
            header=header,
            rows=rows,
            dialect=Dialect(
                kind=WORKBOOK,
                sheet=book.sheet,
                sheets=tuple(book.sheets),
                header_line=header_line,
                error_cells=book.error_cells,
            ),
            notes=notes,
            size=path.stat().st_size,
            sha256=digest,
            expected_rows=max(0, book.height - header_line),
        )


def _header(
    path: Path, reading: Reading, known: Known, rows: Iterator[tuple[int, list[str]]]
) -> tuple[list[str], int, Iterator[tuple[int, list[str]]], list[str]]:
    """Find the header among the first rows: where a person says, else where most known columns are named."""
    first = list(itertools.islice(rows, _HEADER_WITHIN))
    if not first:
        raise SourceError(f"“{path.name}” has no data.", "Choose a file with data.", "Empty")
    if not reading.has_header:
        width = max(len(cells) for _, cells in first)
        names = [f"Column {number}" for number in range(1, width + 1)]
        return names, 0, itertools.chain(first, rows), []
    if reading.header_line:
        rows = itertools.dropwhile(lambda row: row[0] < reading.header_line, itertools.chain(first, rows))
        found = next(rows, None)
        if found is None:
            raise SourceError(
                f"“{path.name}” ends before line {reading.header_line:,}, which should name its columns.",
                "Correct the header line on the integration.",
                "Empty",
            )
        line, cells = found
    else:
        scores = [known(cells) for _, cells in first]
        best = scores.index(max(scores))
        line, cells = first[best]
        rows = itertools.chain(first[best + 1 :], rows)
    notes: list[str] = []
    if line > 1 and not reading.header_line:
        notes.append(f"The columns are named in line {line:,}; what stands above is left out.")
    if len(cells) > MOST_COLUMNS:
        raise SourceError(
            f"“{path.name}” has {len(cells):,} columns; at most {MOST_COLUMNS:,} are read.",
            "Check that its delimiter is right, or delete columns.",
            "TooWide",
        )
    return _names(cells, notes), line, rows, notes


def _names(cells: Sequence[str], notes: list[str]) -> list[str]:
    """A unique name for each column: "Column 7" for a blank one, "Name (2)" for the second of its name."""
    names: list[str] = []
    taken = {cell.strip() for cell in cells}
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split())
        if not name:
            name = f"Column {number}"
            notes.append(f"The column {number} has no name and is called “{name}”.")
        elif name in seen:
            again = next(
                f"{name} ({count})" for count in itertools.count(2) if f"{name} ({count})" not in taken | seen
            )
            notes.append(f"The column {number} is also named “{name}” and is called “{again}”.")
            name = again
        seen.add(name)
        names.append(name)
    return names
