"""The actions of a page, as data and as a row of buttons; what does not fit stands under "More"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSizePolicy, QWidget

from ui.icons import follow_icon
from ui.theme import theme
from ui.widgets.buttons import Button, tooltip_with_shortcut


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do on a page.

    Args:
        key: its name in the program, unique on its page.
        text: a verb first, e.g. "Put on hold".
        icon: its drawing.
        handler: what it does.
        shortcut: e.g. "Alt+N"; works while the page is in front.
        enabled: whether it can be done when the page opens.
        shown: False for an action that only has a shortcut and a line in Tell Me.
        primary: at most one per page, filled with the accent colour.
    """

    key: str
    text: str
    icon: str
    handler: Callable[[], None]
    shortcut: str = ""
    enabled: bool = True
    shown: bool = True
    primary: bool = False


class CommandBar(QWidget):
    """The shown actions as buttons, in their order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, Button] = {}
        self._actions: dict[str, QAction] = {}
        self._came_from: QWidget | None = None  # where the keyboard was before it came here
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._more = Button("More", "ghost", "more_horizontal")
        self._more.setAccessibleName("More actions")
        self._menu = QMenu(self._more)
        self._more.setMenu(self._menu)
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Actions")
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)
        theme().changed.connect(self._retheme)
        self._retheme()

    def set_actions(self, actions: Sequence[Action]) -> None:
        """Show these actions in place of those before."""
        for key in list(self._buttons):
            self._buttons.pop(key).deleteLater()
            self._actions.pop(key).deleteLater()
        self._menu.clear()
        before: QWidget = self._more
        for place, action in enumerate(action for action in actions if action.shown):
            made = Button(action.text, "primary" if action.primary else "ghost", action.icon, parent=self)
            made.setToolTip(tooltip_with_shortcut(action.text, action.shortcut))
            made.setEnabled(action.enabled)
            made.clicked.connect(action.handler)
            entry = QAction(action.text, self)
            follow_icon(entry, action.icon)
            entry.setEnabled(action.enabled)
            entry.triggered.connect(action.handler)
            if action.shortcut:
                entry.setShortcut(QKeySequence(action.shortcut))
                entry.setShortcutContext(
                    Qt.ShortcutContext.WidgetShortcut
                )  # only shown here; the page listens
            self._buttons[action.key], self._actions[action.key] = made, entry
            self._row.insertWidget(place, made)
            # Made after the page's fields, but read before them: Tab goes as people read.
            QWidget.setTabOrder(before, made)
            before = made
        self.setVisible(bool(self._buttons))
        self._fit()

    def set_enabled(self, key: str, enabled: bool) -> None:
        """Allow or forbid one action; a key without a button is no error."""
        if key in self._buttons:
            if not enabled and self._buttons[key].hasFocus():
                self._give_back_focus()
            self._buttons[key].setEnabled(enabled)
            self._actions[key].setEnabled(enabled)

    def button(self, key: str) -> Button:
        """The button of an action.

        Raises:
            KeyError: when the action is not shown.
        """
        return self._buttons[key]

    def sizeHint(self) -> QSize:
        return QSize(self._row.sizeHint().width(), theme().px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._more.sizeHint().width(), theme().px(32))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None and now in self._buttons.values() and not self.isAncestorOf(before):
            self._came_from = before

    def _give_back_focus(self) -> None:
        """Lead the keyboard back, else Qt would put it on the next button, where Space does something else."""
        before = self._came_from
        if before is not None and shiboken6.isValid(before) and before.isVisible() and before.isEnabled():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        gap = self._row.spacing()
        widths = {key: made.sizeHint().width() + gap for key, made in self._buttons.items()}
        room = self.width()
        if sum(widths.values()) > room:
            room -= self._more.sizeHint().width() + gap
        self._menu.clear()
        for key, width in widths.items():
            room -= width
            fits = room >= 0
            self._buttons[key].setVisible(fits)
            if not fits:
                room = -1
                self._menu.addAction(self._actions[key])
        self._more.setVisible(not self._menu.isEmpty())

    def _retheme(self) -> None:
        self._row.setSpacing(theme().px(2))
        self.setFixedHeight(theme().px(32))
        self._fit()
