"""Job Queue Entries: what runs, waits, failed and has ended, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.formats import count_text
from models.changes import Change
from models.job_lists import JobRow, JobView
from models.job_queue import JobQueueEntry
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.jobs.job_actions import JobActions
from ui.jobs.job_list import JobList
from ui.jobs.jobs_page import JobsPage
from ui.jobs.rows_page import RowsPage
from ui.widgets.buttons import Button

VIEWS = [view.value for view in JobView]


class JobQueueEntries(JobsPage, RowsPage):
    """See the module's docstring.

    Args:
        job_id: an entry to select; empty for none.
        view: the view to begin with, a value of `JobView`; empty for all.
        search: what stands in the search box when it opens.
        owner: only entries of this user; empty for everybody's.
    """

    NAME = "job_queue_entries"
    TITLE = "Job Queue Entries"
    SEARCH_TERMS = ("jqe", "background jobs", "scheduled jobs", "batch")
    ROWS = "jobs"

    list: JobList

    def __init__(
        self,
        context: PageContext,
        job_id: str = "",
        view: str = "",
        search: str = "",
        owner: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, JobList(context, wide=True, owner=owner), VIEWS, parent)
        self.job_actions = JobActions(context, self)
        self.all_button = Button(f"Show everybody's, not only those of {owner}", "link")
        self.card.add_header_widget(self.all_button)
        self.all_button.setVisible(bool(owner))
        self._connect()
        self.finish()
        if view:
            self.views.setCurrentIndex(VIEWS.index(JobView(view).value))
        if job_id:
            self.list.choose(job_id)
        if search:
            self.search.setText(search)
            self.search.search_now()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            *self.job_page_actions("new", "cancel", "retry", "hold", "ready", "now", "error", "log"),
            Action("card", "Open", "open", self._card, enabled=False),
            *self.job_page_actions("delete", "once", "start", "priority", "copy", "record", "stack"),
            Action("failed", "Remove failed…", "archive", self._remove_failed),
            self.columns_action(),
            *self.list_actions(),
        )

    def on_close(self) -> None:
        super().on_close()
        self.job_actions.close_actions()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.job_actions.records_changed(changes)

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        self.list.job_progressed(job_id, done, total, text)
        self.job_actions.job_progressed(job_id, done, total, text)

    def current_record(self) -> tuple[str, str]:
        rows = self.chosen()
        return (JobQueueEntry.table(), rows[0].id) if len(rows) == 1 else ("", "")

    def _connect(self) -> None:
        self.all_button.clicked.connect(self._show_all)
        self.list.counted.connect(self._on_counted)
        self.job_actions.stopping.connect(self.list.mark_stopping)
        self.job_actions.changed.connect(self.list.follow)
        self.connect_jobs()

    # ---- what happens

    def jobs(self) -> Sequence[JobRow]:
        chosen: list[JobRow] = self.chosen()
        return chosen

    def on_chosen(self) -> None:
        self.allow_jobs()
        self.set_action_enabled("card", len(self.chosen()) == 1)
        self.show_count()

    def on_row_opened(self, job_id: str) -> None:
        self.job_actions.open_card(job_id)

    def on_view(self, place: int) -> None:
        self.list.show_view(JobView(VIEWS[place]))

    def _on_counted(self, counts: dict[JobView, int]) -> None:
        for place, view in enumerate(JobView):
            number = counts[view]
            self.views.setTabText(place, f"{view.value}  {count_text(number)}" if number else view.value)

    def count_words(self) -> str:
        shown, there = len(self.list.table.rows.rows), self.list.counts.get(self.list.view, 0)
        if there > shown:
            text = f"{count_text(shown)} of {count_text(there)} entries; the search finds the others"
        else:
            text = "1 entry" if there == 1 else f"{count_text(there)} entries"
        chosen = len(self.chosen())
        return f"{text} · {count_text(chosen)} selected" if chosen > 1 else text

    def _show_all(self) -> None:
        self.all_button.hide()
        self.list.show_owner("")

    def _remove_failed(self) -> None:
        self.job_actions.remove_failed()

    def _card(self) -> None:
        self.job_actions.open_card(self.chosen()[0].id)
