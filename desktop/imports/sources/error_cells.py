"""Cells with the error of a formula in workbooks whose library gives nothing for them; and how far sheets reach.

The library lays out every cell between the first and the last one, so a file of two kilobytes with one cell in the
last corner would take all memory.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import ZipFile

from desktop.imports.sources.compound_file import CompoundFile
from desktop.imports.sources.workbook_safety import CONTENT, broken, too_large, unpacked

Errors = dict[tuple[int, int], str]
"""The text of the error by row and column, from 0."""

_MOST_CELLS: Final = 10_000_000
_MOST_BYTES: Final = 256 << 20  # of a sheet that is held in memory as a whole
_TEXTS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# Kinds of records in an xls, then in an xlsb.
_BEGIN, _END, _SHEET, _FORMULA, _BOOLEAN_OR_ERROR = 0x809, 0x0A, 0x85, 0x06, 0x205
_CELLS: Final = frozenset({0x06, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xBE, 0xD6, 0xFD})
_ROW_B, _ERROR_B, _FORMULA_ERROR_B, _SHEET_B = 0, 3, 11, 156
_LAST_CELL_B: Final = 11


def check_xls(path: Path) -> dict[str, Errors]:
    """The error cells of an old workbook by sheet; its chains must have been checked.

    Raises:
        SourceError: TooLarge.
    """
    stream = CompoundFile(path).stream("Workbook", "Book")
    found: dict[str, Errors] = {}
    for kind, data in _records(stream, 0):
        if kind == _SHEET and len(data) > 8:
            (begins,) = struct.unpack_from("<I", data, 0)
            found[_xls_name(stream, data)] = _xls_errors(path, _records(stream, begins))
        elif kind == _END:
            break
    return found


def _xls_name(stream: bytes, data: bytes) -> str:
    """The name in the record of a sheet; the form before Excel 97 has no flag for wide letters."""
    (version,) = struct.unpack_from("<H", stream, 4)
    if version < 0x600:
        return data[7 : 7 + data[6]].decode("cp1252", "replace")
    return (
        data[8 : 8 + data[6] * 2].decode("utf-16-le", "replace")
        if data[7] & 1
        else data[8 : 8 + data[6]].decode("latin-1")
    )


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _xls_errors(path: Path, records: Iterator[tuple[int, bytes]]) -> Errors:
    errors: Errors = {}
    depth, rows, columns = 0, 0, 0
    for kind, data in records:
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                break
        elif kind in _CELLS and depth == 1 and len(data) >= 6:
            row, column = struct.unpack_from("<HH", data, 0)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if kind == _BOOLEAN_OR_ERROR and len(data) >= 8 and data[7]:
                errors[row, column] = _TEXTS.get(data[6], "#N/A")
            elif kind == _FORMULA and len(data) >= 14 and data[12:14] == b"\xff\xff" and data[6] == 2:
                errors[row, column] = _TEXTS.get(data[8], "#N/A")
    _check_extent(path, rows, columns)
    return errors


def check_xlsb(path: Path, package: ZipFile) -> dict[str, Errors]:
    """The error cells of a binary workbook by sheet.

    Raises:
        SourceError: BrokenWorkbook or TooLarge.
    """
    found: dict[str, Errors] = {}
    targets = _xlsb_targets(path, package)
    for kind, data in _xlsb_records(_part(path, package, "xl/workbook.bin")):
        if kind != _SHEET_B:
            continue
        relation, after = _wide_text(data, 8)
        name, _ = _wide_text(data, after)
        part = targets.get(relation, "")
        if part in package.namelist():
            found[name] = _xlsb_errors(path, _xlsb_records(_part(path, package, part)))
    return found


def _xlsb_targets(path: Path, package: ZipFile) -> dict[str, str]:
    part = "xl/_rels/workbook.bin.rels"
    if part not in package.namelist():
        raise broken(path, "it has no list of sheets")
    xml = _part(path, package, part)
    if b"<!DOCTYPE" in xml:
        raise broken(path, "it brings a document type of its own, which no workbook needs")
    try:
        tree = ElementTree.fromstring(xml)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise broken(path, f"its list of sheets is no XML, {error}") from error
    targets = {element.get("Id", ""): element.get("Target", "") for element in tree}
    return {name: part[1:] if part.startswith("/") else f"xl/{part}" for name, part in targets.items()}


def _wide_text(data: bytes, at: int) -> tuple[str, int]:
    if at + 4 > len(data):
        return "", at
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _part(path: Path, package: ZipFile, part: str) -> bytes:
    data = bytearray()
    for block in unpacked(path, package, part):
        data += block
        if len(data) > _MOST_BYTES:
            raise too_large(path, f"its part {part} has more than {_MOST_BYTES >> 20} MB")
    return bytes(data)


def _xlsb_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length, shift = 0, 0
        while at < len(data):
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift >= 28:
                break
        yield kind, data[at : at + length]
        at += length


def _xlsb_errors(path: Path, records: Iterator[tuple[int, bytes]]) -> Errors:
    errors: Errors = {}
    row, rows, columns = 0, 0, 0
    for kind, data in records:
        if kind > _LAST_CELL_B or len(data) < 4:
            continue
        (number,) = struct.unpack_from("<I", data, 0)
        if kind == _ROW_B:
            row = number
            rows = max(rows, row + 1)
            continue
        columns = max(columns, number + 1)
        if kind in (_ERROR_B, _FORMULA_ERROR_B) and len(data) >= 9:
            errors[row, number] = _TEXTS.get(data[8], "#N/A")
    _check_extent(path, rows, columns)
    return errors


def _check_extent(path: Path, rows: int, columns: int) -> None:
    if rows * columns > _MOST_CELLS:
        raise too_large(path, f"a sheet reaches over {rows:,} rows and {columns:,} columns")


def check_ods(path: Path, package: ZipFile) -> dict[str, Errors]:
    """The error cells of an open document by sheet, after a look whether its content is XML to its end: the library
    waits for ever for an end that is missing.

    Raises:
        SourceError: BrokenWorkbook or TooLarge.
    """
    parser = _parser(path)
    size, tail, with_errors = 0, b"", False
    for block in unpacked(path, package, CONTENT):
        size += len(block)
        if size > _MOST_BYTES:
            raise too_large(path, f"its content has more than {_MOST_BYTES >> 20} MB")
        _parse(path, parser, block)
        with_errors = with_errors or b'value-type="error"' in tail + block
        tail = block[-64:]
    _parse(path, parser, b"", last=True)
    if not with_errors:
        return {}
    found = _OdsErrors()
    parser = _parser(path)
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    for block in unpacked(path, package, CONTENT):
        _parse(path, parser, block)
    return found.errors


def _parser(path: Path) -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse(*_told: Any) -> None:
        raise broken(path, "it brings a document type of its own, which no workbook needs")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _parse(path: Path, parser: expat.XMLParserType, block: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(block, last)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise broken(path, f"its content is no XML, {error}") from error


class _OdsErrors:
    """Follows the elements of an open document."""

    def __init__(self) -> None:
        self.errors: dict[str, Errors] = {}
        self._sheet: Errors = {}
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._inside = False
        self._text = ""

    def start(self, name: str, told: dict[str, str]) -> None:
        if name == "table:table":
            self._sheet = self.errors.setdefault(told.get("table:name", ""), {})
            self._row = 0
        elif name == "table:table-row":
            self._rows = _repeated(told, "rows")
            self._column = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._columns = _repeated(told, "columns")
            self._inside = told.get("calcext:value-type") == "error"
            self._text = ""

    def text(self, data: str) -> None:
        if self._inside:
            self._text += data

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self._row += self._rows
        elif name in ("table:table-cell", "table:covered-table-cell"):
            if self._inside:
                said = self._text.strip()
                self._sheet[self._row, self._column] = said if said.startswith("#") else "#N/A"
            self._inside = False
            self._column += self._columns


def _repeated(told: dict[str, str], what: str) -> int:
    number = told.get(f"table:number-{what}-repeated", "1")
    return int(number) if re.fullmatch(r"\d{1,7}", number) else 1
