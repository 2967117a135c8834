"""The drawings of the icons (Fluent System Icons), tinted in a colour of the theme."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

import resources
from ui.theme import theme

__all__ = ["follow_icon", "icon", "pixmap"]


def pixmap(name: str, color: str, size: int = 20, filled: bool = False, dpr: float | None = None) -> QPixmap:
    """Return the drawing ``name`` (e.g. "add") in ``color`` (a token or ``#RRGGBB``).

    ``size`` is in px of the screen's logical unit, ``dpr`` the device pixel ratio (default: the main screen's).
    Raises ``FileNotFoundError`` when no drawing has this name.
    """
    if dpr is None:
        screen = QGuiApplication.primaryScreen()
        dpr = screen.devicePixelRatio() if screen else 1.0
    return _tinted(name, theme().tokens.colour(color), size, filled, dpr)


def icon(name: str, token: str = "fg2", size: int = 20, filled: bool = False) -> QIcon:
    """Return the drawing as an icon of the colours that hold now; grey while its control is disabled.

    The icon keeps these colours: for a control that stays on the screen, use ``follow_icon``.
    """
    result = QIcon()
    for dpr in {screen.devicePixelRatio() for screen in QGuiApplication.screens()}:
        result.addPixmap(pixmap(name, token, size, filled, dpr), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, "fg_disabled", size, filled, dpr), QIcon.Mode.Disabled)
    return result


def follow_icon(
    target: QAbstractButton | QAction, name: str, token: str = "fg2", size: int = 20, filled: bool = False
) -> None:
    """Give a button or action an icon that follows the theme and the scale; a second call replaces the first."""
    for old in target.findChildren(_Follower, options=Qt.FindChildOption.FindDirectChildrenOnly):
        old.retarget(name, token, size, filled)
        return
    _Follower(target, name, token, size, filled)


class _Follower(QObject):
    """Renews the icon of its parent whenever the theme becomes another."""

    def __init__(
        self, target: QAbstractButton | QAction, name: str, token: str, size: int, filled: bool
    ) -> None:
        super().__init__(target)
        self._wanted = (name, token, size, filled)
        self.renew()
        theme().changed.connect(self.renew)

    def retarget(self, name: str, token: str, size: int, filled: bool) -> None:
        self._wanted = (name, token, size, filled)
        self.renew()

    def renew(self) -> None:
        name, token, size, filled = self._wanted
        side = theme().px(size)
        target = cast("QAbstractButton | QAction", self.parent())
        target.setIcon(icon(name, token, side, filled))
        if isinstance(target, QAbstractButton):
            target.setIconSize(QSize(side, side))


def _tinted(name: str, colour: str, size: int, filled: bool, dpr: float) -> QPixmap:
    key = f"backdesk {name} {colour} {size} {filled} {dpr}"
    image = QPixmap()
    if QPixmapCache.find(key, image):
        return image
    svg = _drawing(f"{name}_20_{'filled' if filled else 'regular'}.svg")
    svg = svg.replace("<svg ", f'<svg fill="{colour}" ', 1)
    image = QPixmap(round(size * dpr), round(size * dpr))
    image.setDevicePixelRatio(dpr)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    QPixmapCache.insert(key, image)
    return image


@lru_cache(maxsize=512)
def _drawing(file: str) -> str:
    return resources.path("icons", file).read_text(encoding="utf-8")
