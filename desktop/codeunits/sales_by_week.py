"""Codeunit 105: sales of the last ten calendar weeks, beside the same weeks of last year."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics

WEEKS: Final = 10
_A_YEAR: Final = timedelta(weeks=52)  # keeps the days of the week in step


def run(session: Session) -> None:
    """Results, each ten texts with blanks between, oldest first: `weeks` (W38 W39 …), `this_year`, `last_year`.

    The last week is the running one, from Monday to the work date. Its `currency` comes with it.
    """
    sunday = session.work_date + timedelta(days=6 - session.work_date.weekday())
    mondays = [sunday - timedelta(days=6 + 7 * back) for back in reversed(range(WEEKS))]
    this_year = statistics.sales_of_weeks(sunday, WEEKS)
    session.check_cancelled()
    last_year = statistics.sales_of_weeks(sunday - _A_YEAR, WEEKS)
    session.set_background_task_result(
        {
            "weeks": " ".join(f"W{monday.isocalendar().week}" for monday in mondays),
            "this_year": " ".join(format_value(amount) for amount in this_year),
            "last_year": " ".join(format_value(amount) for amount in last_year),
            "currency": statistics.currency_code(),
        }
    )
