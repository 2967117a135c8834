"""Sales by week, this year beside last year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.changes import EVERYTHING
from desktop.formats import amount_text, updated_text
from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.context import PageContext
from ui.framework.part import STOPPED, Part, PartTask, Results
from ui.later import SIGN_AFTER_MS, later
from ui.widgets.bar_chart import BarChart, ChartLegend
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.trouble_line import TroubleLine

TABLES = frozenset({"sales_header", "sales_line"})
CODEUNIT = "sales_by_week"


class SalesChartPart(Part):
    """See the module's docstring."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.chart = BarChart("Sales by week")
        self._card = Card("Sales by week")
        self._card.add_header_widget(ChartLegend(("This year", "Last year")))
        self.foot = Label("", "caption", "fg3", tabular=True)
        self.trouble = TroubleLine("Sales by week")
        self.trouble.retry_requested.connect(self.refresh)
        self._card.body.addWidget(self.trouble)
        self._card.body.addWidget(self.chart, 1)
        self._card.body.addWidget(self.foot)
        self.body.addWidget(self._card)
        self._computed_at: datetime | None = None
        self._sign = later(self, SIGN_AFTER_MS, self._show_busy)
        self.chart.set_loading()

    def part_tasks(self) -> Sequence[PartTask]:
        return (PartTask(CODEUNIT),)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if {change.table for change in changes} & (TABLES | {EVERYTHING}):
            self.follow_changes()

    def show_loading(self) -> None:
        self._sign.start()

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self._sign.stop()
        self._computed_at = computed_at
        self.trouble.say("")
        self.foot.setText(self._age())
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
        self._sign.stop()
        self.trouble.say(error.text, stopped=error.code == STOPPED.code)
        self.foot.setText(self._age())
        self.chart.set_empty_text("")

    def _show_busy(self) -> None:
        self.trouble.say("")
        if self._computed_at is None:
            self.chart.set_loading()
        else:
            self.foot.setText(f"{self._age()} · calculating…")

    def _age(self) -> str:
        if self._computed_at is None:
            return ""
        return updated_text(self._computed_at, self.context.clock.now())

    def _write(self, value: float) -> str:
        return amount_text(Decimal(str(value)), self._currency, 0)
