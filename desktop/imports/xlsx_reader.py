"""Rows of one sheet of an xlsx, read as a stream: memory does not grow with the sheet.

The sheet's XML is searched a piece at a time by expressions that know the forms in which programs write cells; a row
in any other form goes through slower ones. Nothing in them can take more than a piece's length in steps.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from typing import Final

from desktop.errors import SourceError
from desktop.imports.header import MOST_COLUMNS, FileRow
from desktop.imports.shared_strings import (
    LONGEST_TEXT,
    PHONETIC,
    RUN,
    SharedStrings,
    pieces_to,
    read_shared_strings,
    too_long,
    unescape,
)
from desktop.imports.typed_cells import number_text, serial_text, span_text
from desktop.imports.workbook_safety import MOST_BYTES, broken, too_large
from desktop.imports.xlsx_package import DATE, Sheet, XlsxPackage

MOST_ROWS: Final = 1_048_576
_LARGEST_ROW: Final = 16 << 20  # bytes
_LONGEST_CODE: Final = 16  # digits; longer ones are rounded by spreadsheets
_SAMPLE: Final = 1_000  # rows by which empty columns on the left are found
_DIMENSION: Final = re.compile(
    rb"""<(?:\w+:)?dimension\b[^<>]*?\bref\s*=\s*["']([A-Z]{1,3})\d+:[A-Z]{1,3}(\d{1,7})["']"""
)
_ROW: Final = re.compile(r'<row r="(\d{1,10})"')
_ANY_ROW: Final = re.compile(r"""<row\b[^<>]*?\sr\s*=\s*["'](\d{1,10})["']""")
_CELL: Final = re.compile(
    r'<c r="([A-Z]++)[0-9]++"(?: s="([0-9]++)")?+(?: t="([a-zA-Z]++)")?+'
    r"(?:/>|>(?:<f(?: [^<>]*?)?(?:/>|>[^<]*+</f>))?"
    r"(?:(?:<v(?: [^<>]*+)?>|<is><t(?: [^<>]*+)?>)([^<]*+)(?:</v>|</t></is>)|<v/>)?</c>)"
)
_ANY_CELL: Final = re.compile(r"<c\b([^<>]*)(?<!/)>((?:(?!<c\b|</c>).)*+)</c>|<c\b([^<>]*)/>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"""(?<![\w:])(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_VALUE: Final = re.compile(r"<v\b[^<>]*>([^<]*)</v>")
_ODD_CELL: Final = re.compile(r"<c[\t\r\n/>]")
Found = tuple[str, str, str, str]  # column, style, type, and value or text in place


class XlsxBook:
    """What all sheets of an xlsx share: texts and formats. `close` it."""

    def __init__(self, package: XlsxPackage, decimal_separator: str) -> None:
        self.package = package
        self.separator = decimal_separator
        self.formats = package.number_formats()
        self.strings = (
            read_shared_strings(package.path, package.blocks(package.shared_strings))
            if package.shared_strings
            else SharedStrings(package.path)
        )

    def close(self) -> None:
        """Remove what was kept beside memory."""
        self.strings.close()


class XlsxSheet:
    """One sheet.

    Attributes:
        error_cells: cells with the error of a formula among the rows that were read so far.
        height: rows that the sheet announces; 0 where it does not.
    """

    def __init__(self, book: XlsxBook, sheet: Sheet) -> None:
        self.name = sheet.name
        self.error_cells = 0
        self.height = 0
        self._book = book.package
        self._path = book.package.path
        self._part = sheet.part
        self._separator = book.separator
        self._formats = book.formats
        self._strings = book.strings
        self._left = 0

    def rows(self) -> Iterator[FileRow]:
        """Each row that has a value, with its number from 1, without the empty columns on the left.

        Raises:
            SourceError: BrokenWorkbook, TooLarge, TooLong or TooWide.
        """
        rows = self._all_rows()
        first = list(itertools.islice(rows, _SAMPLE))
        left = min((_first_filled(cells) for _, cells in first), default=0)
        left = min(left, self._left)
        rows = itertools.chain(first, rows)
        if self._strings.longest > 1_000:
            rows = self._counted(rows)
        return self._shifted(rows, left) if left else rows

    def _shifted(self, rows: Iterator[FileRow], left: int) -> Iterator[FileRow]:
        for number, cells in rows:
            if any(cells[:left]):
                raise broken(self._path, f"its row {number:,} begins left of the table that it announces")
            yield number, cells[left:]

    def _counted(self, rows: Iterator[FileRow]) -> Iterator[FileRow]:
        """A long text that many cells share is written down for each of them."""
        total = 0
        for number, cells in rows:
            total += sum(map(len, cells))
            if total > MOST_BYTES:
                raise too_large(self._path, f"its texts are more than {MOST_BYTES >> 30} GB when written out")
            yield number, cells

    def _blocks(self) -> Iterator[bytes]:
        blocks = self._book.blocks(self._part)
        head = next(blocks, b"")
        found = _DIMENSION.search(head)
        if found is not None:
            self._left = column_of(found[1].decode()) - 1
            self.height = int(found[2]) if int(found[2]) <= MOST_ROWS else 0
        return itertools.chain([head], blocks)

    def _all_rows(self) -> Iterator[FileRow]:
        number = 0
        last_letters: tuple[str, ...] = ()
        places: list[int] = []
        width = 0
        dense = False
        find = _CELL.findall
        text_of, number_of = self._text_of, self._number_text
        first = self._strings.first
        in_memory = len(first)
        later = self._strings.later
        for piece in pieces_to(
            self._path, self._blocks(), b"</row>", b"</sheetData", "its rows", _LARGEST_ROW
        ):
            odd = _ODD_CELL.search(piece) is not None
            for part in piece.split("</row>"):
                cells = find(part)
                if odd or len(cells) != part.count("<c "):
                    cells = self._slowly(part)
                if not cells:
                    number = self._number(part, number) if "<row" in part else number
                    continue
                found_number = _ROW.search(part)
                number = int(found_number[1]) if found_number else self._number(part, number)
                if number > MOST_ROWS:
                    raise broken(
                        self._path, f"it has a row numbered {number:,}, where {MOST_ROWS:,} is the last"
                    )
                letters, styles, kinds, values = zip(*cells, strict=True)
                if letters != last_letters:
                    places = self._places(letters)
                    width = max(places) + 1
                    dense = places == list(range(width))
                    last_letters = letters
                try:
                    row = [
                        (first[place] if -1 < (place := int(value)) < in_memory else later(place))
                        if kind == "s" and value
                        else value
                        if not kind and not style and value.isdigit() and len(value) < _LONGEST_CODE
                        else number_of(style, value)
                        if not kind and value
                        else text_of(kind, style, value)
                        if value
                        else ""
                        for kind, style, value in zip(kinds, styles, values, strict=True)
                    ]
                except ValueError as error:
                    raise broken(
                        self._path, f"its row {number:,} has a cell that refers to nothing"
                    ) from error
                if not dense:
                    spread = [""] * width
                    for place, cell in zip(places, row, strict=True):
                        spread[place] = cell
                    row = spread
                while row and not row[-1]:
                    row.pop()
                if row:
                    yield number, row

    def _number(self, part: str, last: int) -> int:
        """The number of a row whose tag has other things first, or no number at all."""
        found = _ANY_ROW.search(part)
        number = int(found[1]) if found else last + max(1, part.count("<row"))
        if number > MOST_ROWS:
            raise broken(self._path, f"it has a row numbered {number:,}, where {MOST_ROWS:,} is the last")
        return number

    def _places(self, letters: tuple[str, ...]) -> list[int]:
        """Positions from 0."""
        places = [column_of(column) - 1 for column in letters]
        if max(places) >= MOST_COLUMNS:
            raise SourceError(
                f"The sheet “{self.name}” of “{self._path.name}” reaches to column {max(places) + 1:,};"
                f" at most {MOST_COLUMNS:,} columns are read.",
                "Delete the cells far to the right, or save the table in a workbook of its own.",
                "TooWide",
            )
        return places

    def _slowly(self, part: str) -> list[Found]:
        """The cells of a row in any form that is allowed."""
        found: list[Found] = []
        place = 0
        for opened, content, alone in _ANY_CELL.findall(part):
            told = {name: first or second for name, first, second in _ATTRIBUTE.findall(opened or alone)}
            letters = told.get("r", "").rstrip("0123456789").upper()
            place = column_of(letters) if letters.isalpha() and letters.isascii() else place + 1
            kind = told.get("t", "")
            if kind == "inlineStr":
                # What stands for other signs becomes them later, as in the quick way.
                inside = "".join(RUN.findall(PHONETIC.sub("", content)))
            else:
                inside = value[1] if (value := _VALUE.search(content)) else ""
            found.append((letters_of(place), told.get("s", ""), kind, inside))
        return found

    def _text_of(self, kind: str, style: str, value: str) -> str:
        """The text of a cell that is no shared one."""
        if kind in ("inlineStr", "str"):
            if len(value) > LONGEST_TEXT:
                raise too_long(self._path, "A cell")
            return unescape(value)
        if kind == "n":
            return self._number_text(style, value)
        if kind == "e":
            self.error_cells += 1
            return value
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        return value.removesuffix("Z").replace("T00:00:00.000", "").replace("T00:00:00", "").replace("T", " ")

    def _number_text(self, style: str, value: str) -> str:
        kind = self._formats.get(style)
        if (
            kind is None
            and len(value) < _LONGEST_CODE
            and value[-1] in "123456789"
            and value.replace(".", "", 1).isdigit()
        ):  # as a person would type it already
            return value if self._separator == "." else value.replace(".", self._separator)
        try:
            number = float(value)
        except ValueError:
            return unescape(value)
        if kind is None:
            return number_text(number, self._separator)
        if kind == DATE:
            return serial_text(number, self._book.since_1904)
        return span_text(number)


def _first_filled(cells: list[str]) -> int:
    return next(position for position, cell in enumerate(cells) if cell)


@functools.lru_cache(maxsize=2_048)
def column_of(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(column: int) -> str:
    """What a spreadsheet calls the column of that number, from 1."""
    letters = ""
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters
