"""The FactBoxes with the figures of a customer, a vendor or an item, and what the figures lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ui.framework.context import PageContext
from ui.framework.fact_part import FactPart, amount_fact, day_fact, number_fact
from ui.widgets.fact_box import FactRow

__all__ = ["customer_statistics", "item_statistics", "show_orders_of", "vendor_statistics"]

Figures = Mapping[str, str]


def customer_statistics(context: PageContext, refresh_every_s: float | None = None) -> FactPart:
    """The figures of one customer.

    Args:
        refresh_every_s: as `FactPart` has it.
    """
    return FactPart(
        context,
        "Customer statistics",
        "customer_statistics",
        "customer",
        _customer_facts,
        watched=("customer", "sales_header"),
        refresh_every_s=refresh_every_s,
    )


def vendor_statistics(context: PageContext) -> FactPart:
    """The figures of one vendor."""
    return FactPart(
        context,
        "Vendor statistics",
        "vendor_statistics",
        "vendor",
        _vendor_facts,
        watched=("vendor", "item", "sales_line"),
    )


def item_statistics(context: PageContext) -> FactPart:
    """The figures of one item."""
    return FactPart(
        context,
        "Item statistics",
        "item_statistics",
        "item",
        _item_facts,
        watched=("item", "sales_line", "sales_header"),
    )


def show_orders_of(context: PageContext, customer_no: str, fact: str = "") -> None:
    """Open the sales orders of a customer.

    Args:
        fact: the figure that was pressed; that of open orders shows these only.
    """
    filters = {"customer_no": f"'{customer_no}'"}
    if fact == "open_orders":
        filters["status"] = "Open|Released"
    context.navigate("sales_order_list", filters=filters)


def _customer_facts(figures: Figures) -> Sequence[FactRow]:
    """The facts of a customer, from `customer_statistics`."""
    over = figures.get("credit_left", "").startswith("-")
    return (
        FactRow("Balance", amount_fact(figures, "balance")),
        FactRow("Credit limit", amount_fact(figures, "credit_limit")),
        FactRow("Credit left", amount_fact(figures, "credit_left"), tone="err" if over else ""),
        FactRow("Open orders", number_fact(figures, "open_orders"), key="open_orders"),
        FactRow("Open amount", amount_fact(figures, "open_amount")),
        FactRow("Sales this year", amount_fact(figures, "sales_this_year")),
        FactRow("Sales last year", amount_fact(figures, "sales_last_year")),
        FactRow("Last order", day_fact(figures, "last_order")),
    )


def _vendor_facts(figures: Figures) -> Sequence[FactRow]:
    """The facts of a vendor, from `vendor_statistics`."""
    return (
        FactRow("Balance", amount_fact(figures, "balance")),
        FactRow("Items", number_fact(figures, "items"), key="items"),
        FactRow("To reorder", number_fact(figures, "items_to_reorder")),
        FactRow("Inventory value", amount_fact(figures, "inventory_value")),
        FactRow("Sales this year", amount_fact(figures, "sales_this_year")),
        FactRow("Sales last year", amount_fact(figures, "sales_last_year")),
    )


def _item_facts(figures: Figures) -> Sequence[FactRow]:
    """The facts of an item, from `item_statistics`."""
    short = figures.get("available", "").startswith("-")
    return (
        FactRow("Inventory", number_fact(figures, "inventory")),
        FactRow("On sales orders", number_fact(figures, "on_orders")),
        FactRow("Available", number_fact(figures, "available"), tone="err" if short else ""),
        FactRow("Reorder point", number_fact(figures, "reorder_point")),
        FactRow("Days of stock", number_fact(figures, "days_of_stock", "days")),
        FactRow("Sold this year", number_fact(figures, "sold_this_year")),
        FactRow("Sales this year", amount_fact(figures, "sales_this_year")),
        FactRow("Sales last year", amount_fact(figures, "sales_last_year")),
        FactRow("Margin", number_fact(figures, "margin_percent", "%")),
        FactRow("Last sold", day_fact(figures, "last_sold")),
    )
