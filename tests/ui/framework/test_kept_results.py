"""Results that a callback keeps, and a page reads before its task has run the next time."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.tasks.hub import Hub
from models.cached_results import cached_results
from models.database import connected
from tests.ui.framework.telling import NAME, Telling
from tests.waiting import WAIT
from ui.framework.context import PageContext


def test_a_callback_keeps_its_results_for_the_next_time(
    page: Telling, hub: Hub, qtbot: QtBot, context: PageContext
) -> None:
    page.act = lambda: page.cache_results("told C00001", {"of": "C00001"})
    page.enqueue_background_task(NAME)
    hub.drain(WAIT)
    with connected():
        assert cached_results(["told C00001"]) == {"told C00001": ({"of": "C00001"}, context.clock.now())}
    next_time = Telling(context)
    qtbot.addWidget(next_time)
    next_time.read_cached_results(["told C00001", "never kept"], next_time.on_read)
    hub.drain(WAIT)
    assert next_time.read == [{"told C00001": ({"of": "C00001"}, context.clock.now())}]
    next_time.close_page()


def test_results_are_kept_also_when_the_page_is_closed_at_once(page: Telling, hub: Hub) -> None:
    page.cache_results("told C00001", {"of": "C00001"})
    page.close_page()
    hub.drain(WAIT)
    with connected():
        assert list(cached_results(["told C00001"])) == ["told C00001"]


def test_what_was_kept_reaches_no_page_that_shows_another_record(page: Telling, hub: Hub) -> None:
    page.read_cached_results(["told C00001"], page.on_read)
    page.cancel_background_tasks()
    hub.drain(WAIT)
    assert page.read == []


def test_results_that_cannot_be_kept_show_as_an_error(
    page: Telling, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("ui.framework.background.keep_results", full)
    page.cache_results("told", {"of": "x"})
    hub.drain(WAIT)
    assert [severity for severity, _ in page.banners.shown()] == ["err"]
    with pytest.raises(TypeError, match="results to cache"):
        page.cache_results("told", {"of": 5})  # type: ignore[dict-item]
