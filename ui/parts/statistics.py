"""The facts of FactBoxes, from the results of the statistics codeunits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ui.framework.fact_part import amount_fact, day_fact, number_fact
from ui.widgets.fact_box import FactRow

Figures = Mapping[str, str]


def customer_facts(figures: Figures) -> Sequence[FactRow]:
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


def vendor_facts(figures: Figures) -> Sequence[FactRow]:
    """The facts of a vendor, from `vendor_statistics`."""
    return (
        FactRow("Balance", amount_fact(figures, "balance")),
        FactRow("Items", number_fact(figures, "items"), key="items"),
        FactRow("To reorder", number_fact(figures, "items_to_reorder")),
        FactRow("Inventory value", amount_fact(figures, "inventory_value")),
        FactRow("Sales this year", amount_fact(figures, "sales_this_year")),
        FactRow("Sales last year", amount_fact(figures, "sales_last_year")),
    )


def item_facts(figures: Figures) -> Sequence[FactRow]:
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
