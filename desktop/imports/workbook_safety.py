"""What is looked at before a workbook is opened: its packing, its extent and its error cells.

The workbook library lays out every cell between the first and the last one, so a file of two kilobytes with one
cell in the last corner would take all memory. Therefore the sheet's XML is searched first, a block at a time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from desktop.errors import SourceError
from desktop.imports.header import MOST_COLUMNS

MOST_BYTES: Final = 2 << 30  # unpacked
MOST_RATIO: Final = 100  # of unpacked to packed, for parts over RATIO_FROM
RATIO_FROM: Final = 10 << 20
MOST_PARTS: Final = 10_000
MOST_CELLS: Final = 20_000_000
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CONTENT: Final = "content.xml"  # of an ods
_BLOCK: Final = 1 << 20
_TAIL: Final = 4096  # bytes searched again with the next block, longer than any cell's opening tag
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ROW: Final = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d+)"')
_WIDE_CELL: Final = re.compile(rb'\sr="([A-Z]{2,3})\d+"')
_ERROR_CELL: Final = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\st="e")[^>]*?\sr="([A-Z]+)(\d+)"[^>]*>.{0,2000}?<(?:\w+:)?v>([^<]*)</', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Where a sheet ends, from 1, and the cells that hold an error, by row and column from 0."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def check_package(path: Path) -> zipfile.ZipFile:
    """Open the package of an xlsx or ods after looking at how it is packed; the caller closes it.

    Raises:
        SourceError: BrokenWorkbook or TooLarge.
    """
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise broken(path, str(error)) from error
    try:
        parts = package.infolist()
        names = [part.filename for part in parts]
        if len(parts) > MOST_PARTS or len(set(names)) != len(names):
            raise broken(path, "its parts cannot be told apart")
        if sum(part.file_size for part in parts) > MOST_BYTES:
            raise too_large(path, f"it is more than {MOST_BYTES >> 30} GB when unpacked")
        for part in parts:
            if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1):
                raise too_large(path, "it unpacks to more than a hundred times its size")
    except SourceError:
        package.close()
        raise
    return package


def check_sheet(path: Path, package: zipfile.ZipFile, sheet: str) -> SheetFacts:
    """The extent and the error cells of one sheet of an xlsx.

    Raises:
        SourceError: TooLarge, TooWide or BrokenWorkbook.
    """
    part = _part_of(path, package, sheet)
    if part is None:
        return SheetFacts()
    last_row, last_column = 0, 26
    errors: dict[tuple[int, int], str] = {}
    for text in _blocks(path, package, part):
        for found in _ROW.finditer(text):
            last_row = max(last_row, int(found[1]))
        for found in _WIDE_CELL.finditer(text):
            last_column = max(last_column, _column(found[1]))
        if b't="e"' in text:
            for found in _ERROR_CELL.finditer(text):
                errors[int(found[2]) - 1, _column(found[1]) - 1] = found[3].decode("utf-8", "replace")
    if last_column > MOST_COLUMNS:
        raise SourceError(
            f"The sheet “{sheet}” of “{path.name}” reaches to column {last_column:,};"
            f" at most {MOST_COLUMNS:,} columns are read.",
            "Delete the cells far to the right, or save the table in a workbook of its own.",
            "TooWide",
        )
    if last_row * last_column > MOST_CELLS and last_column > 26:
        raise too_large(
            path, f"its sheet “{sheet}” reaches over {last_row:,} rows and {last_column:,} columns"
        )
    return SheetFacts(last_row, last_column, errors)


def broken(path: Path, reason: str) -> SourceError:
    """The error for a workbook that cannot be read."""
    return SourceError(
        f"“{path.name}” is a damaged workbook: {reason.strip().rstrip('.')}.",
        "Open it in Excel or LibreOffice and save it again.",
        "BrokenWorkbook",
    )


def too_large(path: Path, reason: str) -> SourceError:
    """The error for a file that would need too much memory."""
    return SourceError(
        f"“{path.name}” is too large to be read: {reason}.",
        "Delete what is not needed, or save the table as CSV.",
        "TooLarge",
    )


def check_whole(path: Path, package: zipfile.ZipFile) -> None:
    """Make sure that the content of an ods is XML to its end: the library waits for ever for an end that is missing.

    Raises:
        SourceError: BrokenWorkbook or TooLarge.
    """
    if _CONTENT not in package.namelist():
        return
    parser = expat.ParserCreate()
    try:
        for block in _unpacked(path, package, _CONTENT):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise broken(path, f"its content is no XML, {error}") from error


def _blocks(path: Path, package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that overlap."""
    tail = b""
    for block in _unpacked(path, package, part):
        yield tail + block
        tail = block[-_TAIL:]


def _unpacked(path: Path, package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces, counting what is really unpacked."""
    unpacked = 0
    try:
        with package.open(part) as stream:
            while block := stream.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MOST_BYTES:
                    raise too_large(path, f"it is more than {MOST_BYTES >> 30} GB when unpacked")
                yield block
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise broken(path, str(error)) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise broken(path, str(error)) from error
        raise


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s(?:\w+:)?" + name + rb'\s*=\s*["\']([^"\']*)["\']', tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _part_of(path: Path, package: zipfile.ZipFile, sheet: str) -> str | None:
    """The part that holds a sheet, by the workbook's own list; None where it does not say."""
    import html

    if not {_WORKBOOK, _RELATIONS} <= set(package.namelist()):
        return None
    workbook, relations = (b"".join(_unpacked(path, package, name)) for name in (_WORKBOOK, _RELATIONS))
    targets = {_attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in _RELATION.findall(relations)}
    for tag in _SHEET.findall(workbook):
        if html.unescape(_attribute(tag, b"name")) == sheet:
            target = targets.get(_attribute(tag, b"id"), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in package.namelist() else None
    return None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
