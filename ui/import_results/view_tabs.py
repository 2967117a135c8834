"""The saved views of a run's rows, each with its number; those that are seldom needed show while they have rows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from models.import_rows import ImportRunRow
from models.integration_record_lists import View
from ui.theme import theme

__all__ = ["VIEWS", "ViewTabs", "rows_in"]

VIEWS: Final[tuple[tuple[View, str], ...]] = (
    ("all", "All"),
    ("ready", "Ready"),
    ("errors", "Errors"),
    ("completed", "Completed"),
    ("excluded", "Excluded"),
    ("reversed", "Reversed"),
)
_SELDOM: Final = ("excluded", "reversed")


def rows_in(run: ImportRunRow, view: View) -> int:
    """How many rows of a run a view has."""
    return {
        "all": run.rows,
        "ready": run.ready,
        "errors": run.errors,
        "completed": run.created + run.updated + run.unchanged,
        "excluded": run.excluded,
        "reversed": run.reversed,
    }[view]


class ViewTabs(QTabBar):
    """`view_chosen` gives the view's name."""

    view_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Views")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for _, word in VIEWS:
            self.addTab(word)
        self.currentChanged.connect(self._on_changed)
        theme().changed.connect(self._retheme)
        self._retheme()

    @property
    def view(self) -> View:
        """The view that is shown."""
        return VIEWS[self.currentIndex()][0]

    def choose(self, view: View) -> None:
        """Show another view; `view_chosen` tells so when it is another."""
        self.setCurrentIndex([name for name, _ in VIEWS].index(view))

    def show_counts(self, run: ImportRunRow | None) -> None:
        """Say how many rows each view has."""
        for place, (view, word) in enumerate(VIEWS):
            rows = 0 if run is None else rows_in(run, view)
            self.setTabText(place, word if run is None else f"{word} {rows:,}")
            if view in _SELDOM:
                self.setTabVisible(place, rows > 0 or self.view == view)

    def _on_changed(self, index: int) -> None:
        self.view_chosen.emit(VIEWS[index][0])

    def _retheme(self) -> None:
        self.setFont(theme().font("body"))
