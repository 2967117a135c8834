"""The look of the application: palette, generated style sheet, fonts, scale; light, dark or as the system.

``theme()`` gives the Theme that hangs on the running QApplication. A widget that paints itself reads
``theme().tokens`` while it paints; one that holds fonts or pixmaps renews them on ``theme().changed``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, cast

import shiboken6
from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyleFactory, QToolTip

import resources
from ui.tokens import DARK, LIGHT, TYPE, Tokens, high_contrast_tokens

__all__ = ["DARK", "LIGHT", "Mode", "Theme", "Tokens", "theme"]

Mode = Literal["light", "dark", "system"]
SMALLEST_SCALE, LARGEST_SCALE = 0.9, 2.0
FAMILY = "Inter"
LETTER_SPACING_FROM = 22
RADIO_BUTTON = 16
STYLE_SHEET = ("style", "backdesk.qss")
_found: Theme | None = None


class Theme(QObject):
    """The one look of the application; ``changed`` tells when anything of it has become another."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self._scale = 1.0
        self._system_font = False
        self._reduced_motion: bool | None = None
        self._applied = False
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._drawings = QTemporaryDir()
        # The accessibility hints live only as long as this wrapper of the style hints.
        self._hints = QGuiApplication.styleHints()
        self._tokens = self._choose_tokens()
        self._hints.colorSchemeChanged.connect(self._on_system_changed)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)

    # ---- what a widget asks

    @property
    def tokens(self) -> Tokens:
        """The colours that hold now."""
        return self._tokens

    @property
    def dark(self) -> bool:
        """True when light text stands on a dark ground."""
        return QColor(self._tokens.surface).lightness() < QColor(self._tokens.fg).lightness()

    @property
    def mode(self) -> Mode:
        """What the person has chosen: light, dark, or to follow the system."""
        return self._mode

    @property
    def scale(self) -> float:
        """The size of text and controls; 1.0 is 100 %."""
        return self._scale

    @property
    def system_font(self) -> bool:
        """True when the platform's own font is used in place of Inter."""
        return self._system_font

    @property
    def reduced_motion(self) -> bool:
        """True when nothing may move: the person's own setting, else the platform's."""
        if self._reduced_motion is not None:
            return self._reduced_motion
        return self._app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0

    @property
    def high_contrast(self) -> bool:
        """True when the operating system asks for more contrast."""
        preference = self._hints.accessibility().contrastPreference()
        return preference == Qt.ContrastPreference.HighContrast

    def colour(self, token: str) -> QColor:
        """Return a token's colour, e.g. ``colour("fg2")``."""
        return QColor(self._tokens.colour(token))

    def px(self, length: float) -> int:
        """Return a length given in px at 100 % in the px of the chosen scale."""
        return round(length * self._scale)

    def motion(self, milliseconds: int) -> int:
        """Return how long a movement may last, in ms: 0 with reduced motion."""
        return 0 if self.reduced_motion else milliseconds

    def font(self, role: str = "body", tabular: bool = False) -> QFont:
        """Return the font of a role of ``TYPE``; ``tabular`` gives all figures the same width, for lists."""
        known = self._fonts.get((role, tabular))
        if known is None:
            known = self._fonts[(role, tabular)] = self._make_font(role, tabular)
        return QFont(known)

    def _make_font(self, role: str, tabular: bool) -> QFont:
        height, weight = TYPE[role]
        font = QFont(self._app.font())
        font.setPixelSize(self.px(height))
        font.setWeight(QFont.Weight(weight))
        if height >= LETTER_SPACING_FROM:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, -0.3)
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    # ---- what the application and the settings page do

    def apply(self, app: QApplication | None = None) -> None:
        """Give the application this look; from now on every change of the theme shows at once."""
        app = app or self._app
        self._applied = True
        app.setStyle(QStyleFactory.create("Fusion"))
        load_bundled_fonts()
        self._tell_system()
        self._renew()

    def set_mode(self, mode: Mode) -> None:
        """Choose light, dark or system."""
        if mode != self._mode:
            self._mode = mode
            self._tell_system()
            self._renew()

    def set_scale(self, scale: float) -> None:
        """Choose the size of text and controls; held between 0.9 and 2.0."""
        scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
        if scale != self._scale:
            self._scale = scale
            self._renew()

    def set_system_font(self, system_font: bool) -> None:
        """Choose between the platform's own font (True) and Inter."""
        if system_font != self._system_font:
            self._system_font = system_font
            self._renew()

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Forbid (True) or allow movement; None follows the platform."""
        if reduced != self._reduced_motion:
            self._reduced_motion = reduced
            self.changed.emit()

    # ---- how it comes about

    def _choose_tokens(self) -> Tokens:
        mode = self._mode
        if mode == "system":
            scheme = self._hints.colorScheme()
            mode = "dark" if scheme == Qt.ColorScheme.Dark else "light"
        tokens = DARK if mode == "dark" else LIGHT
        if self.high_contrast:
            # An empty palette gives the application the system's own colours back.
            self._app.setPalette(QPalette())
            return high_contrast_tokens(tokens, self._app.palette())
        return tokens

    def _on_system_changed(self) -> None:
        if self.high_contrast or self._choose_tokens() != self._tokens:
            self._renew()

    def _tell_system(self) -> None:
        """Let the frames of the windows, which are the system's, be as light or dark as their content."""
        if self._mode == "system":
            self._hints.unsetColorScheme()
        else:
            scheme = Qt.ColorScheme.Dark if self._mode == "dark" else Qt.ColorScheme.Light
            self._hints.setColorScheme(scheme)

    def _renew(self) -> None:
        self._tokens = self._choose_tokens()
        self._fonts.clear()
        if self._applied:
            self._app.setFont(self._application_font())
            self._app.setPalette(make_palette(self._tokens))
            self._app.setStyleSheet(self._style_sheet())
            QToolTip.setFont(self.font("caption"))
        self.changed.emit()

    def _application_font(self) -> QFont:
        if self._system_font or FAMILY not in QFontDatabase.families():
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        else:
            font = QFont(FAMILY)
        font.setPixelSize(self.px(TYPE["body"][0]))
        font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
        return font

    def _style_sheet(self) -> str:
        template = resources.path(*STYLE_SHEET).read_text(encoding="utf-8")
        template = re.sub(r"/\*.*?\*/", "", template, flags=re.DOTALL)
        # Qt draws square corners as soon as a radius is more than half the height.
        tokens = {**self._tokens.as_dict(), "round": f"{self.px(RADIO_BUTTON) // 2 + 1}px"}
        sheet = re.sub(r"drawing\((\w+), (\w+)\)", lambda m: self._drawing(m[1], tokens[m[2]]), template)
        sheet = re.sub(r"\$(\w+)", lambda m: tokens[m[1]], sheet)
        return re.sub(r"@(\d+)", lambda m: f"{self.px(int(m[1]))}px", sheet)

    def _drawing(self, name: str, colour: str) -> str:
        """Return ``url(…)`` of a tinted drawing: style sheets take images only from files."""
        file = Path(self._drawings.filePath(f"{name}-{colour.lstrip('#')}.svg"))
        if not file.exists():
            drawing = resources.path("icons", f"{name}.svg").read_text(encoding="utf-8")
            file.write_text(drawing.replace("<svg ", f'<svg fill="{colour}" ', 1), encoding="utf-8")
        return f'url("{file.as_posix()}")'


def theme() -> Theme:
    """Return the application's Theme; the first call makes it (not yet applied).

    Raises ``RuntimeError`` when there is no QApplication.
    """
    global _found
    # A page asks some hundred times while it is made; to look among the application's children takes it 4 ms.
    if _found is not None and shiboken6.isValid(_found):
        return _found
    app = cast("QApplication | None", QApplication.instance())
    if app is None:
        raise RuntimeError("There is no QApplication yet, so there is no theme. Make the application first.")
    _found = app.findChild(Theme, options=Qt.FindChildOption.FindDirectChildrenOnly) or Theme(app)
    return _found


def load_bundled_fonts() -> None:
    """Make Inter known to Qt; a second call changes nothing."""
    if FAMILY in QFontDatabase.families():
        return
    for file in sorted(resources.path("fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))


def make_palette(tokens: Tokens) -> QPalette:
    """Return the palette for everything that the style sheet does not paint."""
    role = QPalette.ColorRole
    palette = QPalette()
    for group, token in (
        (role.Window, "canvas"),
        (role.WindowText, "fg"),
        (role.Base, "surface"),
        (role.AlternateBase, "subtle"),
        (role.Text, "fg"),
        (role.Button, "surface"),
        (role.ButtonText, "fg"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "fg"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.Accent, "accent"),
        (role.Link, "accent_text"),
        (role.LinkVisited, "accent_text"),
        (role.PlaceholderText, "fg3"),
        (role.Light, "raised"),
        (role.Midlight, "hover"),
        (role.Mid, "border_strong"),
        (role.Dark, "border_strong"),
        (role.Shadow, "border_strong"),
        (role.BrightText, "err"),
    ):
        palette.setColor(group, QColor(tokens.colour(token)))
    for group in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, group, QColor(tokens.fg_disabled))
    return palette
