"""My Notifications and E-Mail Setup: a person clicks and types, and what they choose holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.notifications import mail, mail_sending
from desktop.notifications.kinds import NotificationKind
from desktop.notifications.preferences import EVERYBODY, check_may_choose, choose, preference_of
from desktop.tasks.hub import Hub
from models.database import connected, database
from models.errors import RightMissingError
from models.permissions import UserPermissionSet
from tests.waiting import WAIT

FAILED = NotificationKind.JOB_FAILED
OpenPage = Callable[..., Any]


def test_a_choice_holds_at_once_and_can_be_taken_back(qtbot: QtBot, open_page: OpenPage, hub: Hub) -> None:
    page = open_page("my_notifications")
    editor = page.editors[FAILED]
    assert editor.reset.isHidden()
    qtbot.mouseClick(editor.checks["email"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(hub.is_idle)
    assert preference_of("MARIA", FAILED).email
    assert not editor.reset.isHidden()
    qtbot.mouseClick(editor.reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(hub.is_idle)
    assert not preference_of("MARIA", FAILED).is_own
    assert not editor.checks["email"].isChecked()


def test_who_is_not_told_at_all_need_not_choose_how(qtbot: QtBot, open_page: OpenPage, hub: Hub) -> None:
    page = open_page("my_notifications")
    editor = page.editors[FAILED]
    qtbot.mouseClick(editor.checks["enabled"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(hub.is_idle)
    assert not preference_of("MARIA", FAILED).enabled
    assert not editor.checks["banner"].isEnabled()
    assert editor.checks["enabled"].isEnabled()


def test_a_threshold_is_kept(qtbot: QtBot, open_page: OpenPage, hub: Hub) -> None:
    page = open_page("my_notifications")
    page.editors[FAILED].threshold.setValue(5)
    qtbot.waitUntil(hub.is_idle)
    assert preference_of("MARIA", FAILED).threshold == 5


def test_scrolling_the_page_changes_no_threshold(open_page: OpenPage) -> None:
    page = open_page("my_notifications")
    box = page.editors[FAILED].threshold
    page.views.setFocus()
    for moved in (120, 120, 120):
        at = QPointF(5, 5)
        wheel = QWheelEvent(
            at,
            QPointF(box.mapToGlobal(at)),
            QPoint(),
            QPoint(0, moved),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, wheel)
    assert box.value() == 1


def test_what_holds_for_everybody_is_an_administrators_to_change(
    qtbot: QtBot, open_page: OpenPage, settle: Callable[[Any], None]
) -> None:
    choose(EVERYBODY, FAILED, email=True)
    with connected(), database.atomic():
        UserPermissionSet.insert(user_id="BOSS", set_code="SUPER").execute()
        UserPermissionSet.insert(user_id="MARIA", set_code="READER").execute()
    page = open_page("my_notifications")
    assert page.editors[FAILED].checks["email"].isChecked()
    page.views.setCurrentIndex(1)
    settle(page)
    assert not page.editors[FAILED].checks["email"].isEnabled()
    assert "Only an administrator" in page.hint.text()


def test_the_mail_server_is_set_up_by_typing(qtbot: QtBot, open_page: OpenPage, hub: Hub) -> None:
    page = open_page("email_setup")
    qtbot.keyClicks(page.host, "mail.example.com")
    page.security.setCurrentText("TLS")
    page.security.activated.emit(1)
    assert page.port.value() == 465
    qtbot.keyClicks(page.sender_address, "backdesk@example.com")
    page.enabled.click()
    page.trigger("save")
    qtbot.waitUntil(hub.is_idle)
    setup = mail.setup()
    assert (setup.enabled, setup.host, setup.port, setup.security) == (True, "mail.example.com", 465, "TLS")


def test_a_set_up_that_cannot_work_says_so_and_keeps_what_was_typed(
    qtbot: QtBot, open_page: OpenPage, hub: Hub
) -> None:
    page = open_page("email_setup")
    qtbot.keyClicks(page.sender_address, "nobody")
    page.trigger("save")
    qtbot.waitUntil(hub.is_idle)
    assert page.banners.keys == ["refused"]
    assert page.sender_address.text() == "nobody"
    assert mail.setup().sender == ""


def test_a_test_message_that_cannot_be_sent_says_why(qtbot: QtBot, open_page: OpenPage, hub: Hub) -> None:
    page = open_page("email_setup")
    qtbot.keyClicks(page.host, "localhost")
    page.security.setCurrentText("None")
    page.port.setValue(1)
    qtbot.keyClicks(page.sender_address, "backdesk@example.com")
    page.trigger("test")
    assert "To whom?" in page.banners.shown()[0][1]
    qtbot.keyClicks(page.recipient, "maria@example.com")
    page.trigger("test")
    qtbot.waitUntil(hub.is_idle)
    assert "localhost, port 1, cannot be reached" in page.banners.shown()[0][1]
    assert mail.setup().host == "localhost", "what was typed is saved before it is tried"


def test_a_slow_mail_server_keeps_no_change_from_being_saved(
    qtbot: QtBot, open_page: OpenPage, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(*_message: str) -> None:
        asked.set()
        answer.wait(WAIT)

    monkeypatch.setattr(mail_sending, "send", slow)
    other = open_page("my_notifications")
    page = open_page("email_setup")
    qtbot.keyClicks(page.host, "localhost")
    qtbot.keyClicks(page.recipient, "maria@example.com")
    page.trigger("test")
    qtbot.waitUntil(asked.is_set)
    other.editors[FAILED].threshold.setValue(7)
    qtbot.waitUntil(lambda: preference_of("MARIA", FAILED).threshold == 7)
    assert not answer.is_set()
    answer.set()
    qtbot.waitUntil(hub.is_idle)
    assert "was sent" in page.banners.shown()[0][1]


def test_nobody_changes_what_holds_for_others(company: object) -> None:
    check_may_choose("MARIA", EVERYBODY)  # as long as nobody has a permission set
    with connected(), database.atomic():
        UserPermissionSet.insert(user_id="BOSS", set_code="SUPER").execute()
    check_may_choose("BOSS", EVERYBODY)
    check_may_choose("MARIA", "MARIA")
    for whose in (EVERYBODY, "BEN"):
        with pytest.raises(RightMissingError, match="MARIA"):
            check_may_choose("MARIA", whose)


@pytest.fixture
def failed_message(company: object, clock: Clock) -> int:
    number = mail.queue("maria@example.com", "“Nightly” ended with an error.", "text", clock)
    with connected(), database.atomic():
        database.execute_sql("UPDATE mail_message SET status = 'Failed', error_text = 'No such mailbox.'")
    return number


def test_a_failed_message_is_sent_again_or_deleted(
    qtbot: QtBot, open_page: OpenPage, hub: Hub, failed_message: int
) -> None:
    page = open_page("email_setup")
    page.outbox.choose(failed_message)
    page.trigger("retry")
    qtbot.waitUntil(hub.is_idle)
    assert [row.status for row in page.outbox.table.rows.rows] == ["Waiting"]
    page.outbox.choose(failed_message)
    page.trigger("remove")
    qtbot.waitUntil(hub.is_idle)
    assert page.outbox.table.rows.rows == []
