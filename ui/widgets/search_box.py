"""The search field of a list."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.icons import icon
from ui.theme import theme
from ui.widgets.buttons import tooltip_with_shortcut

__all__ = ["SearchBox"]

DEBOUNCE_MS = 150
WIDTH = 220


class SearchBox(QLineEdit):
    """A field that tells ``search_changed`` 150 ms after the last key, or at once on Enter; Esc empties it."""

    search_changed = Signal(str)

    def __init__(
        self, placeholder: str = "Search", shortcut: str = "F3", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._told = ""
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DEBOUNCE_MS)
        self._wait.timeout.connect(self._tell)
        self.setProperty("search", True)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setToolTip(tooltip_with_shortcut(placeholder, shortcut))
        self._glass = self.addAction(icon("search", "fg3", 16), QLineEdit.ActionPosition.LeadingPosition)
        self._cross = self.addAction(icon("dismiss", "fg2", 16), QLineEdit.ActionPosition.TrailingPosition)
        self._cross.setToolTip("Clear search")
        self._cross.triggered.connect(self.clear_search)
        self._cross.setVisible(False)
        self.textChanged.connect(self._on_text)
        self._retheme()
        theme().changed.connect(self._retheme)

    def clear_search(self) -> None:
        """Empty the field and tell so at once."""
        self.clear()
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear_search()
            return
        super().keyPressEvent(event)

    def _on_text(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        self._wait.start()

    def _tell(self) -> None:
        self._wait.stop()
        wanted = self.text().strip()
        if wanted != self._told:
            self._told = wanted
            self.search_changed.emit(wanted)

    def _retheme(self) -> None:
        self.setFont(theme().font("body"))
        self._glass.setIcon(icon("search", "fg3", theme().px(16)))
        self._cross.setIcon(icon("dismiss", "fg2", theme().px(16)))
        self.setMinimumWidth(theme().px(WIDTH // 2))
        self.setMaximumWidth(theme().px(WIDTH * 2))
