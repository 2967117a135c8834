"""Extensions of a page hear of its tasks, deal with errors, and keep nobody else from being told."""

from __future__ import annotations

import pytest

from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from tests.ui.framework.telling import NAME, Telling
from tests.waiting import WAIT
from ui.framework.page import Page
from ui.framework.page_extension import PageExtension


class Listening(PageExtension):
    """Hears of all tasks of the page, and knows its own."""

    def __init__(self, page: Page, extension_name: str = "") -> None:
        super().__init__(page, extension_name)
        self.own = 0
        self.heard: list[tuple[int, str]] = []
        self.handles = self.fails = False

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.heard.append((task_id, "completed"))
        results["of"] = "changed by an extension"
        if self.fails:
            raise LookupError("no such field")

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        self.heard.append((task_id, error.code))
        if self.fails:
            raise LookupError("no such field")
        return self.handles and task_id == self.own


@pytest.fixture
def extensions(page: Telling) -> tuple[Listening, Listening]:
    made = (Listening(page, "First"), Listening(page, "Second"))
    for extension in made:
        page.extend(extension)
    return made


def test_page_and_extensions_hear_of_all_tasks_and_each_gets_results_of_its_own(
    page: Telling, hub: Hub, extensions: tuple[Listening, Listening]
) -> None:
    first = extensions[0]
    task = page.enqueue_background_task(NAME)
    first.own = first.enqueue_background_task(NAME, {"fail": "x"})
    hub.drain(WAIT)
    assert sorted(page.ended) == sorted([task, first.own])
    for extension in extensions:
        assert sorted(extension.heard) == sorted([(task, "completed"), (first.own, "ZeroDivisionError")])


def test_one_that_deals_with_an_error_spares_the_banner_for_all(
    page: Telling, hub: Hub, extensions: tuple[Listening, Listening]
) -> None:
    first, second = extensions
    first.own, first.handles = first.enqueue_background_task(NAME, {"fail": "x"}), True
    second.handles = True
    hub.drain(WAIT)
    assert page.banners.shown() == []
    second.own = first.enqueue_background_task(NAME, {"fail": "x"})
    first.handles = second.handles = False
    hub.drain(WAIT)
    assert len(page.banners.shown()) == 1


def test_a_fault_in_one_extension_is_named_and_keeps_no_other_from_being_told(
    page: Telling, hub: Hub, extensions: tuple[Listening, Listening]
) -> None:
    first, second = extensions
    first.fails = True
    page.enqueue_background_task(NAME, error_level=ErrorLevel.IGNORE)
    hub.drain(WAIT)
    assert len(second.heard) == 1
    [(severity, words)] = page.banners.shown()
    assert severity == "err"
    assert "Extension “First”" in words
