"""What a table asks of the database, as work for another thread: its first rows, a page of them, their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.list_query import ANY_PART, ListQuery, RowPage, count_rows, keep_order, read_rows

PAGE_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The answer to a new question: its first rows, and the question as it was answered."""

    query: ListQuery
    page: RowPage


@dataclass(frozen=True, slots=True)
class ReadFirst:
    """Reads the first rows; where no word begins as was searched, those that have it inside a word."""

    query: ListQuery

    def __call__(self) -> FirstPage:
        page = read_rows(self.query, 0, PAGE_ROWS)
        if page.rows or not self.query.search or self.query.search.startswith(ANY_PART):
            return FirstPage(self.query, page)
        # No word begins so: look inside the words, before saying that nothing was found.
        wider = replace(self.query, search=ANY_PART + self.query.search)
        return FirstPage(wider, read_rows(wider, 0, PAGE_ROWS))


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Reads the rows of one page; `total` is how many there are, where that is known."""

    query: ListQuery
    number: int
    total: int | None

    def __call__(self) -> tuple[ListQuery, int, RowPage]:
        return self.query, self.number, read_rows(self.query, self.number * PAGE_ROWS, PAGE_ROWS, self.total)


@dataclass(frozen=True, slots=True)
class KeepOrder:
    """Sorts the rows of a question once for all pages."""

    query: ListQuery

    def __call__(self) -> ListQuery:
        keep_order(self.query)
        return self.query


@dataclass(frozen=True, slots=True)
class Count:
    """Counts all rows of a question."""

    query: ListQuery

    def __call__(self) -> tuple[ListQuery, int]:
        return self.query, count_rows(self.query)


def same_rows(one: ListQuery, other: ListQuery) -> bool:
    """Whether two questions differ in their order only, so that their rows are as many."""
    return replace(one, sort="", descending=False) == replace(other, sort="", descending=False)


def runs_of(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring places as pairs of first and last."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
