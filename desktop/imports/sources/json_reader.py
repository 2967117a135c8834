"""Records of a JSON file, or of one record per line, read as a stream: a record at a time is in memory.

The file is gone through twice: first for the names of all columns, which may differ between records, and for how
many records there are; then for the rows. It is given to the parser in small pieces, so that neither an endless text
nor a record without an end can take more memory than `MOST_BYTES`.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import ijson
import msgspec

from desktop.errors import SourceError
from desktop.imports.sources.file_checks import changed
from desktop.imports.sources.header import Known, check_width
from desktop.imports.sources.json_names import settled, watched_objects
from desktop.imports.sources.json_shape import Collector, DepthWatch, Shape, find_shape

MOST_BYTES: Final = 4 << 20  # of one record
_HEAD: Final = 1 << 18  # bytes in which the array is looked for
_BLOCK: Final = 1 << 16
_IN_WORDS: Final = {"premature EOF": "where the file ends too early"}  # as one that was not transferred whole
_LONGEST: Final = 30  # digits that a number is written out with
Names = tuple[str, ...]
Record = dict[Names, Any]


@dataclass(frozen=True, slots=True)
class JsonTable:
    """What a JSON file holds.

    Attributes:
        names: the names of the columns, inner objects with their path, e.g. "address.city"; two may be alike.
        records: how many there are; one may give several rows.
        array_path: where they stand, e.g. "data.orders"; empty for the file itself.
        arrays: where else arrays of records stand.
        note: why this array was chosen; empty where somebody has named it, or there is no other.
    """

    names: list[str]
    records: int
    array_path: str
    arrays: tuple[str, ...]
    note: str
    _columns: dict[Names, int]
    _file: JsonFile
    _shape: Shape
    _flatten: bool
    _repeated: bool

    def rows(self, decimal_separator: str = ".") -> Generator[tuple[int, list[str]], None, None]:
        """Each row with the number of its record, from 1, and its cells; closing it closes the file.

        Raises:
            SourceError: as `open_json`, or Changed where the file has become another one since.
        """
        columns, empty = self._columns, [""] * len(self.names)
        objects = watched_objects(_pass) if self._repeated else dict
        for number, read in enumerate(self._file.records(self._shape, objects=objects), 1):
            record = settled(read) if self._repeated else read
            for found in rows_of(record) if self._flatten else (_unflattened(record),):
                cells = empty.copy()
                try:
                    for name, value in found.items():
                        if value is not None:
                            cells[columns[name]] = (
                                value if type(value) is str else text_of(value, decimal_separator)
                            )
                except KeyError:
                    raise self._file.changed() from None
                if any(cells):
                    yield number, cells


def open_json(
    path: Path, encoding: str, array_path: str = "", *, flatten: bool = True, known: Known | None = None
) -> JsonTable:
    """Find the records of a JSON file and the names of their columns.

    Args:
        array_path: where the array of records stands; empty takes the one whose records name most of what is known,
            else the one that holds most objects at the beginning.
        flatten: inner objects become columns, and elements of inner arrays of objects rows; else they stay JSON.
    Raises:
        SourceError: BrokenJson with the line, Empty, TooDeep, TooWide or TooLarge.
    """
    file = JsonFile(path, encoding)
    shape = find_shape(file.head(), path, array_path, known)
    columns: dict[Names, int] = {}
    records = 0
    names_again: list[None] = []
    for read in file.records(shape, DepthWatch(path), watched_objects(lambda: names_again.append(None))):
        records += 1
        record = settled(read) if names_again else read
        for found in rows_of(record) if flatten else (_unflattened(record),):
            for name in found:
                if name not in columns:
                    columns[name] = len(columns)
                    check_width(path, len(columns))
    if not columns:
        others = f" It has: {', '.join(shape.others)}." if shape.others else ""
        where = f"the array “{shape.path}” of “{path.name}”" if shape.path else f"“{path.name}”"
        raise SourceError(
            f"There are no records in {where}.{others}",
            "Name another array, or choose another file.",
            "Empty",
        )
    names = [".".join(name) for name in columns]
    note = ""
    if shape.others and not array_path:
        why = "its names fit best" if shape.fits else "it has most records"
        note = f"The file has records in {', '.join((shape.path, *shape.others))}; “{shape.path}” is read: {why}."
    return JsonTable(
        names, records, shape.path, shape.others, note, columns, file, shape, flatten, bool(names_again)
    )


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file as pieces of UTF-8, and as records."""

    path: Path
    encoding: str

    def head(self) -> bytes:
        """The beginning of the file."""
        found = bytearray()
        for block in self._blocks():
            found += block
            if len(found) >= _HEAD:
                break
        return bytes(found)

    def records(
        self, shape: Shape, watch: DepthWatch | None = None, objects: type[dict[str, Any]] = dict
    ) -> Iterator[Any]:
        """Each record, as the parser builds it.

        Args:
            shape: where the records stand.
            watch: is shown every block of bytes before the parser is.
            objects: the class that objects become.
        Raises, while they are read:
            SourceError: TooLarge, or BrokenJson with the line.
        """
        found: list[Any] = []
        parser = ijson.items_coro(
            Collector(found), shape.prefix, map_type=objects, multiple_values=shape.several
        )
        waiting = 0  # bytes since the last record ended
        try:
            for block in self._blocks():
                if watch is not None:
                    watch.watch(block)
                parser.send(block)
                if found:
                    yield from found
                    found.clear()
                    waiting = 0
                waiting += len(block)
                if waiting > MOST_BYTES:
                    raise SourceError(
                        f"“{self.path.name}” has more than {MOST_BYTES >> 20} MB without the end of a record.",
                        "Check that the file is what it should be and that the right array is named.",
                        "TooLarge",
                    )
            parser.close()
            yield from found
        except (ijson.JSONError, ValueError, RecursionError) as error:
            raise self._broken(error) from error

    def changed(self) -> SourceError:
        """The error for a file that is not what it was when it was looked at."""
        return changed(self.path)

    def _blocks(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        with self.path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield decoder.decode(block).encode()

    def _broken(self, error: Exception) -> SourceError:
        reason = _reason(error)
        return SourceError(
            f"“{self.path.name}” is no valid JSON: line {self._broken_line():,}, {reason}.",
            "Export the file again, or correct it there.",
            "BrokenJson",
        )

    def _broken_line(self) -> int:
        """The line in which the parser gives up, from 1."""
        line = 1
        parser = ijson.basic_parse_coro(_Nowhere(), multiple_values=True)
        try:
            for block in self._blocks():
                for piece in block.splitlines(keepends=True):
                    parser.send(piece)
                    line += piece.endswith((b"\n", b"\r")) and not piece.endswith(b"\r\n\r")
            parser.close()
        except (ijson.JSONError, ValueError, RecursionError):
            pass
        return line


class _Nowhere:
    """Takes what the parser finds, for somebody who only wants to know how far it gets."""

    def send(self, _event: object) -> None:
        """Nothing is kept."""


def _pass() -> None:
    """Nobody needs to be told a second time."""


def rows_of(record: Any) -> Iterator[Record]:
    """The rows of one record, values by their names: as many as its longest array of objects has, at least one."""
    row: Record = {}
    arrays: list[tuple[Names, list[Any]]] = []
    _collect(record, (), row, arrays)
    if not arrays:
        yield row
        return
    for parts in itertools.zip_longest(*(_inner_rows(name, elements) for name, elements in arrays)):
        full = row.copy()
        for part in parts:
            full.update(part or {})
        yield full


def _inner_rows(name: Names, elements: list[Any]) -> Iterator[Record]:
    for element in elements:
        for inner in rows_of(element):
            yield {(*name, *key): value for key, value in inner.items()}


def _collect(value: Any, name: Names, row: Record, arrays: list[tuple[Names, list[Any]]]) -> None:
    """Put the values below into the row, and aside the arrays whose elements are rows of their own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                _collect(inner, (*name, key), row, arrays)
            else:
                row[(*name, key)] = inner
    elif not isinstance(value, list):
        row[name or ("value",)] = value
    elif not name:
        row.update({(f"Column {number}",): inner for number, inner in enumerate(value, 1)})
    elif any(isinstance(inner, dict) for inner in value):
        arrays.append((name, value))
    elif value:
        row[name] = value


def _unflattened(record: Any) -> Record:
    if isinstance(record, dict):
        return {(key,): value for key, value in record.items()}
    row: Record = {}
    _collect(record, (), row, [])
    return row


def text_of(value: Any, decimal_separator: str) -> str:
    """The text that a person would type for a value; what holds several plain values gives them divided by "; "."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        text = f"{value:f}" if abs(value.adjusted()) <= _LONGEST else str(value)
        return text if decimal_separator == "." else text.replace(".", decimal_separator)
    if isinstance(value, list) and not any(isinstance(inner, dict | list) for inner in value):
        return "; ".join(text_of(inner, decimal_separator) for inner in value)
    return str(value) if isinstance(value, int) else msgspec.json.encode(value).decode()


def _reason(error: Exception) -> str:
    """The parser's words without the piece of the file that it draws below them."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    first = text.strip().splitlines()[0] if text.strip() else "it cannot be understood"
    reason = first.removeprefix("parse error: ").removeprefix("lexical error: ").strip().rstrip(".")
    return _IN_WORDS.get(reason, reason)
