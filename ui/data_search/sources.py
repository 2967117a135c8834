"""Where Data Search looks, in the order in which it shows what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Source:
    """One table.

    Args:
        table: a name of `models.data_search.TABLES`.
        title: the heading of its hits.
        icon: its drawing.
        page: what opens a hit.
        argument: the name under which that page takes the hit's key.
        list_page: what shows all hits, with the argument `search`; none when empty.
        key_shown: whether people know the key of such a record.
        read_key: makes of the key what the page takes.
    """

    table: str
    title: str
    icon: str
    page: str
    argument: str = "key"
    list_page: str = ""
    key_shown: bool = True
    read_key: Callable[[str], object] = str

    def arguments(self, key: str) -> dict[str, object]:
        """What the page that opens a hit is given."""
        return {self.argument: self.read_key(key)}


SOURCES: Final = (
    Source("customer", "Customers", "people", "customer_card", list_page="customer_list"),
    Source("vendor", "Vendors", "vehicle_truck_profile", "vendor_card", list_page="vendor_list"),
    Source("item", "Items", "box", "item_card", list_page="item_list"),
    Source("sales_header", "Sales Orders", "cart", "sales_order_card", list_page="sales_order_list"),
    Source("sales_line", "Sales Order Lines", "cart", "sales_order_card"),
    Source("integration", "Integrations", "plug_connected", "integration_card", list_page="integration_list"),
    Source(
        "import_run",
        "Import Runs",
        "arrow_import",
        "integration_records",
        "run_id",
        key_shown=False,
        read_key=int,
    ),
    Source("job_queue_entry", "Job Queue Entries", "tasks_app", "job_queue_entry_card", key_shown=False),
)
