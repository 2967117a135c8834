"""The lines under which a search shows what it has found, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.formats import count_text
from models.data_search import Hit
from ui.data_search.marks import marks, only_inside
from ui.data_search.search_queue import FIRST_HITS, MORE_HITS, SHOWN_HITS, TableSearch
from ui.data_search.sources import Source


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """Names a table, and how many hits it has; `count` is empty where it could not be searched."""

    source: Source
    count: str


@dataclass(frozen=True, slots=True)
class HitRow:
    """A record that was found.

    Args:
        place: among the hits of its table; one order may have two lines of the same words.
        words: what was looked for, folded.
    """

    source: Source
    hit: Hit
    place: int
    words: tuple[str, ...]

    @property
    def key_text(self) -> str:
        """The key, where people know it."""
        return self.hit.key if self.source.key_shown else ""

    def details(self) -> list[str]:
        """What is told beside the title: first what has a word that was looked for."""
        told = self._told()
        inside = self.inside()
        return sorted(filter(None, told), key=lambda text: not marks(text, self.words, inside))

    def inside(self) -> frozenset[str]:
        """The words that begin no word of this line, so that they are marked inside others."""
        return only_inside([self.key_text, self.hit.title, *self._told()], self.words)

    def _told(self) -> list[str]:
        return [" ".join(text.split()) for text in self.source.words(self.hit.details)]


@dataclass(frozen=True, slots=True)
class MoreRow:
    """Shows all hits of a table in its list, or more of them here."""

    source: Source
    total: int

    @property
    def text(self) -> str:
        """What it does."""
        if self.source.list_page:
            return f"Show all {count_text(self.total)} {self.source.title.lower()}"
        return f"Show {count_text(min(self.total, MORE_HITS))} of {count_text(self.total)} here"


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Says that there are more than are shown here."""

    source: Source
    text: str


@dataclass(frozen=True, slots=True)
class FailedRow:
    """Says why a table could not be searched; choosing it tries again."""

    source: Source
    reason: str

    @property
    def text(self) -> str:
        """The reason, with the table."""
        return f"{self.source.title} could not be searched: {self.reason}"


Row = HeadingRow | HitRow | MoreRow | NoteRow | FailedRow


def rows_of(tables: Sequence[TableSearch], words: Sequence[str]) -> list[Row]:
    """The lines of what has been found so far; tables without a hit have none.

    Args:
        words: what was looked for, folded.
    """
    rows: list[Row] = []
    for table in tables:
        rows += _rows_of_table(table, tuple(words))
    return rows


def _rows_of_table(table: TableSearch, words: tuple[str, ...]) -> list[Row]:
    source, found = table.source, table.found
    if table.error is not None:
        return [HeadingRow(source, ""), FailedRow(source, " ".join(table.error.text.split()))]
    if found is None or not found.total:
        return []
    rows: list[Row] = [HeadingRow(source, count_text(found.total))]
    shown = found.hits
    if found.total > len(shown) and table.limit == FIRST_HITS:
        shown = shown[:SHOWN_HITS]
    rows += [HitRow(source, hit, place, words) for place, hit in enumerate(shown)]
    if found.total > len(shown):
        if source.list_page or table.limit < MORE_HITS:
            rows.append(MoreRow(source, found.total))
        else:
            left = count_text(found.total - len(shown))
            rows.append(NoteRow(source, f"{left} more have these words. Type another word to find fewer."))
    return rows


def identity(row: Row) -> tuple[str, ...]:
    """What stays the same when a line is found anew."""
    if isinstance(row, HitRow):
        return ("hit", row.source.table, row.hit.key, row.hit.title, str(row.place))
    return (type(row).__name__, row.source.table)


def spoken(row: Row) -> str:
    """What a screen reader says."""
    if isinstance(row, HeadingRow):
        return f"{row.source.title}, {row.count}" if row.count else row.source.title
    if isinstance(row, HitRow):
        named = " ".join(filter(None, (row.source.singular, row.key_text)))
        return ", ".join((named[:1].upper() + named[1:], *filter(None, (row.hit.title, *row.details()))))
    return f"{row.text}. Retry" if isinstance(row, FailedRow) else row.text
