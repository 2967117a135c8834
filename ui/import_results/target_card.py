"""The page on which a person sees a record that an import has written."""

from __future__ import annotations

from ui.navigation import all_pages

__all__ = ["card_of"]

_OTHERWISE = {"sales_header": "sales_order_card"}


def card_of(table: str) -> str:
    """The name of the card of a table's records; empty where there is none."""
    page = _OTHERWISE.get(table, f"{table}_card")
    return page if page in all_pages() else ""
