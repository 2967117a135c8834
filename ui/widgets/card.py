"""White frames: around a table, or with a title row around a part of a page."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.labels import ElidedLabel

__all__ = ["Card", "Frame"]

PADDING = 16


class Frame(QFrame):
    """The frame around widgets that fill it, one below the other."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.setProperty("card", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        for widget in widgets:
            column.addWidget(widget)


class Card(QFrame):
    """A frame with an optional title, widgets at the right of the title, and a ``body`` to fill.

    With ``flush`` the body reaches the frame's edges, as a list wants it.
    """

    def __init__(self, title: str = "", *, flush: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flush = flush
        self.setProperty("card", True)
        self.title_label = ElidedLabel(title, "subtitle")
        self.title_label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.header = QHBoxLayout()
        self.header.addWidget(self.title_label)
        self.header.addStretch(1)
        self.body = QVBoxLayout()
        self._outer = QVBoxLayout(self)
        self._outer.addLayout(self.header)
        self._outer.addLayout(self.body, 1)
        self.set_title(title)
        self._retheme()
        theme().changed.connect(self._retheme)

    def set_title(self, title: str) -> None:
        """Show another title; "" shows none."""
        self.title_label.setText(title)
        self.title_label.setVisible(bool(title))
        self.setAccessibleName(title)

    def add_header_widget(self, widget: QWidget) -> None:
        """Put a widget at the right end of the title row."""
        self.header.addWidget(widget)

    def _retheme(self) -> None:
        px = theme().px
        side = 1 if self._flush else px(PADDING)
        self._outer.setContentsMargins(side, px(12), side, 1 if self._flush else px(12))
        self._outer.setSpacing(px(4 if self._flush else 8))
        self.header.setSpacing(px(8))
        self.header.setContentsMargins(px(15) if self._flush else 0, 0, px(11) if self._flush else 0, 0)
        self.body.setSpacing(px(8))
