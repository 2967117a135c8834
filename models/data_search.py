"""Searching one table of the company, for whoever looks for something and does not know where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from models.customer import Customer
from models.database import database, escaped, like
from models.fields import search_text
from models.filters import Condition
from models.integration import Integration
from models.integration_record import ImportRun
from models.item import Item
from models.job_queue import JobQueueEntry
from models.list_query import ANY_PART, ListQuery, search_conditions
from models.sales_order import SalesHeader, SalesLine
from models.vendor import Vendor

COUNTED_AT_ONCE: Final = 200  # hits; only where there are as many, a second pass over the table counts them


@dataclass(frozen=True, slots=True)
class SearchedTable:
    """A table in which one may search.

    Args:
        name: of the table, and of this search.
        key: the column that names the record to open.
        title: the column that says what it is.
        details: the columns that are told beside it.
        words: the columns whose words are searched; none where `search_text` has them folded.
        any_part: find the text inside words at once, as the list of these records does.
        order: SQL that decides between equally good hits; the key when empty.
    """

    name: str
    key: str
    title: str
    details: tuple[str, ...]
    words: tuple[str, ...] = ()
    any_part: bool = False
    order: str = ""


class Hit(NamedTuple):
    """A record that was found.

    Args:
        details: as stored, in the order of `SearchedTable.details`; "" for none.
    """

    key: str
    title: str
    details: tuple[str, ...]


class Found(NamedTuple):
    """What a table has.

    Args:
        hits: the best ones, best first.
        total: how many there are.
    """

    hits: list[Hit]
    total: int


TABLES: Final = {
    table.name: table
    for table in (
        SearchedTable(Customer.table(), "no", "name", ("city", "contact", "email")),
        SearchedTable(Vendor.table(), "no", "name", ("city", "contact", "email")),
        SearchedTable(Item.table(), "no", "description", ("vendor_item_no", "gtin")),
        SearchedTable(
            SalesHeader.table(),
            "no",
            "customer_name",
            ("status", "order_date", "external_document_no", "customer_no"),
            order="no DESC",
        ),
        SearchedTable(
            SalesLine.table(),
            "order_no",
            "description",
            ("item_no",),
            words=("item_no", "description"),
            order="order_no DESC, line_no",
        ),
        SearchedTable(
            Integration.table(), "code", "description", ("target_table",), words=("code", "description")
        ),
        SearchedTable(
            ImportRun.table(),
            "id",
            "file_name",
            ("integration_code", "state", "created_at"),
            words=("file_name", "integration_code"),
            any_part=True,
            order="id DESC",
        ),
        SearchedTable(
            JobQueueEntry.table(),
            "id",
            "description",
            ("status", "codeunit", "run_as_user_id", "result_text", "error_text"),
            words=("description", "codeunit", "run_as_user_id", "result_text", "error_text"),
            any_part=True,
            order="entry_no DESC",
        ),
    )
}


def words_of(text: str) -> list[str]:
    """The words that are looked for, folded as they are searched."""
    return search_text(text.strip().lstrip(ANY_PART)).split()


def search_table(name: str, text: str, limit: int) -> Found:
    """The records of a table in which every word of the text begins a word; where there are none, stands in one.

    A record whose key is the text comes first, then those whose title begins with it.

    Args:
        name: of `TABLES`.
        text: words; "*" first finds them inside others at once.
        limit: how many hits at most.
    Raises:
        KeyError: the table cannot be searched.
    """
    table = TABLES[name]
    if not words_of(text):
        return Found([], 0)
    any_part = table.any_part or text.strip().startswith(ANY_PART)
    found = _search(table, text, limit, any_part=any_part)
    return found if found.total or any_part else _search(table, text, limit, any_part=True)


def _search(table: SearchedTable, text: str, limit: int, *, any_part: bool) -> Found:
    conditions = _conditions(table, text, any_part=any_part)
    where = " AND ".join(each.sql for each in conditions)
    values = tuple(value for each in conditions for value in each.parameters)
    asked = text.strip().lstrip(ANY_PART).strip()
    best = f"CASE WHEN {like(table.key)} THEN 0 WHEN {like(table.title)} THEN 1 ELSE 2 END"
    rows = database.execute_sql(
        f"SELECT {', '.join((table.key, table.title, *table.details))} FROM {table.name} WHERE {where}"
        f" ORDER BY {best}, {table.order or table.key} LIMIT ?",
        (*values, escaped(asked), f"{escaped(asked)}%", max(limit, COUNTED_AT_ONCE)),
    ).fetchall()
    total = len(rows)
    if total >= COUNTED_AT_ONCE:
        counted = database.execute_sql(f"SELECT COUNT(*) FROM {table.name} WHERE {where}", values)
        total = int(counted.fetchone()[0])
    return Found([_hit(row) for row in rows[:limit]], total)


def _conditions(table: SearchedTable, text: str, *, any_part: bool) -> list[Condition]:
    if not table.words:
        sought = f"{ANY_PART}{text.strip().lstrip(ANY_PART)}" if any_part else text
        return search_conditions(ListQuery(table.name, table.key, (), search=sought))
    column = "(" + "".join(f"' ' || {name} || " for name in table.words) + "'')"
    before = "%" if any_part else "% "
    made = []
    for word in text.strip().lstrip(ANY_PART).lower().split():
        spellings = _spellings(word)
        sql = " OR ".join([like(column)] * len(spellings))
        made.append(Condition(f"({sql})", tuple(f"{before}{escaped(each)}%" for each in spellings)))
    return made


def _spellings(word: str) -> list[str]:
    """How a word may be stored where nothing is folded: LIKE looks away from the case of A to Z only."""
    return [word] if word.isascii() else list(dict.fromkeys((word, word.capitalize(), word.upper())))


def _hit(row: Sequence[Any]) -> Hit:
    key, title, *details = ("" if value is None else str(value) for value in row)
    return Hit(key, title, tuple(details))
