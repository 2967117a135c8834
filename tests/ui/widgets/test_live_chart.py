"""The chart of the last two minutes: what is old falls off, what is unknown is not drawn, and all of it has words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.live_chart import LiveChart


@pytest.fixture
def chart(look: Theme, qtbot: QtBot) -> LiveChart:
    made = LiveChart("Sessions of the last two minutes", ("Running", "Waiting"))
    qtbot.addWidget(made)
    made.resize(400, 120)
    made.show()
    return made


def _painted_columns(before: QImage, after: QImage) -> list[int]:
    """The columns of pixels in which the two pictures differ."""
    return [
        x
        for x in range(before.width())
        if any(before.pixel(x, y) != after.pixel(x, y) for y in range(before.height() - 22))
    ]


def test_what_is_older_than_two_minutes_falls_off(chart: LiveChart) -> None:
    for second in range(200):
        chart.append(float(second), second, 0)
    points = chart.points()
    assert (points[0], points[-1], len(points)) == ((79.0, 79, 0), (199.0, 199, 0), 121)


def test_it_can_be_read_without_seeing_it(chart: LiveChart) -> None:
    assert chart.accessibleName() == "Sessions of the last two minutes. Nothing to show yet."
    chart.append(0.0, 5, 1_200)
    chart.append(1.0, 3, 0)
    assert chart.accessibleName() == (
        "Sessions of the last two minutes. Running now 3, at most 5. Waiting now 0, at most 1,200."
    )


def test_the_keyboard_goes_from_second_to_second(chart: LiveChart, qtbot: QtBot) -> None:
    for second in range(3):
        chart.append(float(second), second, 2 * second)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "Now, Running: 2, Waiting: 4"
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "1 s ago, Running: 1, Waiting: 2"
    for _ in range(5):
        qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "2 s ago, Running: 0, Waiting: 0"


def test_what_is_pointed_at_stays_the_same_moment_while_others_fall_off(
    chart: LiveChart, qtbot: QtBot
) -> None:
    for second in range(121):
        chart.append(float(second), second, 0)
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    chart.append(121.0, 121, 0)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.accessibleDescription() == "1 s ago, Running: 120, Waiting: 0"


def test_the_pointer_gets_the_words_of_the_moment_under_it(chart: LiveChart) -> None:
    chart.append(0.0, 1, 0)
    chart.append(1.0, 5, 12)
    at = QPoint(chart.width() - 5, 40)
    QApplication.sendEvent(chart, QHelpEvent(QHelpEvent.Type.ToolTip, at, chart.mapToGlobal(at)))
    assert QToolTip.text() == "Now\nRunning: 5\nWaiting: 12"
    empty = QPoint(chart.width() // 2, 40)
    QApplication.sendEvent(chart, QHelpEvent(QHelpEvent.Type.ToolTip, empty, chart.mapToGlobal(empty)))
    assert chart.place_at(empty.x()) is None, "nothing is known of that time"


def test_a_time_in_which_nobody_looked_is_left_blank(chart: LiveChart) -> None:
    chart.append(0.0, 4, 4)
    blank = chart.grab().toImage()
    for moment in (*range(1, 11), *range(60, 71), 120):
        chart.append(float(moment), 4, 4)
    painted = _painted_columns(blank, chart.grab().toImage())
    left, second = 30, (chart.width() - 34) / 120
    unknown = range(round(left + 15 * second), round(left + 55 * second))
    known = range(round(left + 62 * second), round(left + 68 * second))
    assert set(known) <= set(painted)
    assert not set(unknown) & set(painted)


def test_one_session_is_not_drawn_as_high_as_the_chart(chart: LiveChart) -> None:
    assert chart._ticks() == [0, 1, 2]
    chart.append(0.0, 1, 0)
    assert chart._ticks() == [0, 1, 2]
    chart.append(1.0, 5, 12)
    assert chart._ticks()[-1] >= 12
