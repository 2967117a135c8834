"""Job Queue Entries: what runs, waits, failed and has ended, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QWidget

from desktop.formats import count_text
from desktop.jobqueue.states import Action as Transition
from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_lists import JobRow, JobView
from models.job_queue import JobQueueEntry
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.icons import follow_icon
from ui.jobs.job_actions import JobActions
from ui.jobs.job_list import JobList
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

REFUSED = "refused"
TRANSITIONS = {
    "cancel": Transition.CANCEL,
    "retry": Transition.RESTART,
    "hold": Transition.SET_ON_HOLD,
    "ready": Transition.SET_READY,
    "now": Transition.RUN_NOW,
    "delete": Transition.DELETE,
}


class JobQueueEntries(Page):
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

    def __init__(
        self,
        context: PageContext,
        job_id: str = "",
        view: str = "",
        search: str = "",
        owner: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.list = JobList(context, wide=True, owner=owner)
        self.job_actions = JobActions(context, self)
        self.views = QTabBar()
        self.search = SearchBox("Search jobs")
        self.all_button = Button(f"Show everybody's, not only those of {owner}", "link")
        self.all_button.setVisible(bool(owner))
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self._arrange()
        self._connect()
        if view:
            self.views.setCurrentIndex(list(JobView).index(JobView(view)))
        if job_id:
            self.list.choose(job_id)
        if search:
            self.search.setText(search)
            self.search.search_now()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("new", "New", "add", self._new, "Alt+N"),
            Action("cancel", "Cancel job", "dismiss_circle", self._cancel, enabled=False),
            Action("retry", "Retry", "arrow_clockwise", self._retry, enabled=False),
            Action("hold", "Put on hold", "pause", self._hold, "Ctrl+H", enabled=False),
            Action("ready", "Set to Ready", "play", self._ready, enabled=False),
            Action("now", "Run now", "target", self._now, "Ctrl+R", enabled=False),
            Action("error", "Show error", "error_circle", self._error, enabled=False),
            Action("log", "Log entries", "history", self._log, "Ctrl+F7"),
            Action("card", "Open", "open", self._card, enabled=False),
            Action("delete", "Delete", "delete", self._delete, "Ctrl+Del", enabled=False),
            Action("once", "Run once", "hourglass", self._once, "Ctrl+Shift+R", enabled=False),
            Action("start", "Reschedule…", "calendar_clock", self._start, enabled=False),
            Action("priority", "Set priority…", "flag", self._priority, enabled=False),
            Action("copy", "Copy", "copy", self._copy, enabled=False),
            Action("record", "Show record", "table_simple", self._record, enabled=False),
            Action("stack", "Show call stack", "list_bar", self._stack, enabled=False),
            Action("failed", "Remove failed…", "archive", self._remove_failed),
            Action("columns", "Choose columns", "table_edit", self._columns),
            Action("search", "Search jobs", "search", self._to_search, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.list.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self.list.close_list()
        self.job_actions.close_actions()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.list.records_changed(changes)
        self.job_actions.records_changed(changes)

    def on_job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        self.list.job_progressed(job_id, done, total, text)
        self.job_actions.job_progressed(job_id, done, total, text)

    def refresh(self) -> None:
        self.list.refresh()

    def current_record(self) -> tuple[str, str]:
        rows = self._chosen()
        return (JobQueueEntry.table(), rows[0].id) if len(rows) == 1 else ("", "")

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header.addWidget(self.search)
        for view in JobView:
            self.views.addTab(view.value)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Views")
        self.views.setElideMode(Qt.TextElideMode.ElideNone)
        self.views.setUsesScrollButtons(False)
        card = Card(flush=True)
        card.header.insertWidget(0, self.views)
        card.add_header_widget(self.all_button)
        card.body.addWidget(self.list, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.count_label)
        card.body.addLayout(self._foot)
        self.body.addWidget(card, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.views.currentChanged.connect(self._on_view)
        self.search.search_changed.connect(self.list.search_for)
        self.list.clear_search_requested.connect(self.search.clear_search)
        self.all_button.clicked.connect(self._show_all)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self.job_actions.open_card)
        self.list.counted.connect(self._on_counted)
        self.list.loaded.connect(self._on_loaded)
        self.list.failed.connect(self._on_failed)
        self.list.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.table.customContextMenuRequested.connect(self._open_menu)
        self.job_actions.stopping.connect(self.list.mark_stopping)
        self.job_actions.changed.connect(self.list.follow)
        self.job_actions.refused.connect(self._on_refused)
        self.job_actions.succeeded.connect(self._on_succeeded)

    def _rescale(self) -> None:
        px = theme().px
        self.views.setFont(theme().font("body"))
        self.search.setFixedWidth(px(280))
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))

    # ---- what happens

    def _chosen(self) -> list[JobRow]:
        return self.list.chosen()

    def _on_chosen(self) -> None:
        rows = self._chosen()
        for key, transition in TRANSITIONS.items():
            self.set_action_enabled(key, JobActions.allowed(transition, rows))
        one = len(rows) == 1
        for key, enabled in (
            ("error", JobActions.has_error(rows)),
            ("stack", JobActions.has_error(rows)),
            ("record", bool(JobActions.record_page(rows))),
            ("card", one),
            ("copy", one),
            ("once", one and JobActions.allowed(Transition.RUN_NOW, rows)),
            ("start", bool(rows)),
            ("priority", bool(rows)),
        ):
            self.set_action_enabled(key, enabled)
        self._show_count()

    def _on_view(self, place: int) -> None:
        self.list.show_view(list(JobView)[place])

    def _on_counted(self, counts: dict[JobView, int]) -> None:
        for place, view in enumerate(JobView):
            number = counts[view]
            self.views.setTabText(place, f"{view.value}  {count_text(number)}" if number else view.value)

    def _on_loaded(self) -> None:
        self._show_count()
        self.banners.remove("read")

    def _show_count(self) -> None:
        shown, there = len(self.list.table.rows.rows), self.list.counts.get(self.list.view, 0)
        if there > shown:
            text = f"{count_text(shown)} of {count_text(there)} entries; the search finds the others"
        else:
            text = "1 entry" if there == 1 else f"{count_text(there)} entries"
        chosen = len(self._chosen())
        self.count_label.setText(f"{text} · {count_text(chosen)} selected" if chosen > 1 else text)

    def _on_failed(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The jobs could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if key == "read":
            self.refresh()

    def _on_succeeded(self) -> None:
        self.banners.remove(REFUSED)

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "warn", title, text)

    def _open_menu(self, at: QPoint) -> None:
        if self.list.table.indexAt(at).isValid():
            self.row_menu().popup(self.list.table.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu:
        """The actions of the page as a menu, those enabled that the selected rows allow."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        allowed = {action.key for action in self.actions_of_page()}
        for action in self.page_actions():
            if action.shown:
                entry = menu.addAction(action.text)
                follow_icon(entry, action.icon)
                entry.setEnabled(action.key in allowed)
                entry.triggered.connect(action.handler)
        return menu

    def _show_all(self) -> None:
        self.all_button.hide()
        self.list.show_owner("")

    def _new(self) -> None:
        self.job_actions.create()

    def _now(self) -> None:
        self.job_actions.run_now(self._chosen())

    def _once(self) -> None:
        self.job_actions.run_once(self._chosen()[0])

    def _start(self) -> None:
        self.job_actions.reschedule(self._chosen())

    def _priority(self) -> None:
        self.job_actions.set_priority(self._chosen())

    def _copy(self) -> None:
        self.job_actions.copy(self._chosen()[0])

    def _stack(self) -> None:
        self.job_actions.show_call_stack(self._chosen()[0])

    def _remove_failed(self) -> None:
        self.job_actions.remove_failed()

    def _columns(self) -> None:
        self.list.table.open_column_menu()

    def _cancel(self) -> None:
        self.job_actions.cancel(self._chosen())

    def _retry(self) -> None:
        self.job_actions.retry(self._chosen())

    def _hold(self) -> None:
        self.job_actions.put_on_hold(self._chosen())

    def _ready(self) -> None:
        self.job_actions.set_ready(self._chosen())

    def _delete(self) -> None:
        self.job_actions.delete(self._chosen())

    def _error(self) -> None:
        self.job_actions.show_error(self._chosen()[0])

    def _log(self) -> None:
        self.job_actions.open_log(self._chosen())

    def _record(self) -> None:
        self.job_actions.open_record(self._chosen()[0])

    def _card(self) -> None:
        self.job_actions.open_card(self._chosen()[0].id)

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
