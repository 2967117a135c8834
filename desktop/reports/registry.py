"""All reports by name and number. Their modules are imported when first run, so that a child starts fast.

Those of extensions are found when somebody asks for all, or for one that is not Backdesk's own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from desktop.named_objects import NamedObjects
from desktop.reports.document import Content, Output
from desktop.reports.parameters import RESERVED, ReportParameter, Values
from desktop.sessions.session import Session
from models.rules import Kind

ContentFunction = Callable[[Session, Values], Content]


@dataclass(frozen=True, slots=True)
class Report:
    """One entry of the registry.

    Args:
        number: Business Central style object number, unique.
        name: unique, snake_case; what job queue entries and the Report Inbox store.
        caption: what people read; the title of the document.
        description: one sentence that says what it tells.
        module: where its `content(session, values)` stands; "module:name" for a function of another name.
        parameters: what a person may choose.
        output: what it is made as where nobody chooses.
    Raises:
        ValueError: a parameter has a name that every order of a report uses itself.
    """

    number: int
    name: str
    caption: str
    description: str
    module: str
    parameters: tuple[ReportParameter, ...] = ()
    output: Output = Output.PDF

    def __post_init__(self) -> None:
        taken = RESERVED.intersection(parameter.name for parameter in self.parameters)
        if taken:
            raise ValueError(f"a parameter of a report cannot be called {', '.join(sorted(taken))}")


CUSTOMER_LIST = Report(
    101,
    "customer_list",
    "Customer List",
    "All customers, or those of a country or city, with credit limit and balance.",
    "desktop.reports.customer_list",
    (
        ReportParameter("country", "Country/Region Code", Kind.CODE, hint="For example DE|AT, or <>DE"),
        ReportParameter("city", "City", Kind.TEXT, hint="For example Hamburg, or H*"),
        ReportParameter("blocked", "Customers", Kind.OPTION, ("All", "Not blocked", "Blocked")),
        ReportParameter("with_balance", "With a balance only", Kind.BOOLEAN),
        ReportParameter("order", "Order", Kind.OPTION, ("No.", "Name", "City", "Highest balance")),
    ),
)

SALES_STATISTICS = Report(
    102,
    "sales_statistics",
    "Sales Statistics",
    "Sales of a period by month, customer, country, item or status, beside the same days one year before.",
    "desktop.reports.sales_statistics",
    (
        ReportParameter(
            "period",
            "Period",
            Kind.OPTION,
            (
                "This year so far",
                "This month so far",
                "Last month",
                "Last 12 months",
                "Last year",
                "From and to",
            ),
        ),
        ReportParameter("first_day", "From", Kind.DATE, only_with=("period", "From and to")),
        ReportParameter(
            "last_day", "To", Kind.DATE, hint="Empty for today", only_with=("period", "From and to")
        ),
        ReportParameter(
            "group_by", "Sales by", Kind.OPTION, ("Month", "Customer", "Country/Region", "Item", "Status")
        ),
        ReportParameter(
            "most", "Only the first", Kind.INTEGER, hint="For example 50; empty for all", minimum=1
        ),
    ),
)
IMPORT_RESULT = Report(
    103,
    "import_result",
    "Import Result",
    "What has become of each row of an import, and what is wrong with those that failed.",
    "desktop.reports.import_result",
    (
        ReportParameter("import_no", "Import No.", Kind.INTEGER, hint="Empty for the newest", minimum=1),
        ReportParameter("rows", "Rows", Kind.OPTION, ("Errors", "All")),
    ),
)

_BUILT_IN = (CUSTOMER_LIST, SALES_STATISTICS, IMPORT_RESULT)
_reports = NamedObjects("report", _BUILT_IN)
register, unregister, registered = _reports.register, _reports.unregister, _reports.registered
all_reports, find = _reports.all, _reports.find


def content_of(report: Report, session: Session, values: Values) -> Content:
    """What the report says; its module is imported now.

    Raises:
        BackdeskError: whatever the report raises.
    """
    module, _, attribute = report.module.partition(":")
    function: ContentFunction = getattr(importlib.import_module(module), attribute or "content")
    return function(session, values)
