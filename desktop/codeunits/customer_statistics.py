"""Codeunit 106: the figures of one customer's FactBox."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Parameter: `customer`, its number.

    Results: `balance`, `credit_limit`, `credit_left` ("" without a limit), `open_orders`, `open_amount`,
    `orders`, `sales_this_year`, `sales_last_year`, `last_order` (a day), `days_between_orders` (a whole
    number; "" before the second order), `currency`. No results when the customer has been deleted.
    """
    figures = statistics.customer_statistics(session.parameters["customer"], session.work_date)
    if figures is None:
        return
    between: int | None = None
    if figures.orders > 1 and figures.first_order and figures.last_order:
        between = round((figures.last_order - figures.first_order).days / (figures.orders - 1))
    committed = figures.balance + figures.open_amount
    session.set_background_task_result(
        {
            "balance": format_value(figures.balance),
            "credit_limit": format_value(figures.credit_limit),
            "credit_left": format_value(figures.credit_limit - committed if figures.credit_limit else None),
            "open_orders": format_value(figures.open_orders),
            "open_amount": format_value(figures.open_amount),
            "orders": format_value(figures.orders),
            "sales_this_year": format_value(figures.sales_this_year),
            "sales_last_year": format_value(figures.sales_last_year),
            "last_order": format_value(figures.last_order),
            "days_between_orders": format_value(between),
            "currency": statistics.currency_code(),
        }
    )
