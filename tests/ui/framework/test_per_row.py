"""An author who enqueues a task for each row is told so, with the trigger that is right."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry
from desktop.sessions.session import Session
from models.customer import Customer
from ui.framework.columns import column_of
from ui.framework.context import PageContext
from ui.framework.list_page import ListPage
from ui.framework.page import Page
from ui.framework.per_row import MOST_IN_ONE_TURN, EnqueuePerRowWarning

NAME = "test_of_rows"


def _run(session: Session) -> None:
    session.set_background_task_result({})


@pytest.fixture(autouse=True)
def _codeunit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, NAME, SimpleNamespace(run=_run))
    registry.register(registry.Codeunit(9_011, NAME, "A test of rows", NAME))
    yield
    registry.unregister(NAME)


class Careless(ListPage):
    """Its author asks for something while a cell is read."""

    TITLE = "Careless"
    RECORD = Customer
    SORT = "no"

    def __init__(self, context: PageContext) -> None:
        self.wrong = True
        # Columns are made once for each page here, because a formatter has to know its page.
        self.COLUMNS = (
            column_of(Customer, "no"),
            column_of(Customer, "name", formatter=self._name),
        )
        super().__init__(context)

    def _name(self, stored: Any) -> str:
        if self.wrong:
            self.enqueue_background_task(NAME, {"name": str(stored)})
        return str(stored)


@pytest.fixture
def show(qtbot: QtBot, settle: Callable[[Page], None]) -> Callable[[Page], None]:
    """Opens a page and waits until its rows are drawn, as many warnings as that may take."""

    def shown(page: Page) -> None:
        qtbot.addWidget(page)
        page.resize(900, 480)
        page.show()
        page.open_page()
        settle(page)
        page.grab()
        settle(page)

    return shown


def _told(caught: list[warnings.WarningMessage]) -> list[str]:
    return [str(each.message) for each in caught if each.category is EnqueuePerRowWarning]


def test_a_task_while_rows_are_read_is_told_once_with_page_codeunit_and_the_right_trigger(
    context: PageContext, show: Callable[[Page], None]
) -> None:
    page = Careless(context)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(page)
    assert len(_told(caught)) == 1
    (said,) = _told(caught)
    assert "Careless" in said
    assert f"“{NAME}”" in said
    assert "on_after_get_current_record" in said
    assert "BackgroundColumn" in said
    assert page.banners.keys == []  # nobody but a developer can do anything about it


def test_in_the_developer_mode_a_banner_says_it_on_the_page(
    context: PageContext, show: Callable[[Page], None]
) -> None:
    context.settings.developer_mode = True
    page = Careless(context)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnqueuePerRowWarning)
        show(page)
    assert f"per row {NAME}" in page.banners.keys
    banner = page.banners._banners[f"per row {NAME}"]
    assert banner.severity == "warn"
    assert "Careless" in banner.accessibleName()


def test_the_same_codeunit_for_row_after_row_in_one_turn_is_told_wherever_it_happens(
    context: PageContext, show: Callable[[Page], None], settle: Callable[[Page], None], qtbot: QtBot
) -> None:
    page = Careless(context)
    page.wrong = False
    show(page)
    for _ in range(MOST_IN_ONE_TURN):
        page.enqueue_background_task(NAME)
    with pytest.warns(EnqueuePerRowWarning, match=f"more than {MOST_IN_ONE_TURN} times"):
        page.enqueue_background_task(NAME)
    settle(page)


def test_to_wait_for_one_while_rows_are_read_is_worse_and_told_too(
    context: PageContext, show: Callable[[Page], None]
) -> None:
    class Waiting(Careless):
        def _name(self, stored: Any) -> str:
            self.run_page_background_task(NAME)
            return str(stored)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(Waiting(context))
    (said,) = _told(caught)
    assert "Waiting runs the codeunit" in said


def test_as_many_tasks_one_after_the_other_are_no_fault(
    context: PageContext, show: Callable[[Page], None], settle: Callable[[Page], None]
) -> None:
    page = Careless(context)
    page.wrong = False
    show(page)
    for turn in range(3):
        for number in range(MOST_IN_ONE_TURN):
            page.enqueue_background_task(NAME, {"work": f"{turn} {number}"})
        settle(page)


def test_the_right_trigger_is_no_fault(
    context: PageContext, show: Callable[[Page], None], settle: Callable[[Page], None]
) -> None:
    class Careful(Careless):
        def on_after_get_current_record(self, key: str) -> None:
            self.enqueue_background_task(NAME, {"no": key})

    page = Careful(context)
    page.wrong = False
    show(page)
    for row in range(5):
        page.view.select_row(row)
    settle(page)


@pytest.mark.parametrize("name", ["home", "customer_list", "item_list"])
def test_no_page_of_backdesk_does_so(
    name: str, open_page: Callable[..., Any], settle: Callable[[Page], None]
) -> None:
    page = open_page(name)
    page.grab()
    page.refresh()
    settle(page)
