"""Auto refresh: again and again while somebody looks, never faster than allowed, slower while it fails."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from ui.framework.auto_refresh import AutoRefresh


@dataclass
class Hands:
    """The hands of a clock that a test moves."""

    seconds: float = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def part(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def auto(part: QWidget, hands: Hands, told: list[str]) -> AutoRefresh:
    made = AutoRefresh(part, Clock(monotonic=hands.monotonic), 60, 1_000)
    made.due.connect(lambda: told.append("due"))
    return made


def test_it_is_due_so_long_after_the_end_of_the_run_before(
    auto: AutoRefresh, hands: Hands, told: list[str]
) -> None:
    assert auto.due_in_s() is None
    auto.begun()
    hands.seconds += 500  # a slow run
    auto.ended(good=True)
    assert auto.due_in_s() == 60
    hands.seconds += 59
    auto.check()
    assert told == []
    assert auto.due_in_s() == 1
    hands.seconds += 1
    auto.check()
    assert told == ["due"]
    auto.check()
    assert told == ["due"]


def test_the_timer_itself_asks(qtbot: QtBot, part: QWidget, told: list[str]) -> None:
    auto = AutoRefresh(part, Clock(), 0.001, 1)
    with qtbot.waitSignal(auto.due):
        auto.ended(good=True)


def test_while_nobody_can_see_it_nothing_is_asked_and_then_at_once_what_is_overdue(
    auto: AutoRefresh, hands: Hands, told: list[str], part: QWidget, qtbot: QtBot
) -> None:
    auto.ended(good=True)
    part.hide()
    assert auto.due_in_s() is None
    hands.seconds += 1_000
    auto.check()
    assert told == []
    part.show()
    assert auto.due_in_s() == 0
    qtbot.waitUntil(lambda: told == ["due"])


def test_coming_back_early_waits_for_the_rest_of_the_time(
    auto: AutoRefresh, hands: Hands, part: QWidget
) -> None:
    auto.ended(good=True)
    hands.seconds += 20
    part.hide()
    hands.seconds += 10
    part.show()
    assert auto.due_in_s() == 30


def test_a_run_that_ends_while_hidden_is_planned_when_it_is_shown(auto: AutoRefresh, part: QWidget) -> None:
    part.hide()
    auto.ended(good=True)
    assert auto.due_in_s() is None
    part.show()
    assert auto.due_in_s() == 60


def test_a_minimised_window_asks_nothing(
    auto: AutoRefresh, hands: Hands, told: list[str], part: QWidget
) -> None:
    auto.ended(good=True)
    part.showMinimized()
    hands.seconds += 60
    auto.check()
    assert told == []
    part.showNormal()
    auto.check()
    assert told == ["due"]


def test_each_failure_doubles_the_wait_up_to_half_an_hour_and_a_good_run_ends_that(auto: AutoRefresh) -> None:
    waits = []
    for _ in range(7):
        auto.ended(good=False)
        waits.append(auto.due_in_s())
    assert waits == [120, 240, 480, 960, 1920, 1920, 1920]
    auto.ended(good=True)
    assert auto.due_in_s() == 60


def test_a_part_that_is_about_something_else_starts_afresh(auto: AutoRefresh) -> None:
    auto.ended(good=False)
    auto.stop()
    assert auto.due_in_s() is None
    auto.ended(good=False)
    assert auto.due_in_s() == 120


def test_the_settings_say_how_often_at_most(part: QWidget) -> None:
    auto = AutoRefresh(part, Clock(monotonic=Hands().monotonic), 0.5, 5_000)
    auto.ended(good=True)
    assert auto.due_in_s() == 5


@pytest.mark.parametrize("every_s", [0, -1, float("nan"), float("inf")])
def test_an_interval_that_is_none_is_refused(part: QWidget, every_s: float) -> None:
    with pytest.raises(ValueError, match="every so many seconds"):
        AutoRefresh(part, Clock(), every_s, 1_000)
