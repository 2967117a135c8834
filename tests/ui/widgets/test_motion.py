"""What moves does so only while somebody sees it and wants movement, and costs nothing else."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.motion import STILL_PHASE, Motion


def test_it_rests_behind_another_page_and_goes_on_when_it_is_seen_again(look: Theme, qtbot: QtBot) -> None:
    look.set_reduced_motion(False)
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    moving, other = QWidget(), QWidget()
    pages.addWidget(moving)
    pages.addWidget(other)
    motion = Motion(moving, clock=lambda: 2.0)
    motion.move(True)
    assert not motion.active, "nobody sees it yet"
    pages.show()
    assert motion.active
    assert motion.phase == 0.25
    pages.setCurrentWidget(other)
    assert (motion.active, motion.phase) == (False, STILL_PHASE)
    pages.setCurrentWidget(moving)
    assert motion.active
    motion.move(False)
    assert not motion.active
    pages.setCurrentWidget(other)
    pages.setCurrentWidget(moving)
    assert not motion.active, "nothing is to move any more"


def test_a_person_who_wants_no_movement_has_none_from_then_on(look: Theme, qtbot: QtBot) -> None:
    look.set_reduced_motion(False)
    widget = QWidget()
    qtbot.addWidget(widget)
    motion = Motion(widget)
    motion.move(True)
    widget.show()
    assert motion.active
    with qtbot.waitSignal(motion.frame):
        pass
    look.set_reduced_motion(True)
    assert not motion.active
    motion.move(True)
    assert not motion.active
