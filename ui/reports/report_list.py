"""The reports that there are, those of extensions too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.reports import registry
from desktop.reports.registry import Report
from ui.framework.context import PageContext
from ui.jobs.live_list import LiveList
from ui.jobs.rows_model import TableColumn
from ui.jobs.wording import Progress
from ui.widgets.empty_state import EmptyKind


class ReportChoice(NamedTuple):
    """A report as a row."""

    report: Report

    @property
    def id(self) -> str:
        """The report's name."""
        return self.report.name


@dataclass(frozen=True, slots=True)
class _Read:
    search: str
    order: str
    descending: bool

    def __call__(self) -> list[ReportChoice]:
        words = self.search.casefold().split()
        found = [
            ReportChoice(report)
            for report in registry.all_reports()
            if all(
                word in f"{report.number} {report.caption} {report.description}".casefold() for word in words
            )
        ]
        if self.order == "report":
            found.sort(key=lambda row: row.report.caption.casefold(), reverse=self.descending)
        elif self.order == "number":
            found.sort(key=lambda row: row.report.number, reverse=self.descending)
        return found


class ReportList(LiveList):
    """Reports to choose from."""

    PLURAL = "reports"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, _columns(), "Reports", parent)

    def reader(self) -> Callable[[], list[ReportChoice]]:
        return _Read(self.search, self.order, self.descending)

    def describe_nothing(self) -> None:
        self.nothing.show_state(EmptyKind.ALL_DONE, "There are no reports", icon="receipt")


def _columns() -> tuple[TableColumn[ReportChoice], ...]:
    column = TableColumn[ReportChoice]
    return (
        column("report", "Report", _caption, share=3, strong=True),
        column("description", "What it tells", _description, share=8, sortable=False, from_width=560),
        column("output", "Usually as", _output, width=110, sortable=False, from_width=480),
        column("number", "No.", _number, width=90, from_width=420),
    )


def _caption(row: ReportChoice) -> Progress:
    return Progress(row.report.caption, "fg")


def _description(row: ReportChoice) -> Progress:
    return Progress(row.report.description)


def _output(row: ReportChoice) -> Progress:
    return Progress(row.report.output.value)


def _number(row: ReportChoice) -> Progress:
    return Progress(str(row.report.number), "fg3")
