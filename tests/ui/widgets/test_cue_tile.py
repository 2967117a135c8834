"""A cue: what a person sees while its figure comes, is there, is old, or cannot be had."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.cue_tile import CueState, CueTile


def cue(qtbot: QtBot) -> CueTile:
    made = CueTile("Open sales orders", "cart")
    qtbot.addWidget(made)
    made.show()
    made.resize(made.sizeHint())
    return made


def test_a_new_tile_says_that_it_is_calculating(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    assert tile.state is CueState.SKELETON
    assert tile.accessibleName() == "Open sales orders: calculating. Calculating…."
    tile.set_busy()
    assert tile.state is CueState.SKELETON


def test_a_value_is_shown_with_how_fresh_it_is(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    tile.set_value("42", "Updated 09:45")
    assert (tile.state, tile.value, tile.foot) == (CueState.READY, "42", "Updated 09:45")
    assert tile.accessibleName() == "Open sales orders: 42. Updated 09:45."
    tile.set_delta("6 this week", up=True, good=True)
    assert tile.accessibleName() == "Open sales orders: 42, up 6 this week. Updated 09:45."
    tile.set_delta("", up=True, good=True)
    assert "up" not in tile.accessibleName().replace("Updated", "")


def test_the_last_value_stays_while_a_new_one_is_computed(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    tile.set_value("42", "Updated 09:12")
    tile.set_busy("09:12, 33 min ago")
    assert (tile.state, tile.value, tile.foot) == (CueState.BUSY, "42", "09:12, 33 min ago")


def test_an_error_shows_on_the_tile_with_retry_and_no_dialog(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    tile.set_value("42", "Updated 09:12")
    tile.set_error("Timed out")
    assert (tile.state, tile.value, tile.foot) == (CueState.ERROR, "42", "Updated 09:12")
    assert tile.toolTip() == "Timed out"
    assert tile.accessibleName() == "Open sales orders: 42. Error: Timed out. Updated 09:12."
    assert tile.retry_button.isVisible()
    with qtbot.assertNotEmitted(tile.clicked), qtbot.waitSignal(tile.retry_requested):
        qtbot.mouseClick(tile.retry_button, Qt.MouseButton.LeftButton)
    tile.set_value("43")
    assert not tile.retry_button.isVisible()


def test_a_click_or_enter_or_space_opens_the_list(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    with qtbot.waitSignal(tile.clicked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(tile.clicked):
            qtbot.keyClick(tile, key)


def test_the_spinner_turns_only_while_it_is_seen_and_may_move(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    assert not tile.moving
    look.set_reduced_motion(False)
    assert tile.moving
    tile.hide()
    assert not tile.moving
    tile.show()
    assert tile.moving
    tile.set_value("42")
    assert not tile.moving


def test_every_tone_and_a_curve_can_be_drawn(look: Theme, qtbot: QtBot) -> None:
    tile = cue(qtbot)
    tile.set_value("€ 184.2 K")
    pictures = []
    for tone in ("accent", "ok", "warn", "err", "idle"):
        tile.set_tone(tone)
        pictures.append(tile.grab().toImage())
    assert all(a != b for i, a in enumerate(pictures) for b in pictures[i + 1 :])
    tile.set_sparkline([1])
    assert tile.grab().toImage() == pictures[-1]
    for values in ([2.0, 2.0, 2.0], [1, 5, 3]):
        tile.set_sparkline(values)
        assert tile.grab().toImage() != pictures[-1]
