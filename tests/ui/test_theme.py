"""The look: colours that can be read, a style sheet without gaps, and a theme that follows the person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

import resources
from ui.icons import follow_icon, icon, pixmap
from ui.theme import Theme, theme
from ui.tokens import DARK, LIGHT, TYPE, Tokens, high_contrast_tokens, mix


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Theme]:
    made = theme()
    made.set_mode("light")
    made.set_scale(1.0)
    made.apply(qapp)
    yield made
    made.set_mode("light")
    made.set_scale(1.0)
    made.set_system_font(False)
    made.set_reduced_motion(None)


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


FIGURES = [
    ("fg", "surface", 17.1, 14.4),
    ("fg2", "surface", 7.5, 8.4),
    ("fg3", "surface", 5.1, 5.9),
    ("fg3", "canvas", 4.7, 6.6),
    ("accent_text", "surface", 7.1, 8.9),
    ("on_accent", "accent", 5.5, 6.6),
    ("info", "info_bg", 5.9, 7.3),
    ("ok", "ok_bg", 5.8, 7.5),
    ("warn", "warn_bg", 6.1, 8.2),
    ("err", "err_bg", 5.7, 7.3),
    ("border_input", "surface", 3.4, 4.5),
]


@pytest.mark.parametrize(("ink", "ground", "light", "dark"), FIGURES)
def test_the_contrasts_are_those_that_were_promised(ink: str, ground: str, light: float, dark: float) -> None:
    assert contrast(LIGHT.colour(ink), LIGHT.colour(ground)) == pytest.approx(light, abs=0.06)
    assert contrast(DARK.colour(ink), DARK.colour(ground)) == pytest.approx(dark, abs=0.06)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground_it_stands_on(tokens: Tokens) -> None:
    texts = [
        (ink, ground)
        for ink in ("fg", "fg2", "fg3", "accent_text", "err")
        for ground in ("canvas", "surface", "subtle", "raised")
    ]
    texts += [(ink, ground) for ink in ("fg", "fg2") for ground in ("hover", "pressed", "selected")]
    texts += [(ink, f"{tone}_bg") for tone in ("info", "ok", "warn", "err", "idle") for ink in ("fg", tone)]
    texts += [("topbar_fg", "topbar"), ("topbar_fg", "topbar_field"), ("topbar_fg2", "topbar_field")]
    texts += [("on_accent", ground) for ground in ("accent", "accent_hover")]
    texts += [("on_avatar", "avatar"), ("on_badge", "badge")]
    for ink, ground in texts:
        assert contrast(tokens.colour(ink), tokens.colour(ground)) >= 4.5, f"{ink} on {ground}"


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_and_signs_stand_out_from_the_ground(tokens: Tokens) -> None:
    for ground in ("canvas", "surface"):
        for sign in ("accent", "border_input", "chart1", "err", "ok", "warn"):
            assert contrast(tokens.colour(sign), tokens.colour(ground)) >= 3, f"{sign} on {ground}"
    assert contrast(tokens.fg, tokens.accent) >= 1.8, "the ring around a primary button"


def test_a_colour_is_found_by_its_token_or_given_as_it_is() -> None:
    assert LIGHT.colour("accent") == "#0A7480"
    assert LIGHT.colour("#123456") == "#123456"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    with pytest.raises(AttributeError):
        LIGHT.colour("purple")


def test_the_theme_hangs_on_the_application(qapp: QApplication) -> None:
    assert theme() is theme()
    assert theme().parent() is qapp


def test_the_style_sheet_has_no_gap_and_every_drawing_is_there(look: Theme, qapp: QApplication) -> None:
    for mode in ("light", "dark"):
        look.set_mode(mode)
        sheet = qapp.styleSheet()
        assert not re.search(r"[$@]\w", sheet)
        assert "drawing(" not in sheet
        drawings = re.findall(r'url\("([^"]+)"\)', sheet)
        assert len(drawings) > 10
        assert all(Path(file).is_file() for file in drawings)
        assert sheet.count("{") == sheet.count("}")


@pytest.mark.parametrize(
    "kind",
    [
        "QPushButton",
        "QToolButton",
        "QLineEdit",
        "QPlainTextEdit",
        "QTextEdit",
        "QComboBox",
        "QCheckBox",
        "QRadioButton",
        "QAbstractSpinBox",
        "QDateTimeEdit",
        "QTableView",
        "QHeaderView",
        "QTreeView",
        "QListView",
        "QScrollBar",
        "QMenu",
        "QToolTip",
        "QDialog",
        "QTabBar",
        "QProgressBar",
        "QSplitter",
        "QLabel",
        "QFrame",
        "QScrollArea",
        "QCalendarWidget",
        "QSlider",
        "QGroupBox",
        "QStatusBar",
        "QMenuBar",
    ],
)
def test_no_widget_is_left_in_the_grey_of_the_platform(kind: str) -> None:
    sheet = resources.path("style", "backdesk.qss").read_text(encoding="utf-8")
    assert re.search(rf"\b{kind}\b", sheet)


@pytest.mark.parametrize(
    "kind", ["QPushButton", "QToolButton", "QLineEdit", "QComboBox", "QCheckBox", "QTabBar"]
)
def test_what_has_the_keyboard_has_a_ring_of_two_pixels(look: Theme, qapp: QApplication, kind: str) -> None:
    rings = re.findall(rf"{kind}:focus[^{{]*\{{([^}}]*)\}}", qapp.styleSheet())
    assert any(f"2px solid {look.tokens.accent}" in ring for ring in rings)


@pytest.mark.parametrize("kind", [QPushButton, QCheckBox, QRadioButton])
def test_what_was_reached_by_tab_has_the_ring_and_no_second_frame(
    look: Theme, qtbot: QtBot, kind: type[QAbstractButton]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = kind("Correct all to…", window)
    window.show()
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    by_mouse = button.grab().toImage()
    window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    assert button.grab().toImage() == by_mouse


def test_dark_turns_palette_and_sheet_dark_and_tells_once(
    look: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    told: list[str] = []
    look.changed.connect(lambda: told.append(look.tokens.name))
    look.set_mode("dark")
    look.set_mode("dark")
    assert told == ["dark"]
    assert look.dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.canvas)
    assert DARK.accent in qapp.styleSheet()
    assert LIGHT.accent not in qapp.styleSheet()


def test_system_follows_the_system(look: Theme) -> None:
    look.set_mode("system")
    system_is_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    assert look.tokens is (DARK if system_is_dark else LIGHT)
    assert look.mode == "system"


def test_the_scale_is_held_between_90_and_200_percent(look: Theme, qapp: QApplication) -> None:
    look.set_scale(5)
    assert look.scale == 2.0
    assert look.font("title").pixelSize() == 44
    assert qapp.font().pixelSize() == 26
    assert "min-height: 56px" in qapp.styleSheet()
    look.set_scale(0.1)
    assert look.scale == 0.9


def test_every_role_has_its_size_and_weight_in_inter(look: Theme) -> None:
    for role, (height, weight) in TYPE.items():
        font = look.font(role)
        assert (font.family(), font.pixelSize(), font.weight()) == ("Inter", height, QFont.Weight(weight))
    assert look.font("title").letterSpacing() == pytest.approx(-0.3, abs=0.01)


def test_figures_in_lists_are_equally_wide(look: Theme) -> None:
    metrics = QFontMetrics(look.font("body", tabular=True))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    assert look.font("body", tabular=True).featureTags()


def test_the_platforms_own_font_can_be_chosen(look: Theme, qapp: QApplication) -> None:
    look.set_system_font(True)
    assert qapp.font().family() != "Inter"
    look.set_system_font(False)
    assert qapp.font().family() == "Inter"


def test_reduced_motion_lets_nothing_move(look: Theme) -> None:
    look.set_reduced_motion(True)
    assert look.motion(120) == 0
    look.set_reduced_motion(False)
    assert look.motion(120) == 120


def test_high_contrast_takes_the_systems_colours_and_drops_all_tints() -> None:
    palette = QPalette()
    role = QPalette.ColorRole
    for group, colour in (
        (role.Window, "#000000"),
        (role.Base, "#000000"),
        (role.WindowText, "#ffffff"),
        (role.Highlight, "#ffff00"),
        (role.HighlightedText, "#000000"),
        (role.Link, "#00ffff"),
    ):
        palette.setColor(group, QColor(colour))
    tokens = high_contrast_tokens(DARK, palette)
    assert {tokens.warn_bg, tokens.err_bg, tokens.hover, tokens.selected, tokens.surface} == {"#000000"}
    assert {tokens.fg, tokens.fg3, tokens.err, tokens.border} == {"#ffffff"}
    assert tokens.accent == "#ffff00"
    assert contrast(tokens.fg3, tokens.surface) == pytest.approx(21)


def test_a_wish_for_contrast_is_seen_at_once(
    look: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Theme, "high_contrast", True)
    QGuiApplication.styleHints().accessibility().contrastPreferenceChanged.emit(
        Qt.ContrastPreference.HighContrast
    )
    assert look.tokens.name == "contrast"
    assert LIGHT.warn_bg not in qapp.styleSheet()
    monkeypatch.undo()
    look.set_mode("dark")
    assert look.tokens is DARK


def test_an_icon_has_the_colour_that_was_asked_for(look: Theme) -> None:
    image = pixmap("add", "accent", 20, dpr=2.0).toImage()
    assert (image.width(), image.devicePixelRatio()) == (40, 2.0)
    colours = {
        image.pixelColor(x, y).name()
        for x in range(40)
        for y in range(40)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {LIGHT.accent.lower()}


def test_a_disabled_icon_is_grey(look: Theme) -> None:
    grey = icon("add", "accent").pixmap(20, 20, QIcon.Mode.Disabled).toImage()
    assert grey.pixelColor(10, 10).name() == LIGHT.fg_disabled.lower()


def test_an_unknown_icon_is_named(look: Theme) -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no_such_20_regular\.svg"):
        pixmap("no_such", "fg")


def test_icons_on_buttons_and_actions_follow_the_theme_and_the_scale(look: Theme, qtbot: QtBot) -> None:
    button = QPushButton("New")
    qtbot.addWidget(button)
    action = QAction("New", button)
    follow_icon(button, "dismiss", "fg2", 20)
    follow_icon(button, "add", "fg2", 20)
    follow_icon(action, "add", "accent", 20)
    look.set_mode("dark")
    look.set_scale(1.5)
    assert button.iconSize().width() == 30
    for owner, token in ((button, DARK.fg2), (action, DARK.accent)):
        drawn = owner.icon().pixmap(30, 30).toImage().pixelColor(15, 15)
        assert contrast(drawn.name(), token) < 1.05


def test_every_vendored_drawing_can_be_drawn_and_has_its_licence(look: Theme) -> None:
    names = {file.name for file in resources.path("icons").glob("*.svg")}
    for name in sorted(names):
        drawn = re.fullmatch(r"(\w+)_20_(regular|filled)\.svg", name)
        if drawn:
            assert not pixmap(drawn[1], "fg", filled=drawn[2] == "filled").isNull()
    assert "MIT License" in resources.path("icons", "LICENSE.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in resources.path("fonts", "LICENSE.txt").read_text(encoding="utf-8")


def test_a_missing_data_file_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match=r"style/other\.qss is missing.*Install Backdesk again"):
        resources.path("style", "other.qss")
