"""Rows of a file that are none of its records, left out of an import: counted, with their lines, and told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

_LINES_KEPT: Final = 100
_LINES_TOLD: Final = 5


class Why(StrEnum):
    """Why rows are left out."""

    RECORD = ""  # they are not
    BLANK = "blank"  # nobody counts empty lines
    ABOVE = "above"  # before the names of the columns
    BORDER = "border"  # nothing but signs such as -----+-----
    NAMES = "names"  # the names of the columns once more
    PAGE_HEAD = "page head"  # what stands above the first names, once more above others
    PAGE_NUMBER = "page number"
    ROW_COUNT = "row count"  # "(12 rows)", as databases write below their tables
    AT_END = "at end"  # as many as somebody has chosen


_WHAT: Final = {
    Why.ABOVE: ("row above the names of the columns", "rows above the names of the columns"),
    Why.BORDER: ("border line", "border lines"),
    Why.NAMES: ("row that names the columns once more", "rows that name the columns once more"),
    Why.PAGE_HEAD: ("row of a page's head", "rows of page heads"),
    Why.PAGE_NUMBER: ("page number", "page numbers"),
    Why.ROW_COUNT: ("row that tells how many there are", "rows that tell how many there are"),
    Why.AT_END: ("row at the end, as chosen", "rows at the end, as chosen"),
}


class LeftOutRows(msgspec.Struct, frozen=True):
    """Rows that were left out for one reason.

    Attributes:
        why: a value of Why.
        count: how many.
        lines: where the first of them stand, from 1.
    """

    why: Why
    count: int
    lines: tuple[int, ...] = ()

    @property
    def what(self) -> str:
        """The rows in words, e.g. "2 border lines"."""
        return f"{self.count:,} {_WHAT[self.why][self.count != 1]}"

    @property
    def text(self) -> str:
        """A sentence, e.g. "2 border lines are left out: lines 2 and 40."."""
        one = self.count == 1
        told = [f"{line:,}" for line in self.lines[:_LINES_TOLD]]
        if self.count > len(told):
            where = f"{', '.join(told)} and so on"
        else:
            where = " and ".join(part for part in (", ".join(told[:-1]), told[-1]) if part)
        return f"{self.what} {'is' if one else 'are'} left out: line{'' if one else 's'} {where}."


class LeftOut:
    """Counts the rows of one file that are left out, while it is read."""

    def __init__(self) -> None:
        self._counts: dict[Why, int] = {}
        self._lines: dict[Why, list[int]] = {}

    def add(self, why: Why, line: int) -> None:
        """One more."""
        self._counts[why] = self._counts.get(why, 0) + 1
        lines = self._lines.setdefault(why, [])
        if len(lines) < _LINES_KEPT:
            lines.append(line)

    @property
    def rows(self) -> tuple[LeftOutRows, ...]:
        """What was left out so far, by reason."""
        return tuple(
            LeftOutRows(why, self._counts[why], tuple(self._lines[why])) for why in Why if why in self._counts
        )


def sentences(left_out: LeftOut) -> list[str]:
    """A sentence for each reason; what stands above the names of the columns is told with their line."""
    return [rows.text for rows in left_out.rows if rows.why is not Why.ABOVE]


def in_words(left_out: Sequence[LeftOutRows]) -> str:
    """What was left out in a few words, e.g. "2 border lines, 1 page number"; empty for nothing."""
    return ", ".join(rows.what for rows in left_out)
