"""Toasts come without disturbing, wait while they are read, and go by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.toast import Toasts


@pytest.fixture
def window(look: Theme, qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made).addWidget(QLineEdit())
    made.resize(1024, 640)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()


def test_it_sits_at_the_bottom_right_and_leaves_the_keyboard_where_it_is(window: QWidget) -> None:
    editor = window.findChild(QLineEdit)
    editor.setFocus()
    toast = Toasts(window).show_toast("Customer 10000 saved")
    assert QApplication.focusWidget() is editor
    assert toast.geometry().right() == 1024 - 16 - 1
    assert 560 < toast.geometry().bottom() < 640
    window.resize(1200, 700)
    assert toast.geometry().right() == 1200 - 16 - 1


def test_it_lives_five_seconds_or_eight_with_undo(window: QWidget) -> None:
    toasts = Toasts(window)
    assert toasts.show_toast("Saved").life.interval() == 5_000
    assert toasts.show_toast("Deleted", action="Undo").life.interval() == 8_000


def test_when_its_time_is_over_it_goes(window: QWidget) -> None:
    toasts = Toasts(window)
    toast = toasts.show_toast("Saved")
    toast.life.timeout.emit()
    assert toasts.visible == []


def test_pointer_and_keyboard_hold_it(window: QWidget) -> None:
    toast = Toasts(window).show_toast("Deleted", action="Undo")
    here = QPointF(1, 1)
    QApplication.sendEvent(toast, QEnterEvent(here, here, here))
    assert not toast.life.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast.life.isActive()
    QApplication.sendEvent(toast.action_button, QFocusEvent(QEvent.Type.FocusIn))
    assert not toast.life.isActive()
    QApplication.sendEvent(toast.action_button, QFocusEvent(QEvent.Type.FocusOut))
    assert toast.life.isActive()


def test_undo_tells_what_to_undo_and_closes(window: QWidget, qtbot: QtBot) -> None:
    toasts = Toasts(window)
    toast = toasts.show_toast("Filter deleted", action="Undo", key="filter 7")
    with qtbot.waitSignal(toasts.action_triggered) as told:
        qtbot.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
    assert (told.args, toasts.visible) == (["filter 7"], [])


def test_many_are_stacked_and_only_three_stay(window: QWidget) -> None:
    toasts = Toasts(window)
    for number in range(5):
        toasts.show_toast(f"Saved {number}")
    assert [toast.text for toast in toasts.visible] == ["Saved 2", "Saved 3", "Saved 4"]
    places = [toast.geometry() for toast in toasts.visible]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[i + 1 :])
    assert places[0].top() < places[1].top() < places[2].top()


def test_long_words_are_wrapped_and_not_cut(window: QWidget, look: Theme) -> None:
    toasts = Toasts(window)
    toast = toasts.show_toast("Imported 2,007 of 2,010 records; 3 need attention and wait in the list. " * 2)
    for scale in (1.0, 2.0):
        look.set_scale(scale)
        QCoreApplication.sendPostedEvents()
        label = toast.text_label
        assert label.height() >= label.heightForWidth(label.width()) - 1
