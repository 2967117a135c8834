"""A file as a header and rows of texts, whatever it is: text, a workbook or JSON."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from desktop.errors import SourceError
from desktop.imports.integrations.binding import column_knower
from desktop.imports.integrations.definition import Definition, FixedColumn, Reading
from desktop.imports.sources import dialect as dialects
from desktop.imports.sources.detect import Detected, detect
from desktop.imports.sources.encoding import FileText, examine
from desktop.imports.sources.file_checks import (
    check_text,
    check_workbook,
    head_of,
    stamp_of,
    unchanged,
    unreadable,
)
from desktop.imports.sources.fixed_width import (
    are_underlined,
    check_columns,
    column_names,
    columns_of_file,
    fixed_note,
    fixed_rows,
    looks_fixed,
    names_in_places,
)
from desktop.imports.sources.header import FileRow, Known, Table, find_table, unique_names
from desktop.imports.sources.left_out import LeftOut, LeftOutRows
from desktop.imports.sources.sheet_choice import Fits
from desktop.imports.sources.text_formulas import TextFormulas
from desktop.imports.sources.text_reader import text_rows
from desktop.imports.sources.workbook_reader import Workbook, open_workbook
from models.integration import SourceType

WORKBOOK_ENDINGS: Final = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
JSON_ENDINGS: Final = frozenset({".json", ".jsonl", ".ndjson"})
TEXT, WORKBOOK = SourceType.CSV.value, SourceType.EXCEL.value
FIXED_WIDTH, JSON = SourceType.FIXED_WIDTH.value, SourceType.JSON.value
_SAMPLE: Final = 1_000  # rows by which numbers and dates are detected
_BEGINS_AS_JSON: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*"[^"\r\n]*"\s*:')


class Dialect(msgspec.Struct, frozen=True):
    """What was found out about a file.

    Attributes:
        kind: "CSV", "Excel", "Fixed Width" or "JSON".
        certainty: of the delimiter, or of the columns of a fixed width: "certain", "likely", "a guess", or
            "uncertain" where columns of fixed width may be meant instead.
        encoding_guessed: a person should look at the sample before it is read.
        header_line: line of the header, from 1; 0 for none. It has `header_rows` lines.
        fixed_columns: where a file of fixed width is cut.
        array_path: where the records of a JSON file stand; `arrays` are the paths of others that it has.
        text_formulas: some of its first cells hold a text as a formula, such as ="00123".
        left_out: rows that are none of its records; known once all of it was read.
        notes: what was told when it was read.
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
    header_rows: int = 1
    error_cells: int = 0
    fixed_columns: tuple[FixedColumn, ...] = ()
    array_path: str = ""
    arrays: tuple[str, ...] = ()
    text_formulas: bool = False
    left_out: tuple[LeftOutRows, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Whether cells may carry numbers, which become texts with the integration's decimal sign."""
        return self.kind in (WORKBOOK, JSON)

    @property
    def _header_lines(self) -> str:
        first, last = self.header_line, self.header_line + self.header_rows - 1
        if first == last:
            return f"line {first:,}"
        return f"lines {first:,} {'and' if self.header_rows == 2 else 'to'} {last:,}"

    @property
    def text(self) -> str:
        """One line for people."""
        header = f"columns named in {self._header_lines}" if self.header_line else "no line names the columns"
        if self.kind == WORKBOOK:
            return f"Workbook, sheet “{self.sheet}”, {header}"
        encoding = f"{self.encoding_caption} (a guess)" if self.encoding_guessed else self.encoding_caption
        if self.kind == JSON:
            return (
                f"JSON, records in “{self.array_path}”, {encoding}"
                if self.array_path
                else f"JSON, {encoding}"
            )
        if self.kind == FIXED_WIDTH:
            count = len(self.fixed_columns)
            columns = f"{count} column{'' if count == 1 else 's'} ({self.certainty})"
            return f"Text of fixed width, {columns}, {encoding}, {header}"
        return f"Text divided by {self.delimiter_caption} ({self.certainty}), {encoding}, {header}"


@dataclass(frozen=True)
class Source:
    """An open file.

    Attributes:
        header: the names of the columns, unique and not empty.
        rows: each row that has a text: its line in the file, row of the sheet or number of the record, from 1, and
            its cells.
        notes: what a person should know, e.g. that columns without a name were given one.
        expected_rows: how many there are, 0 where that is only known at the end.
        sample: the first rows, which also come with `rows`.
        left_out: rows that are none of its records, as far as it was read.
    """

    header: list[str]
    rows: Iterator[FileRow]
    dialect: Dialect
    notes: list[str]
    size: int
    sha256: str
    expected_rows: int
    sample: Sequence[FileRow]
    null_text: str
    left_out: LeftOut

    @functools.cached_property
    def detected(self) -> Detected:
        """How numbers and dates are written, by the first rows."""
        return detect(self.header, [cells for _, cells in self.sample], self.null_text)


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
            UnknownEncoding, UnclosedQuote, TooLong, Password, BrokenWorkbook, BrokenJson, NoSheet, TooWide, TooLarge,
            TooDeep, WrongColumns or Changed.
    """
    head = head_of(path)
    known = known or column_knower(definition)
    kind = _kind_of(path, head, definition)
    opened = {TEXT: _text_source, FIXED_WIDTH: _fixed_source, JSON: _json_source, WORKBOOK: _workbook_source}[
        kind
    ]
    try:
        with opened(path, definition, known, guess) as source:
            yield source
    except OSError as error:
        raise unreadable(path, error) from error


def _kind_of(path: Path, head: bytes, definition: Definition) -> str:
    """How the file is to be read: as the integration says, else by its name and content."""
    wanted = definition.source_type
    ending = path.suffix.lower()
    if ending in WORKBOOK_ENDINGS:
        check_workbook(path, head)
        found, called = WORKBOOK, "a workbook"
    else:
        check_text(path, head)
        is_json = ending in JSON_ENDINGS or (
            wanted == SourceType.ANY and _BEGINS_AS_JSON.match(head) is not None
        )
        found, called = (JSON, "a JSON file") if is_json else (TEXT, "a text file")
        if wanted in (TEXT, FIXED_WIDTH) and not is_json:
            return wanted
        if wanted == JSON and head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] in (b"[", b"{"):
            return JSON
        if not is_json and definition.reading.fixed_columns and wanted != WORKBOOK:
            return FIXED_WIDTH
    if wanted in (TEXT, WORKBOOK, FIXED_WIDTH, JSON) and wanted != found:
        raise SourceError(
            f"The integration {definition.code} reads {wanted} files, but “{path.name}” is {called}.",
            "Choose another file, or change Source Type on the integration.",
            "NotWhatItSays",
        )
    return found


def _source(
    path: Path, definition: Definition, table: Table, dialect: Dialect, file: FileText, expected: int
) -> Source:
    """What all kinds of files have; the dialect gets the header's line and the encoding here."""
    sample = list(itertools.islice(table.rows, _SAMPLE))
    return Source(
        header=table.header,
        rows=itertools.chain(sample, table.rows, unchanged(path, file.stamp)),
        dialect=msgspec.structs.replace(
            dialect,
            header_line=table.header_line,
            header_rows=definition.reading.header_rows,
            encoding=file.encoding,
            encoding_caption=file.caption,
            encoding_guessed=file.guessed,
        ),
        notes=[*table.notes, *file.notes],
        size=file.size,
        sha256=file.sha256,
        expected_rows=expected,
        sample=sample,
        null_text=definition.null_text,
        left_out=table.left_out,
    )


@contextmanager
def _text_source(path: Path, definition: Definition, known: Known, guess: bool) -> Iterator[Source]:
    reading = definition.reading
    file = examine(path, reading.encoding, guess=guess)
    with path.open(encoding=file.encoding, newline="") as text:
        sample = text.read(dialects.SAMPLE)
    dialect = dialects.sniff(sample, reading, known)
    certainty = dialect.certainty
    lines = [line.rstrip("\r\n") for line in dialects.lines_of(sample)]
    fixed = not reading.delimiter and looks_fixed(
        lines, dialect.delimiter, alike=dialect.width > 1 and certainty == dialects.CERTAIN
    )
    # What is only a guess is for somebody to look at.
    if fixed and definition.source_type == SourceType.ANY and (guess or are_underlined(lines)):
        divided = max(map(known, dialects.first_rows(dialect, lines)), default=0)
        if names_in_places(lines, known) > max(divided, 1):
            with _fixed_source(path, definition, known, guess) as source:
                yield source
            return
    if fixed and definition.source_type != TEXT:
        certainty = dialects.UNCERTAIN
    formulas = TextFormulas(taken=reading.text_formulas)
    with closing(text_rows(path, file.encoding, dialect)) as whole:
        rows: Iterator[FileRow] = whole
        if dialect.said:
            rows = itertools.dropwhile(lambda row: row[0] == 1, rows)
        if file.has_formulas:
            rows = formulas.within(rows)
        table = find_table(path, reading, known, rows)
        found = Dialect(
            kind=TEXT,
            delimiter=dialect.delimiter,
            delimiter_caption=dialect.caption,
            quote=dialect.quote,
            escape=dialect.escape,
            certainty=certainty,
        )
        if fixed:
            table.notes.append(fixed_note(lines))
        source = _source(path, definition, table, found, file, 0)
        if note := formulas.note(len(source.sample)):
            source.notes.append(note)
            source = dataclasses.replace(
                source, dialect=msgspec.structs.replace(source.dialect, text_formulas=True)
            )
        yield source


@contextmanager
def _fixed_source(path: Path, definition: Definition, known: Known, guess: bool) -> Iterator[Source]:
    reading = definition.reading
    file = examine(path, reading.encoding, guess=guess)
    columns, certainty = reading.fixed_columns, dialects.CERTAIN
    if not columns:
        columns, sure = columns_of_file(path, file.encoding)
        certainty = dialects.CERTAIN if sure else dialects.GUESS
    check_columns(columns)
    with closing(fixed_rows(path, file.encoding, columns)) as whole:
        table = _fixed_table(path, definition, known, columns, whole)
        if certainty != dialects.CERTAIN:
            table.notes.append("The columns were found by the places where all lines are blank: check them.")
        found = Dialect(kind=FIXED_WIDTH, certainty=certainty, fixed_columns=columns)
        yield _source(path, definition, table, found, file, 0)


def _fixed_table(
    path: Path, definition: Definition, known: Known, columns: Sequence[FixedColumn], rows: Iterator[FileRow]
) -> Table:
    """The table below its header, if the file has one: columns may have their names from the integration alone."""
    reading = definition.reading
    names = {column.name for column in columns if column.name}
    if reading.has_header and not reading.header_line:
        first = list(itertools.islice(rows, reading.skip_rows + 20))
        rows = itertools.chain(first, rows)
        if not any(known(cells) or names & set(cells) for _, cells in first):
            reading = msgspec.structs.replace(reading, has_header=False)
    table = find_table(path, reading, lambda cells: known(cells) + len(names & set(cells)), rows)
    header = column_names(columns, table.header if table.header_line else ())
    notes = [note for note in table.notes if note.startswith("The columns are named")]
    return Table(unique_names(header, notes), table.header_line, table.rows, notes, table.left_out)


@contextmanager
def _json_source(path: Path, definition: Definition, known: Known, guess: bool) -> Iterator[Source]:
    from desktop.imports.sources.json_reader import open_json

    reading = definition.reading
    file = examine(path, reading.encoding, guess=guess, whole_lines=False)
    found = open_json(path, file.encoding, reading.array_path, flatten=reading.flatten, known=known)
    with closing(found.rows(definition.decimal_separator)) as whole:
        notes = [found.note] if found.note else []
        table = Table(unique_names(found.names, notes), 0, whole, notes)
        dialect = Dialect(kind=JSON, array_path=found.array_path, arrays=found.arrays)
        yield _source(path, definition, table, dialect, file, found.records)


@contextmanager
def _workbook_source(path: Path, definition: Definition, known: Known, guess: bool) -> Iterator[Source]:
    stamp = stamp_of(path)
    with path.open("rb") as packed:
        digest = hashlib.file_digest(packed, "sha256").hexdigest()
    file = FileText("", False, digest, stamp.size, stamp)
    reading = definition.reading
    with open_workbook(path, reading.sheet, definition.decimal_separator, _fits(reading, known)) as book:
        table = find_table(path, reading, known, book.rows(), ragged=True)
        if book.note:
            table.notes.insert(0, book.note)
        table.notes.extend(_cell_notes(book, table.header))
        dialect = Dialect(
            kind=WORKBOOK,
            sheet=book.sheet,
            sheets=tuple(book.sheets),
            error_cells=book.error_cells,
        )
        yield _source(path, definition, table, dialect, file, max(0, book.height - table.header_line))


def _cell_notes(book: Workbook, header: Sequence[str]) -> Iterator[str]:
    """What the first cells of a sheet tell."""
    if book.error_cells:
        cells = "A cell holds" if book.error_cells == 1 else f"{book.error_cells:,} cells hold"
        yield f"{cells} the error of a formula, such as #N/A."
    if book.uncalculated:
        cells = "A cell has" if book.uncalculated == 1 else f"{book.uncalculated:,} cells have"
        yield f"{cells} a formula without its value: the program that wrote the workbook has calculated nothing."
    if book.hidden_rows:
        rows = "1 row is" if book.hidden_rows == 1 else f"{book.hidden_rows:,} rows are"
        they = "It is" if book.hidden_rows == 1 else "They are"
        yield f"Among the first rows of the sheet, {rows} hidden, as by a filter. {they} read like all others."
    hidden = [f"“{header[place]}”" for place in book.hidden_columns() if place < len(header)]
    if hidden:
        columns, are = ("column", "is") if len(hidden) == 1 else ("columns", "are")
        yield f"The hidden {columns} {', '.join(hidden)} {are} read like all others."


def _fits(reading: Reading, known: Known) -> Fits:
    """How many known columns the first rows of a sheet name, where a header may be."""

    def fits(rows: Sequence[FileRow]) -> int:
        possible = [
            known(cells)
            for line, cells in rows
            if reading.has_header and line > reading.skip_rows and reading.header_line in (0, line)
        ]
        return max(possible, default=0)

    return fits
