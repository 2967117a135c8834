"""FastTabs, FactBoxes, empty states, pills and small signs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.avatar import Avatar, initials
from ui.widgets.badge import BadgeButton
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.fact_box import FactBox, FactRow
from ui.widgets.fast_tab import FastTab
from ui.widgets.labels import IconLabel
from ui.widgets.pill import StatusPill, look_of, paint_pill, pill_width
from ui.widgets.scroller import Scroller

STATUSES = [
    "On Hold",
    "Ready",
    "In Process",
    "Cancelling",
    "Finished",
    "Cancelled",
    "Error",
    "Waiting",
    "Expired",
    "Completed",
]


def test_a_fast_tab_folds_by_mouse_and_keyboard(look: Theme, qtbot: QtBot) -> None:
    tab = FastTab("General")
    qtbot.addWidget(tab)
    tab.add_widget(QLineEdit())
    tab.show()
    told: list[bool] = []
    tab.toggled.connect(told.append)
    qtbot.mouseClick(tab.header, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(tab.header, key)
    assert told == [False, True, False, True, False]
    assert not tab.expanded
    assert tab.content.isHidden()
    tab.set_expanded(True)
    assert tab.content.isVisible()


def test_a_fast_tab_that_is_unfolded_comes_into_sight_with_what_is_in_it(look: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    column = QVBoxLayout(host)
    tabs = [FastTab(f"Tab {number}", expanded=False) for number in range(8)]
    for tab in tabs:
        tab.content.setFixedHeight(150)
        column.addWidget(tab)
    column.addStretch(1)
    room = Scroller(host)
    qtbot.addWidget(room)
    room.resize(500, 400)
    room.show()
    bar = room.verticalScrollBar()
    tabs[0].set_expanded(True)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert bar.value() == 0, "what is seen already stays where it is"
    tabs[-1].set_expanded(True)
    qtbot.waitUntil(lambda: bar.value() > 0)
    top = tabs[-1].mapTo(host, QPoint()).y() - bar.value()
    assert top >= 0
    assert top + tabs[-1].height() <= room.viewport().height()
    tabs[3].content.setFixedHeight(900)
    tabs[3].set_expanded(True)
    qtbot.waitUntil(lambda: bar.value() == tabs[3].mapTo(host, QPoint()).y())


def test_a_folded_fast_tab_tells_its_summary_and_errors(look: Theme, qtbot: QtBot) -> None:
    tab = FastTab("Invoicing", expanded=False)
    qtbot.addWidget(tab)
    tab.show()
    plain = tab.grab().toImage()
    tab.set_summary("NL0012", "", "30 days")
    assert tab.header.accessibleName() == "Invoicing, collapsed: NL0012   30 days"
    tab.set_error_count(1)
    assert tab.header.accessibleName().startswith("Invoicing, collapsed, 1 error")
    assert tab.grab().toImage() != plain
    tab.set_error_count(2)
    tab.set_expanded(True)
    assert tab.header.accessibleName() == "Invoicing, expanded, 2 errors"
    assert (tab.title, tab.error_count) == ("Invoicing", 2)


def test_a_fact_box_loads_then_shows_facts_that_drill_down(look: Theme, qtbot: QtBot) -> None:
    box = FactBox("Customer Statistics")
    qtbot.addWidget(box)
    box.show()
    assert box.loading
    assert box.accessibleName() == "Customer Statistics: loading"
    box.set_rows([FactRow("Balance", "12,400.50", "balance"), FactRow("Overdue", "0.00")])
    assert not box.loading
    assert box.accessibleName() == "Customer Statistics. Balance: 12,400.50. Overdue: 0.00"
    link = box.findChild(Button, "balance")
    with qtbot.waitSignal(box.row_activated) as told:
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert told.args == ["balance"]
    box.set_rows([FactRow("Balance", "0.00")])
    assert [row.value for row in box.rows] == ["0.00"]


def test_facts_that_cannot_be_had_say_why_and_offer_retry(look: Theme, qtbot: QtBot) -> None:
    box = FactBox("Documents")
    qtbot.addWidget(box)
    box.show()
    box.set_error("The task took longer than 2 minutes.")
    assert (box.loading, box.error) == (False, "The task took longer than 2 minutes.")
    with qtbot.waitSignal(box.retry_requested):
        qtbot.keyClick(box.retry_button, Qt.Key.Key_Return)
    box.set_loading()
    assert (box.loading, box.error) == (True, "")


def test_facts_that_are_no_longer_fresh_may_stay_beside_the_reason(qtbot: QtBot) -> None:
    box = FactBox("Documents")
    qtbot.addWidget(box)
    box.set_rows([FactRow("Quotes", "3")])
    box.set_foot("Updated 09:41")
    box.set_error("The task took longer than 2 minutes.", keep_rows=True)
    assert box.rows == (FactRow("Quotes", "3"),)
    assert (box.foot, box.error) == ("Updated 09:41", "The task took longer than 2 minutes.")
    box.set_rows([FactRow("Quotes", "4")])
    assert (box.foot, box.error) == ("Updated 09:41", "")
    box.set_loading()
    assert box.foot == ""


@pytest.mark.parametrize("kind", EmptyKind)
def test_an_empty_list_says_why_and_what_can_be_done(look: Theme, qtbot: QtBot, kind: EmptyKind) -> None:
    state = EmptyState(kind, "No customers", detail="None yet.", action="Import", link="Help")
    qtbot.addWidget(state)
    state.show()
    assert state.accessibleName() == "No customers None yet."
    with qtbot.waitSignal(state.action_triggered):
        qtbot.mouseClick(state.action_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(state.link_triggered):
        qtbot.mouseClick(state.link_button, Qt.MouseButton.LeftButton)
    state.show_state(EmptyKind.ALL_DONE, "No failed records")
    assert state.kind is EmptyKind.ALL_DONE
    assert any(icon.isVisible() for icon in state.findChildren(IconLabel))
    assert state.action_button.isHidden()
    assert state.link_button.isHidden()
    state.show_state(kind, "")
    assert not any(part.isVisible() for part in state.findChildren(QLabel)), "while nothing is known"


def test_no_status_is_told_by_colour_alone(look: Theme) -> None:
    looks = [look_of(status) for status in STATUSES]
    assert all(found.icon != "circle" for found in looks)
    by_tone: dict[str, set[str]] = {}
    for status, found in zip(STATUSES, looks, strict=True):
        by_tone.setdefault(found.tone, set()).add(f"{found.icon} {status}")
    assert sum(len(kinds) for kinds in by_tone.values()) == len(STATUSES)
    assert look_of("in process") == look_of("In Process")
    assert look_of("Something new").tone == "idle"
    assert look_of("Yes").icon != look_of("No").icon


def test_a_pill_is_cut_where_its_column_ends(look: Theme) -> None:
    image = QImage(200, 40, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    whole = paint_pill(painter, QRectF(0, 0, 200, 40), "In Process")
    cut = paint_pill(painter, QRectF(0, 0, 60, 40), "In Process")
    painter.end()
    assert (whole.width(), whole.height()) == (pill_width("In Process"), 22)
    assert cut.width() == 60


def test_a_status_on_a_page_can_change(look: Theme, qtbot: QtBot) -> None:
    pill = StatusPill("Ready")
    qtbot.addWidget(pill)
    assert pill.accessibleName() == "Status: Ready"
    pill.set_status("Error")
    assert (pill.status, pill.accessibleName()) == ("Error", "Status: Error")
    pill.set_status("")
    assert pill.sizeHint().width() == 0


def test_the_bell_counts_what_needs_action(look: Theme, qtbot: QtBot) -> None:
    bell = BadgeButton("alert", "Notifications")
    qtbot.addWidget(bell)
    bell.show()
    bare = bell.grab().toImage()
    assert bell.accessibleName() == "Notifications: none need action"
    bell.set_count(1)
    assert bell.accessibleName() == "Notifications: 1 needs action"
    assert bell.grab().toImage() != bare
    bell.set_count(120)
    assert (bell.badge_text(), bell.accessibleName()) == ("99+", "Notifications: 120 need action")
    bell.set_count(-1)
    assert (bell.count, bell.badge_text()) == (0, "")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maria König", "MK"),
        ("maria", "M"),
        ("Jean-Luc de la Tour", "JT"),
        ("", "?"),
        ("- ' (x", "?"),
        ("ålesund öst", "ÅÖ"),
    ],
)
def test_initials_are_made_of_any_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_an_avatar_says_whose_it_is(look: Theme, qtbot: QtBot) -> None:
    avatar = Avatar()
    qtbot.addWidget(avatar)
    assert avatar.accessibleName() == "No user"
    avatar.set_name("Maria König")
    assert (avatar.accessibleName(), avatar.toolTip()) == ("User Maria König", "Maria König")


def test_a_card_shows_its_title_only_when_it_has_one(look: Theme, qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    card.show()
    assert card.title_label.isHidden()
    card.set_title("Sales by week")
    assert card.title_label.isVisible()
    assert card.accessibleName() == "Sales by week"
