"""The colours, type sizes and measures of the look; every other module takes them from here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from PySide6.QtGui import QColor, QPalette

__all__ = ["DARK", "LIGHT", "TYPE", "Tokens", "high_contrast_tokens", "mix"]

TYPE: dict[str, tuple[int, int]] = {
    "caption": (12, 400),
    "caption_strong": (12, 500),
    "body": (13, 400),
    "body_strong": (13, 600),
    "subtitle": (15, 600),
    "title": (22, 600),
    "display": (34, 600),
}
"""Role of a text → (height in px at 100 %, weight)."""


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme, as ``#RRGGBB``; the names say what a colour is for, not what it is."""

    name: str
    canvas: str
    surface: str
    subtle: str
    raised: str
    hover: str
    pressed: str
    selected: str
    border: str
    border_strong: str
    border_input: str
    fg: str
    fg2: str
    fg3: str
    fg_disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_tint: str
    accent_text: str
    topbar: str
    topbar_fg: str
    topbar_fg2: str
    topbar_field: str
    topbar_border: str
    avatar: str
    on_avatar: str
    badge: str
    on_badge: str
    info: str
    info_bg: str
    ok: str
    ok_bg: str
    warn: str
    warn_bg: str
    err: str
    err_bg: str
    idle: str
    idle_bg: str
    chart1: str
    chart2: str
    grid: str
    skeleton: str

    def colour(self, token: str) -> str:
        """Return the colour that a token names; a ``#RRGGBB`` is given back as it is."""
        if token.startswith("#"):
            return token
        return str(getattr(self, token))

    def line(self, tone: str) -> str:
        """Return the border that belongs to a tinted area of this tone (info, ok, warn, err, idle)."""
        return mix(self.colour(f"{tone}_bg"), self.colour(tone), 0.28)

    def as_dict(self) -> dict[str, str]:
        """Return all tokens, and the derived ones (``warn_line`` and its like), by name."""
        derived = {f"{tone}_line": self.line(tone) for tone in ("info", "ok", "warn", "err", "idle")}
        return {**asdict(self), **derived}


LIGHT = Tokens(
    name="light",
    canvas="#F4F6F8",
    surface="#FFFFFF",
    subtle="#F7F9FA",
    raised="#FFFFFF",
    hover="#F0F3F6",
    pressed="#E5EAEE",
    selected="#E3F2F3",
    border="#E1E6EB",
    border_strong="#CBD3DB",
    border_input="#838D98",
    fg="#181C20",
    fg2="#4B5661",
    fg3="#646F7A",
    fg_disabled="#A3ABB3",
    accent="#0A7480",
    accent_hover="#08626C",
    accent_pressed="#065058",
    on_accent="#FFFFFF",
    accent_tint="#E3F2F3",
    accent_text="#08626C",
    topbar="#0B4F57",
    topbar_fg="#FFFFFF",
    topbar_fg2="#B9D6D9",
    topbar_field="#0E626B",
    topbar_border="#2B7780",
    avatar="#F2C572",
    on_avatar="#3A2A05",
    badge="#F5B942",
    on_badge="#2A1E02",
    info="#0B5CAD",
    info_bg="#E8F1FB",
    ok="#0F6B3A",
    ok_bg="#E4F4EA",
    warn="#8A4B00",
    warn_bg="#FDF1DC",
    err="#B3261E",
    err_bg="#FCEBEA",
    idle="#4B5661",
    idle_bg="#EDF0F3",
    chart1="#0A7480",
    chart2="#D5DEE4",
    grid="#E8ECEF",
    skeleton="#E5EAEE",
)

DARK = Tokens(
    name="dark",
    canvas="#121518",
    surface="#1B1F23",
    subtle="#20252A",
    raised="#23292E",
    hover="#262C32",
    pressed="#2F363D",
    selected="#13363A",
    border="#2B3238",
    border_strong="#3B444C",
    border_input="#7C8791",
    fg="#ECEFF1",
    fg2="#B1BAC2",
    fg3="#929CA6",
    fg_disabled="#5E6871",
    accent="#3BB8C3",
    accent_hover="#5AC8D2",
    accent_pressed="#2FA3AD",
    on_accent="#04282C",
    accent_tint="#13363A",
    accent_text="#62CDD6",
    topbar="#0B2B30",
    topbar_fg="#ECF6F7",
    topbar_fg2="#9DBDC1",
    topbar_field="#123E44",
    topbar_border="#28575E",
    avatar="#F2C572",
    on_avatar="#3A2A05",
    badge="#F5B942",
    on_badge="#2A1E02",
    info="#7DB8F5",
    info_bg="#12273B",
    ok="#6BCF95",
    ok_bg="#11301F",
    warn="#F0BE5B",
    warn_bg="#37290E",
    err="#FF938A",
    err_bg="#3B1917",
    idle="#B1BAC2",
    idle_bg="#2A3037",
    chart1="#2E9AA4",
    chart2="#39434B",
    grid="#272D33",
    skeleton="#2A3037",
)


def mix(first: str, second: str, share: float) -> str:
    """Return the colour that lies ``share`` (0 to 1) of the way from the first to the second."""
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    ).name()


def high_contrast_tokens(base: Tokens, palette: QPalette) -> Tokens:
    """Return ``base`` without its tints, in the colours that the person has set in the operating system."""

    def of(role: QPalette.ColorRole) -> str:
        return palette.color(role).name()

    window, text = of(QPalette.ColorRole.Window), of(QPalette.ColorRole.WindowText)
    surface, highlight = of(QPalette.ColorRole.Base), of(QPalette.ColorRole.Highlight)
    on_highlight, link = of(QPalette.ColorRole.HighlightedText), of(QPalette.ColorRole.Link)
    flat = dict.fromkeys(
        (
            "surface",
            "subtle",
            "raised",
            "hover",
            "pressed",
            "info_bg",
            "ok_bg",
            "warn_bg",
            "err_bg",
            "idle_bg",
        ),
        surface,
    )
    ink = dict.fromkeys(
        ("border", "border_strong", "border_input", "fg", "fg2", "fg3", "info", "ok", "warn", "err", "idle"),
        text,
    )
    chosen = dict.fromkeys(("accent", "accent_hover", "accent_pressed", "chart1"), highlight)
    bar = {"topbar": window, "topbar_field": surface, **dict.fromkeys(("topbar_fg", "topbar_fg2"), text)}
    return replace(
        base,
        **flat,
        **ink,
        **chosen,
        **bar,
        name="contrast",
        canvas=window,
        topbar_border=text,
        on_accent=on_highlight,
        accent_text=link,
        selected=surface,
        accent_tint=surface,
        chart2=surface,
        grid=mix(surface, text, 0.3),
        skeleton=mix(surface, text, 0.3),
    )
