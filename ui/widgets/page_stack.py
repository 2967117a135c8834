"""Pages of which one is shown: only that one says how much room is needed."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

__all__ = ["PageStack"]


class PageStack(QStackedWidget):
    """As `QStackedWidget`, which takes the room of its highest page for all of them.

    That would be too much for large texts on a small screen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self._on_changed)

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return (
            super().minimumSizeHint()
            if shown is None
            else shown.minimumSizeHint().expandedTo(shown.minimumSize())
        )

    def _on_changed(self, _index: int) -> None:
        self.updateGeometry()
