"""Search box, fields, buttons and labels in the hand of a person."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.buttons import Button, IconButton
from ui.widgets.field import FieldRow
from ui.widgets.labels import ElidedLabel, Label
from ui.widgets.search_box import SearchBox


def search(qtbot: QtBot) -> tuple[SearchBox, list[str]]:
    box = SearchBox("Search customers")
    qtbot.addWidget(box)
    box.show()
    told: list[str] = []
    box.search_changed.connect(told.append)
    return box, told


def test_typing_is_told_once_when_the_person_pauses(look: Theme, qtbot: QtBot) -> None:
    box, told = search(qtbot)
    with qtbot.waitSignal(box.search_changed):
        qtbot.keyClicks(box, "harb")
    assert told == ["harb"]


def test_enter_tells_at_once_and_only_what_is_new(look: Theme, qtbot: QtBot) -> None:
    box, told = search(qtbot)
    qtbot.keyClicks(box, " quay ")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told == ["quay"]


def test_escape_and_the_cross_empty_it(look: Theme, qtbot: QtBot) -> None:
    box, told = search(qtbot)
    assert box.clear_button.isHidden()
    for clear in (
        lambda: qtbot.keyClick(box, Qt.Key.Key_Escape),
        lambda: qtbot.mouseClick(box.clear_button, Qt.MouseButton.LeftButton),
    ):
        box.setText("quay")
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert box.clear_button.isVisible()
        clear()
        assert (box.text(), told[-1]) == ("", "")


def test_a_wrong_value_has_its_reason_under_it_and_a_red_edge(look: Theme, qtbot: QtBot) -> None:
    row = FieldRow("Post Code", QLineEdit("D-1"), required=True, hint="Five figures.")
    qtbot.addWidget(row)
    row.show()
    row.resize(400, row.height())
    low = row.sizeHint().height()
    row.grab()
    right = row.editor.grab().toImage()
    assert (row.editor.accessibleName(), row.editor.accessibleDescription()) == (
        "Post Code, required",
        "Five figures.",
    )
    row.set_error("There is no post code D-1. Choose one from the list.")
    assert row.editor.accessibleDescription() == "Error: There is no post code D-1. Choose one from the list."
    assert row.editor.grab().toImage() != right
    row.clear_error()
    assert (row.error, row.sizeHint().height(), row.editor.grab().toImage()) == ("", low, right)
    row.set_hint("")
    assert row.sizeHint().height() < low
    row.set_required(False)
    assert row.editor.accessibleName() == "Post Code"


@pytest.mark.parametrize("editor", [QLineEdit, QSpinBox, QComboBox, QCheckBox])
def test_a_field_that_is_only_read_takes_no_typing(look: Theme, qtbot: QtBot, editor: type) -> None:
    row = FieldRow("Field", editor(), read_only=True)
    qtbot.addWidget(row)
    row.show()
    closed = row.editor.grab().toImage()
    assert getattr(row.editor, "isReadOnly", lambda: not row.editor.isEnabled())()
    row.set_read_only(False)
    assert not getattr(row.editor, "isReadOnly", lambda: not row.editor.isEnabled())()
    assert row.editor.grab().toImage() != closed


def test_a_narrow_page_leaves_room_for_the_editor(look: Theme, qtbot: QtBot) -> None:
    row = FieldRow("A caption that is rather long", QLineEdit())
    page = QWidget()
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(row)
    page.layout().setContentsMargins(0, 0, 0, 0)
    page.show()
    page.resize(200, 40)
    page.grab()
    assert row.editor.width() >= 100
    assert row.caption_label.toolTip() == "A caption that is rather long"
    page.resize(600, 40)
    page.grab()
    assert row.editor.width() >= 400


def test_the_tooltip_shows_the_shortcut_and_binds_it_only_when_told(look: Theme, qtbot: QtBot) -> None:
    told = Button("New", shortcut="Alt+N")
    bound = Button("New", shortcut="Alt+N", bind=True)
    bell = IconButton("alert", "Notifications", shortcut="Ctrl+Shift+N")
    for widget in (told, bound, bell):
        qtbot.addWidget(widget)
    assert told.toolTip() == "New (Alt+N)"
    assert told.shortcut().isEmpty()
    assert bound.shortcut() == QKeySequence("Alt+N")
    assert (bell.toolTip(), bell.accessibleName()) == ("Notifications (Ctrl+Shift+N)", "Notifications")


def test_enter_and_space_press_a_button(look: Theme, qtbot: QtBot) -> None:
    for widget in (Button("New"), IconButton("add", "New")):
        qtbot.addWidget(widget)
        widget.show()
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            with qtbot.waitSignal(widget.clicked):
                qtbot.keyClick(widget, key)


def test_a_button_can_change_its_kind_and_icon(look: Theme, qtbot: QtBot) -> None:
    widget = Button("Stop", "default", "stop")
    qtbot.addWidget(widget)
    widget.show()
    before = widget.grab().toImage()
    widget.set_kind("danger")
    assert widget.kind == "danger"
    assert widget.grab().toImage() != before


def test_a_customers_name_is_never_taken_for_markup(look: Theme, qtbot: QtBot) -> None:
    name = Label("<b>Bold & Sons</b>")
    qtbot.addWidget(name)
    assert name.textFormat() == Qt.TextFormat.PlainText
    assert name.sizeHint().width() > Label("Bold & Sons").sizeHint().width()


def test_a_text_that_is_cut_is_whole_in_its_tooltip(look: Theme, qtbot: QtBot) -> None:
    text = ElidedLabel("Harbour Supply Ltd., the company at the quay")
    qtbot.addWidget(text)
    text.show()
    text.resize(80, 20)
    assert text.shown_text().endswith("…")
    assert text.toolTip() == text.accessibleName() == "Harbour Supply Ltd., the company at the quay"
    text.resize(600, 20)
    assert (text.shown_text(), text.toolTip()) == (text.text(), "")


def test_a_label_can_change_its_tone(look: Theme, qtbot: QtBot) -> None:
    text = Label("Balance")
    qtbot.addWidget(text)
    text.show()
    before = text.grab().toImage()
    text.set_tone("err")
    assert text.grab().toImage() != before


def wheel_down(over: QWidget) -> None:
    """Turn the wheel over a widget, as the system would tell it."""
    at = QPointF(5, 5)
    event = QWheelEvent(
        at,
        QPointF(over.mapToGlobal(at)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(over, event)


def test_scrolling_over_a_choice_or_a_number_changes_neither_until_somebody_is_in_it(
    look: Theme, qtbot: QtBot
) -> None:
    host = QWidget()
    column = QVBoxLayout(host)
    choice, number, text = QComboBox(), QSpinBox(), QLineEdit()
    choice.addItems(["Create and Update", "Update Only"])
    together = QWidget()
    QVBoxLayout(together).addWidget(number)
    for editor in (text, choice, together):
        column.addWidget(FieldRow("Field", editor))
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    number.setValue(5)
    for turning in (choice, number):
        wheel_down(turning)
    assert (choice.currentIndex(), number.value()) == (0, 5)
    assert text.hasFocus()
    choice.setFocus()
    wheel_down(choice)
    assert choice.currentIndex() == 1
