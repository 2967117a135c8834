"""Parts: grey bars, then all values together; last values with their age; a small sign with Retry on errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from models.cached_results import cached_results, keep_results
from models.changes import Change
from models.database import connected
from tests.waiting import WAIT
from ui.framework.context import PageContext
from ui.framework.cue_group import Cue, CueGroup, Figure
from ui.framework.fact_part import FactPart
from ui.framework.headline_part import HeadlinePart
from ui.framework.part import PartTask
from ui.parts.sales_chart_part import SalesChartPart
from ui.widgets.cue_tile import CueState
from ui.widgets.fact_box import FactRow

CUSTOMER = [Change(1, "customer", "C00001")]


def _cue(caption: str, codeunit: str) -> Cue:
    return Cue(
        caption,
        "people",
        codeunit,
        lambda told, _now: Figure(told["of"]),
        "customer_list",
        frozenset({"customer"}),
    )


@pytest.fixture
def group(qtbot: QtBot, context: PageContext, hold: Callable[[str], Any]) -> Iterator[CueGroup]:
    """Two cues of two codeunits, `first` and `second`, both held."""
    made = CueGroup(context, (_cue("First", "first"), _cue("Second", "second")))
    qtbot.addWidget(made)
    made.held = {name: hold(name) for name in ("first", "second")}  # type: ignore[attr-defined]
    made.show()
    yield made
    made.close_part()


def _values(group: CueGroup) -> list[str]:
    return [tile.value for tile in group.tiles]


def _states(group: CueGroup) -> set[CueState]:
    return {tile.state for tile in group.tiles}


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_all_values_come_together_whichever_task_ends_last(
    qtbot: QtBot, group: CueGroup, hub: Hub, order: tuple[str, str]
) -> None:
    held = group.held  # type: ignore[attr-defined]
    group.refresh()
    assert _states(group) == {CueState.SKELETON}
    held[order[0]].let_go()
    qtbot.waitUntil(lambda: [info.codeunit for info in hub.child_sessions()] == [order[1]])
    assert _values(group) == ["", ""], "one value alone says nothing"
    assert _states(group) == {CueState.SKELETON}
    held[order[1]].let_go()
    qtbot.waitUntil(lambda: not group.is_busy())
    assert _values(group) == ["first", "second"]
    assert _states(group) == {CueState.READY}


def test_yesterdays_values_stand_there_with_their_age_while_the_new_are_worked_out(
    qtbot: QtBot, group: CueGroup, context: PageContext
) -> None:
    yesterday = context.clock.now() - timedelta(days=1)
    with connected():
        for name in ("first", "second"):
            keep_results(PartTask(name).cache_key(), {"of": f"{name} of yesterday"}, yesterday)
    group.refresh()
    qtbot.waitUntil(lambda: _values(group) == ["first of yesterday", "second of yesterday"])
    qtbot.waitUntil(lambda: _states(group) == {CueState.BUSY})
    assert {tile.foot[:17] for tile in group.tiles} == {"Updated yesterday"}


def test_one_kept_value_alone_is_not_shown(qtbot: QtBot, group: CueGroup, context: PageContext) -> None:
    with connected():
        keep_results(PartTask("first").cache_key(), {"of": "old"}, context.clock.now())
    group.refresh()
    held = group.held  # type: ignore[attr-defined]
    held["first"].let_go()
    held["second"].let_go()
    qtbot.waitUntil(lambda: not group.is_busy())
    assert _values(group) == ["first", "second"]


def test_what_another_version_has_kept_is_passed_over(
    qtbot: QtBot, group: CueGroup, context: PageContext, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    with connected():
        for name in ("first", "second"):
            keep_results(PartTask(name).cache_key(), {"count": "5"}, context.clock.now())
    group.refresh()
    qtbot.waitUntil(lambda: "cannot show what was kept" in caplog.text)
    for held in group.held.values():  # type: ignore[attr-defined]
        held.let_go()
    qtbot.waitUntil(lambda: not group.is_busy())
    assert _values(group) == ["first", "second"]


def test_an_error_keeps_the_last_values_with_their_age_and_retry_gets_new_ones(
    qtbot: QtBot, group: CueGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for held in group.held.values():  # type: ignore[attr-defined]
        held.let_go()
    group.refresh()
    qtbot.waitUntil(lambda: not group.is_busy())
    age = group.tiles[0].foot
    failing = (PartTask("first", {"fail": "no luck"}), PartTask("second"))
    with monkeypatch.context() as patch:
        patch.setattr(group, "part_tasks", lambda: failing)
        group.refresh()
        qtbot.waitUntil(lambda: not group.is_busy())
    assert _states(group) == {CueState.ERROR}
    assert _values(group) == ["first", "second"]
    assert group.tiles[0].foot == age
    assert age.startswith("Updated ")
    assert "no luck" in group.tiles[0].toolTip()
    qtbot.mouseClick(group.tiles[1].retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _states(group) == {CueState.READY})


def test_a_part_stopped_in_the_task_monitor_says_so_and_offers_retry(
    qtbot: QtBot, group: CueGroup, hub: Hub
) -> None:
    group.refresh()
    for info in hub.child_sessions():
        assert hub.stop(info.task_id)
    qtbot.waitUntil(lambda: not group.is_busy())
    assert _states(group) == {CueState.ERROR}
    assert {tile.foot for tile in group.tiles} == {"Stopped."}
    assert "Error" not in group.tiles[0].accessibleName(), "somebody wanted it so"
    for held in group.held.values():  # type: ignore[attr-defined]
        held.let_go()
    qtbot.mouseClick(group.tiles[0].retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _values(group) == ["first", "second"])


def test_changes_that_never_pause_do_not_keep_a_slow_part_from_its_values(
    qtbot: QtBot, group: CueGroup, hub: Hub
) -> None:
    group.refresh()
    held = group.held  # type: ignore[attr-defined]
    for name in ("first", "second"):
        held[name].wait()
    for _ in range(50):
        group.on_records_changed(CUSTOMER)
    assert len(hub.child_sessions()) == 2, "what runs goes on"
    for name in ("first", "second"):
        held[name].let_go()
    qtbot.waitUntil(lambda: _values(group) == ["first", "second"])
    assert group.is_busy(), "and what has changed meanwhile is worked out after a pause"
    qtbot.waitUntil(lambda: len(held["second"].reached) == 2)
    qtbot.waitUntil(lambda: not group.is_busy())


def test_changes_that_follow_each_other_closely_cost_one_run(qtbot: QtBot, group: CueGroup) -> None:
    held = group.held  # type: ignore[attr-defined]
    for name in ("first", "second"):
        held[name].let_go()
    for _ in range(50):
        group.on_records_changed(CUSTOMER)
    qtbot.waitUntil(lambda: _values(group) == ["first", "second"])
    assert len(held["first"].reached) == 1
    group.on_records_changed([Change(2, "vendor", "V00001")])
    assert not group.is_busy()


def test_a_cue_of_a_codeunit_that_is_not_there_says_so_on_its_tile(
    qtbot: QtBot, context: PageContext
) -> None:
    group = CueGroup(context, (_cue("Missing", "no_such_codeunit"),))
    qtbot.addWidget(group)
    group.refresh()
    assert "no_such_codeunit" in group.tiles[0].foot
    assert group.tiles[0].state is CueState.ERROR
    assert not group.is_busy()
    group.close_part()


def test_a_part_for_which_there_is_no_room_says_so_on_itself(
    qtbot: QtBot, context: PageContext, clock: Clock, hold: Callable[[str], Any]
) -> None:
    first = hold("first")
    hold("second")
    settings = Settings(task_concurrency=1, task_queue_length=1)
    crowded = Hub(settings, clock, "MARIA")
    # One runs, one waits, and the third of the same part is refused.
    hold("third")
    cues = tuple(_cue(name, name) for name in ("first", "second", "third"))
    group = CueGroup(replace(context, hub=crowded, settings=settings), cues)
    qtbot.addWidget(group)
    group.refresh()
    assert _states(group) == {CueState.ERROR}
    assert "1 page background tasks wait already" in group.tiles[0].foot
    assert crowded.waiting() == 0, "the others of the part would show nothing"
    group.close_part()
    first.let_go()
    assert crowded.close(WAIT), "the one that ran has ended, and its connection with it"


def test_the_results_of_a_part_are_kept_for_the_next_opening(qtbot: QtBot, group: CueGroup, hub: Hub) -> None:
    for held in group.held.values():  # type: ignore[attr-defined]
        held.let_go()
    group.refresh()
    qtbot.waitUntil(hub.is_idle)
    with connected():
        kept = cached_results([PartTask(name).cache_key() for name in ("first", "second")])
    assert [results["of"] for results, _ in kept.values()] == ["first", "second"]


def test_one_codeunit_gives_a_part_several_results_by_name(
    qtbot: QtBot, context: PageContext, hold: Callable[[str], Any], hub: Hub
) -> None:
    hold("first").let_go()
    seen: list[dict[str, dict[str, str]]] = []

    class Two(HeadlinePart):
        def part_tasks(self) -> tuple[PartTask, ...]:
            return tuple(PartTask("first", {"year": year}, name=year, cached=False) for year in ("25", "26"))

        def show_results(self, results: Any, computed_at: datetime) -> None:
            seen.append(results)

    part = Two(context, "first")
    qtbot.addWidget(part)
    part.refresh()
    hub.drain(WAIT)
    assert {name: told["year"] for name, told in seen[0].items()} == {"25": "25", "26": "26"}
    part.close_part()


# ---- FactBox, chart and headline do the same


def test_a_fact_box_shows_bars_then_values_and_keeps_them_with_their_age_beside_an_error(
    qtbot: QtBot, context: PageContext, hold: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold("facts")
    part = FactPart(context, "Facts", "facts", "customer", lambda told: (FactRow("Of", told["customer"]),))
    qtbot.addWidget(part)
    part.show()
    part.show_record("C00001", at_once=True)
    assert part.box.loading
    held.let_go()
    qtbot.waitUntil(lambda: part.box.rows == (FactRow("Of", "C00001"),))
    failing = (PartTask("facts", {"customer": "C00001", "fail": "no luck"}, cached=False),)
    with monkeypatch.context() as patch:
        patch.setattr(part, "part_tasks", lambda: failing)
        part.refresh()
        qtbot.waitUntil(lambda: "no luck" in part.box.error)
    assert part.box.rows == (FactRow("Of", "C00001"),)
    assert part.box.foot.startswith("Updated ")
    qtbot.mouseClick(part.box.retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.box.error == "" and not part.is_busy())
    part.close_part()


def test_a_retry_that_takes_its_time_shows_that_it_works(
    qtbot: QtBot, context: PageContext, hold: Callable[[str], Any]
) -> None:
    held = hold("facts")
    part = FactPart(context, "Facts", "facts", "customer", lambda told: (FactRow("Of", told["customer"]),))
    qtbot.addWidget(part)
    part.show_record("C00001", at_once=True)
    held.wait()
    for info in context.hub.child_sessions():
        context.hub.stop(info.task_id)
    qtbot.waitUntil(lambda: part.box.error == "Stopped.")
    part.refresh()
    qtbot.waitUntil(lambda: part.box.loading)
    assert part.box.error == ""
    held.let_go()
    qtbot.waitUntil(lambda: bool(part.box.rows))
    part.close_part()


def test_the_chart_shows_bars_then_its_values_and_keeps_them_with_their_age_beside_an_error(
    qtbot: QtBot, context: PageContext, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = SalesChartPart(context)
    qtbot.addWidget(part)
    part.show()
    part.refresh()
    assert part.chart.loading
    assert "Loading" in part.chart.accessibleName()
    qtbot.waitUntil(lambda: not part.is_busy())
    assert not part.chart.loading
    shown = part.chart.accessibleName()
    assert part.trouble.reason == ""
    with monkeypatch.context() as patch:
        patch.setattr("desktop.codeunits.sales_by_week.run", _fail)
        part.refresh()
        qtbot.waitUntil(lambda: "no luck" in part.trouble.reason)
    assert part.chart.accessibleName() == shown
    assert part.foot.text() == "Updated 09:45"
    qtbot.mouseClick(part.trouble.retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.trouble.reason == "" and not part.is_busy())
    assert part.foot.text() == "Updated 09:45"
    part.close_part()


def _fail(_session: object) -> None:
    raise ZeroDivisionError("no luck")


def test_a_headline_is_text_whatever_stands_in_it(qtbot: QtBot, context: PageContext) -> None:
    part = HeadlinePart(context, "home_headline")
    qtbot.addWidget(part)
    part.show_results(
        {"home_headline": {"text": "<i>A & B</i> leads", "emphasis": "A & B"}}, context.clock.now()
    )
    assert part.label.text() == "&lt;i&gt;<b>A &amp; B</b>&lt;/i&gt; leads"
    part.close_part()
