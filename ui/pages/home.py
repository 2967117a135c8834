"""The Role Centre: a greeting, cues, how the job queue does, sales by week and the jobs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from models.changes import Change
from ui.framework.command_bar import Action
from ui.framework.context import PageContext
from ui.framework.part import Part
from ui.framework.role_center_page import RoleCenterPage
from ui.jobs.jobs_part import JobsPart
from ui.parts.cues import CUE_GROUPS
from ui.parts.job_health_part import JobHealthPart
from ui.parts.sales_chart_part import TABLES, SalesChartPart
from ui.widgets.buttons import Button


class Home(RoleCenterPage):
    """See the module's docstring."""

    NAME = "home"
    TITLE = "Role Centre"
    HEADLINE = "home_headline"
    HEADLINE_TABLES = TABLES
    CUE_GROUPS = CUE_GROUPS

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        import_data = Button("Import data", "default", "arrow_import", shortcut="Ctrl+I")
        import_data.clicked.connect(self._import)
        new_order = Button("New sales order", "primary", "add", shortcut="Alt+N")
        new_order.clicked.connect(self._new_order)
        self.header.addWidget(import_data)
        self.header.addWidget(new_order)

    def parts_beside_cues(self) -> Sequence[Part]:
        self.health = JobHealthPart(self.context)
        return (self.health,)

    def lower_parts(self) -> Sequence[tuple[QWidget, int]]:
        self.chart = SalesChartPart(self.context)
        self.jobs = JobsPart(self.context)
        return ((self.chart, 5), (self.jobs, 7))

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("import", "Import data", "arrow_import", self._import, shown=False),
            Action("new_order", "New sales order", "add", self._new_order, "Alt+N", shown=False),
            Action("cues", "Set up cues", "settings", self._set_up_cues, shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.set_title(greeting(self.context.clock.now().astimezone().hour, self.context.user_name))
        self.setWindowTitle(self.TITLE)
        super().on_open()

    def on_close(self) -> None:
        super().on_close()
        self.jobs.close_part()

    def refresh(self) -> None:
        super().refresh()
        self.jobs.refresh()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.jobs.records_changed(changes)

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        self.jobs.job_progressed(job_id, done, total, text)

    def _import(self) -> None:
        self.context.import_file()

    def _set_up_cues(self) -> None:
        self.context.navigate("cue_setup")

    def _new_order(self) -> None:
        self.context.navigate("sales_order_card")


def greeting(hour: int, name: str) -> str:
    """What the page says first, by the hour where the person is."""
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    first = name.partition(" ")[0]
    return f"Good {part}, {first}" if first else f"Good {part}"
