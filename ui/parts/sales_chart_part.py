"""Sales by week, this year beside last year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.formats import amount_text
from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.context import PageContext
from ui.framework.part import Part, PartTask, Results
from ui.widgets.bar_chart import BarChart, ChartLegend
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.labels import ElidedLabel

TABLES = frozenset({"sales_header", "sales_line"})
CODEUNIT = "sales_by_week"


class SalesChartPart(Part):
    """See the module's docstring."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.chart = BarChart("Sales by week")
        self.chart.set_empty_text("Adding up the sales of the last weeks…")
        self._card = Card("Sales by week")
        self._card.add_header_widget(ChartLegend(("This year", "Last year")))
        self._error = ElidedLabel("", "caption", "err")
        self._retry = Button("Retry", "link", "arrow_clockwise", small=True)
        self._retry.clicked.connect(self.refresh)
        self._trouble = QWidget()
        row = QHBoxLayout(self._trouble)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._error, 1)
        row.addWidget(self._retry)
        self._trouble.hide()
        self._card.body.addWidget(self._trouble)
        self._card.body.addWidget(self.chart, 1)
        self.body.addWidget(self._card)

    def part_tasks(self) -> Sequence[PartTask]:
        return (PartTask(CODEUNIT),)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if {change.table for change in changes} & (TABLES | {EVERYTHING}):
            self.refresh()

    def show_loading(self) -> None:
        """The last bars stay while the new ones are computed."""

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self._trouble.hide()
        found = results[CODEUNIT]
        self._currency = found["currency"]
        weeks = found["weeks"].split()
        this_year = [float(amount) for amount in found["this_year"].split()]
        last_year = [float(amount) for amount in found["last_year"].split()]
        self.chart.set_data(weeks, this_year, last_year, write=self._write)
        self.chart.set_empty_text(
            "No sales in these weeks yet. Orders appear here as soon as there are some."
        )

    def show_error(self, error: TaskError) -> None:
        self._error.setText(error.text)
        self._trouble.show()
        self.chart.set_empty_text("")

    def _write(self, value: float) -> str:
        return amount_text(Decimal(str(value)), self._currency, 0)
