"""A FactBox that refreshes itself: fresh by itself, with its age, and with its last values when something fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.codeunits import registry
from desktop.errors import TaskTimeoutError
from desktop.formats import updated_text
from desktop.sessions.session import Session
from models.customer import Customer
from models.database import connected
from tests.waiting import WAIT
from ui.framework.context import PageContext
from ui.framework.fact_part import FactPart
from ui.framework.page import Page
from ui.widgets.fact_box import FactRow

NAME = "test_of_facts"
START = datetime(2026, 11, 21, 9, 41, tzinfo=UTC)


@dataclass
class Hands:
    """The hands of a clock that a test moves."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def clock(self) -> Clock:
        return Clock(now=self.now, monotonic=lambda: self.seconds)


@dataclass
class Codeunit:
    """Says a customer's name, or fails as a test wants it; counts its runs."""

    failing: bool = False
    runs: list[str] = field(default_factory=list)

    def run(self, session: Session) -> None:
        self.runs.append(session.parameters["customer"])
        if self.failing:
            raise TaskTimeoutError
        session.set_background_task_result({"name": Customer.get_by_id(session.parameters["customer"]).name})


def _rows(figures: Mapping[str, str]) -> Sequence[FactRow]:
    return (FactRow("Name", figures["name"]),)


@pytest.fixture
def codeunit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Codeunit]:
    made = Codeunit()
    monkeypatch.setitem(sys.modules, NAME, SimpleNamespace(run=made.run))
    registry.register(registry.Codeunit(9_012, NAME, "A test of facts", NAME))
    yield made
    registry.unregister(NAME)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def stack(qtbot: QtBot) -> QStackedWidget:
    """Two pages, of which one is in front."""
    made = QStackedWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def part(context: PageContext, codeunit: Codeunit, hands: Hands, stack: QStackedWidget) -> Iterator[FactPart]:
    """About C00001, settled, refreshing itself every minute."""
    made = FactPart(
        replace(context, clock=hands.clock()), "Facts", NAME, "customer", _rows, refresh_every_s=60
    )
    stack.addWidget(made)
    stack.addWidget(QWidget())
    made.show_record("C00001", at_once=True)
    assert context.hub.drain(WAIT)
    yield made
    made.close_part()


def rename(name: str) -> None:
    with connected():
        Customer.update(name=name).where(Customer.no == "C00001").execute()


def pass_time(part: FactPart, hands: Hands, seconds: float) -> None:
    """So many seconds go by, and what is due then happens."""
    hands.seconds += seconds
    assert part.auto_refresh is not None
    part.auto_refresh.check()
    assert part.context.hub.drain(WAIT)


def test_what_another_program_changed_is_shown_after_a_minute_with_its_age(
    part: FactPart, hands: Hands, codeunit: Codeunit
) -> None:
    assert part.box.foot == updated_text(START, START)
    rename("Changed elsewhere")
    pass_time(part, hands, 59)
    assert len(codeunit.runs) == 1
    pass_time(part, hands, 1)
    assert part.box.rows == (FactRow("Name", "Changed elsewhere"),)
    assert part.box.foot == updated_text(START + timedelta(minutes=1), hands.now())
    for _ in range(3):
        pass_time(part, hands, 60)
    assert len(codeunit.runs) == 5


def test_a_record_that_is_read_again_and_again_costs_one_run_and_that_not_at_once(
    part: FactPart, codeunit: Codeunit, qtbot: QtBot
) -> None:
    rename("Written by an import")
    for _ in range(30):
        part.show_record("C00001", at_once=True)
    assert part.context.hub.child_sessions() == []
    qtbot.waitUntil(lambda: not part.is_busy())
    assert part.box.rows == (FactRow("Name", "Written by an import"),)
    assert len(codeunit.runs) == 2


def test_while_it_is_worked_out_anew_the_figures_stay(
    part: FactPart, hands: Hands, context: PageContext
) -> None:
    before = part.box.rows
    hands.seconds += 60
    assert part.auto_refresh is not None
    part.auto_refresh.check()
    assert part.is_busy()
    assert not part._skeleton.isActive()
    assert not part.box.loading
    assert part.box.rows == before
    assert context.hub.drain(WAIT)


def test_a_failure_keeps_the_last_figures_with_their_age_and_tries_again_later_and_later(
    part: FactPart, hands: Hands, codeunit: Codeunit
) -> None:
    before, age = part.box.rows, part.box.foot
    codeunit.failing = True
    pass_time(part, hands, 60)
    assert (part.box.rows, part.box.foot) == (before, age)
    assert "timeout" in part.box.error
    pass_time(part, hands, 60)
    assert len(codeunit.runs) == 2  # twice the time after the first failure
    pass_time(part, hands, 60)
    assert len(codeunit.runs) == 3
    codeunit.failing = False
    pass_time(part, hands, 240)
    assert part.box.error == ""
    assert part.auto_refresh is not None
    assert part.auto_refresh.due_in_s() == 60


def test_retry_does_not_wait(part: FactPart, hands: Hands, codeunit: Codeunit, qtbot: QtBot) -> None:
    codeunit.failing = True
    pass_time(part, hands, 60)
    codeunit.failing = False
    qtbot.mouseClick(part.box.retry_button, Qt.MouseButton.LeftButton)
    assert part.context.hub.drain(WAIT)
    assert part.box.error == ""


def test_behind_another_page_it_rests_and_goes_on_when_it_is_back(
    part: FactPart, hands: Hands, codeunit: Codeunit, stack: QStackedWidget, qtbot: QtBot
) -> None:
    stack.setCurrentIndex(1)
    for _ in range(5):
        pass_time(part, hands, 60)
    assert len(codeunit.runs) == 1
    rename("Changed meanwhile")
    stack.setCurrentIndex(0)
    qtbot.waitUntil(lambda: part.box.rows == (FactRow("Name", "Changed meanwhile"),))
    assert len(codeunit.runs) == 2


def test_another_record_starts_afresh_and_none_asks_nothing(
    part: FactPart, hands: Hands, codeunit: Codeunit
) -> None:
    codeunit.failing = True
    pass_time(part, hands, 60)
    codeunit.failing = False
    part.show_record("C00002", at_once=True)
    assert part.context.hub.drain(WAIT)
    pass_time(part, hands, 60)
    assert codeunit.runs[-2:] == ["C00002", "C00002"]
    part.show_record("")
    runs = len(codeunit.runs)
    pass_time(part, hands, 600)
    assert len(codeunit.runs) == runs
    assert (part.box.rows, part.box.foot) == ((), "")


def test_the_figures_of_a_customer_refresh_themselves_beside_list_and_card(
    open_page: Callable[..., Any], settle: Callable[[Page], None]
) -> None:
    for page in (open_page("customer_list"), open_page("customer_card", key="C00001")):
        box = page.statistics.box
        assert box.foot.startswith("Updated ")
        assert page.statistics.auto_refresh is not None
