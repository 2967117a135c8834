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
from desktop.imports.sources.header import MOST_COLUMNS, FileRow
from desktop.imports.sources.shared_strings import (
    LONGEST_TEXT,
    PHONETIC,
    RUN,
    SharedStrings,
    pieces_to,
    read_shared_strings,
    too_long,
    unescape,
)
from desktop.imports.sources.typed_cells import number_text, percent_text, serial_text, span_text
from desktop.imports.sources.workbook_safety import MOST_BYTES, broken, too_large
from desktop.imports.sources.xlsx_package import DATE, PADDED, PERCENT, Sheet, XlsxPackage
from desktop.imports.values.conversions import NOT_CALCULATED

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
_NO_VALUE: Final = r"(?:<v ?/>|<v></v>)?</c>"
_UNCALCULATED: Final = (re.compile(f"</f>{_NO_VALUE}"), re.compile(f"<f [^<>]*+(?<=/)>{_NO_VALUE}"))
_UNCALCULATED_CELL: Final = re.compile(rf"<c\b([^<>]*+)><f\b[^<>]*+>(?:[^<]*+</f>)?{_NO_VALUE}")
_HIDDEN_ROW: Final = re.compile(r"""<row\b[^<>]*?\shidden\s*=\s*["'](?:1|true)["']""")
_HIDDEN_COLUMN: Final = re.compile(rb"""<(?:\w+:)?col\b(?=[^<>]*\shidden\s*=\s*["'](?:1|true)["'])[^<>]*""")
_EXTENT: Final = re.compile(rb"""\s(min|max)\s*=\s*["'](\d{1,5})["']""")
_ODD_CELL: Final = re.compile(r"<c[\t\r\n/>]")
Columns = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # letters, styles, types
_MOST_SHAPES: Final = 500
_TEXTUAL: Final = frozenset({"s", "str", "inlineStr"})
Found = tuple[str, str, str, str]  # column, style, type, and value or text in place


class _Shape:
    """What the cells of a row are by their columns, styles and types: most rows of a sheet are alike.

    Attributes:
        shared, texts, numbers, others: the cells that hold the number of a shared text, a text, a number without a
            style, and anything else; `styled` are numbers with their style.
        places: the column of each cell, from 0; `width` is how many columns they need, 0 where none is left out.
    """

    __slots__ = ("numbers", "others", "places", "shared", "styled", "texts", "width")

    def __init__(self, styles: tuple[str, ...], kinds: tuple[str, ...], places: list[int]) -> None:
        self.places = places
        width = max(places) + 1
        self.width = 0 if places == list(range(width)) else width
        told = list(enumerate(zip(kinds, styles, strict=True)))
        self.shared = [cell for cell, (kind, _) in told if kind == "s"]
        self.numbers = [cell for cell, (kind, style) in told if not kind and not style]
        self.styled = [(cell, style) for cell, (kind, style) in told if kind in ("", "n") and style]
        self.texts = [cell for cell, (kind, _) in told if kind in _TEXTUAL and kind != "s"]
        self.others = [
            (cell, kind)
            for cell, (kind, style) in told
            if kind and not (kind in _TEXTUAL or (kind == "n" and style))
        ]

    def spread(self, row: list[str]) -> list[str]:
        """The row with empty cells for columns that it leaves out."""
        spread = [""] * self.width
        for place, value in zip(self.places, row, strict=True):
            spread[place] = value
        return spread


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
        uncalculated, hidden_rows: cells with a formula without a value, and rows that people do not see, likewise.
        height: rows that the sheet announces; 0 where it does not.
    """

    def __init__(self, book: XlsxBook, sheet: Sheet) -> None:
        self.name = sheet.name
        self.error_cells = self.uncalculated = self.hidden_rows = 0
        self.height = 0
        self._book = book.package
        self._path = book.package.path
        self._part = sheet.part
        self._separator = book.separator
        self._formats = book.formats
        self._strings = book.strings
        self._left = self._shift = 0
        self._hidden: list[tuple[int, int]] = []  # the first and the last column of each group that is hidden

    def hidden_columns(self) -> list[int]:
        """The columns that people do not see, from 0 for the first one that is read."""
        last = MOST_COLUMNS + self._shift
        numbers = {at for begin, end in self._hidden for at in range(begin, min(end, last) + 1)}
        return [at - 1 - self._shift for at in sorted(numbers) if at > self._shift]

    def rows(self, sample: int = _SAMPLE) -> Iterator[FileRow]:
        """Each row that has a value, with its number from 1, without the empty columns on the left.

        Args:
            sample: how many rows tell which columns on the left are empty.
        Raises:
            SourceError: BrokenWorkbook, TooLarge, TooLong or TooWide.
        """
        rows = self._all_rows()
        first = list(itertools.islice(rows, sample))
        left = min((_first_filled(cells) for _, cells in first), default=0)
        self._shift = left = min(left, self._left)
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
        for tag in _HIDDEN_COLUMN.findall(head.partition(b"sheetData")[0]):
            told = dict(_EXTENT.findall(tag))
            if b"min" in told and b"max" in told:
                self._hidden.append((int(told[b"min"]), int(told[b"max"])))
        return itertools.chain([head], blocks)

    def _all_rows(self) -> Iterator[FileRow]:
        number = 0
        find = _CELL.findall
        shapes: dict[Columns, _Shape] = {}
        for piece in pieces_to(
            self._path, self._blocks(), b"</row>", b"</sheetData", "its rows", _LARGEST_ROW
        ):
            if any(form.search(piece) for form in _UNCALCULATED):
                piece = _UNCALCULATED_CELL.sub(_not_calculated, piece)
            odd = _ODD_CELL.search(piece) is not None
            hiding = "hidden=" in piece
            for part in piece.split("</row>"):
                cells = find(part)
                if odd or len(cells) != part.count("<c "):
                    cells = self._slowly(part)
                number = self._number(part, number)
                if not cells:
                    continue
                letters, styles, kinds, values = zip(*cells, strict=True)
                shape = shapes.get((letters, styles, kinds))
                if shape is None:
                    if len(shapes) >= _MOST_SHAPES:
                        shapes.clear()
                    shape = _Shape(styles, kinds, self._places(letters))
                    shapes[letters, styles, kinds] = shape
                try:
                    row = self._texts(shape, list(values))
                except ValueError as error:
                    raise broken(
                        self._path, f"its row {number:,} has a cell that refers to nothing"
                    ) from error
                while row and not row[-1]:
                    row.pop()
                if row:
                    if hiding and _HIDDEN_ROW.search(part):
                        self.hidden_rows += 1
                    yield number, row

    def _texts(self, shape: _Shape, row: list[str]) -> list[str]:
        """What stands in the cells of a row becomes the texts that people see."""
        first = self._strings.first
        for cell in shape.shared:
            if row[cell]:
                text = int(row[cell])
                row[cell] = first[text] if -1 < text < len(first) else self._strings.later(text)
        for cell in shape.numbers:
            value = row[cell]
            if not (value.isdigit() and len(value) < _LONGEST_CODE) and value:
                row[cell] = self._number_text("", value)
        for cell, style in shape.styled:
            if row[cell]:
                row[cell] = self._number_text(style, row[cell])
        for cell in shape.texts:
            value = row[cell]
            if "&" in value or "_x" in value or len(value) > LONGEST_TEXT:
                row[cell] = self._own_text(value)
        for cell, kind in shape.others:
            if row[cell]:
                row[cell] = self._other_text(kind, row[cell])
        return shape.spread(row) if shape.width else row

    def _number(self, part: str, last: int) -> int:
        """The number of a row, which the first row of a piece that has none may leave out."""
        found = _ROW.search(part) or _ANY_ROW.search(part)
        number = int(found[1]) if found else last + part.count("<row")
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

    def _own_text(self, value: str) -> str:
        """The text of a cell that no other one shares."""
        if len(value) > LONGEST_TEXT:
            raise too_long(self._path, "A cell")
        return unescape(value)

    def _other_text(self, kind: str, value: str) -> str:
        """The text of a cell that is neither text nor plain number."""
        if kind == "n":
            return self._number_text("", value)
        if kind == "e":
            if value == NOT_CALCULATED:
                self.uncalculated += 1
            else:
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
        if kind > PADDED:
            text = number_text(number, self._separator)
            return text.zfill(kind - PADDED) if text.isdigit() else text
        if kind == DATE:
            return serial_text(number, self._book.since_1904)
        if kind == PERCENT:
            return percent_text(number, self._separator)
        return span_text(number)


def _not_calculated(cell: re.Match[str]) -> str:
    """A formula that no program has calculated yet must not be taken for an empty cell."""
    told = {name: first or second for name, first, second in _ATTRIBUTE.findall(cell[1])}
    if told.get("t", "n") not in ("n", "b", "d"):
        return cell[0]  # an empty text is a value
    place = f' r="{told["r"]}"' if "r" in told else ""
    return f'<c{place} t="e"><v>{NOT_CALCULATED}</v></c>'


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
