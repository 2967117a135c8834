"""Codeunit 108: the figures of one item's FactBox."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Parameter: `item`, its number.

    Results: `inventory`, `reorder_point`, `on_orders` (not yet shipped), `available`, `sold_this_year`,
    `sold_last_year`, `sales_this_year`, `sales_last_year`, `margin_percent` ("" without a price),
    `days_of_stock` (at the pace of the last 90 days; "" when nothing was sold), `last_sold` (a day),
    `currency`. No results when the item has been deleted.
    """
    figures = statistics.item_statistics(session.parameters["item"], session.work_date)
    if figures is None:
        return
    available = figures.inventory - figures.on_orders
    margin: Decimal | None = None
    if figures.unit_price:
        share = (figures.unit_price - figures.unit_cost) / figures.unit_price * 100
        margin = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    days: int | None = None
    if figures.sold_last_90_days:
        days = max(0, int(available * 90 / figures.sold_last_90_days))
    session.set_background_task_result(
        {
            "inventory": format_value(figures.inventory),
            "reorder_point": format_value(figures.reorder_point),
            "on_orders": format_value(figures.on_orders),
            "available": format_value(available),
            "sold_this_year": format_value(figures.sold_this_year),
            "sold_last_year": format_value(figures.sold_last_year),
            "sales_this_year": format_value(figures.sales_this_year),
            "sales_last_year": format_value(figures.sales_last_year),
            "margin_percent": format_value(margin),
            "days_of_stock": format_value(days),
            "last_sold": format_value(figures.last_sold),
            "currency": statistics.currency_code(),
        }
    )
