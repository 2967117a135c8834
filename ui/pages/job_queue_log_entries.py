"""Job Queue Log Entries: every run of every job, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_log_lists import MOST_ROWS, LogRow, LogView
from models.job_queue import JobQueueLogEntry
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.jobs.job_actions import CARD_PAGE
from ui.jobs.log_actions import OLD_DAYS, LogActions
from ui.jobs.log_list import LogList
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

REFUSED = "refused"


class JobQueueLogEntries(Page):
    """See the module's docstring.

    Args:
        job_id: only the runs of this job queue entry; empty for all.
        view: the view to begin with, a value of `LogView`; empty for all.
        search: what stands in the search box when it opens.
    """

    NAME = "job_queue_log_entries"
    TITLE = "Job Queue Log Entries"
    SEARCH_TERMS = ("job history", "job errors", "runs")

    def __init__(
        self,
        context: PageContext,
        job_id: str = "",
        view: str = "",
        search: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.list = LogList(context, job_id)
        self.log_actions = LogActions(context, self)
        self.views = QTabBar()
        self.search = SearchBox("Search log entries")
        self.all_button = Button("Show all jobs", "link")
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self._arrange()
        self._connect()
        if view:
            self.views.setCurrentIndex(list(LogView).index(LogView(view)))
        if search:
            self.search.setText(search)
            self.search.search_now()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("error", "Show error", "error_circle", self._error, enabled=False),
            Action("stack", "Show call stack", "list_bar", self._stack, enabled=False),
            Action("entry", "Open job queue entry", "tasks_app", self._entry, enabled=False),
            Action("record", "Show record", "table_simple", self._record, enabled=False),
            Action("old", "Delete older than 7 days…", "archive", self._delete_old),
            Action("everything", "Delete all…", "delete", self._delete_all),
            Action("columns", "Choose columns", "table_edit", self._columns),
            Action("search", "Search log entries", "search", self._to_search, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.list.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self.list.close_list()
        self.log_actions.close_actions()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.list.records_changed(changes)

    def refresh(self) -> None:
        self.list.refresh()

    def current_record(self) -> tuple[str, str]:
        rows = self._chosen()
        return (JobQueueLogEntry.table(), str(rows[0].id)) if len(rows) == 1 else ("", "")

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header.addWidget(self.search)
        for view in LogView:
            self.views.addTab(view.value)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Views")
        card = Card(flush=True)
        card.header.insertWidget(0, self.views)
        card.add_header_widget(self.all_button)
        card.body.addWidget(self.list, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.count_label)
        card.body.addLayout(self._foot)
        self.body.addWidget(card, 1)
        self.all_button.setVisible(bool(self.list.job_id))
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.views.currentChanged.connect(self._on_view)
        self.search.search_changed.connect(self.list.search_for)
        self.list.clear_search_requested.connect(self.search.clear_search)
        self.all_button.clicked.connect(self._show_all)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self.list.loaded.connect(self._on_loaded)
        self.list.failed.connect(self._on_failed)
        self.log_actions.refused.connect(self._on_refused)
        self.log_actions.changed.connect(self.list.refresh)

    def _rescale(self) -> None:
        px = theme().px
        self.views.setFont(theme().font("body"))
        self.search.setFixedWidth(px(280))
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))

    # ---- what happens

    def _chosen(self) -> list[LogRow]:
        return self.list.chosen()

    def _on_chosen(self) -> None:
        rows = self._chosen()
        one = rows[0] if len(rows) == 1 else None
        self.set_action_enabled("error", one is not None and bool(one.error))
        self.set_action_enabled("stack", one is not None and bool(one.error))
        self.set_action_enabled("entry", one is not None)
        self.set_action_enabled("record", one is not None)

    def _on_view(self, place: int) -> None:
        self.list.show_view(list(LogView)[place])

    def _on_loaded(self) -> None:
        rows = self.list.table.rows.rows
        number = len(rows)
        if self.list.job_id and rows:
            self.set_title(self.TITLE, f"of “{rows[0].description}”")
        noun = "log entry" if number == 1 else "log entries"
        more = "; the search finds older ones" if number == MOST_ROWS else ""
        self.count_label.setText(f"{count_text(number)} {noun}{more}")
        self.banners.remove("read")

    def _on_failed(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The log could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if key == "read":
            self.refresh()

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "info", title, text)

    def _on_opened(self, log_id: int) -> None:
        row = self.list.table.rows.row_of(log_id)
        if row is not None:
            self.log_actions.show_error(row)

    def _show_all(self) -> None:
        self.all_button.hide()
        self.set_title(self.TITLE)
        self.list.show_job("")

    def _error(self) -> None:
        self.log_actions.show_error(self._chosen()[0])

    def _stack(self) -> None:
        self.log_actions.show_call_stack(self._chosen()[0])

    def _record(self) -> None:
        self.log_actions.open_record(self._chosen()[0])

    def _delete_old(self) -> None:
        self.log_actions.delete(OLD_DAYS)

    def _delete_all(self) -> None:
        self.log_actions.delete(None)

    def _columns(self) -> None:
        self.list.table.open_column_menu()

    def _entry(self) -> None:
        self.context.navigate(CARD_PAGE, key=self._chosen()[0].job_id)

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
