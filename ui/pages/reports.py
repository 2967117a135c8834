"""Reports: what can be made, now or later, for the Report Inbox."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from desktop.reports.registry import Report
from desktop.tasks.task import TaskError
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action, Page
from ui.icons import follow_icon
from ui.reports.order_dialog import OrderDialog
from ui.reports.report_list import ReportList
from ui.reports.work import OrderReport
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.search_box import SearchBox

INBOX_PAGE = "report_inbox"
JOB_PAGE = "job_queue_entry_card"


class Reports(Page):
    """See the module's docstring.

    Args:
        key: the name of the report to select; empty for none.
    """

    NAME = "reports"
    TITLE = "Reports"
    SEARCH_TERMS = ("print", "customer list", "sales statistics", "schedule a report")

    def __init__(self, context: PageContext, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = ReportList(context)
        self.search = SearchBox("Search reports")
        self.dialog: OrderDialog | None = None
        self._captions: dict[str, str] = {}
        self._arrange()
        self._connect()
        if key:
            self.list.choose(key)

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("run", "Run now…", "play", self._run, enabled=False),
            Action("schedule", "Schedule…", "calendar_clock", self._schedule, enabled=False),
            Action("inbox", "Report Inbox", "receipt", self._inbox),
            Action("search", "Search reports", "search", self._to_search, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.list.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self.list.close_list()

    def refresh(self) -> None:
        self.list.refresh()

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header.addWidget(self.search)
        card = Card(flush=True)
        card.body.addWidget(self.list, 1)
        self.body.addWidget(card, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.search.search_changed.connect(self.list.search_for)
        self.list.clear_search_requested.connect(self.search.clear_search)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self.list.loaded.connect(self._on_loaded)
        self.list.failed.connect(self._on_failed)
        self.list.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.table.customContextMenuRequested.connect(self._open_menu)

    def _rescale(self) -> None:
        self.search.setFixedWidth(theme().px(280))

    # ---- what happens

    def _on_chosen(self) -> None:
        one = len(self.list.chosen()) == 1
        self.set_action_enabled("run", one)
        self.set_action_enabled("schedule", one)

    def _on_loaded(self) -> None:
        self.banners.remove("read")

    def _on_failed(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The reports could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if key == "read":
            self.refresh()

    def _on_opened(self, name: str) -> None:
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

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _open_menu(self, at: QPoint) -> None:
        if not self.list.table.indexAt(at).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.actions_of_page():
            if action.key in ("run", "schedule") and action.enabled:
                item = menu.addAction(action.text)
                follow_icon(item, action.icon)
                item.triggered.connect(action.handler)
        menu.popup(self.list.table.viewport().mapToGlobal(at))
