"""Panels under a button: they open in place, hold the keyboard only if they should, and close easily."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.buttons import Button
from ui.widgets.popup import Popup


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.chip = Button("2 running")
        row = QHBoxLayout(self)
        row.setAlignment(Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.field)
        row.addWidget(self.chip)
        self.resize(800, 600)


@pytest.fixture
def window(look: Theme, qtbot: QtBot) -> Iterator[Window]:
    made = Window()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


def popup(window: Window, *, takes_focus: bool = True) -> tuple[Popup, Button]:
    made = Popup(window, "Jobs", takes_focus=takes_focus)
    link = Button("Open Job Queue Entries", "link")
    made.body.addWidget(link)
    return made, link


def test_it_opens_under_its_button_inside_the_window(window: Window) -> None:
    panel, _ = popup(window)
    panel.open_under(window.chip)
    place = panel.geometry()
    assert place.top() > window.chip.geometry().bottom()
    assert window.rect().contains(place)
    window.resize(420, 300)
    assert window.rect().contains(panel.geometry())


def test_the_keyboard_goes_back_to_the_button_and_to_no_field_on_the_way(window: Window) -> None:
    window.field.setText("customers.csv")
    window.chip.setFocus()
    panel, link = popup(window)
    panel.open_under(window.chip)
    assert QApplication.focusWidget() is link
    panel.close_popup()
    assert QApplication.focusWidget() is window.chip
    assert window.field.selectedText() == "", "a field that has the keyboard for a moment selects its text"


def test_it_reaches_out_of_a_small_window_where_it_floats_and_leaves_the_keyboard_there(
    window: Window,
) -> None:
    window.resize(420, 90)
    window.field.setFocus()
    panel = Popup(window, "Choices", floats=True)
    offered = QWidget()
    offered.setFixedHeight(200)
    panel.body.addWidget(offered)
    panel.open_under(window.field, align_right=False)
    assert panel.isWindow()
    assert offered.height() == 200
    assert panel.height() > window.height()
    assert panel.geometry().top() > window.field.mapToGlobal(QPoint(0, 0)).y()
    assert window.field.hasFocus()
    panel.close_popup()
    assert not panel.is_open


def test_it_takes_the_keyboard_and_gives_it_back(window: Window, qtbot: QtBot) -> None:
    window.chip.setFocus()
    panel, link = popup(window)
    panel.open_under(window.chip)
    assert QApplication.focusWidget() is link
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(link, Qt.Key.Key_Escape)
    assert not panel.is_open
    assert QApplication.focusWidget() is window.chip


def test_the_field_above_keeps_the_keyboard_for_tell_me(window: Window, qtbot: QtBot) -> None:
    window.field.setFocus()
    panel, _ = popup(window, takes_focus=False)
    panel.open_under(window.field, align_right=False)
    qtbot.keyClicks(window.field, "cust")
    assert (QApplication.focusWidget(), window.field.text(), panel.is_open) == (window.field, "cust", True)
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert not panel.is_open
    assert QApplication.focusWidget() is window.field


def test_a_click_outside_closes_it_and_one_inside_does_not(window: Window, qtbot: QtBot) -> None:
    panel, _ = popup(window)
    panel.open_under(window.chip)
    qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert panel.is_open
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(10, 500))
    assert not panel.is_open


def test_its_button_opens_and_closes_it(window: Window, qtbot: QtBot) -> None:
    panel, _ = popup(window)
    window.chip.clicked.connect(lambda: panel.toggle_under(window.chip))
    qtbot.mouseClick(window.chip, Qt.MouseButton.LeftButton)
    assert panel.is_open
    qtbot.mouseClick(window.chip, Qt.MouseButton.LeftButton)
    assert not panel.is_open
    panel.close_popup()
