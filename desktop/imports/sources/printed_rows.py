"""What printing and databases add to a table: borders, page heads, names of columns once more, counts of rows.

Only what cannot be a record is left out, and each such row is counted: a row that only looks a little like one of
them stays, and becomes an error that somebody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from desktop.imports.sources.left_out import LeftOut, Why

FileRow = tuple[int, list[str]]
_SEVERAL: Final = 2  # names that do not come again by chance
_MOST_HELD: Final = 50  # rows of a page's head
_DRAWN: Final = re.compile(r"[-=_*~+|:\s─━═│║┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬]*")
_RUN: Final = re.compile(r"([-=_─━═])\1\1|([*~])\2{4}")
_BEGINNINGS: Final = frozenset(("", *" \ufeff\x0c(-=_*~+|:─━═│║┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬"))
_PAGE_NUMBER: Final = re.compile(
    r"(?:page|seite|blatt|pagina|página|pág\.?|sida|side|strona|strana)\W{0,3}\d{1,6}"
    r"(?:\s{0,3}(?:of|von|de|di|van|sur|av|af|z|/|\|)\s{0,3}\d{1,6})?",
    re.IGNORECASE,
)
_ROW_COUNT: Final = re.compile(
    r"\(?\d[\d,.]{0,14} (?:rows?|records?|Zeilen?|Datensätze)"
    r"(?: (?:affected|selected|returned|in set|betroffen|ausgewählt)(?: \([\d.]{1,12} sec\))?)?\)?\.?",
    re.IGNORECASE,
)
_MARK: Final = "\ufeff"  # where files were put together
_DIGITS: Final = re.compile(r"\d+")


def is_border(cells: Sequence[str]) -> bool:
    """Whether a row is nothing but a drawn line, such as -----+----- or |====|."""
    return all(map(_DRAWN.fullmatch, cells)) and any(map(_RUN.search, cells))


def is_beside(text: str) -> bool:
    """Whether a line is the number of a page, or tells how many rows there are."""
    bare = text.strip()
    return _PAGE_NUMBER.fullmatch(bare) is not None or _ROW_COUNT.fullmatch(bare) is not None


def only_records(
    named: Sequence[list[str]], above: Sequence[list[str]], rows: Iterator[FileRow], left_out: LeftOut
) -> Iterator[FileRow]:
    """The rows without those that printing has added.

    A row that comes again from above the names is left out only where the names follow once more: nothing else tells
    it from a record for certain.

    Args:
        named: the rows that name the columns; none where no row does.
        above: the rows that stand above them.
        left_out: is told of each row that is left out.
    """
    if named and _filled(named[0]) < _SEVERAL:
        return rows
    return _Printed(named, above, left_out).without(rows)


class _Printed:
    """Knows the names of the columns and what stands above them."""

    def __init__(self, named: Sequence[list[str]], above: Sequence[list[str]], left_out: LeftOut) -> None:
        self._heads = [_texts(cells) for cells in named]
        self._firsts = {head[0] for head in self._heads if head}
        self._titles = {shape for cells in above if (shape := shape_of(cells))}
        self._left_out = left_out
        firsts = [(cells[0] if cells else "") for cells in (*named, *above)]
        self._suspects = _BEGINNINGS.union(*(_beginnings(text) for text in firsts))

    def without(self, rows: Iterator[FileRow]) -> Iterator[FileRow]:
        """All rows but those."""
        suspects, left_out = self._suspects, self._left_out
        held: list[FileRow] = []
        for row in rows:
            cells = row[1]
            if not held and len(cells) > 1 and cells[0][:1] not in suspects:
                yield row  # as most rows
                continue
            why = self._why(cells)
            if why is Why.RECORD:
                yield from held
                held.clear()
                yield row
            elif why is Why.PAGE_HEAD:
                if len(held) == _MOST_HELD:
                    yield held.pop(0)
                held.append(row)
            elif why is Why.NAMES:
                for line, _ in held:
                    left_out.add(Why.PAGE_HEAD, line)
                held.clear()
                left_out.add(why, row[0])
            elif why is not Why.BLANK:
                left_out.add(why, row[0])
        yield from held

    def _why(self, cells: list[str]) -> Why:
        """Why a row is left out; a page's head only where the names follow."""
        first = cells[0].strip().lstrip(_MARK) if cells else ""
        if first in self._firsts and _texts(cells) in self._heads:
            return Why.NAMES
        if first[:1] in _BEGINNINGS and is_border(cells):
            return Why.BORDER
        if self._titles and shape_of(cells) in self._titles:
            return Why.PAGE_HEAD
        # Most records have a second value, which ends the look at them.
        found = [text for cell in cells[:_SEVERAL] if (text := cell.strip())]
        if len(found) == _SEVERAL:
            return Why.RECORD
        found = [text for cell in cells if (text := cell.strip())]
        if not found:
            return Why.BLANK
        if len(found) == 1:
            only = found[0]
            if _PAGE_NUMBER.fullmatch(only):
                return Why.PAGE_NUMBER
            if _ROW_COUNT.fullmatch(only):
                return Why.ROW_COUNT
        return Why.RECORD


def _texts(cells: Sequence[str]) -> list[str]:
    """The texts without blanks around them, or the mark of an encoding, and without empty ones at the end."""
    texts = [cell.strip().lstrip(_MARK) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def shape_of(cells: Sequence[str]) -> str:
    """What is the same in a title on each page: its letters, while numbers and times change, and places move."""
    return _DIGITS.sub("0", "".join("".join(cells).split()))


def _beginnings(text: str) -> set[str]:
    """With what rows begin that may be like one that begins with this text."""
    plain = text.strip()
    return set("0123456789") if plain[:1].isdigit() else {plain[:1], text[:1]}
