"""Codeunit 102: sales of the month so far, beside the same days of last year."""

from __future__ import annotations

from typing import Final

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics

POINTS: Final = 10


def run(session: Session) -> None:
    """Results: `amount`, `last_year_amount` (same days), `currency`, `curve`.

    The curve is ten numbers with blanks between: sales of the last ten spans of seven days, oldest first.
    """
    sales = statistics.month_sales(session.work_date)
    session.check_cancelled()
    curve = statistics.sales_of_weeks(session.work_date, POINTS)
    session.set_background_task_result(
        {
            "amount": format_value(sales.amount),
            "last_year_amount": format_value(sales.last_year),
            "currency": statistics.currency_code(),
            "curve": " ".join(format_value(point) for point in curve),
        }
    )
