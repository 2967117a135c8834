"""Codeunit 110: the orders not yet shipped of the customers that a list shows."""

from __future__ import annotations

from decimal import Decimal

from desktop.row_values import requested_keys, row_values
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Parameter: `keys`, the customers' numbers, see `desktop.row_values`.

    Results, by customer: `open_orders`, how many; `open_amount`, what they come to.
    """
    customers = requested_keys(session.parameters)
    found = statistics.open_orders_of(customers)
    none = statistics.CustomerOrders(0, Decimal(0))
    figures = {no: found.get(no, none) for no in customers}
    session.set_background_task_result(
        {
            "open_orders": row_values({no: orders for no, (orders, _) in figures.items()}),
            "open_amount": row_values({no: amount for no, (_, amount) in figures.items()}),
        }
    )
