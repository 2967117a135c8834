"""Tasks end with the page, with its record, or on request: no callback, and no late one at another record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.tasks.hub import Hub
from desktop.tasks.monitor import ChildSessionState
from desktop.tasks.task import ErrorLevel, TaskError
from models.record_edit import Values
from models.sales_order import SalesLine
from tests.waiting import WAIT
from ui.framework.background import BackgroundTasks
from ui.framework.columns import column_of
from ui.framework.context import PageContext
from ui.framework.cue_group import Cue, CueGroup, Figure
from ui.framework.fact_part import FactPart
from ui.framework.headline_part import HeadlinePart
from ui.framework.lines_part import LinesPart
from ui.framework.page import Page
from ui.framework.page_extension import PageExtension
from ui.framework.part import Part
from ui.navigation import PAGES
from ui.pages.customer_card import CustomerCard
from ui.pages.customer_list import CustomerList
from ui.pages.home import Home
from ui.pages.sales_order_card import SalesOrderCard
from ui.widgets.fact_box import FactRow

NAME = "slow"


@dataclass
class Told:
    """What the callbacks of a page were told, and which record it showed then."""

    results: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class TellingCard(CustomerCard):
    """Enqueues a task for each record."""

    told: Told

    def on_after_get_current_record(self, values: Values) -> None:
        super().on_after_get_current_record(values)
        self.enqueue_background_task(NAME, {"customer": self.key})

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.told.results.append((self.key, results["customer"]))

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        self.told.errors.append(error.code)
        return False


class TellingList(CustomerList):
    """Enqueues a task for each record."""

    told: Told

    def on_after_get_current_record(self, key: str) -> None:
        super().on_after_get_current_record(key)
        if key:
            self.enqueue_background_task(NAME, {"customer": key})

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.told.results.append((self.current_key(), results["customer"]))


@pytest.fixture
def held(hold: Callable[[str], Any]) -> Any:
    return hold(NAME)


@pytest.fixture
def told() -> Told:
    return Told()


def _show(qtbot: QtBot, page: Any, told: Told) -> Any:
    page.told = told
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open_page()
    return page


def test_a_card_that_goes_on_hears_nothing_of_the_record_before(
    qtbot: QtBot, context: PageContext, held: Any, told: Told, hub: Hub
) -> None:
    card = _show(qtbot, TellingCard(context, "C00001"), told)
    qtbot.waitUntil(lambda: len(held.reached) == 1)
    qtbot.keyClick(card, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(held.reached) == 2)
    assert card.key == "C00002"
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert told == Told([("C00002", "C00002")])
    card.close_page()


def test_a_card_that_came_back_hears_only_of_what_it_asked_for_now(
    qtbot: QtBot, context: PageContext, held: Any, told: Told, hub: Hub
) -> None:
    card = _show(qtbot, TellingCard(context, "C00001"), told)
    qtbot.waitUntil(lambda: len(held.reached) == 1)
    for key in ("C00002", "C00001"):
        card.show_record(key)
        qtbot.waitUntil(lambda key=key: held.reached[-1]["customer"] == key)  # type: ignore[misc]
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert told.results == [("C00001", "C00001")]
    card.close_page()


def test_a_list_on_another_row_hears_nothing_of_the_row_before(
    qtbot: QtBot, context: PageContext, held: Any, told: Told, hub: Hub
) -> None:
    customers = _show(qtbot, TellingList(context), told)
    qtbot.waitUntil(lambda: len(held.reached) == 1)
    qtbot.keyClick(customers.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: len(held.reached) == 2)
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert told.results == [("C00002", "C00002")]
    customers.close_page()


def test_a_closed_card_hears_nothing_and_shows_nothing(
    qtbot: QtBot, context: PageContext, held: Any, told: Told, hub: Hub
) -> None:
    card = _show(qtbot, TellingCard(context, "C00001"), told)
    qtbot.waitUntil(lambda: len(held.reached) == 1)
    card.close_page()
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert told == Told()
    asked = card.enqueue_background_task(NAME, {"customer": "C00009"})
    assert not card.cancel_background_task(asked), "a closed page gets an id, but nothing runs"
    hub.drain(WAIT)
    assert told == Told()


def test_nobody_cancels_the_task_of_another_page(
    qtbot: QtBot, context: PageContext, held: Any, told: Told, hub: Hub
) -> None:
    card = _show(qtbot, TellingCard(context, "C00001"), told)
    other = Page(context)
    qtbot.addWidget(other)
    qtbot.waitUntil(lambda: len(held.reached) == 1)
    for task_id in range(max(info.task_id for info in hub.child_sessions()) + 1):
        assert not other.cancel_background_task(task_id)
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert told.results == [("C00001", "C00001")]
    card.close_page()


def test_a_fact_box_about_another_record_never_shows_the_one_before(
    qtbot: QtBot, context: PageContext, held: Any, hub: Hub
) -> None:
    part = FactPart(context, "Facts", NAME, "customer", lambda told: (FactRow("Of", told["customer"]),))
    qtbot.addWidget(part)
    part.show_record("C00001", at_once=True)
    held.wait()
    part.show_record("C00002", at_once=True)
    held.wait()
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert part.box.rows == (FactRow("Of", "C00002"),)
    part.close_part()


class TellingLines(LinesPart):
    """A list part with a task of its own."""

    told: Told

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.told.results.append(("", results["order"]))


class TellingOrder(SalesOrderCard):
    """An order whose lines enqueue a task when it is shown."""

    told: Told

    def lower_parts(self) -> tuple[QWidget, ...]:
        columns = (column_of(SalesLine, "item_no"),)
        self.lines = TellingLines(self.context, "Lines", SalesLine, "order_no", columns, "line_no")
        return (self.lines,)

    def on_after_get_current_record(self, values: Values) -> None:
        self.lines.told = self.told
        self.lines.show_document(self.key)
        self.lines.enqueue_background_task(NAME, {"order": self.key})


def test_the_lines_of_another_order_hear_nothing_of_the_one_before(
    qtbot: QtBot, context: PageContext, held: Any, told: Told, hub: Hub
) -> None:
    order = _show(qtbot, TellingOrder(context, "SO00001"), told)
    qtbot.waitUntil(lambda: len(held.reached) == 1)
    order.show_record("SO00002")
    assert not order.lines.background_tasks_running(), "at once, before the other order is read"
    qtbot.waitUntil(lambda: len(held.reached) == 2)
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert told.results == [("", "SO00002")]
    order.close_page()


def _parts(context: PageContext) -> dict[str, Part]:
    cue = Cue("Slow", "clock", NAME, lambda told, _now: Figure(told["of"]), "home", frozenset())
    facts = FactPart(context, "Facts", NAME, "customer", lambda told: (FactRow("Of", told["of"]),))
    facts._key = "C00001"
    return {
        "cue group": CueGroup(context, (cue,)),
        "headline": HeadlinePart(context, NAME),
        "FactBox": facts,
    }


@pytest.mark.parametrize("kind", ["cue group", "headline", "FactBox"])
def test_a_closed_part_is_called_no_more_and_asks_for_nothing(
    qtbot: QtBot,
    context: PageContext,
    held: Any,
    hub: Hub,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    part = _parts(context)[kind]
    qtbot.addWidget(part)

    def never(*_: object) -> None:
        raise AssertionError("a closed part was called")

    for name in ("show_results", "show_error"):
        monkeypatch.setattr(part, name, never)
    part.refresh()
    held.wait()
    part.close_part()
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    part.refresh()
    assert not part.is_busy()
    assert hub.is_idle()


def test_a_role_centre_that_closes_leaves_no_task_and_no_timer(
    qtbot: QtBot, context: PageContext, held: Any, hub: Hub
) -> None:
    class Slow(Home):
        CUE_GROUPS = (
            (Cue("Slow", "clock", NAME, lambda told, _now: Figure(told["of"]), "home", frozenset()),),
        )

    home = Slow(context)
    qtbot.addWidget(home)
    home.open_page()
    held.wait()
    home.close_page()
    assert [info for info in hub.child_sessions() if info.state is ChildSessionState.WAITING] == []
    held.let_go()
    assert hub.drain(WAIT)
    assert home.tile("Slow").value == ""


class Going(PageExtension):
    """Hears of tasks after its page."""

    heard: list[int]

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        self.heard.append(task_id)

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        self.heard.append(task_id)
        return False


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("goes", ["to another record", "away"])
def test_a_callback_that_leaves_the_record_leaves_its_extensions_out_too(
    qtbot: QtBot, context: PageContext, held: Any, hub: Hub, fails: bool, goes: str
) -> None:
    class Leaving(CustomerCard):
        def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
            self.close_page() if goes == "away" else self.show_record("C00002")

        def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
            self.on_page_background_task_completed(task_id, {})
            return False

    card = Leaving(context, "C00001")
    qtbot.addWidget(card)
    extension = Going(card, "Going")
    extension.heard = []
    card.extend(extension)
    card.open_page()
    card.enqueue_background_task(NAME, {"fail": "x"} if fails else {})
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert extension.heard == []
    assert not any(key.startswith("task") for key in card.banners.keys), "its error is nobody's any more"
    card.close_page()


METHODS = (
    "enqueue_background_task",
    "cancel_background_task",
    "run_page_background_task",
    "on_page_background_task_completed",
    "on_page_background_task_error",
)


@pytest.mark.parametrize("name", list(PAGES))
def test_each_page_and_each_part_of_it_has_the_same_five_methods(
    qtbot: QtBot, context: PageContext, name: str
) -> None:
    page = PAGES[name].make(context, {"key": "1"} if name == "job_queue_entry_card" else {})
    qtbot.addWidget(page)
    parts = [*page.findChildren(Part), *page.findChildren(LinesPart)]
    for owner in (page, *parts):
        assert isinstance(owner, BackgroundTasks)
        for method in METHODS:
            assert callable(getattr(owner, method))
        for method in METHODS[:3]:
            assert method not in vars(type(owner)), "one way for all"
    page.close_page()


def test_the_level_of_an_error_of_the_record_before_shows_nothing(
    qtbot: QtBot, context: PageContext, held: Any, hub: Hub
) -> None:
    card = CustomerCard(context, "C00001")
    qtbot.addWidget(card)
    card.open_page()
    card.enqueue_background_task(NAME, {"fail": "x"}, error_level=ErrorLevel.ERROR)
    held.wait()
    card.show_record("C00002")
    held.let_go()
    qtbot.waitUntil(hub.is_idle)
    assert card.banners.keys == []
    card.close_page()
