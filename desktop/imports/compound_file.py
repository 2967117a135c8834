"""What is looked at before an old or protected workbook is opened: whether the chains of its sectors end.

The workbook library follows a chain until it ends; one that runs in a circle would take all memory.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from desktop.errors import SourceError
from desktop.imports.workbook_safety import broken

_HEADER: Final = 512  # bytes
_SHIFTS: Final = (9, 12)  # sectors have 512 or 4,096 bytes
_SHIFT_AT, _SMALL_TABLE_AT, _MORE_TABLES_AT, _TABLES_AT = 30, 60, 68, 76
_FIRST_RESERVED: Final = 0xFFFFFFFA  # from here on a number is a mark, e.g. the end of a chain


def check_chains(path: Path) -> None:
    """Make sure that reading the file comes to an end; other faults are left to the library.

    Raises:
        SourceError: BrokenWorkbook.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER)
        if len(head) < _HEADER:
            return
        (shift,) = struct.unpack_from("<H", head, _SHIFT_AT)
        if shift not in _SHIFTS:
            return
        size = 1 << shift

        def numbers_in(sector: int) -> list[int]:
            file.seek((sector + 1) * size)
            return _words(file.read(size))

        (more,) = struct.unpack_from("<I", head, _MORE_TABLES_AT)
        tables = struct.unpack_from("<109I", head, _TABLES_AT)
        following = _numbers(numbers_in, [*tables, *_further_tables(path, more, numbers_in)])
        _check_ends(path, following)
        (small,) = struct.unpack_from("<I", head, _SMALL_TABLE_AT)
        _check_ends(path, _numbers(numbers_in, _chain(small, following)))


def _words(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _further_tables(path: Path, sector: int, numbers_in: Callable[[int], list[int]]) -> Iterator[int]:
    """Where the table goes on that did not fit into the header: each sector ends with the number of the next."""
    seen: set[int] = set()
    while sector < _FIRST_RESERVED:
        numbers = numbers_in(sector)
        if sector in seen:
            raise _endless(path)
        seen.add(sector)
        if not numbers:
            return
        *tables, sector = numbers
        yield from tables


def _numbers(numbers_in: Callable[[int], list[int]], sectors: Iterable[int]) -> list[int]:
    return [number for sector in sectors if sector < _FIRST_RESERVED for number in numbers_in(sector)]


def _chain(first: int, following: Sequence[int]) -> Iterator[int]:
    while first < len(following):
        yield first
        first = following[first]


def _check_ends(path: Path, following: Sequence[int]) -> None:
    """Each sector is followed by another one or by a mark: is there a way that comes back to itself?"""
    way_of = [0] * len(following)  # the number of the way on which a sector was met first
    for way, start in enumerate(range(len(following)), 1):
        sector = start
        while sector < len(following) and not way_of[sector]:
            way_of[sector] = way
            sector = following[sector]
        if sector < len(following) and way_of[sector] == way:
            raise _endless(path)


def _endless(path: Path) -> SourceError:
    return broken(path, "its parts follow each other in a circle")
