"""What a list shows when it has nothing to show, and what can be done about it."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label

__all__ = ["EmptyKind", "EmptyState"]

ICON_SIZE = 40
TEXT_WIDTH = 420


class EmptyKind(Enum):
    """Why there is nothing: the first use, a filter that matches nothing, all done, or a failure."""

    FIRST_USE = "first use"
    NO_MATCH = "no match"
    ALL_DONE = "all done"
    FAILED = "failed"


ICONS: dict[EmptyKind, tuple[str, str]] = {
    EmptyKind.FIRST_USE: ("add", "accent"),
    EmptyKind.NO_MATCH: ("filter_dismiss", "fg3"),
    EmptyKind.ALL_DONE: ("checkmark_circle", "ok"),
    EmptyKind.FAILED: ("error_circle", "err"),
}


class EmptyState(QWidget):
    """A drawing, one line, at most one sentence more, a primary action and a link."""

    action_triggered = Signal()
    link_triggered = Signal()

    def __init__(
        self,
        kind: EmptyKind,
        line: str,
        *,
        detail: str = "",
        action: str = "",
        link: str = "",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        drawing, token = ICONS[kind]
        self._icon = IconLabel(icon or drawing, token, ICON_SIZE)
        self._line = Label("", "subtitle", wrap=True)
        self._detail = Label("", "body", "fg2", wrap=True)
        for text in (self._line, self._detail):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action_button = Button("", "primary" if kind is EmptyKind.FIRST_USE else "default")
        self.action_button.clicked.connect(self.action_triggered)
        self.link_button = Button("", "link")
        self.link_button.clicked.connect(self.link_triggered)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.action_button)
        self._buttons.addWidget(self.link_button)
        self._buttons.addStretch(1)
        self._host = QWidget()
        self._host.setProperty("plain", True)
        self._column = QVBoxLayout(self._host)
        self._column.addStretch(1)
        self._column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self._line)
        self._column.addWidget(self._detail)
        self._column.addLayout(self._buttons)
        self._column.addStretch(2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._host, 1000)
        row.addStretch(1)
        self.show_state(kind, line, detail=detail, action=action, link=link, icon=icon)
        self._retheme()
        theme().changed.connect(self._retheme)

    @property
    def kind(self) -> EmptyKind:
        """Why there is nothing."""
        return self._kind

    def show_state(
        self,
        kind: EmptyKind,
        line: str,
        *,
        detail: str = "",
        action: str = "",
        link: str = "",
        icon: str = "",
    ) -> None:
        """Show another reason, with its words and actions; "" leaves a part out, and without a line all is blank."""
        self._kind = kind
        drawing, token = ICONS[kind]
        self._icon.set_icon(icon or drawing, token)
        self._icon.setVisible(bool(line))
        self.action_button.set_kind("primary" if kind is EmptyKind.FIRST_USE else "default")
        for widget, text in (
            (self._line, line),
            (self._detail, detail),
            (self.action_button, action),
            (self.link_button, link),
        ):
            widget.setText(text)
            widget.setVisible(bool(text))
        self.setAccessibleName(f"{line} {detail}".strip())

    def _retheme(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(24), px(24), px(24), px(24))
        self._column.setSpacing(px(8))
        self._host.setMaximumWidth(px(TEXT_WIDTH))
