"""The fields of a FastTab: two columns where there is room, else one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.field import FieldRow

TWO_COLUMNS: Final = 640  # px that two columns need


class FieldGrid(QWidget):
    """Rows of fields; the first half stands at the left, so that Tab goes down and then to the right."""

    def __init__(self, rows: Sequence[FieldRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = list(rows)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._filler = QWidget(self)
        self._filler.setProperty("plain", True)
        self.setProperty("plain", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for row in self._rows:
            row.setParent(self)
        self._place(2)
        theme().changed.connect(self._retheme)
        self._retheme()

    def insert_row(self, row: FieldRow, after: FieldRow | None = None) -> None:
        """Add a row behind another one, or as the last one; Tab comes to it in this order too."""
        place = len(self._rows) if after is None else self._rows.index(after) + 1
        row.setParent(self)
        QWidget.setTabOrder(self._rows[place - 1].editor, row.editor)
        self._rows.insert(place, row)
        columns, self._columns = self._columns, 0
        self._place(columns)

    def show_rows(self, shown: Sequence[FieldRow]) -> None:
        """Show only these of its rows; the others leave no gap."""
        for row in self._rows:
            row.setVisible(row in shown)
        columns, self._columns = self._columns, 0
        self._place(columns)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(200), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if self.width() >= theme().px(TWO_COLUMNS) else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for row in self._rows:
            self._grid.removeWidget(row)
        shown = [row for row in self._rows if not row.isHidden()]
        half = -(-len(shown) // columns)
        for place, row in enumerate(shown):
            self._grid.addWidget(row, place % half, place // half, Qt.AlignmentFlag.AlignTop)
        if len(shown) < columns:
            self._grid.addWidget(self._filler, 0, 1)  # an empty column has no gap before it
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)
        self.updateGeometry()

    def _retheme(self) -> None:
        self._grid.setHorizontalSpacing(theme().px(32))
        self._grid.setVerticalSpacing(theme().px(6))
