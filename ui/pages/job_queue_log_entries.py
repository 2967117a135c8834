"""Job Queue Log Entries: every run of every job, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from models.job_log_lists import LogView
from models.job_queue import JobQueueLogEntry
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.jobs.job_actions import CARD_PAGE
from ui.jobs.log_actions import OLD_DAYS, LogActions
from ui.jobs.log_list import LogList
from ui.jobs.rows_page import RowsPage
from ui.widgets.buttons import Button

REFUSED = "refused"
VIEWS = [view.value for view in LogView]


class JobQueueLogEntries(RowsPage):
    """See the module's docstring.

    Args:
        job_id: only the runs of this job queue entry; empty for all.
        view: the view to begin with, a value of `LogView`; empty for all.
        search: what stands in the search box when it opens.
    """

    NAME = "job_queue_log_entries"
    TITLE = "Job Queue Log Entries"
    SEARCH_TERMS = ("job history", "job errors", "runs")
    ROWS = "log entries"
    ROW_ACTIONS = ("error", "stack", "entry", "record")

    list: LogList

    def __init__(
        self,
        context: PageContext,
        job_id: str = "",
        view: str = "",
        search: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, LogList(context, (job_id,) if job_id else ()), VIEWS, parent)
        self.log_actions = LogActions(context, self)
        self.log_actions.refused.connect(self._on_refused)
        self.log_actions.changed.connect(self.list.refresh)
        self.all_button = Button("Show all jobs", "link")
        self.all_button.clicked.connect(self._show_all)
        self.card.add_header_widget(self.all_button)
        self.all_button.setVisible(bool(job_id))
        self.finish()
        if view:
            self.views.setCurrentIndex(VIEWS.index(LogView(view).value))
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
            self.columns_action(),
            *self.list_actions(),
        )

    def on_close(self) -> None:
        super().on_close()
        self.log_actions.close_actions()

    def current_record(self) -> tuple[str, str]:
        rows = self.chosen()
        return (JobQueueLogEntry.table(), str(rows[0].id)) if len(rows) == 1 else ("", "")

    # ---- what happens

    def on_chosen(self) -> None:
        rows = self.chosen()
        one = rows[0] if len(rows) == 1 else None
        self.set_action_enabled("error", one is not None and bool(one.error))
        self.set_action_enabled("stack", one is not None and bool(one.error))
        self.set_action_enabled("entry", one is not None)
        self.set_action_enabled("record", one is not None)

    def on_view(self, place: int) -> None:
        self.list.show_view(LogView(VIEWS[place]))

    def on_loaded(self) -> None:
        rows = self.list.table.rows.rows
        if self.list.job_ids and rows:
            self.set_title(self.TITLE, f"of “{rows[0].description}”")

    def count_words(self) -> str:
        return self.counted("log entry", "log entries", "the search finds older ones")

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "info", title, text)

    def on_row_opened(self, log_id: int) -> None:
        row = self.list.table.rows.row_of(log_id)
        if row is not None:
            self.log_actions.show_error(row)

    def _show_all(self) -> None:
        self.all_button.hide()
        self.set_title(self.TITLE)
        self.list.show_jobs(())

    def _error(self) -> None:
        self.log_actions.show_error(self.chosen()[0])

    def _stack(self) -> None:
        self.log_actions.show_call_stack(self.chosen()[0])

    def _record(self) -> None:
        self.log_actions.open_record(self.chosen()[0])

    def _delete_old(self) -> None:
        self.log_actions.delete(OLD_DAYS)

    def _delete_all(self) -> None:
        self.log_actions.delete(None)

    def _entry(self) -> None:
        self.context.navigate(CARD_PAGE, key=self.chosen()[0].job_id)
