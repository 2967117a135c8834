"""Room that scrolls: what is in it has the keyboard, not the room itself."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scroller(QScrollArea):
    """Scrolls `content` up and down; its width is the room's.

    It is no stop for Tab: the controls in it are, and they come into sight when they get the keyboard.
    """

    def __init__(self, content: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if content is not None:
            self.setWidget(content)

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll as little as shows all of a widget, from its top where it is higher than the room."""
        content, bar = self.widget(), self.verticalScrollBar()
        if content is None:
            return
        top = widget.mapTo(content, QPoint()).y()
        beyond = top + widget.height() - self.viewport().height()
        bar.setValue(min(max(bar.value(), beyond), top))
