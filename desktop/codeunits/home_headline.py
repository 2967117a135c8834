"""Codeunit 109: the sentence under the greeting of the Role Centre."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from desktop.formats import format_value
from desktop.sessions.session import Session
from models import statistics

TELLING_DAYS: Final = 5  # a younger month says little, so the last full one is compared
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def run(session: Session) -> None:
    """Results: `text`, one sentence; `emphasis`, the part of it to stress; `qualifier`, what it is about.

    Also `percent`, this year against last year as a whole number; "" where there is nothing to compare.
    """
    text, emphasis, percent = headline(session.work_date)
    session.set_background_task_result(
        {"text": text, "emphasis": emphasis, "qualifier": "Sales", "percent": format_value(percent)}
    )


def headline(today: date) -> tuple[str, str, int | None]:
    """The sentence, its stressed part, and the percentage behind it."""
    if today.day < TELLING_DAYS:
        day, when = today.replace(day=1) - timedelta(days=1), "last month were"
    else:
        day, when = today, "this month are"
    sales = statistics.month_sales(day)
    if not sales.last_year:
        if not sales.amount:
            return "No sales yet this month.", "", None
        return f"Sales {when} the first in a {_MONTHS[day.month - 1]}.", "", None
    change = (sales.amount / sales.last_year - 1) * 100
    percent = int(change.quantize(Decimal(1), ROUND_HALF_UP))
    if percent:
        stress, link = (f"{percent} % ahead", " of") if percent > 0 else (f"{-percent} % behind", "")
    else:
        stress, link = "level", " with"
    month = f"{_MONTHS[day.month - 1]} {day.year - 1}" if day != today else f"last {_MONTHS[day.month - 1]}"
    return f"Sales {when} {stress}{link} {month}.", stress, percent
