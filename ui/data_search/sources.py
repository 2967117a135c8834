"""Where Data Search looks, in the order in which it shows what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.formats import date_text
from models.fields import shown_time
from models.tables import table_caption


def _as_stored(details: Sequence[str]) -> list[str]:
    return list(details)


def _order_words(details: Sequence[str]) -> list[str]:
    status, day, external_no, customer_no = details
    return [status, date_text(date.fromisoformat(day)) if day else "", external_no, customer_no]


def _integration_words(details: Sequence[str]) -> list[str]:
    return [table_caption(details[0])]


def _run_words(details: Sequence[str]) -> list[str]:
    code, state, at = details
    return [code, state, date_text(shown_time(at).astimezone().date()) if at else ""]


@dataclass(frozen=True, slots=True)
class Source:
    """One table.

    Args:
        table: a name of `models.data_search.TABLES`.
        title: the heading of its hits; one of them is called `singular`.
        icon: its drawing.
        page: what opens a hit.
        argument: the name under which that page takes the hit's key.
        list_page: what shows all hits, with the argument `search`; none when empty.
        key_shown: whether people know such a record by its key.
        read_key: makes of the key what the page takes.
        words: makes of the details what people read, in the same order.
    """

    table: str
    title: str
    singular: str
    icon: str
    page: str
    argument: str = "key"
    list_page: str = ""
    key_shown: bool = True
    read_key: Callable[[str], object] = str
    words: Callable[[Sequence[str]], list[str]] = _as_stored

    def arguments(self, key: str) -> dict[str, object]:
        """What the page that opens a hit is given."""
        return {self.argument: self.read_key(key)}


SOURCES: Final = (
    Source("customer", "Customers", "customer", "people", "customer_card", list_page="customer_list"),
    Source("vendor", "Vendors", "vendor", "vehicle_truck_profile", "vendor_card", list_page="vendor_list"),
    Source("item", "Items", "item", "box", "item_card", list_page="item_list"),
    Source(
        "sales_header",
        "Sales orders",
        "sales order",
        "cart",
        "sales_order_card",
        list_page="sales_order_list",
        words=_order_words,
    ),
    Source("sales_line", "Lines of sales orders", "line of a sales order", "cart", "sales_order_card"),
    Source(
        "integration",
        "Integrations",
        "integration",
        "plug_connected",
        "integration_card",
        list_page="integration_list",
        words=_integration_words,
    ),
    Source(
        "import_run",
        "Imports",
        "import",
        "arrow_import",
        "integration_records",
        "run_id",
        key_shown=False,
        read_key=int,
        words=_run_words,
    ),
    Source(
        "job_queue_entry",
        "Job queue entries",
        "job queue entry",
        "tasks_app",
        "job_queue_entry_card",
        list_page="job_queue_entries",
        key_shown=False,
    ),
)
