"""Codeunit 101: the open sales orders."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Results: `count`; `this_week`, those of the week from Monday on; `amount` with its `currency`."""
    orders = statistics.open_orders(session.work_date)
    session.set_background_task_result(
        {
            "count": format_value(orders.orders),
            "this_week": format_value(orders.this_week),
            "amount": format_value(orders.amount),
            "currency": statistics.currency_code(),
        }
    )
