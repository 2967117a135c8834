"""Job Queue Categories: gates that let so many jobs run at once, and can be closed for a while."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_categories import CategoryRow, delete_category, set_paused
from models.job_queue import JobQueueCategory
from ui.dialogs import Answer, Question, ask
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action, Page
from ui.icons import follow_icon
from ui.job_categories.category_dialog import CategoryDialog
from ui.job_categories.category_jobs import CategoryJobs
from ui.job_categories.category_list import CategoryList
from ui.jobs.job_actions import CARD_PAGE, LIST_PAGE
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

REFUSED = "refused"
BOX_WIDTH = 320
BOX_FROM = 1120  # px of page width from which there is room for the box beside the list


class JobQueueCategories(Page):
    """See the module's docstring.

    Args:
        key: the category to select; empty for none.
    """

    NAME = "job_queue_categories"
    TITLE = "Job Queue Categories"
    SEARCH_TERMS = ("job gates", "capacity", "pause jobs", "queue categories")

    def __init__(self, context: PageContext, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = CategoryList(context, self._new)
        self.jobs = CategoryJobs(context)
        self.search = SearchBox("Search categories")
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self.dialog: CategoryDialog | None = None
        self.question: Question | None = None
        self._asked_about = ""
        self._arrange()
        self._connect()
        if key:
            self.list.choose(key)

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("new", "New", "add", self._new, "Alt+N"),
            Action("edit", "Edit", "edit", self._edit, "F2", enabled=False),
            Action("pause", "Pause", "pause", self._pause, enabled=False),
            Action("resume", "Let it go on", "play", self._resume, enabled=False),
            Action("entries", "Show job queue entries", "tasks_app", self._entries, enabled=False),
            Action("delete", "Delete", "delete", self._delete, "Ctrl+Del", enabled=False),
            Action("search", "Search categories", "search", self._to_search, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.list.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self.list.close_list()
        self.jobs.close_box()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.list.records_changed(changes)

    def refresh(self) -> None:
        self.list.refresh()

    def current_record(self) -> tuple[str, str]:
        rows = self._chosen()
        return (JobQueueCategory.table(), rows[0].code) if len(rows) == 1 else ("", "")

    # ---- how it comes about

    def _arrange(self) -> None:
        self.header.addWidget(self.search)
        card = Card(flush=True)
        card.body.addWidget(self.list, 1)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.count_label)
        card.body.addLayout(self._foot)
        self._row = QHBoxLayout()
        self._row.addWidget(card, 1)
        self._row.addWidget(self.jobs, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._row, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.search.search_changed.connect(self.list.search_for)
        self.list.clear_search_requested.connect(self.search.clear_search)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self.list.loaded.connect(self._on_loaded)
        self.list.failed.connect(self._on_failed)
        self.jobs.opened.connect(self._on_job_opened)
        self.list.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.table.customContextMenuRequested.connect(self._open_menu)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.jobs.setVisible(self.width() >= theme().px(BOX_FROM))

    def _rescale(self) -> None:
        px = theme().px
        self.search.setFixedWidth(px(280))
        self.jobs.setFixedWidth(px(BOX_WIDTH))
        self._row.setSpacing(px(16))
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))
        self._fit()

    # ---- what happens

    def _chosen(self) -> list[CategoryRow]:
        return self.list.chosen()

    def _on_chosen(self) -> None:
        rows = self._chosen()
        one = rows[0] if len(rows) == 1 else None
        self.set_action_enabled("edit", one is not None)
        self.set_action_enabled("pause", bool(rows) and not all(row.paused for row in rows))
        self.set_action_enabled("resume", any(row.paused for row in rows))
        self.set_action_enabled("entries", one is not None)
        self.set_action_enabled("delete", one is not None and one.known)
        self.jobs.show_category(one)

    def _on_loaded(self) -> None:
        number = len(self.list.table.rows.rows)
        self.count_label.setText("1 category" if number == 1 else f"{count_text(number)} categories")
        self.banners.remove("read")

    def _on_failed(self, error: TaskError) -> None:
        self.banners.show_banner(
            "read", "err", "The categories could not be read.", error.text, (("retry", "Retry"),)
        )

    def on_banner_action(self, key: str, action: str) -> None:
        if key == "read":
            self.refresh()

    def _on_opened(self, code: str) -> None:
        row = self.list.table.rows.row_of(code)
        if row is not None:
            self._open_dialog(row)

    def _on_job_opened(self, job_id: str) -> None:
        self.context.navigate(CARD_PAGE, key=job_id)

    def _open_dialog(self, row: CategoryRow | None) -> None:
        self.banners.remove(REFUSED)
        self.dialog = CategoryDialog(self, self.context, row)
        self.dialog.accepted.connect(self.list.refresh)
        self.dialog.open()

    def _new(self) -> None:
        self._open_dialog(None)

    def _edit(self) -> None:
        self._open_dialog(self._chosen()[0])

    def _pause(self) -> None:
        self._set_paused(True)

    def _resume(self) -> None:
        self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        self.banners.remove(REFUSED)
        codes = [row.code for row in self._chosen() if row.paused != paused]
        told = self._on_paused if paused else self._on_resumed
        self.context.hub.write(self, partial(set_paused, codes, paused), told, self._on_refused)

    def _on_paused(self, number: int) -> None:
        what = "The category is paused" if number == 1 else f"{count_text(number)} categories are paused"
        self.context.notify(Notice(f"{what}: what runs goes on, nothing new starts"))
        self.list.follow()

    def _on_resumed(self, number: int) -> None:
        what = "The category goes on" if number == 1 else f"{count_text(number)} categories go on"
        self.context.notify(Notice(what))
        self.list.follow()

    def _entries(self) -> None:
        self.context.navigate(LIST_PAGE, search=self._chosen()[0].code)

    def _delete(self) -> None:
        self.banners.remove(REFUSED)
        self._asked_about = self._chosen()[0].code
        self.question = ask(
            self,
            f"Delete the category {self._asked_about}?",
            "Only a category that no waiting or failed job and no integration uses can be deleted.",
            (Answer("delete", "Delete", "danger"), Answer("keep", "Keep", "primary")),
            "keep",
            self._on_delete_answer,
        )

    def _on_delete_answer(self, key: str) -> None:
        self.question = None
        if key == "delete":
            work = partial(delete_category, self._asked_about)
            self.context.hub.write(self, work, self._on_deleted, self._on_refused)

    def _on_deleted(self, _nothing: None) -> None:
        self.context.notify(Notice(f"The category {self._asked_about} was deleted"))
        self.list.follow()

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That is not possible now.", error.text)
        self.list.follow()

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _open_menu(self, at: QPoint) -> None:
        if not self.list.table.indexAt(at).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.actions_of_page():
            if action.shown and action.key != "new":
                item = menu.addAction(action.text)
                follow_icon(item, action.icon)
                item.triggered.connect(action.handler)
        menu.popup(self.list.table.viewport().mapToGlobal(at))
