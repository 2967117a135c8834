"""An old or protected workbook as the small file system that it is: chains of sectors, and the streams they form.

The workbook library follows a chain until it ends; one that runs in a circle would take all memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from desktop.errors import SourceError
from desktop.imports.sources.workbook_safety import broken, too_large

_HEADER: Final = 512  # bytes
_SHIFTS: Final = (9, 12)  # sectors have 512 or 4,096 bytes
_SHIFT_AT, _FOLDER_AT, _SMALL_TABLE_AT, _MORE_TABLES_AT, _TABLES_AT = 30, 48, 60, 68, 76
_FIRST_RESERVED: Final = 0xFFFFFFFA  # from here on a number is a mark, e.g. the end of a chain
_ENTRY: Final = 128  # bytes of an entry of the folder
_SMALL_SECTOR: Final = 64
_SMALL_BELOW: Final = 4_096  # a shorter stream stands in small sectors
_MOST_BYTES: Final = 256 << 20  # of a stream


class CompoundFile:
    """The file at a path; it is opened for each look."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check_chains(self) -> None:
        """Make sure that reading the file comes to an end; other faults are left to the library.

        Raises:
            SourceError: BrokenWorkbook.
        """
        with self._path.open("rb") as file:
            sectors = self._sectors(file)
            if sectors is not None:
                self._check_ends(sectors.following)
                self._check_ends(sectors.small)

    def stream(self, *names: str) -> bytes:
        """The content of the first of these streams that is there; empty where there is none.

        Raises:
            SourceError: TooLarge. The chains must have been checked.
        """
        with self._path.open("rb") as file:
            sectors = self._sectors(file)
            if sectors is None:
                return b""
            folder = sectors.content(sectors.first_of_folder)
            entries = [folder[start : start + _ENTRY] for start in range(0, len(folder) - _ENTRY + 1, _ENTRY)]
            for entry in entries:
                (length,) = struct.unpack_from("<H", entry, 64)
                if entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace") in names:
                    first, size = struct.unpack_from("<II", entry, 116)
                    if size > _MOST_BYTES:
                        raise too_large(self._path, f"its tables are more than {_MOST_BYTES >> 20} MB")
                    if size >= _SMALL_BELOW:
                        return sectors.content(first)[:size]
                    (container,) = struct.unpack_from("<I", entries[0], 116)
                    return sectors.small_content(first, container)[:size]
        return b""

    def _sectors(self, file: IO[bytes]) -> _Sectors | None:
        head = file.read(_HEADER)
        if len(head) < _HEADER:
            return None
        (shift,) = struct.unpack_from("<H", head, _SHIFT_AT)
        return _Sectors(self._path, file, head, 1 << shift) if shift in _SHIFTS else None

    def _check_ends(self, following: Sequence[int]) -> None:
        """Each sector is followed by another one or by a mark: is there a way that comes back to itself?"""
        way_of = [0] * len(following)  # the number of the way on which a sector was met first
        for way, start in enumerate(range(len(following)), 1):
            sector = start
            while sector < len(following) and not way_of[sector]:
                way_of[sector] = way
                sector = following[sector]
            if sector < len(following) and way_of[sector] == way:
                raise _endless(self._path)


class _Sectors:
    """The sectors of an open file: which follows which, and what is in them."""

    def __init__(self, path: Path, file: IO[bytes], head: bytes, size: int) -> None:
        self._path = path
        self._file = file
        self._size = size
        (self.first_of_folder,) = struct.unpack_from("<I", head, _FOLDER_AT)
        (more,) = struct.unpack_from("<I", head, _MORE_TABLES_AT)
        (small,) = struct.unpack_from("<I", head, _SMALL_TABLE_AT)
        tables = struct.unpack_from("<109I", head, _TABLES_AT)
        self.following = self._numbers([*tables, *self._further_tables(more)])
        self.small = self._numbers(self._chain(small))

    def content(self, first: int) -> bytes:
        """What stands in a chain of sectors."""
        return b"".join(self._read(sector) for sector in self._chain(first))

    def small_content(self, first: int, container: int) -> bytes:
        """What stands in a chain of small sectors."""
        whole = self.content(container)
        return b"".join(
            whole[sector * _SMALL_SECTOR : (sector + 1) * _SMALL_SECTOR]
            for sector in _chain(first, self.small)
        )

    def _read(self, sector: int) -> bytes:
        self._file.seek((sector + 1) * self._size)
        return self._file.read(self._size)

    def _words(self, sector: int) -> list[int]:
        data = self._read(sector)
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def _numbers(self, sectors: Iterable[int]) -> list[int]:
        return [number for sector in sectors if sector < _FIRST_RESERVED for number in self._words(sector)]

    def _further_tables(self, sector: int) -> Iterator[int]:
        """Where the table goes on that did not fit into the header: each sector ends with the number of the next."""
        seen: set[int] = set()
        while sector < _FIRST_RESERVED:
            numbers = self._words(sector)
            if sector in seen:
                raise _endless(self._path)
            seen.add(sector)
            if not numbers:
                return
            *tables, sector = numbers
            yield from tables

    def _chain(self, first: int) -> Iterator[int]:
        return _chain(first, self.following)


def _chain(first: int, following: Sequence[int]) -> Iterator[int]:
    for _ in following:  # more steps than sectors would be a circle
        if first >= len(following):
            return
        yield first
        first = following[first]


def _endless(path: Path) -> SourceError:
    return broken(path, "its parts follow each other in a circle")
