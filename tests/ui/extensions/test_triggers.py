"""The triggers of page extensions: each is told, a fault of one is its own, and callbacks are told of every task."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from ui.framework.command_bar import Action


def _words(page: Any) -> list[str]:
    return [words for _, words in page.banners.shown()]


def test_triggers_are_told_in_their_order(
    extend: Callable[..., ModuleType], open_page: Any, settle: Any
) -> None:
    module = extend("Tides")
    page = open_page("customer_card", key="C00010")
    page.show_record("C00011")
    settle(page)
    page.close_page()
    assert [what for what, *_ in module.told] == [
        "made",
        "fields",
        "actions",
        "on_open",
        "on_after_get_current_record",
        "on_page_background_task_completed",
        "on_after_get_current_record",
        "on_page_background_task_completed",
        "on_close",
    ]
    assert ("on_after_get_current_record", "C00011") in module.told


def test_each_callback_hears_of_every_task_and_knows_its_own(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    extend("Harbour", number=50_500)
    tides = extend("Tides")
    harbour = sys.modules["harbour"]
    page = open_page("customer_card", key="C00010")
    for module in (harbour, tides):
        heard = [more for what, *more in module.told if what == "on_page_background_task_completed"]
        assert sorted(heard) == [[False], [True]]
    assert page.extension_text("harbour_of") == "Harbour C00010"
    assert page.extension_text("tides_of") == "Tides C00010"


def test_a_record_that_goes_takes_its_task_along(
    extend: Callable[..., ModuleType], open_page: Any, settle: Any
) -> None:
    module = extend("Tides")
    page = open_page("customer_card", key="C00010")
    module.told.clear()
    for key in ("C00011", "C00012", "C00013"):
        page.show_record(key)
    settle(page)
    own = [more for what, *more in module.told if what == "on_page_background_task_completed"]
    assert own == [[True]]
    assert page.extension_text("tides_of") == "Tides C00013"


@pytest.mark.parametrize(
    "trigger",
    [
        "made",
        "fields",
        "actions",
        "on_open",
        "on_after_get_current_record",
        "on_page_background_task_completed",
    ],
)
def test_a_fault_shows_with_the_name_of_the_extension_and_the_page_works(
    extend: Callable[..., ModuleType], open_page: Any, trigger: str
) -> None:
    extend("Harbour", number=50_500)
    extend("Tides", ("faults = set()", f'faults = {{"{trigger}"}}'))
    page = open_page("customer_card", key="C00010")
    assert any("“Tides”" in words and f"a fault in {trigger}" in words for words in _words(page))
    assert not any("“Harbour”" in words for words in _words(page))
    assert {severity for severity, _ in page.banners.shown()} == {"err"}
    assert page.extension_text("harbour_of") == "Harbour C00010"
    assert page.editor("name").text() != ""
    page.trigger("harbour_press")
    page.editor("name").show_value("Still works")


def test_a_fault_when_the_page_closes_keeps_nobody_from_closing(
    extend: Callable[..., ModuleType], open_page: Any, caplog: pytest.LogCaptureFixture
) -> None:
    module = extend("Tides", ("faults = set()", 'faults = {"on_close"}'))
    page = open_page("customer_card", key="C00010")
    page.close_page()
    assert ("on_close",) in module.told
    assert "the extension Tides failed on customer_card" in caplog.text


def test_an_error_of_its_task_is_shown_at_its_level(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    module = extend("Tides", ("faults = set()", 'faults = {"task"}'))
    page = open_page("customer_card", key="C00010")
    ((severity, words),) = page.banners.shown()
    assert severity == "warn"
    assert "the flux is too low" in words
    assert any(what == "on_page_background_task_error" for what, *_ in module.told)


def test_an_error_that_it_deals_with_shows_no_banner(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    extend("Tides", ("faults = set()", 'faults = {"task"}'), ("handled = False", "handled = True"))
    assert open_page("customer_card", key="C00010").banners.shown() == []


def test_on_a_list_it_is_told_the_key(extend: Callable[..., ModuleType], open_page: Any) -> None:
    module = extend("Tides")
    open_page("customer_list")
    assert ("list", {"no": "C00001"}) in module.told


def test_its_action_stands_behind_the_pages_own_and_a_fault_in_it_is_its_own(
    extend: Callable[..., ModuleType], open_page: Any
) -> None:
    module = extend("Tides")
    page = open_page("customer_card", key="C00010")
    assert page.command_bar.button("tides_press").text() == "Press"
    assert list(page._actions)[-1] == "tides_press"
    page.trigger("tides_press")
    assert ("press",) in module.told
    module.faults.add("press")
    page.trigger("tides_press")
    assert "“Tides” has failed here. Something went wrong in Backdesk: a fault in press." in _words(page)[0]


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ('Action("delete", "Wipe", "delete", self.press)', "There is an action “delete” already"),
        ('Action("wipe", "Wipe", "delete", self.press, "Alt+N")', "Alt+N is the shortcut of “New”"),
    ],
)
def test_it_cannot_take_the_place_of_the_pages_actions(
    extend: Callable[..., ModuleType], open_page: Any, action: str, reason: str
) -> None:
    extend("Tides", ("*self.ACTIONS)", f"{action})"))
    page = open_page("customer_card", key="C00010")
    assert reason in _words(page)[0]
    own: Action = page._actions["delete"]
    assert own.text == "Delete"
    assert "wipe" not in page._actions
