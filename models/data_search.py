"""Searching one table of the company for whoever looks for something and does not know where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from models.fields import search_text
from models.list_query import ANY_PART, ListQuery, read_rows

MOST_COUNTED: Final = 1_000  # hits; whoever has more needs another word, not their number


@dataclass(frozen=True, slots=True)
class SearchedTable:
    """A table in which one may search.

    Args:
        name: of the table, and of this search.
        key: the column that names the record to open.
        title: SQL of what the hit is called.
        details: SQL of what is said beside it, the most telling first; empty ones are left out.
        searched: the column, or SQL, whose words are searched; every word in it has a blank before it.
    """

    name: str
    key: str
    title: str
    details: tuple[str, ...]
    searched: str = "search_text"


class Hit(NamedTuple):
    """A record that was found."""

    key: str
    title: str
    detail: str


class Found(NamedTuple):
    """What a table has.

    Args:
        hits: the best ones, best first.
        total: how many there are; `MOST_COUNTED` stands for that many or more.
    """

    hits: list[Hit]
    total: int


def _words(*columns: str) -> str:
    return "(' ' || " + " || ' ' || ".join(columns) + ")"


TABLES: Final = {
    table.name: table
    for table in (
        SearchedTable("customer", "no", "name", ("city", "contact", "phone_no", "email")),
        SearchedTable("vendor", "no", "name", ("city", "contact", "phone_no", "email")),
        SearchedTable("item", "no", "description", ("vendor_item_no", "gtin")),
        SearchedTable(
            "sales_header", "no", "customer_name", ("status", "order_date", "external_document_no")
        ),
        SearchedTable(
            "sales_line", "order_no", "description", ("item_no",), _words("description", "item_no")
        ),
        SearchedTable(
            "integration",
            "code",
            "description",
            ("target_table",),
            _words("code", "description", "target_table"),
        ),
        SearchedTable(
            "import_run",
            "id",
            "file_name",
            ("integration_code", "state"),
            _words("file_name", "integration_code"),
        ),
        SearchedTable(
            "job_queue_entry",
            "id",
            "description",
            ("status", "result_text"),
            _words("description", "codeunit", "result_text", "error_text"),
        ),
    )
}


def search_table(name: str, text: str, limit: int) -> Found:
    """The records of a table in which every word of the text begins a word; where none is, stands inside one.

    A record whose key is the text comes first, then those whose title begins with it, then the others by key.

    Args:
        name: of `TABLES`.
        text: at least one word.
        limit: how many hits at most.
    Raises:
        KeyError: the table cannot be searched.
    """
    table = TABLES[name]
    rows = _rows(table, text) or _rows(table, ANY_PART + text)
    asked = " ".join(text.casefold().split())
    hits = [_hit(row) for row in rows]
    hits.sort(
        key=lambda hit: (hit.key.casefold() != asked, not hit.title.casefold().startswith(asked), hit.key)
    )
    return Found(_once_each(hits)[:limit], len(hits))


def _rows(table: SearchedTable, text: str) -> list[tuple[object, ...]]:
    if not search_text(text.lstrip(ANY_PART)).strip():
        return []
    query = ListQuery(
        table.name, table.key, (table.title, *table.details), search=text, search_column=table.searched
    )
    return read_rows(query, 0, MOST_COUNTED).rows


def _hit(row: tuple[object, ...]) -> Hit:
    key, title, *details = ("" if value is None else str(value) for value in row)
    return Hit(key, title, " · ".join(filter(None, details)))


def _once_each(hits: list[Hit]) -> list[Hit]:
    """Without a second hit of the same words in the same record, as lines of one order may have."""
    return list(dict.fromkeys(hits))
