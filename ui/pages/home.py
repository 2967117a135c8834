"""The Role Centre: a greeting, cues, sales by week and the jobs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.changes import EVERYTHING
from models.changes import Change
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.jobs.jobs_part import JobsPart
from ui.parts.cue_part import CuePart
from ui.parts.cues import CUES
from ui.parts.sales_chart_part import TABLES as CHART_TABLES
from ui.parts.sales_chart_part import SalesChartPart
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

GAP = 16
ONE_ROW_FROM = 1420  # px of width in which all cues stand side by side
REFRESH_MS = 700  # changes that come in quick order refresh a part once
LOWER_HEIGHT = 300
HEADLINE = "home_headline"


class Home(Page):
    """See the module's docstring."""

    NAME = "home"
    TITLE = "Role Centre"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.cues = [CuePart(context, cue) for cue in CUES]
        self.chart = SalesChartPart(context)
        self.jobs = JobsPart(context)
        self._headline = Label("", tone="fg2", rich=True)
        self._changed: set[str] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_MS)
        self._soon.timeout.connect(self._refresh_changed)
        self._columns = 0
        self._grid = QGridLayout()
        self._arrange()

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("import", "Import data", "arrow_import", self._import, "Ctrl+I", shown=False),
            Action("new_order", "New sales order", "add", self._new_order, "Alt+N", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.set_title(greeting(self.context.clock.now().astimezone().hour, self.context.user_name))
        self.setWindowTitle(self.TITLE)
        self.refresh()

    def on_close(self) -> None:
        for part in (*self.cues, self.chart):
            part.close_part()
        self.jobs.close_part()

    def refresh(self) -> None:
        self.enqueue_background_task(HEADLINE)
        for part in (*self.cues, self.chart):
            part.refresh()
        self.jobs.refresh()

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        text, stress = results["text"], results["emphasis"]
        self._headline.setText(text.replace(stress, f"<b>{stress}</b>") if stress else text)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self._changed |= {change.table for change in changes}
        if not self._soon.isActive():
            self._soon.start()
        self.jobs.records_changed(changes)

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        self.jobs.job_progressed(job_id, done, total, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_cues()

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header_words.addWidget(self._headline)
        import_data = Button("Import data", "default", "arrow_import", shortcut="Ctrl+I")
        import_data.clicked.connect(self._import)
        new_order = Button("New sales order", "primary", "add", shortcut="Alt+N")
        new_order.clicked.connect(self._new_order)
        self.header.addWidget(import_data)
        self.header.addWidget(new_order)
        self._grid.setSpacing(theme().px(GAP))
        lower = QHBoxLayout()
        lower.setSpacing(theme().px(GAP))
        lower.addWidget(self.chart, 5)
        lower.addWidget(self.jobs, 7)
        content = QWidget()
        content.setProperty("plain", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, theme().px(8), 0, 0)
        column.setSpacing(theme().px(GAP))
        column.addLayout(self._grid)
        self._place_cues()  # before what stands under them, so that Tab comes to them first
        column.addLayout(lower, 1)
        self.chart.setMinimumHeight(theme().px(LOWER_HEIGHT))
        self.jobs.setMinimumHeight(theme().px(LOWER_HEIGHT))
        for part in (self.chart, self.jobs):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        scroll = Scroller(content)
        self.body.addWidget(scroll, 1)

    def _place_cues(self) -> None:
        columns = len(self.cues) if self.width() >= theme().px(ONE_ROW_FROM) else (len(self.cues) + 1) // 2
        if columns == self._columns:
            return
        self._columns = columns
        for place, part in enumerate(self.cues):
            self._grid.removeWidget(part)
            self._grid.addWidget(part, place // columns, place % columns)
        for column in range(len(self.cues)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _refresh_changed(self) -> None:
        tables, self._changed = self._changed, set()
        everything = EVERYTHING in tables
        for part in self.cues:
            if everything or part.cue.tables & tables:
                part.refresh()
        if everything or tables & CHART_TABLES:
            self.chart.refresh()
            self.enqueue_background_task(HEADLINE)

    def _import(self) -> None:
        self.context.import_file()

    def _new_order(self) -> None:
        self.context.navigate("sales_order_card")


def greeting(hour: int, name: str) -> str:
    """What the page says first, by the hour where the person is."""
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    first = name.partition(" ")[0]
    return f"Good {part}, {first}" if first else f"Good {part}"
