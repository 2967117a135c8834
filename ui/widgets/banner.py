"""Banners at the top of a page: something about this page or record that a person should see to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.buttons import Button, IconButton
from ui.widgets.labels import ElidedLabel, IconLabel

__all__ = ["Banner", "BannerBar", "Severity"]

Severity = Literal["info", "ok", "warn", "err"]

ICONS: dict[str, tuple[str, str]] = {
    "info": ("info", "Information"),
    "ok": ("checkmark_circle", "Success"),
    "warn": ("warning", "Warning"),
    "err": ("error_circle", "Error"),
}
HEIGHT = 44
MOST_ACTIONS = 2


class Banner(QFrame):
    """One message: a bold title, a sentence, at most two actions, and a cross.

    ``actions`` are pairs of a key and the words on the button. Raises ``ValueError`` for more than two.
    """

    action_triggered = Signal(str)
    closed = Signal()

    def __init__(
        self,
        severity: Severity,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, str]] = (),
        *,
        closable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if len(actions) > MOST_ACTIONS:
            raise ValueError(f"A banner has at most {MOST_ACTIONS} actions, not {len(actions)}.")
        self._severity: Severity = severity
        self._title, self._sentence = title, text
        self.setProperty("banner", severity)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        icon, spoken = ICONS[severity]
        self.setAccessibleName(f"{spoken}: {title} {text}".strip())
        self._row.addWidget(IconLabel(icon, severity, 20, filled=True, name_for_readers=spoken))
        self.title_label = ElidedLabel(title, "body_strong", "fg")
        self.title_label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.text_label = ElidedLabel(text, "body", "fg")
        self._row.addWidget(self.title_label)
        self._row.addWidget(self.text_label, 1)
        self.buttons: dict[str, Button] = {}
        for key, words in actions:
            self.buttons[key] = self._add_action(key, words)
        self.close_button = IconButton("dismiss", f"Close: {title}", size=16)
        self.close_button.setToolTip("Close")
        self.close_button.clicked.connect(self.closed)
        self._row.addWidget(self.close_button)
        self.close_button.setVisible(closable)
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def severity(self) -> Severity:
        """info, ok, warn or err."""
        return self._severity

    @property
    def words(self) -> str:
        """Title and sentence."""
        return f"{self._title} {self._sentence}".strip()

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return self.accessibleName()

    def _add_action(self, key: str, words: str) -> Button:
        made = Button(words, small=True)
        made.setObjectName(key)
        made.clicked.connect(self._on_action)
        self._row.addWidget(made)
        return made

    def _on_action(self) -> None:
        self.action_triggered.emit(self.sender().objectName())

    def _retheme(self) -> None:
        px = theme().px
        self.setMinimumHeight(px(HEIGHT))
        self._row.setContentsMargins(px(12), px(7), px(6), px(7))
        self._row.setSpacing(px(10))


class BannerBar(QWidget):
    """The banners of a page: the newest is visible, "2 more" shows the others.

    It takes no room while it is empty. ``action_triggered`` gives the banner's key and the action's key.
    """

    action_triggered = Signal(str, str)
    closed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[str, Banner] = {}
        self._expanded = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._more = Button("", "link", "chevron_down", small=True)
        self._more.clicked.connect(self._toggle)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()

    def shown(self) -> list[tuple[Severity, str]]:
        """Severity and words of each banner, newest first."""
        return [(self._banners[key].severity, self._banners[key].words) for key in self.keys]

    @property
    def keys(self) -> list[str]:
        """The keys of the banners that are there, newest first."""
        return list(reversed(self._banners))

    def show_banner(
        self,
        key: str,
        severity: Severity,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, str]] = (),
        *,
        closable: bool = True,
    ) -> Banner:
        """Show a banner; one with the same key is replaced. It stays until it is closed or removed."""
        self.remove(key)
        banner = Banner(severity, title, text, actions, closable=closable)
        banner.setObjectName(key)
        banner.action_triggered.connect(self._on_action)
        banner.closed.connect(self._on_closed)
        self._banners[key] = banner
        self._column.insertWidget(0, banner)
        self._arrange()
        announce(self, banner.spoken, assertive=severity == "err")
        return banner

    def remove(self, key: str) -> None:
        """Take a banner away because its cause is gone; an unknown key is no error."""
        banner = self._banners.pop(key, None)
        if banner is None:
            return
        self._column.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self._arrange()

    def clear(self) -> None:
        """Take all banners away."""
        for key in self.keys:
            self.remove(key)

    def _on_action(self, action: str) -> None:
        self.action_triggered.emit(self.sender().objectName(), action)

    def _on_closed(self) -> None:
        key = self.sender().objectName()
        self.remove(key)
        self.closed.emit(key)

    def _toggle(self) -> None:
        self._expanded = not self._expanded
        self._arrange()

    def _arrange(self) -> None:
        others = len(self._banners) - 1
        if others < 1:
            self._expanded = False
        for place, key in enumerate(self.keys):
            self._banners[key].setVisible(place == 0 or self._expanded)
        self._more.setVisible(others > 0)
        self._more.setText("Show fewer" if self._expanded else f"{others} more")
        self._more.set_icon("chevron_up" if self._expanded else "chevron_down")
        self.setVisible(bool(self._banners))

    def _retheme(self) -> None:
        self._column.setSpacing(theme().px(4))
