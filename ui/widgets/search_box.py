"""The search field of a list."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.later import later
from ui.theme import theme
from ui.widgets.buttons import IconButton, tooltip_with_shortcut
from ui.widgets.labels import IconLabel

__all__ = ["SearchBox"]

DEBOUNCE_MS = 150
WIDTH, SMALLEST_WIDTH = 220, 120
ICON, CROSS = 16, 24


class SearchBox(QLineEdit):
    """A field that tells ``search_changed`` soon after the last key, or at once on Enter; Esc empties it.

    ``wait_ms``: how long after the last key, in milliseconds.
    """

    search_changed = Signal(str)

    def __init__(
        self,
        placeholder: str = "Search",
        shortcut: str = "F3",
        parent: QWidget | None = None,
        *,
        wait_ms: int = DEBOUNCE_MS,
    ) -> None:
        super().__init__(parent)
        self._told = ""
        self._wait = later(self, wait_ms, self.search_now)
        self.setProperty("search", True)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setToolTip(tooltip_with_shortcut(placeholder, shortcut))
        self._glass = IconLabel("search", "fg3", ICON, parent=self)
        self._glass.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clear_button = IconButton("dismiss", "Clear search", size=ICON, parent=self)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clear_button.setCursor(Qt.CursorShape.ArrowCursor)
        self.clear_button.clicked.connect(self.clear_search)
        self.clear_button.hide()
        self.textChanged.connect(self._on_text)
        self._retheme()
        theme().changed.connect(self._retheme)

    def clear_search(self) -> None:
        """Empty the field and tell so at once."""
        self.clear()
        self.search_now()

    def search_now(self) -> None:
        """Tell the text at once, unless it is the one that was told last."""
        self._wait.stop()
        wanted = self.text().strip()
        if wanted != self._told:
            self._told = wanted
            self.search_changed.emit(wanted)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(WIDTH), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(SMALLEST_WIDTH), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.search_now()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear_search()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _on_text(self, text: str) -> None:
        self.clear_button.setVisible(bool(text))
        self._wait.start()

    def _place(self) -> None:
        px = theme().px
        self._glass.move(px(8), (self.height() - self._glass.height()) // 2)
        side = px(CROSS)
        self.clear_button.setGeometry(self.width() - side - px(3), (self.height() - side) // 2, side, side)

    def _retheme(self) -> None:
        px = theme().px
        self.setFont(theme().font("body"))
        self.setTextMargins(px(22), 0, px(CROSS), 0)
        self._place()
