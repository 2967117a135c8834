"""The pages of rows that a list holds, however many rows there are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

from ui.framework.row_reading import PAGE_ROWS

__all__ = ["PAGES_KEPT", "Row", "RowPages"]

PAGES_KEPT: Final = 50
Row = tuple[Any, ...]


class RowPages:
    """Pages by number, from 0; of more than are kept, the one goes that nobody has used for the longest time.

    Args:
        first: the rows of the first page; empty while nothing has come.
    """

    def __init__(self, first: list[Row] | None = None) -> None:
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        if first is not None:
            self._pages[0] = first
        self._stale: set[int] = set()

    # ---- rows

    def row(self, place: int) -> Row | None:
        """The row at a place; None while it has not come."""
        page = self._pages.get(place // PAGE_ROWS)
        offset = place % PAGE_ROWS
        return page[offset] if page is not None and offset < len(page) else None

    def rows(self) -> list[Row]:
        """All rows that are there, in no order."""
        return [row for page in self._pages.values() for row in page]

    def keys_between(self, first: int, last: int) -> list[str]:
        """The keys of the rows from one place to another that have come, in order."""
        keys: list[str] = []
        for number, page in sorted(self._pages.items()):
            start = number * PAGE_ROWS
            keys += [str(row[0]) for row in page[max(0, first - start) : max(0, last + 1 - start)]]
        return keys

    def place_of(self, key: str) -> int | None:
        """The place of a key among the rows that are there."""
        for number, page in self._pages.items():
            for offset, row in enumerate(page):
                if str(row[0]) == key:
                    return number * PAGE_ROWS + offset
        return None

    def put_value(self, place: int, number: int, value: Any) -> None:
        """Put another value into a row that has come, at this place of the row."""
        page = self._pages[place // PAGE_ROWS]
        row = list(page[place % PAGE_ROWS])
        row[number] = value
        page[place % PAGE_ROWS] = tuple(row)

    # ---- pages

    def put(self, number: int, rows: list[Row]) -> list[Row] | None:
        """Keep a page that has come; the rows that it had before."""
        before = self._pages.get(number)
        self._pages[number] = rows
        self.use(number)
        self._stale.discard(number)
        while len(self._pages) > PAGES_KEPT:
            dropped, _ = self._pages.popitem(last=False)
            self._stale.discard(dropped)
        return before

    def use(self, number: int) -> None:
        """A page is looked at, if it is there."""
        if number in self._pages:
            self._pages.move_to_end(number)

    def is_fresh(self, number: int) -> bool:
        """Whether a page is there and needs not to be read anew."""
        return number in self._pages and number not in self._stale

    def make_stale(self) -> None:
        """All pages are to be read anew."""
        self._stale = set(self._pages)

    def any_stale(self, numbers: Iterable[int]) -> bool:
        """Whether one of these pages is there and still to be read anew."""
        return not self._stale.isdisjoint(numbers)

    def drop_after(self, last: int) -> None:
        """The list has become shorter: this is its last page."""
        for number in [number for number in self._pages if number > last]:
            del self._pages[number]
        self._stale &= set(self._pages)
