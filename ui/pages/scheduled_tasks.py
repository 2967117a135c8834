"""Scheduled Tasks: every run that the Task Scheduler has before it or at work, whoever asked for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.formats import count_text
from models.job_queue import ScheduledTask
from models.task_lists import TaskView
from ui.framework.context import PageContext
from ui.framework.page import Action
from ui.jobs.job_actions import CARD_PAGE
from ui.jobs.rows_page import RowsPage
from ui.scheduled_tasks.task_actions import TaskActions
from ui.scheduled_tasks.task_list import TaskList

REFUSED = "refused"
VIEWS = [view.value for view in TaskView]


class ScheduledTasks(RowsPage):
    """See the module's docstring.

    Args:
        view: the view to begin with, a value of `TaskView`; empty for all.
    """

    NAME = "scheduled_tasks"
    TITLE = "Scheduled Tasks"
    SEARCH_TERMS = ("task scheduler", "planned runs", "background tasks")
    ROWS = "tasks"
    ROW_ACTIONS = ("cancel", "ready", "entry")

    list: TaskList

    def __init__(self, context: PageContext, view: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, TaskList(context), VIEWS, parent)
        self.task_actions = TaskActions(context, self)
        self.list.counted.connect(self._on_counted)
        self.task_actions.changed.connect(self.list.follow)
        self.task_actions.refused.connect(self._on_refused)
        self.finish()
        if view:
            self.views.setCurrentIndex(VIEWS.index(TaskView(view).value))

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("cancel", "Cancel task", "dismiss_circle", self._cancel, "Ctrl+Del", enabled=False),
            Action("ready", "Set ready", "play", self._set_ready, enabled=False),
            Action("entry", "Open job queue entry", "tasks_app", self._entry, enabled=False),
            Action("schedule", "Schedule", "calendar_ltr", self._schedule),
            *self.list_actions(),
        )

    def on_close(self) -> None:
        super().on_close()
        self.task_actions.close_actions()

    def current_record(self) -> tuple[str, str]:
        rows = self.chosen()
        return (ScheduledTask.table(), rows[0].id) if len(rows) == 1 else ("", "")

    # ---- what happens

    def on_chosen(self) -> None:
        rows = self.chosen()
        self.set_action_enabled("cancel", bool(rows) and not any(row.stopping for row in rows))
        self.set_action_enabled("ready", bool(rows) and not any(row.is_ready or row.running for row in rows))
        self.set_action_enabled("entry", len(rows) == 1 and bool(rows[0].job_id))

    def on_view(self, place: int) -> None:
        self.list.show_view(TaskView(VIEWS[place]))

    def _on_counted(self, counts: dict[TaskView, int]) -> None:
        for place, view in enumerate(TaskView):
            number = counts[view]
            self.views.setTabText(place, f"{view.value}  {count_text(number)}" if number else view.value)
        self._there = counts[self.list.view]

    def count_words(self) -> str:
        shown = len(self.list.table.rows.rows)
        if self._there > shown:
            return f"{count_text(shown)} of {count_text(self._there)} tasks; the search finds the others"
        return "1 task" if self._there == 1 else f"{count_text(self._there)} tasks"

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "warn", title, text)

    def on_row_opened(self, task_id: str) -> None:
        row = self.list.table.rows.row_of(task_id)
        if row is not None and row.job_id:
            self.context.navigate(CARD_PAGE, key=row.job_id)

    def _cancel(self) -> None:
        self.banners.remove(REFUSED)
        self.task_actions.cancel(self.chosen())

    def _set_ready(self) -> None:
        self.banners.remove(REFUSED)
        self.task_actions.set_ready(self.chosen())

    def _entry(self) -> None:
        self.on_row_opened(self.chosen()[0].id)

    def _schedule(self) -> None:
        self.context.navigate("job_queue_schedule")
