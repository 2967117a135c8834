"""Report 102: the sales of a period, beside those of the same days one year before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from desktop.errors import ParameterError
from desktop.formats import amount_text, count_text, date_text
from desktop.reports.document import CellValue, Column, ColumnKind, Content
from desktop.reports.parameters import Values
from desktop.sessions.session import Session
from models import report_rows
from models.report_rows import SalesGroup
from models.statistics import currency_code, year_before, year_start

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAMED: Final = (SalesGroup.CUSTOMER, SalesGroup.COUNTRY, SalesGroup.ITEM)


def content(session: Session, values: Values) -> Content:
    """The sales that the parameters choose, as `SALES_STATISTICS` declares them.

    Raises:
        ParameterError: the period is none.
    """
    first, last = _days(values, session.work_date)
    days, before = (first, last), (year_before(first), year_before(last))
    group = SalesGroup(values["group_by"])
    most = values["most"]
    sums = report_rows.sales_sums(group, days, before)
    count = sums.groups if most is None else min(most, sums.groups)
    currency = currency_code()
    named = group in _NAMED
    name_columns = (Column("Name", share=2.6),) if named else ()
    head = "No." if group in (SalesGroup.CUSTOMER, SalesGroup.ITEM) else group.value
    of_all = "Total" if count == sums.groups else "Total of all"
    total: tuple[CellValue, ...] = ("", of_all) if named else (of_all,)
    average = sums.amount / sums.orders if sums.orders else None
    return Content(
        columns=(
            Column("Code" if group is SalesGroup.COUNTRY else head, share=1.0 if named else 1.6),
            *name_columns,
            Column("Orders", ColumnKind.COUNT, 0.8),
            Column(f"Sales ({currency})", ColumnKind.AMOUNT, 1.4),
            Column("Share", ColumnKind.PERCENT, 0.8),
            Column("Per order", ColumnKind.AMOUNT, 1.2),
            Column("One year before", ColumnKind.AMOUNT, 1.5),
            Column("Change", ColumnKind.PERCENT, 0.95),
        ),
        rows=_rows(group, report_rows.sales(group, days, before, most), sums.amount),
        row_count=count,
        unit="lines" if count != 1 else "line",
        filters=(("Sales by", group.value), *((("Only the first", count_text(most)),) if most else ())),
        figures=(
            ("Sales", amount_text(sums.amount, currency)),
            ("Orders", count_text(sums.orders)),
            ("One year before", amount_text(sums.before, currency)),
            ("Change", _signed(_change(sums.amount, sums.before))),
        ),
        totals=(
            (
                *total,
                sums.orders,
                sums.amount,
                None,
                average,
                sums.before,
                _change(sums.amount, sums.before),
            )
            if count
            else ()
        ),
        landscape=named,
        nothing="There were no sales in this period.",
        subtitle=f"{date_text(first)} to {date_text(last)}",
    )


def _rows(
    group: SalesGroup, found: Iterator[report_rows.SalesLineOfGroup], total: Decimal
) -> Iterator[tuple[CellValue, ...]]:
    for key, name, orders, amount, before in found:
        words = (key or "–", name) if group in _NAMED else (_word(group, key),)
        yield (
            *words,
            orders,
            amount,
            amount * 100 / total if total else None,
            amount / orders if orders else None,
            before,
            _change(amount, before),
        )


def _word(group: SalesGroup, key: str) -> str:
    if group is not SalesGroup.MONTH:
        return key or "–"
    year, month = key.split("-")
    return f"{_MONTHS[int(month) - 1]} {year}"


def _change(amount: Decimal, before: Decimal) -> Decimal | None:
    """By how many percent it has grown; None where there was nothing before."""
    return (amount - before) * 100 / before if before else None


def _signed(change: Decimal | None) -> str:
    if change is None:
        return "–"
    return f"{'+' if change > 0 else ''}{amount_text(change, decimals=1)} %"


def _days(values: Values, today: date) -> tuple[date, date]:
    """First and last day of the period."""
    month = today.replace(day=1)
    end_of_last_month = month - timedelta(days=1)
    chosen = values["period"]
    if chosen == "This month so far":
        return month, today
    if chosen == "Last month":
        return end_of_last_month.replace(day=1), end_of_last_month
    if chosen == "Last 12 months":
        return year_before(month), end_of_last_month
    if chosen == "Last year":
        first = year_start(today)
        return year_before(first), first - timedelta(days=1)
    if chosen != "From and to":
        return year_start(today), today
    first, last = values["first_day"], values["last_day"] or today
    if first is None:
        raise ParameterError("The first day of the period is missing.", "Fill in “From”.")
    if last < first:
        raise ParameterError(
            f"The period ends on {date_text(last)}, before it begins on {date_text(first)}.",
            "Correct “From” or “To”.",
        )
    return first, last
