"""Any Role Centre: it says only what it shows; the rest comes from its base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.changes import EVERYTHING
from models.changes import Change
from ui.framework.context import PageContext
from ui.framework.cue_group import Cue, Figure
from ui.framework.part import Part
from ui.framework.role_center_page import RoleCenterPage
from ui.parts.sales_chart_part import SalesChartPart


def _cue(caption: str, codeunit: str, tables: frozenset[str] = frozenset()) -> Cue:
    return Cue(caption, "people", codeunit, lambda told, _now: Figure(told["of"]), "customer_list", tables)


class Desk(RoleCenterPage):
    """Two cues that come together, one that is slow, and a chart."""

    NAME = TITLE = "Desk"
    HEADLINE = "headline"
    CUE_GROUPS = (
        (_cue("Customers", "customers", frozenset({"customer"})), _cue("Vendors", "vendors")),
        (_cue("Slow", "slow"),),
    )

    def lower_parts(self) -> Sequence[tuple[QWidget, int]]:
        return ((SalesChartPart(self.context), 1),)


@pytest.fixture
def held(hold: Callable[[str], Any]) -> dict[str, Any]:
    return {name: hold(name) for name in ("headline", "customers", "vendors", "slow")}


@pytest.fixture
def desk(qtbot: QtBot, context: PageContext, held: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open, with a further cue of an extension."""
    monkeypatch.setattr(
        "ui.framework.role_center_page.further_cues", lambda _pages: [_cue("Further", "vendors")]
    )
    page = Desk(context)
    qtbot.addWidget(page)
    page.resize(1500, 800)
    page.show()
    page.open_page()
    yield page
    page.close_page()


def test_a_slow_cue_keeps_no_other_group_waiting(qtbot: QtBot, desk: Desk, held: dict[str, Any]) -> None:
    for name in ("customers", "vendors"):
        held[name].let_go()
    qtbot.waitUntil(lambda: desk.tile("Further").value == "vendors")
    qtbot.waitUntil(lambda: desk.tile("Customers").value == "customers")
    assert desk.tile("Slow").value == ""
    held["slow"].let_go()
    qtbot.waitUntil(lambda: desk.tile("Slow").value == "slow")


def test_it_knows_all_its_parts_and_closes_them(qtbot: QtBot, desk: Desk) -> None:
    assert len(desk.parts) == 1 + 3 + 1
    with pytest.raises(KeyError):
        desk.tile("No such cue")
    desk.close_page()
    assert not any(
        part.background_tasks_running() for part in desk.findChildren(QWidget) if isinstance(part, Part)
    )


def test_only_the_group_that_a_change_concerns_is_worked_out_anew(
    qtbot: QtBot, desk: Desk, held: dict[str, Any]
) -> None:
    for codeunit in held.values():
        codeunit.let_go()
    qtbot.waitUntil(lambda: not any(part.is_busy() for part in desk.parts))
    runs = {name: len(codeunit.reached) for name, codeunit in held.items()}
    for number in range(30):
        desk.records_changed([Change(number, "customer", f"C{number:05d}")])
    qtbot.waitUntil(lambda: len(held["customers"].reached) > runs["customers"])
    qtbot.waitUntil(lambda: not any(part.is_busy() for part in desk.parts))
    assert len(held["customers"].reached) == runs["customers"] + 1
    assert len(held["slow"].reached) == runs["slow"]
    desk.records_changed([Change(99, EVERYTHING, "")])
    qtbot.waitUntil(lambda: len(held["slow"].reached) == runs["slow"] + 1)


def test_a_role_centre_without_anything_is_a_page(qtbot: QtBot, context: PageContext) -> None:
    class Empty(RoleCenterPage):
        NAME = TITLE = "Empty"

    page = Empty(context)
    qtbot.addWidget(page)
    page.open_page()
    assert page.headline is None
    page.close_page()
