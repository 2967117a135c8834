"""A window as narrow as it may be, with large texts: nothing in the bars lies over anything else."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import SMALLEST
from ui.shell.nav_bar import NavBar
from ui.shell.tell_me_field import TellMeField
from ui.shell.top_bar import TopBar
from ui.theme import Theme


def shown(bar: QWidget, qtbot: QtBot, look: Theme, scale: float) -> None:
    look.set_scale(scale)
    qtbot.addWidget(bar)
    bar.resize(SMALLEST.width(), 70)
    with qtbot.waitExposed(bar):
        bar.show()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_field_that_finds_everything_makes_room_for_the_buttons(
    qtbot: QtBot, look: Theme, scale: float
) -> None:
    bar = TopBar(lambda _typed: [], "Maria")
    bar.jobs.set_running(12)
    shown(bar, qtbot, look, scale)
    order = (bar.menu, bar.tell_me, bar.jobs, bar.bell, bar.settings, bar.help, bar.avatar)
    for left, right in itertools.pairwise(order):
        assert left.geometry().right() < right.geometry().left()
    assert bar.avatar.geometry().right() <= bar.width()
    assert bar.jobs.width() >= bar.jobs.sizeHint().width(), "no button is cut"


def test_the_shortcut_does_not_lie_over_the_words_of_a_short_field(qtbot: QtBot, look: Theme) -> None:
    field = TellMeField(lambda _typed: [])
    qtbot.addWidget(field)
    field.show()
    for width, there in ((440, True), (200, False)):
        field.resize(width, 30)
        assert field._hint.isVisible() == there
    field.close_results()
    assert not field._hint.isVisible()


def test_a_long_company_name_makes_room_for_the_pages(qtbot: QtBot, look: Theme) -> None:
    bar = NavBar("The Very Long Harbour Supply and Shipping Company of Bremerhaven Ltd.")
    shown(bar, qtbot, look, 1.5)
    for button in bar._buttons.values():
        assert button.width() >= button.sizeHint().width()
