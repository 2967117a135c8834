"""The field of the Data Search page, and the words beside it that say how far the search is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.data_search.moving_dots import MovingDots
from ui.later import SIGN_AFTER_MS, later
from ui.theme import theme
from ui.widgets.labels import ElidedLabel
from ui.widgets.search_box import SearchBox

PAUSE_MS: Final = 300
WIDTH: Final = 480


class SearchField(SearchBox):
    """Searches on Enter or after a pause; Enter and Down go to the results.

    Signals:
        results_wanted: the keyboard wants to go to the results.
    """

    results_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Search company data", parent=parent, wait_ms=PAUSE_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.search_now()
            self.results_wanted.emit()


class SearchStatus(QWidget):
    """Says how far the search is while it lasts, and what has come of it then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.dots = MovingDots()
        self.label = ElidedLabel("", "caption", "fg2", tabular=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        row.addWidget(self.dots)
        row.addWidget(self.label, 1)
        self.dots.hide()
        self._quiet = later(self, SIGN_AFTER_MS, self._show_progress)
        self.setProperty("plain", True)

    def progress(self, ended: int, tables: int) -> None:
        """The search is so far; told only when it has lasted for a while."""
        self._words = f"Searching… {ended} of {tables} tables"
        if self.dots.isVisibleTo(self):
            self.label.setText(self._words)
        elif not self._quiet.isActive():
            self._quiet.start()

    def say(self, words: str) -> None:
        """The search has ended, or there is none."""
        self._quiet.stop()
        self.dots.hide()
        self.label.setText(words)

    def _show_progress(self) -> None:
        self.dots.show()
        self.label.setText(self._words)
