"""Job Queue Categories: gates that let so many jobs run at once, and can be closed for a while."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.job_categories import CategoryRow, delete_category, set_paused
from models.job_queue import JobQueueCategory
from ui.dialogs import Question, ask_first
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.job_categories.category_dialog import CategoryDialog
from ui.job_categories.category_jobs import CategoryJobs
from ui.job_categories.category_list import CategoryList
from ui.jobs.job_actions import CARD_PAGE, LIST_PAGE
from ui.jobs.rows_page import RowsPage
from ui.theme import theme

REFUSED = "refused"
BOX_WIDTH = 320
BOX_FROM = 1120  # px of page width from which there is room for the box beside the list


class JobQueueCategories(RowsPage):
    """See the module's docstring.

    Args:
        key: the category to select; empty for none.
    """

    NAME = "job_queue_categories"
    TITLE = "Job Queue Categories"
    SEARCH_TERMS = ("job gates", "capacity", "pause jobs", "queue categories")
    ROWS = "categories"
    ROW_ACTIONS = ("edit", "pause", "resume", "entries", "delete")

    def __init__(self, context: PageContext, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, CategoryList(context, self._new), parent=parent)
        self.jobs = CategoryJobs(context)
        self.jobs.opened.connect(self._on_job_opened)
        self.dialog: CategoryDialog | None = None
        self.question: Question | None = None
        self._asked_about = ""
        self.finish()
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
            *self.list_actions(),
        )

    def on_close(self) -> None:
        super().on_close()
        self.jobs.close_box()

    def current_record(self) -> tuple[str, str]:
        rows = self.chosen()
        return (JobQueueCategory.table(), rows[0].code) if len(rows) == 1 else ("", "")

    # ---- how it comes about

    def place_card(self) -> None:
        self._row = QHBoxLayout()
        self._row.addWidget(self.card, 1)
        self._row.addWidget(self.jobs, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._row, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.jobs.setVisible(self.width() >= theme().px(BOX_FROM))

    def rescale(self) -> None:
        super().rescale()
        self.jobs.setFixedWidth(theme().px(BOX_WIDTH))
        self._row.setSpacing(theme().px(16))
        self._fit()

    # ---- what happens

    def on_chosen(self) -> None:
        rows = self.chosen()
        one = rows[0] if len(rows) == 1 else None
        self.set_action_enabled("edit", one is not None)
        self.set_action_enabled("pause", bool(rows) and not all(row.paused for row in rows))
        self.set_action_enabled("resume", any(row.paused for row in rows))
        self.set_action_enabled("entries", one is not None)
        self.set_action_enabled("delete", one is not None and one.known)
        self.jobs.show_category(one)

    def count_words(self) -> str:
        return self.counted("category", "categories")

    def on_row_opened(self, code: str) -> None:
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
        self._open_dialog(self.chosen()[0])

    def _pause(self) -> None:
        self._set_paused(True)

    def _resume(self) -> None:
        self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        self.banners.remove(REFUSED)
        codes = [row.code for row in self.chosen() if row.paused != paused]
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
        self.context.navigate(LIST_PAGE, search=self.chosen()[0].code)

    def _delete(self) -> None:
        self.banners.remove(REFUSED)
        self._asked_about = self.chosen()[0].code
        self.question = ask_first(
            self,
            f"Delete the category {self._asked_about}?",
            "Only a category that no waiting or failed job and no integration uses can be deleted.",
            "Delete",
            self._delete_it,
        )

    def _delete_it(self) -> None:
        work = partial(delete_category, self._asked_about)
        self.context.hub.write(self, work, self._on_deleted, self._on_refused)

    def _on_deleted(self, _nothing: None) -> None:
        self.context.notify(Notice(f"The category {self._asked_about} was deleted"))
        self.list.follow()

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That is not possible now.", error.text)
        self.list.follow()
