"""Codeunit 107: the figures of one vendor's FactBox."""

from __future__ import annotations

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics


def run(session: Session) -> None:
    """Parameter: `vendor`, its number.

    Results: `balance`, `items`, `items_to_reorder`, `inventory_value` (at unit cost), `sales_this_year` and
    `sales_last_year` of its items, `currency`. No results when the vendor has been deleted.
    """
    figures = statistics.vendor_statistics(session.parameters["vendor"], session.work_date)
    if figures is None:
        return
    results = {name: format_value(value) for name, value in figures._asdict().items()}
    session.set_background_task_result({**results, "currency": statistics.currency_code()})
