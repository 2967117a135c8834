"""The panes beside a list: filters at its left, FactBoxes at its right, and the buttons that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.framework.filter_pane import FilterPane
from ui.framework.part import Part
from ui.theme import theme
from ui.widgets.buttons import IconButton

FACT_WIDTH: Final = 300
BOTH_PANES: Final = 1600  # px of window width that hold list, filters and FactBoxes
FACTS_BESIDE: Final = 1200  # px of page width from which FactBoxes are shown unasked


class ListPanes(QWidget):
    """Filters, list and FactBoxes side by side; where there is no room for all, the last one asked for stays.

    Put `filter_button` and `facts_button` where the page has its tools. `list_wanted` tells that the keyboard
    belongs to the list again.
    """

    list_wanted = Signal()

    def __init__(self, filter_pane: FilterPane, main: QWidget, parts: Sequence[Part]) -> None:
        super().__init__()
        self.setProperty("plain", True)
        self._has_facts = bool(parts)
        self._filters_wanted = False
        self._facts_wanted: bool | None = None  # as the room allows, until a person says
        self.filter_pane = filter_pane
        self.filter_button = _toggle_button("filter", "Filter pane", "Shift+F3")
        self.filter_button.clicked.connect(self.toggle_filters)
        self.facts_button = _toggle_button("panel_right", "FactBox pane", "Alt+F2")
        self.facts_button.clicked.connect(self.toggle_facts)
        if not self._has_facts:
            self.facts_button.hide()
        filter_pane.close_requested.connect(self.toggle_filters)
        self.fact_pane = QWidget()
        self.fact_pane.setProperty("plain", True)
        self.fact_pane.setAccessibleName("FactBoxes")
        facts = QVBoxLayout(self.fact_pane)
        facts.setContentsMargins(0, 0, 0, 0)
        for part in parts:
            facts.addWidget(part)
        facts.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(filter_pane)
        self._row.addWidget(main, 1)
        self._row.addWidget(self.fact_pane)
        theme().changed.connect(self._retheme)
        self._retheme()
        self._show()

    def toggle_filters(self) -> None:
        """Show or hide the filter pane (Shift+F3)."""
        self.show_filters(self.filter_pane.isHidden())

    def show_filters(self, wanted: bool, *, focus: bool = True) -> None:
        """Show or hide the filter pane.

        Args:
            focus: move the keyboard there, or back to the list.
        """
        self._filters_wanted = wanted
        if wanted and not self._room_for_both():
            self._facts_wanted = False
        self._show()
        if not focus:
            return
        if wanted:
            self.filter_pane.focus_first()
        else:
            self.list_wanted.emit()

    def toggle_facts(self) -> None:
        """Show or hide the FactBoxes (Alt+F2)."""
        self._facts_wanted = self.fact_pane.isHidden()
        if self._facts_wanted and not self._room_for_both():
            self._filters_wanted = False
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _room_for_both(self) -> bool:
        return self.window().width() >= theme().px(BOTH_PANES)

    def _show(self) -> None:
        wanted = self._facts_wanted
        if wanted is None:
            wanted = self.width() >= theme().px(FACTS_BESIDE)
        shows_facts = self._has_facts and wanted
        self.filter_pane.setVisible(self._filters_wanted)
        self.fact_pane.setVisible(shows_facts)
        self.filter_button.setChecked(self._filters_wanted)
        self.facts_button.setChecked(shows_facts)

    def _retheme(self) -> None:
        self._row.setSpacing(theme().px(16))
        self.fact_pane.setFixedWidth(theme().px(FACT_WIDTH))


def _toggle_button(icon: str, name: str, shortcut: str) -> IconButton:
    made = IconButton(icon, name, shortcut=shortcut)
    made.setCheckable(True)
    return made
