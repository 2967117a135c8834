"""Where the records stand in a JSON file, found at its beginning; and a watch over how deep its content is nested."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import ijson

from desktop.errors import SourceError
from desktop.imports.sources.header import MOST_COLUMNS, Known

WHOLE_FILE: Final = "$"  # as array path: the file itself is the record
LINES_ENDINGS: Final = frozenset({".jsonl", ".ndjson"})
MOST_LEVELS: Final = 64
_SEVERAL: Final = 2  # names that somebody looks for; one alone may be there by chance
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
_STRING_END: Final = re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_PAIR: Final = re.compile(rb"\[\]|\{\}")
_DIGITS: Final = b"0123456789"
_LONGEST_NUMBER: Final = sys.int_info.default_max_str_digits  # of more digits Python makes no number
_LONG_NUMBER: Final = re.compile(rb"\d{%d}" % (_LONGEST_NUMBER + 1))
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the records are.

    Attributes:
        path: what a person calls it, e.g. "data.orders"; empty where the file itself is the array.
        prefix: what the parser calls one of them.
        several: the file is one record after another rather than one value.
        others: the paths of other arrays of records.
        fits: its records name what somebody looks for, and more of it than the others do.
    """

    path: str
    prefix: str
    several: bool = False
    others: tuple[str, ...] = ()
    fits: bool = False


def find_shape(head: bytes, path: Path, wanted: str = "", known: Known | None = None) -> Shape:
    """Find the array that fits at the beginning of a file, or the one that a person names.

    Args:
        head: the beginning in UTF-8; what is cut off at its end does not matter.
        wanted: the path of an array, `WHOLE_FILE`, or empty to find one.
        known: how many names of records somebody looks for; where there are none, the array with most objects is
            taken.
    """
    found = _Arrays()
    DepthWatch(path).watch(head)
    for event, value in _events(head):
        found.see(event, value)
    outer = [array for array in found.arrays.values() if array.outer]
    with_objects = [array for array in outer if array.objects]
    if wanted == WHOLE_FILE:
        return Shape(WHOLE_FILE, "", True, tuple(array.path for array in with_objects))
    if wanted:
        named = next((array for array in found.arrays.values() if array.path == wanted), None)
        prefix = named.prefix if named else wanted
        others = tuple(array.path for array in with_objects if array.path != wanted)
        return Shape(wanted, f"{prefix}.item", False, others)
    if found.roots > 1 or path.suffix.lower() in LINES_ENDINGS:
        return Shape("", "", True)
    if outer and not outer[0].prefix:
        return Shape("", "item")
    if with_objects:
        fits = [known(list(array.names)) if known else 0 for array in with_objects]
        fit, best = max(
            zip(fits, with_objects, strict=True),
            key=lambda pair: (pair[0] if pair[0] >= _SEVERAL else 0, pair[1].objects),
        )
        others = tuple(array.path for array in with_objects if array is not best)
        return Shape(best.path, f"{best.prefix}.item", False, others, fit >= _SEVERAL)
    return Shape("", "", True)


class DepthWatch:
    """Sees the bytes of a file pass, before the parser does: its memory grows with the square of the depth, and a
    number of very many digits ends its process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = b""  # brackets that are not closed yet
        self._in_string = False
        self._escaped = b""
        self._digits = b""  # of a number that may go on

    def watch(self, block: bytes) -> None:
        """Look at the next piece.

        Raises:
            SourceError: TooDeep or TooLarge.
        """
        block = self._escaped + block
        # A backslash at the end belongs to what follows.
        slashes = len(block) - len(block.rstrip(b"\\"))
        self._escaped = b"\\" if slashes % 2 else b""
        if slashes % 2:
            block = block[:-1]
        if self._in_string:
            ended = _STRING_END.match(block)
            if ended is None:
                return
            block = block[ended.end() :]
        block, strings = _STRING.subn(rb"\1", block)
        self._in_string = block.count(b'"') < strings
        numbers = self._digits + block
        if _LONG_NUMBER.search(numbers):
            raise SourceError(
                f"“{self._path.name}” has a number of more than {_LONGEST_NUMBER:,} digits.",
                "Check that the file is what it should be, or write such a number as a text, in quotes.",
                "TooLarge",
            )
        self._digits = numbers[len(numbers.rstrip(_DIGITS)) :]
        brackets = self._open + block.translate(None, _ALL_BUT_BRACKETS)
        for _ in range(MOST_LEVELS):
            shorter = _PAIR.sub(b"", brackets)
            if len(shorter) == len(brackets):
                break
            brackets = shorter
        if len(brackets) > MOST_LEVELS:
            raise SourceError(
                f"“{self._path.name}” is nested more than {MOST_LEVELS} levels deep.",
                "Check that the file is what it should be, or export flat records.",
                "TooDeep",
            )
        self._open = brackets


@dataclass(slots=True)
class _Array:
    path: str
    prefix: str
    outer: bool  # not inside another array
    objects: int = 0
    names: dict[str, None] = field(default_factory=dict)  # of the objects


@dataclass(slots=True)
class _Level:
    kind: str
    key: str = ""
    array: _Array | None = None


@dataclass(slots=True)
class _Arrays:
    """Follows the parser's events and notes each array."""

    arrays: dict[str, _Array] = field(default_factory=dict)
    roots: int = 0
    _levels: list[_Level] = field(default_factory=list)

    def see(self, event: str, value: Any) -> None:
        if event == "map_key":
            self._levels[-1].key = value
            inside = self._levels[-2].array if len(self._levels) > 1 else None
            if inside is not None and len(inside.names) < MOST_COLUMNS:
                inside.names[value] = None
            return
        if event in ("end_map", "end_array"):
            self._levels.pop()
            return
        if not self._levels:
            self.roots += 1
        if event == "start_map":
            if self._levels and (array := self._levels[-1].array):
                array.objects += 1
            self._levels.append(_Level("map"))
        elif event == "start_array":
            self._levels.append(_Level("array", array=self._array()))

    def _array(self) -> _Array:
        prefix = ".".join("item" if level.kind == "array" else level.key for level in self._levels)
        path = ".".join(level.key for level in self._levels if level.kind == "map")
        outer = all(level.kind == "map" for level in self._levels)
        return self.arrays.setdefault(prefix, _Array(path, prefix, outer))


def _events(head: bytes) -> Iterator[tuple[str, Any]]:
    """What the parser sees until the beginning is cut off or broken."""
    events: list[tuple[str, Any]] = []
    parser = ijson.basic_parse_coro(Collector(events), multiple_values=True)
    try:
        for start in range(0, len(head), 4096):
            parser.send(head[start : start + 4096])
            yield from events
            events.clear()
    except (ijson.JSONError, ValueError):
        yield from events


class Collector:
    """What the parser sends its events to."""

    def __init__(self, found: list[Any]) -> None:
        self.send = found.append
