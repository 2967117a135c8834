"""Writes small binary workbooks (xlsb), which no library of the tests does."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from tests.imports.hostile import OFFICE, PACKAGE

Cell = str | float | int
"""A text, a number, or (an int) the code of an error."""


def _record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, rest = b"", len(data)
    while True:
        length += bytes([rest & 0x7F | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return head + length + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, value: Cell) -> bytes:
    head = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return _record(6, head + _wide(value))
    if isinstance(value, int):
        return _record(3, head + bytes([value]))
    return _record(5, head + struct.pack("<d", value))


def xlsb(path: Path, rows: dict[int, dict[int, Cell]]) -> Path:
    """A workbook of one sheet "S" with these cells by row and column, from 0."""
    last_row, last_column = max(rows), max(max(cells) for cells in rows.values())
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, last_row, 0, last_column)) + _record(145)
    for row, cells in rows.items():
        sheet += _record(0, struct.pack("<II", row, 0) + bytes(17))
        sheet += b"".join(_cell(column, value) for column, value in cells.items())
    sheet += _record(146) + _record(130)
    book = _record(131) + _record(143) + _record(156, struct.pack("<II", 0, 1) + _wide("r1") + _wide("S"))
    book += _record(144) + _record(132)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.bin", book)
        package.writestr("xl/worksheets/sheet1.bin", sheet)
        package.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
            'Target="worksheets/sheet1.bin"/></Relationships>',
        )
    return path
