"""What all pages share: tasks and their callbacks, actions with shortcuts, banners, and an end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry
from desktop.sessions.session import Session
from desktop.tasks.hub import Hub
from desktop.tasks.task import ErrorLevel, TaskError
from models.cached_results import keep_results
from models.customer import Customer
from models.database import connected
from tests.waiting import WAIT
from ui.framework.command_bar import Action
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.framework.part import Part, PartTask, Results

NAME = "test_of_pages"


def run(session: Session) -> None:
    """Counts customers, or fails when it is told to."""
    if session.parameters.get("fail"):
        raise ZeroDivisionError("by zero")
    session.set_background_task_result({"customers": str(Customer.select().count())})


@pytest.fixture(autouse=True)
def _codeunit() -> Iterator[None]:
    registry.register(registry.Codeunit(9_001, NAME, "A test of pages", __name__))
    sys.modules.setdefault(__name__, sys.modules.get(__name__) or _module())
    yield
    registry.unregister(NAME)


def _module() -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(run=run)


class Counting(Page):
    TITLE = "Counting"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.seen: list[dict[str, str]] = []
        self.done: list[str] = []
        self.on_result: Callable[[], None] = lambda: None
        self.handles = False

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("count", "Count", "add", self._count, "Alt+C"),
            Action("hidden", "Count secretly", "eye", self._count, "Alt+H", shown=False),
            Action("never", "Never", "stop", self._count, "Alt+X", enabled=False),
        )

    def _count(self) -> None:
        self.done.append("counted")

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.seen.append(results)
        self.on_result()

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        return self.handles


@pytest.fixture
def page(qtbot: QtBot, context: PageContext) -> Counting:
    made = Counting(context)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.activateWindow()
    made.open_page()
    return made


def test_results_arrive_after_the_call(page: Counting, hub: Hub) -> None:
    page.enqueue_background_task(NAME)
    assert page.seen == []
    hub.drain(WAIT)
    assert page.seen == [{"customers": "60"}]
    assert not page.background_tasks_running()


@pytest.mark.parametrize(
    ("level", "severity"), [(ErrorLevel.ERROR, "err"), (ErrorLevel.WARNING, "warn"), (ErrorLevel.IGNORE, "")]
)
def test_an_error_shows_as_its_level_says_and_goes_when_the_next_run_is_good(
    page: Counting, hub: Hub, level: ErrorLevel, severity: str
) -> None:
    page.enqueue_background_task(NAME, {"fail": "yes"}, error_level=level)
    hub.drain(WAIT)
    shown = [page.banners._banners[key].severity for key in page.banners.keys]
    assert shown == ([severity] if severity else [])
    page.enqueue_background_task(NAME)
    hub.drain(WAIT)
    assert page.banners.keys == []


def test_an_error_that_the_page_deals_with_is_not_shown(page: Counting, hub: Hub) -> None:
    page.handles = True
    page.enqueue_background_task(NAME, {"fail": "yes"})
    hub.drain(WAIT)
    assert page.banners.keys == []


def test_a_closed_page_hears_no_more(page: Counting, hub: Hub) -> None:
    page.enqueue_background_task(NAME)
    page.close()
    hub.drain(WAIT)
    assert page.seen == []


def test_a_cancelled_task_calls_nobody(page: Counting, hub: Hub) -> None:
    task_id = page.enqueue_background_task(NAME)
    assert page.cancel_background_task(task_id)
    assert not page.cancel_background_task(task_id)
    hub.drain(WAIT)
    assert page.seen == []


def test_here_and_now_with_and_without_the_callbacks(page: Counting) -> None:
    assert page.run_page_background_task(NAME) == {"customers": "60"}
    assert page.seen == []
    page.run_page_background_task(NAME, run_completion_triggers=True)
    assert page.seen == [{"customers": "60"}]
    with pytest.raises(ZeroDivisionError):
        page.run_page_background_task(NAME, {"fail": "yes"})
    page.run_page_background_task(NAME, {"fail": "yes"}, run_completion_triggers=True)
    assert page.banners.keys == [f"task {NAME}"]


def test_actions_have_buttons_shortcuts_and_lines_in_tell_me(page: Counting, qtbot: QtBot) -> None:
    assert [action.key for action in page.actions_of_page()] == ["count", "hidden"]
    qtbot.mouseClick(page.command_bar.button("count"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(page, Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    page.trigger("never")
    assert page.done == ["counted", "counted"]
    page.set_action_enabled("never", True)
    page.trigger("never")
    assert len(page.done) == 3
    assert page.command_bar.button("count").toolTip() == "Count (Alt+C)"


def test_actions_that_do_not_fit_stand_under_more(page: Counting, qtbot: QtBot) -> None:
    page.resize(180, 500)
    qtbot.waitUntil(lambda: page.command_bar._more.isVisible())
    assert [entry.text() for entry in page.command_bar._menu.actions()] == ["Count", "Never"]


class CountPart(Part):
    def __init__(self, context: PageContext, *tasks: PartTask) -> None:
        super().__init__(context)
        self.tasks = tasks
        self.told: list[Any] = []

    def part_tasks(self) -> Sequence[PartTask]:
        return self.tasks

    def show_loading(self) -> None:
        self.told.append("loading")

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self.told.append((results, computed_at))

    def show_error(self, error: TaskError) -> None:
        self.told.append(error.code)

    def show_nothing(self) -> None:
        self.told.append("nothing")


@pytest.fixture
def part_of(qtbot: QtBot, context: PageContext) -> Callable[..., CountPart]:
    def made(*tasks: PartTask) -> CountPart:
        part = CountPart(context, *tasks)
        qtbot.addWidget(part)
        return part

    return made


def test_a_part_shows_all_its_values_at_once(
    part_of: Callable[..., CountPart], hub: Hub, context: Any
) -> None:
    registry.register(registry.Codeunit(9_002, NAME + "_2", "Another", __name__))
    part = part_of(PartTask(NAME, cached=False), PartTask(NAME + "_2", cached=False))
    part.refresh()
    hub.drain(WAIT)
    registry.unregister(NAME + "_2")
    values = {"customers": "60"}
    assert part.told == ["loading", ({NAME: values, NAME + "_2": values}, context.clock.now())]


def test_a_part_shows_the_last_values_with_their_age_until_the_new_are_there(
    part_of: Callable[..., CountPart], hub: Hub, context: Any
) -> None:
    task = PartTask(NAME)
    yesterday = context.clock.now().replace(day=20)
    with connected():
        keep_results(task.cache_key(), {"customers": "59"}, yesterday)
    part = part_of(task)
    hub.synchronous = True
    part.refresh()
    hub.drain(WAIT)
    assert part.told[:2] == ["loading", ({NAME: {"customers": "59"}}, yesterday)]
    assert part.told[-1] == ({NAME: {"customers": "60"}}, context.clock.now())
    again = part_of(task)
    again.refresh()
    hub.drain(WAIT)
    assert again.told[1] == ({NAME: {"customers": "60"}}, context.clock.now())


def test_a_part_that_fails_says_so_on_itself(part_of: Callable[..., CountPart], hub: Hub) -> None:
    part = part_of(PartTask(NAME, {"fail": "yes"}, cached=False))
    part.refresh()
    hub.drain(WAIT)
    assert part.told == ["loading", "ZeroDivisionError"]
    assert not part.is_busy()


def test_a_part_about_nothing_shows_nothing(part_of: Callable[..., CountPart]) -> None:
    part = part_of()
    part.refresh()
    assert part.told == ["nothing"]
