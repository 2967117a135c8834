"""Reports: what can be made, now or later, for the Report Inbox."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.reports.registry import Report
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.jobs.rows_page import RowsPage
from ui.reports.order_dialog import OrderDialog
from ui.reports.report_list import ReportList
from ui.reports.work import OrderReport

INBOX_PAGE = "report_inbox"
JOB_PAGE = "job_queue_entry_card"


class Reports(RowsPage):
    """See the module's docstring.

    Args:
        key: the name of the report to select; empty for none.
    """

    NAME = "reports"
    TITLE = "Reports"
    SEARCH_TERMS = ("print", "customer list", "sales statistics", "schedule a report")
    ROWS = "reports"
    ROW_ACTIONS = ("run", "schedule")

    def __init__(self, context: PageContext, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, ReportList(context), parent=parent)
        self.dialog: OrderDialog | None = None
        self._captions: dict[str, str] = {}
        self.finish()
        if key:
            self.list.choose(key)

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("run", "Run now…", "play", self._run, enabled=False),
            Action("schedule", "Schedule…", "calendar_clock", self._schedule, enabled=False),
            Action("inbox", "Report Inbox", "receipt", self._inbox),
            *self.list_actions(),
        )

    # ---- what happens

    def on_chosen(self) -> None:
        one = len(self.list.chosen()) == 1
        self.set_action_enabled("run", one)
        self.set_action_enabled("schedule", one)

    def on_row_opened(self, name: str) -> None:
        row = self.list.table.rows.row_of(name)
        if row is not None:
            self._ask(row.report, later=False)

    def _run(self) -> None:
        self._ask(self.list.chosen()[0].report, later=False)

    def _schedule(self) -> None:
        self._ask(self.list.chosen()[0].report, later=True)

    def _ask(self, report: Report, *, later: bool) -> None:
        self._captions[report.name] = report.caption
        self.dialog = OrderDialog(self, self.context, report, later=later, on_ordered=self._on_ordered)
        self.dialog.finished.connect(self._on_dialog_closed)
        self.dialog.open()

    def _on_dialog_closed(self, _result: int) -> None:
        self.dialog = None

    def _on_ordered(self, ordered: OrderReport, job_id: str) -> None:
        name = ordered.description or self._captions[ordered.report]
        if ordered.start is None:
            text = f"“{name}” is being made and comes into your Report Inbox"
            self.context.notify(Notice(text, action="Report Inbox", on_action=self._inbox))
            return
        show = partial(self.context.navigate, JOB_PAGE, key=job_id)
        self.context.notify(Notice(f"“{name}” is scheduled", action="Show job", on_action=show))

    def _inbox(self) -> None:
        self.context.navigate(INBOX_PAGE)
