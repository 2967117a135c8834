"""A question does not block, is answered once, and gives the safe answer when it is closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.dialogs import Answer, Dialog, Question, ask, tell
from ui.widgets.field import FieldRow

ANSWERS = (Answer("stop", "Stop import", "danger"), Answer("keep", "Keep running", "primary"))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.show()
    return shown


def _asked(window: QWidget, answers: list[str]) -> Question:
    return ask(window, "Stop “Import Customers”?", "1,248 records are kept.", ANSWERS, "keep", answers.append)


def test_a_pressed_button_answers_with_its_key_once(qtbot: QtBot, window: QWidget) -> None:
    answers: list[str] = []
    question = _asked(window, answers)
    button = question.findChild(QPushButton, "stop")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert answers == ["stop"]


def test_escape_gives_the_safe_answer(qtbot: QtBot, window: QWidget) -> None:
    answers: list[str] = []
    question = _asked(window, answers)
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert answers == ["keep"]


def test_technical_details_stay_folded_until_asked_for_and_can_be_copied(
    qtbot: QtBot, window: QWidget
) -> None:
    told = tell(
        window, "The job failed.", "Row 14 …", details="Traceback (most recent call last)", severity="err"
    )
    buttons = {button.text(): button for button in told.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Show details"], Qt.MouseButton.LeftButton)
    assert buttons["Show details"].text() == "Hide details"
    qtbot.mouseClick(buttons["Copy"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Traceback (most recent call last)"
    told.choose("close")


def test_the_safe_answer_has_the_keyboard(qtbot: QtBot, window: QWidget) -> None:
    answers: list[str] = []
    question = _asked(window, answers)
    qtbot.waitUntil(lambda: question.focusWidget() is not None)
    focused = question.focusWidget()
    assert focused is not None
    assert focused.objectName() == "keep"
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert answers == ["keep"]


def test_a_dialog_grows_for_the_sentence_that_says_what_is_wrong(qtbot: QtBot, window: QWidget) -> None:
    dialog = Dialog(window, "What does it mean?")
    field = FieldRow("Country/Region Code", QLineEdit())
    column = QVBoxLayout(dialog)
    column.addWidget(field)
    dialog.resize(300, dialog.sizeHint().height())
    dialog.show()
    field.set_error(
        "Country/Region Code has 17 characters; at most 10 are allowed. Shorten it, then try again."
    )
    qtbot.waitUntil(lambda: dialog.height() >= column.totalHeightForWidth(dialog.width()))
    dialog.close()


def test_a_question_is_as_high_as_its_sentences_need(window: QWidget) -> None:
    question = ask(
        window, "Undo the import?", "What it created goes. " * 9, ANSWERS, "keep", lambda _key: None
    )
    layout = question.layout()
    assert layout is not None
    assert question.height() == layout.totalHeightForWidth(question.width())
    question.reject()
