"""The Role Centre: figures come from the background, say their age, and open what they count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.tasks.hub import Hub
from models.customer import Customer
from models.database import connected
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.navigation import PAGES
from ui.pages.home import Home, greeting
from ui.parts.cues import CUES


def test_every_cue_is_filled_by_a_task_of_its_own(open_page: Callable[..., Any]) -> None:
    home: Home = open_page("home")
    for cue in CUES:
        tile = home.tile(cue.caption)
        assert tile.value, cue.caption
        assert "Updated" in tile.foot, cue.caption


def test_a_blocked_customer_raises_the_figure_and_a_click_shows_the_blocked_ones(
    qtbot: QtBot, open_page: Callable[..., Any], settle: Callable[[Page], None], window: Any, hub: Hub
) -> None:
    home: Home = open_page("home")
    tile = home.tile("Blocked customers")
    before = int(tile.value)
    with connected():
        customer = Customer.select().where(Customer.blocked == "").order_by(Customer.no).first()
        customer.blocked = "All"
        customer.save()
    home.refresh()
    assert "blocked_customers" in {session.codeunit for session in hub.child_sessions()}
    assert int(tile.value) == before
    settle(home)
    assert int(tile.value) == before + 1
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert window.opened == [("customer_list", {"filters": {"blocked": "<>"}})]
    name, arguments = window.opened[0]
    customers = open_page(name, **arguments)
    with connected():
        blocked = {row.no for row in Customer.select().where(Customer.blocked != "")}
    assert customers.model.rowCount() == len(blocked) == int(tile.value)
    assert {customers.model.key(place) for place in range(len(blocked))} == blocked
    assert customer.no in blocked


@pytest.mark.parametrize("caption", [cue.caption for cue in CUES])
def test_what_a_cue_opens_can_be_opened(
    caption: str, context: PageContext, settle: Callable[[Page], None]
) -> None:
    cue = next(cue for cue in CUES if cue.caption == caption)
    page = PAGES[cue.page].make(context, cue.arguments)
    page.open_page()
    settle(page)
    page.close_page()
    page.deleteLater()


@pytest.mark.parametrize(
    ("hour", "name", "said"),
    [
        (8, "Maria Keller", "Good morning, Maria"),
        (13, "", "Good afternoon"),
        (22, "Jo", "Good evening, Jo"),
    ],
)
def test_the_greeting_knows_the_hour_and_the_person(hour: int, name: str, said: str) -> None:
    assert greeting(hour, name) == said
