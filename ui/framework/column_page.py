"""A page that is one column of widgets, which scrolls."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.framework.page import Page
from ui.theme import theme
from ui.widgets.scroller import Scroller

GAP: Final = 12


class ColumnPage(Page):
    """A page calls `fill` once it has its widgets."""

    _column: QVBoxLayout
    _content: QWidget
    _scroll: Scroller

    def fill(self, *widgets: QWidget, growing: QWidget | None = None) -> None:
        """Put widgets one under the other.

        Args:
            growing: stands last and takes the room that is left; None leaves that empty.
        """
        self._content = QWidget()
        self._content.setProperty("plain", True)
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self._column.addWidget(widget)
        if growing is None:
            self._column.addStretch(1)
        else:
            self._column.addWidget(growing, 1)
        self._scroll = Scroller(self._content)
        self.body.addWidget(self._scroll, 1)
        theme().changed.connect(self.rescale)
        self.rescale()

    def rescale(self) -> None:
        """The size of text and controls is another one."""
        self._column.setSpacing(theme().px(GAP))
