"""What stands beside the rows of a run: the row that the keyboard is on, and the causes of errors."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from ui.import_results.causes_pane import CausesPane
from ui.import_results.record_pane import RecordPane
from ui.theme import theme
from ui.widgets.card import Card

__all__ = ["SidePane"]

WIDTH = 320
_RECORD, _CAUSES = 0, 1
_BY_CAUSE = "Errors by cause"


class SidePane(Card):
    """Two tabs: Row and Errors by cause."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.record = RecordPane()
        self.causes = CausesPane()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Row or causes")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Row")
        self.tabs.addTab(_BY_CAUSE)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.record)
        self._stack.addWidget(self.causes)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.causes.keyboard_left.connect(self._take_keyboard)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._stack, 1)
        self.setAccessibleName("Row and causes of errors")
        theme().changed.connect(self._retheme_pane)
        self._retheme_pane()

    def show_record_tab(self) -> None:
        """Bring the row to the front."""
        self.tabs.setCurrentIndex(_RECORD)

    def show_causes_tab(self) -> None:
        """Bring the causes to the front."""
        self.tabs.setCurrentIndex(_CAUSES)

    def set_cause_count(self, count: int) -> None:
        """Say how many causes there are."""
        self.tabs.setTabText(_CAUSES, f"{_BY_CAUSE} {count:,}" if count else _BY_CAUSE)

    def _take_keyboard(self) -> None:
        self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retheme_pane(self) -> None:
        self.setFixedWidth(theme().px(WIDTH))
        self.tabs.setFont(theme().font("body"))
