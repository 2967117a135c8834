"""The errors of formulas are found in every kind of workbook: an empty value would be a wrong one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.errors import SourceError
from desktop.imports.sources.compound_file import CompoundFile
from desktop.imports.sources.error_cells import check_xls
from desktop.imports.sources.workbook_reader import open_workbook
from tests.imports.hostile import ods
from tests.imports.xlsb import xlsb


def rows(path: Path) -> list[tuple[int, list[str]]]:
    with open_workbook(path) as book:
        return list(book.rows())


def test_of_a_binary_workbook(tmp_path: Path) -> None:
    path = xlsb(
        tmp_path / "a.xlsb", {0: {0: "No.", 1: "Name"}, 2: {0: 1.5, 1: 0x2A}, 3: {0: 0x07, 1: "Smith"}}
    )
    assert rows(path) == [(1, ["No.", "Name"]), (3, ["1.5", "#N/A"]), (4, ["#DIV/0!", "Smith"])]


def cell(kind: str, text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p></table:table-cell>'


ERROR = 'office:string-value="" calcext:value-type="error"'


def test_of_an_open_document_also_behind_repeated_cells_and_rows(tmp_path: Path) -> None:
    path = ods(
        tmp_path / "a.ods",
        f"<table:table-row>{cell('string', 'No.')}{cell('string', 'Name')}{cell('string', 'City')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
        f"{cell('string', '#N/A', ERROR)}</table:table-row>"
        f"<table:table-row>{cell('float', 'Err:502', 'office:value=' + chr(34) + '0' + chr(34) + ' ' + ERROR[23:])}"
        f"{cell('string', 'Smith')}</table:table-row>",
    )
    assert rows(path) == [
        (1, ["No.", "Name", "City"]),
        (5, ["", "", "#N/A"]),
        (6, ["#N/A", "Smith", ""]),
    ]


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls(path: Path, size: int, cells: list[bytes]) -> Path:
    """An old workbook of one sheet "S" whose stream is padded to so many bytes."""
    begin = _biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    name = _biff(0x85, struct.pack("<IBBBB", len(begin) + 4 + 9 + 4, 0, 0, 1, 0) + b"S")
    sheet = _biff(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0)) + b"".join(cells) + _biff(0x0A, b"")
    stream = begin + name + _biff(0x0A, b"") + sheet
    stream += bytes(max(0, size - len(stream)))
    sectors = -(-len(stream) // 512)
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    following = [table, end, *range(3, 2 + sectors), end]
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", head, 44, 1, 1, 0, 4096, end, 0, end, 0, 0)
    struct.pack_into("<108I", head, 80, *[free] * 108)
    entries = b""
    for title, kind, first, length in (("Root Entry", 5, end, 0), ("Workbook", 2, 2, len(stream))):
        entry = bytearray(128)
        wide = title.encode("utf-16-le")
        entry[: len(wide)] = wide
        struct.pack_into("<HBB3I", entry, 64, len(wide) + 2, kind, 1, free, free, 1 if kind == 5 else free)
        struct.pack_into("<II", entry, 116, first, length)
        entries += bytes(entry)
    content = bytes(head) + struct.pack("<128I", *following, *[free] * (128 - len(following)))
    path.write_bytes(content + entries.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0"))
    return path


def test_of_an_old_workbook(tmp_path: Path) -> None:
    path = xls(
        tmp_path / "a.xls",
        4_096,
        [
            _biff(0x203, struct.pack("<HHHd", 0, 0, 0, 1.5)),
            _biff(0x205, struct.pack("<HHHBB", 1, 0, 0, 0x2A, 1)),
            _biff(0x205, struct.pack("<HHHBB", 1, 1, 0, 1, 0)),
            _biff(0x06, struct.pack("<HHH", 2, 1, 0) + b"\x02\0\x07\0\0\0\xff\xff" + bytes(8)),
        ],
    )
    assert check_xls(path) == {"S": {(1, 0): "#N/A", (2, 1): "#DIV/0!"}}
    assert [cells for _, cells in rows(path)] == [["1.5", ""], ["#N/A", "TRUE"], ["", "#DIV/0!"]]


def test_an_old_workbook_that_reaches_too_far_is_refused(tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls", 4_096, [_biff(0x203, struct.pack("<HHHd", 65_535, 255, 0, 1.5))])
    with pytest.raises(SourceError, match="65,536 rows and 256 columns") as refused:
        rows(path)
    assert refused.value.code == "TooLarge"


def test_real_old_workbooks_have_streams_and_no_errors(shared_file: Callable[[str], Path]) -> None:
    for name in ("date.xls", "table.xls"):
        path = shared_file(f"workbooks/{name}")
        assert CompoundFile(path).stream("Workbook", "Book")
        assert all(not errors for errors in check_xls(path).values())
