"""Push buttons and tool buttons in the kinds of the look, with icons that follow the theme."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from ui.icons import follow_icon
from ui.theme import theme
from ui.widgets.labels import set_style_property

__all__ = [
    "Button",
    "ButtonKind",
    "IconButton",
    "click_once",
    "tooltip_with_shortcut",
]

ButtonKind = Literal["default", "primary", "ghost", "link", "danger"]

ICON_TOKEN: dict[str, str] = {
    "default": "fg2",
    "primary": "on_accent",
    "ghost": "accent_text",
    "link": "accent_text",
    "danger": "err",
}
ICON_SIZE = 18
TOOL_ICON_SIZE = 20


class Button(QPushButton):
    """A push button of one of the kinds; its icon takes the colour of the kind and of the theme."""

    def __init__(
        self,
        text: str,
        kind: ButtonKind = "default",
        icon: str = "",
        *,
        shortcut: str = "",
        bind: bool = False,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind: ButtonKind = kind
        self._icon_name = icon
        self._was_pressed = False
        self.setProperty("kind", kind)
        self.setProperty("small", small)
        self.setAutoDefault(False)
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if shortcut:
            self.setToolTip(tooltip_with_shortcut(text, shortcut))
            if bind:
                self.setShortcut(QKeySequence(shortcut))
        self.set_icon(icon)
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def kind(self) -> ButtonKind:
        """How the button looks."""
        return self._kind

    def set_kind(self, kind: ButtonKind) -> None:
        """Give the button another look."""
        self._kind = kind
        set_style_property(self, "kind", kind)
        self.set_icon(self._icon_name)

    def set_icon(self, name: str) -> None:
        """Show a drawing before the text; "" keeps what is there."""
        self._icon_name = name
        if name:
            follow_icon(self, name, ICON_TOKEN[self._kind], ICON_SIZE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            click_once(self, event)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._was_pressed = True
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click of a double click may have brought this button to where another one stood.
        if self._was_pressed:
            super().mousePressEvent(event)
        self._was_pressed = False

    def hideEvent(self, event: QHideEvent) -> None:
        self._was_pressed = False
        super().hideEvent(event)

    def _retheme(self) -> None:
        self.setFont(theme().font("body"))


class IconButton(QToolButton):
    """A button that is only a drawing; its name is what screen readers say and the tooltip shows."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        shortcut: str = "",
        token: str = "fg2",
        size: int = TOOL_ICON_SIZE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._token = token
        self._size = size
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setToolTip(tooltip_with_shortcut(name, shortcut))
        follow_icon(self, icon, token, size)

    def set_icon(self, name: str) -> None:
        """Show another drawing."""
        follow_icon(self, name, self._token, self._size)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            click_once(self, event)
        else:
            super().keyPressEvent(event)


def click_once(button: QAbstractButton, event: QKeyEvent) -> None:
    """Click a button for Enter; while the key is held down it counts once, or it would answer what comes next too."""
    if not event.isAutoRepeat():
        button.click()


def tooltip_with_shortcut(text: str, shortcut: str) -> str:
    """Return the tooltip of an action, e.g. "New (Alt+N)", the keys as this platform writes them."""
    text = text.replace("&", "")
    if not shortcut:
        return text
    keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text} ({keys})"
