"""Scheduled Tasks: every run that the Task Scheduler has before it or at work, whoever asked for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_queue import ScheduledTask
from models.task_lists import TaskRow, TaskView
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.icons import follow_icon
from ui.jobs.job_actions import CARD_PAGE
from ui.scheduled_tasks.task_actions import TaskActions
from ui.scheduled_tasks.task_list import TaskList
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

REFUSED = "refused"


class ScheduledTasks(Page):
    """See the module's docstring.

    Args:
        view: the view to begin with, a value of `TaskView`; empty for all.
    """

    NAME = "scheduled_tasks"
    TITLE = "Scheduled Tasks"
    SEARCH_TERMS = ("task scheduler", "planned runs", "background tasks")

    def __init__(self, context: PageContext, view: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = TaskList(context)
        self.task_actions = TaskActions(context, self)
        self.views = QTabBar()
        self.search = SearchBox("Search tasks")
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self._arrange()
        self._connect()
        if view:
            self.views.setCurrentIndex(list(TaskView).index(TaskView(view)))

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("cancel", "Cancel task", "dismiss_circle", self._cancel, "Ctrl+Del", enabled=False),
            Action("ready", "Set ready", "play", self._set_ready, enabled=False),
            Action("entry", "Open job queue entry", "tasks_app", self._entry, enabled=False),
            Action("schedule", "Schedule", "calendar_ltr", self._schedule),
            Action("search", "Search tasks", "search", self._to_search, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.list.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self.list.close_list()
        self.task_actions.close_actions()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.list.records_changed(changes)

    def refresh(self) -> None:
        self.list.refresh()

    def current_record(self) -> tuple[str, str]:
        rows = self._chosen()
        return (ScheduledTask.table(), rows[0].id) if len(rows) == 1 else ("", "")

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header.addWidget(self.search)
        for view in TaskView:
            self.views.addTab(view.value)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Views")
        self.views.setElideMode(Qt.TextElideMode.ElideNone)
        self.views.setUsesScrollButtons(False)
        card = Card(flush=True)
        card.header.insertWidget(0, self.views)
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
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self.list.counted.connect(self._on_counted)
        self.list.loaded.connect(self._on_loaded)
        self.list.failed.connect(self._on_failed)
        self.list.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.table.customContextMenuRequested.connect(self._open_menu)
        self.task_actions.changed.connect(self.list.follow)
        self.task_actions.refused.connect(self._on_refused)

    def _rescale(self) -> None:
        px = theme().px
        self.views.setFont(theme().font("body"))
        self.search.setFixedWidth(px(280))
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))

    # ---- what happens

    def _chosen(self) -> list[TaskRow]:
        return self.list.chosen()

    def _on_chosen(self) -> None:
        rows = self._chosen()
        self.set_action_enabled("cancel", bool(rows) and not any(row.stopping for row in rows))
        self.set_action_enabled("ready", bool(rows) and not any(row.is_ready or row.running for row in rows))
        self.set_action_enabled("entry", len(rows) == 1 and bool(rows[0].job_id))

    def _on_view(self, place: int) -> None:
        self.list.show_view(list(TaskView)[place])

    def _on_counted(self, counts: dict[TaskView, int]) -> None:
        for place, view in enumerate(TaskView):
            number = counts[view]
            self.views.setTabText(place, f"{view.value}  {count_text(number)}" if number else view.value)
        self._there = counts[self.list.view]

    def _on_loaded(self) -> None:
        shown = len(self.list.table.rows.rows)
        if self._there > shown:
            text = f"{count_text(shown)} of {count_text(self._there)} tasks; the search finds the others"
        else:
            text = "1 task" if self._there == 1 else f"{count_text(self._there)} tasks"
        self.count_label.setText(text)
        self.banners.remove("read")

    def _on_failed(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The tasks could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if key == "read":
            self.refresh()

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "warn", title, text)

    def _on_opened(self, task_id: str) -> None:
        row = self.list.table.rows.row_of(task_id)
        if row is not None and row.job_id:
            self.context.navigate(CARD_PAGE, key=row.job_id)

    def _cancel(self) -> None:
        self.banners.remove(REFUSED)
        self.task_actions.cancel(self._chosen())

    def _set_ready(self) -> None:
        self.banners.remove(REFUSED)
        self.task_actions.set_ready(self._chosen())

    def _entry(self) -> None:
        self._on_opened(self._chosen()[0].id)

    def _schedule(self) -> None:
        self.context.navigate("job_queue_schedule")

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _open_menu(self, at: QPoint) -> None:
        if not self.list.table.indexAt(at).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.actions_of_page():
            if action.key in ("cancel", "ready", "entry"):
                item = menu.addAction(action.text)
                follow_icon(item, action.icon)
                item.triggered.connect(action.handler)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(self.list.table.viewport().mapToGlobal(at))
