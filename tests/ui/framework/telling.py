"""A page that does in the callbacks of its tasks what a test wants."""

from __future__ import annotations

from collections.abc import Callable

from desktop.tasks.task import TaskError
from ui.framework.background import CachedResults
from ui.framework.context import PageContext
from ui.framework.page import Page

NAME = "told"


class Telling(Page):
    """Does in its callbacks what a test wants."""

    TITLE = "Telling"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.act: Callable[[], object] = lambda: None
        self.ended: list[int] = []
        self.handles = False
        self.errors: list[str] = []
        self.read: list[CachedResults] = []

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.ended.append(task_id)
        self.act()

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        self.ended.append(task_id)
        self.errors.append(error.code)
        self.act()
        return self.handles

    def on_read(self, found: CachedResults) -> None:
        self.read.append(found)
