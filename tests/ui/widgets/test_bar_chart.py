"""The chart: an axis a person would draw, values on hover and by keyboard, words for screen readers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.axis import nice_ticks, short_number
from ui.widgets.bar_chart import BarChart

WEEKS = [f"W{number}" for number in range(38, 48)]
THIS_YEAR = [value * 1000.0 for value in (96, 88, 104, 121, 117, 98, 132, 140, 151, 128)]
LAST_YEAR = [value * 1000.0 for value in (84, 91, 87, 102, 110, 104, 108, 121, 117, 125)]


@pytest.fixture
def chart(look: Theme, qtbot: QtBot) -> BarChart:
    made = BarChart("Sales by week")
    qtbot.addWidget(made)
    made.resize(500, 260)
    made.show()
    return made


def test_the_axis_has_round_steps_that_hold_all_bars() -> None:
    assert nice_ticks([*THIS_YEAR, *LAST_YEAR]) == [0, 40_000, 80_000, 120_000, 160_000]
    assert nice_ticks([3, 7]) == [0, 2, 4, 6, 8]
    assert nice_ticks([0.03]) == [0, 0.01, 0.02, 0.03]
    assert nice_ticks([-5, 10]) == [-8, -4, 0, 4, 8, 12]
    assert nice_ticks([]) == nice_ticks([0, 0]) == [0, 1]
    assert nice_ticks([float("nan"), 4]) == [0, 1, 2, 3, 4]


@given(
    st.lists(st.floats(min_value=-1e12, max_value=1e12).filter(lambda x: x == 0 or abs(x) > 1e-6), max_size=8)
)
def test_every_value_lies_on_the_axis(values: list[float]) -> None:
    ticks = nice_ticks(values)
    assert 2 <= len(ticks) <= 8
    assert 0 in ticks
    assert ticks == sorted(ticks)
    margin = (ticks[-1] - ticks[0]) * 1e-6
    assert all(ticks[0] - margin <= value <= ticks[-1] + margin for value in values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (40_000, "40\u00a0K"),
        (1_500_000, "1.5\u00a0M"),
        (-2_000, "-2\u00a0K"),
        (2.5, "2.5"),
        (4e9, "4\u00a0G"),
    ],
)
def test_numbers_on_the_axis_are_short(value: float, text: str) -> None:
    assert short_number(value) == text


def test_without_data_it_says_so(chart: BarChart) -> None:
    chart.set_empty_text("No sales yet")
    assert chart.accessibleName() == "Sales by week. No sales yet."
    assert not chart.grab().isNull()


def test_it_can_be_read_without_seeing_it(chart: BarChart) -> None:
    chart.set_data(WEEKS, THIS_YEAR, LAST_YEAR)
    assert chart.accessibleName() == (
        "Sales by week. This year: 10 bars, highest W46 with 151,000, last W47 with 128,000. Last year: last 125,000."
    )


def test_hovering_shows_the_values_of_a_category(chart: BarChart) -> None:
    chart.set_data(WEEKS, THIS_YEAR, LAST_YEAR, write=lambda value: f"€ {value:,.0f}")
    point = QPoint(chart.width() - 12, 100)
    QApplication.sendEvent(chart, QHelpEvent(QHelpEvent.Type.ToolTip, point, chart.mapToGlobal(point)))
    assert QToolTip.text() == "W47\nThis year: € 128,000\nLast year: € 125,000"
    QToolTip.hideText()


def test_the_keyboard_walks_from_bar_to_bar(chart: BarChart, qtbot: QtBot) -> None:
    chart.set_data(WEEKS, THIS_YEAR, LAST_YEAR)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "W47, This year: 128,000, Last year: 125,000"
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription().startswith("W46, ")
    for _ in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.accessibleDescription().startswith("W47, ")
    QToolTip.hideText()


def test_one_series_and_negative_and_zero_values_are_drawn(chart: BarChart) -> None:
    chart.set_data(["a", "b", "c"], [0, -5, 3.25])
    assert chart.words_at(2) == "c\nThis year: 3.25"
    assert not chart.grab().isNull()
    chart.set_data(["a"], [0], [0])
    assert not chart.grab().isNull()


def test_series_of_another_length_are_refused(chart: BarChart) -> None:
    with pytest.raises(ValueError, match="3 categories needs as many values, not 2 and 0"):
        chart.set_data(["a", "b", "c"], [1, 2])
