"""Banners: one is visible, the others are a click away, and each goes when its cause has gone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.banner import Banner, BannerBar


@pytest.fixture
def bar(look: Theme, qtbot: QtBot) -> BannerBar:
    made = BannerBar()
    qtbot.addWidget(made)
    made.resize(900, 60)
    return made


def test_an_empty_bar_takes_no_room(bar: BannerBar) -> None:
    assert bar.isHidden()
    bar.show_banner("import", "ok", "Import complete.", "88 records created.")
    assert not bar.isHidden()
    bar.remove("import")
    bar.remove("never there")
    assert bar.isHidden()


def test_the_newest_is_visible_and_the_rest_is_counted(bar: BannerBar, qtbot: QtBot) -> None:
    for key in ("first", "second", "third"):
        bar.show_banner(key, "warn", f"The {key} banner.")
    shown = [banner.objectName() for banner in bar.findChildren(Banner) if not banner.isHidden()]
    assert (bar.keys, shown) == (["third", "second", "first"], ["third"])
    more = next(button for button in bar.findChildren(QPushButton) if button.text() == "2 more")
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert not any(banner.isHidden() for banner in bar.findChildren(Banner))
    assert more.text() == "Show fewer"
    bar.clear()
    assert bar.keys == []


def test_an_action_tells_the_banner_and_the_action(bar: BannerBar, qtbot: QtBot) -> None:
    banner = bar.show_banner("import", "warn", "Imported with 3 errors.", "", [("review", "Review 3 errors")])
    with qtbot.waitSignal(bar.action_triggered) as told:
        qtbot.mouseClick(banner.buttons["review"], Qt.MouseButton.LeftButton)
    assert told.args == ["import", "review"]
    assert bar.keys == ["import"]


def test_the_cross_takes_it_away_and_says_so(bar: BannerBar, qtbot: QtBot) -> None:
    banner = bar.show_banner("import", "err", "The import has failed.")
    with qtbot.waitSignal(bar.closed) as told:
        qtbot.keyClick(banner.close_button, Qt.Key.Key_Return)
    assert (told.args, bar.keys) == (["import"], [])


def test_the_same_key_replaces_what_it_said(bar: BannerBar) -> None:
    bar.show_banner("worker", "warn", "No worker is running.")
    bar.show_banner("worker", "ok", "A worker is running.")
    assert bar.keys == ["worker"]


def test_it_says_its_severity_in_words_and_not_by_colour_alone(bar: BannerBar) -> None:
    assert bar.show_banner("a", "err", "The disk is full.", "Free some room.").spoken == (
        "Error: The disk is full. Free some room."
    )


def test_three_actions_are_too_many(look: Theme) -> None:
    with pytest.raises(ValueError, match="at most 2 actions, not 3"):
        Banner("info", "x", "", [("a", "A"), ("b", "B"), ("c", "C")])


def test_one_that_must_stay_has_no_cross(bar: BannerBar) -> None:
    assert bar.show_banner("locked", "err", "The company is locked.", closable=False).close_button.isHidden()


def test_a_long_title_never_makes_the_window_wider(bar: BannerBar, look: Theme) -> None:
    look.set_scale(2.0)
    actions = [("review", "Review 3 errors"), ("open", "Open results")]
    banner = bar.show_banner("a", "warn", "Price list Q4.csv imported with 3 errors. " * 4, "More.", actions)
    assert bar.minimumSizeHint().width() <= 1024 - 48
    assert banner.title_label.sizeHint().width() > 1024
