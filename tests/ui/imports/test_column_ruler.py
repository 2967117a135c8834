"""A person draws the columns of a file of fixed width, with the mouse or with the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.imports.integrations.definition import FixedColumn
from ui.import_dialog.ruler import ColumnRuler
from ui.theme import Theme

LINES = ["0001OSLO      NO", "5004BERGEN    NO", "9990SKAGEN    DK"]


@pytest.fixture
def ruler(qtbot: QtBot, look: Theme) -> ColumnRuler:
    """A ruler over three lines, without columns."""
    made = ColumnRuler()
    qtbot.addWidget(made)
    made.resize(600, 140)
    made.show_lines(LINES)
    made.show()
    return made


def at(ruler: ColumnRuler, place: int) -> QPoint:
    """Where a place stands on the screen."""
    return QPoint(round(ruler._x(place)), 60)


def drag(ruler: ColumnRuler, start: int, end: int) -> None:
    """Take what stands at a place to another one."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(ruler.viewport(), left, none, at(ruler, start))
    point = QPointF(at(ruler, end))
    move = QMouseEvent(QEvent.Type.MouseMove, point, ruler.viewport().mapToGlobal(point), left, left, none)
    ruler.mouseMoveEvent(move)
    QTest.mouseRelease(ruler.viewport(), left, none, at(ruler, end))


def press(ruler: ColumnRuler, *keys: Qt.Key, alt: bool = False) -> None:
    """Press keys one after the other."""
    held = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
    for key in keys:
        QTest.keyClick(ruler, key, held)


def test_a_click_sets_a_line_between_columns_and_another_one_removes_it(
    ruler: ColumnRuler, qtbot: QtBot
) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(ruler.changed):
        QTest.mouseClick(ruler.viewport(), left, none, at(ruler, 4))
    QTest.mouseClick(ruler.viewport(), left, none, at(ruler, 14))
    assert ruler.columns == (FixedColumn("", 1, 4), FixedColumn("", 5, 10), FixedColumn("", 15, 2))
    QTest.mouseClick(ruler.viewport(), left, none, at(ruler, 4))
    assert ruler.places == [14]


def test_a_line_that_is_dragged_stays_between_its_neighbours(ruler: ColumnRuler) -> None:
    ruler.show_lines(
        LINES, (FixedColumn("Code", 1, 4), FixedColumn("City", 5, 10), FixedColumn("Land", 15, 2))
    )
    drag(ruler, 4, 6)
    assert ruler.places == [6, 14]
    drag(ruler, 6, 16)
    assert ruler.places == [13, 14]


def test_a_column_keeps_its_name_when_its_beginning_is_moved(ruler: ColumnRuler) -> None:
    ruler.show_lines(LINES, (FixedColumn("Code", 1, 4), FixedColumn("City", 5, 12)))
    drag(ruler, 4, 3)
    assert ruler.columns == (FixedColumn("Code", 1, 3), FixedColumn("City", 4, 13))


def test_the_keyboard_alone_draws_moves_and_removes(ruler: ColumnRuler) -> None:
    press(ruler, *[Qt.Key.Key_Right] * 4, Qt.Key.Key_Space)
    assert ruler.places == [4]
    assert "a line between columns is here" in ruler.accessibleName()
    press(ruler, Qt.Key.Key_Right, alt=True)
    assert ruler.places == [5]
    assert ruler.mark == 5
    press(ruler, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Space)
    assert ruler.places == [5, 14]
    press(ruler, Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_Delete)
    assert ruler.places == [14]
    assert ruler.accessibleName().startswith("Ruler with 2 columns")


def test_nothing_is_cut_before_the_first_or_behind_the_last_sign(ruler: ColumnRuler) -> None:
    press(ruler, Qt.Key.Key_Home, Qt.Key.Key_Space, Qt.Key.Key_End, Qt.Key.Key_Space)
    assert ruler.columns == (FixedColumn("", 1, 16),)


def test_a_long_line_scrolls_to_where_the_keyboard_is(ruler: ColumnRuler) -> None:
    ruler.show_lines(["x" * 400])
    press(ruler, Qt.Key.Key_End)
    assert 0 <= at(ruler, 400).x() <= ruler.viewport().width()
    press(ruler, Qt.Key.Key_Home)
    assert ruler.horizontalScrollBar().value() == 0
