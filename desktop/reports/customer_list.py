"""Report 101: the customers, with what they may owe and what they owe."""

from __future__ import annotations

from typing import Final

from desktop.formats import amount_text, count_text
from desktop.reports import registry
from desktop.reports.document import Column, ColumnKind, Content
from desktop.reports.parameters import Values, filter_condition, told
from desktop.sessions.session import Session
from models import report_rows
from models.filters import Condition
from models.rules import Kind
from models.statistics import currency_code

_ORDERS: Final = {
    "No.": report_rows.CustomerOrder.NO,
    "Name": report_rows.CustomerOrder.NAME,
    "City": report_rows.CustomerOrder.CITY,
    "Highest balance": report_rows.CustomerOrder.BALANCE,
}
_BLOCKED: Final = {"Not blocked": Condition("blocked = ''"), "Blocked": Condition("blocked <> ''")}


def content(_session: Session, values: Values) -> Content:
    """The customers that the parameters choose, as `CUSTOMER_LIST` declares them."""
    conditions = [
        filter_condition(column, kind, values[name])
        for name, column, kind in (("country", "country_code", Kind.CODE), ("city", "city", Kind.TEXT))
        if values[name]
    ]
    if values["blocked"] in _BLOCKED:
        conditions.append(_BLOCKED[values["blocked"]])
    if values["with_balance"]:
        conditions.append(Condition("balance <> 0"))
    sums = report_rows.customer_sums(conditions)
    currency = currency_code()
    return Content(
        columns=(
            Column("No.", share=0.75),
            Column("Name", share=2.3),
            Column("Post Code", share=0.8),
            Column("City", share=1.4),
            Column("Country", share=0.65),
            Column("Phone No.", share=1.35),
            Column("Blocked", share=0.7),
            Column(f"Credit Limit ({currency})", ColumnKind.AMOUNT, 1.3),
            Column(f"Balance ({currency})", ColumnKind.AMOUNT, 1.2),
        ),
        rows=report_rows.customers(conditions, _ORDERS[values["order"]]),
        row_count=sums.number,
        unit="customers",
        filters=told(registry.CUSTOMER_LIST.parameters, values),
        figures=(
            ("Customers", count_text(sums.number)),
            ("Blocked", count_text(sums.blocked)),
            ("Balance", amount_text(sums.balance, currency)),
        ),
        totals=("", "Total", "", "", "", "", "", None, sums.balance) if sums.number else (),
        landscape=True,
        nothing="No customer matches what was chosen.",
    )
