"""The values of a column that a look-up table does not have, with how many rows have each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from desktop.imports.preview_checks import Unmatched
from ui.theme import theme
from ui.widgets.labels import Label
from ui.widgets.popup import Popup

__all__ = ["UnmatchedValues"]

WIDTH, ROW_HEIGHT, MOST_ROWS = 380, 30, 8


class UnmatchedValues(Popup):
    """Opens under the note that counts them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Values without a match", width=WIDTH)
        self.advice = Label("", "body", "fg2", wrap=True)
        self.table = QTableWidget(0, 2)
        self.table.setHorizontalHeaderLabels(["Value", "Rows"])
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.body.addWidget(self.advice)
        self.body.addWidget(self.table)

    def show_values(self, found: Unmatched, anchor: QWidget) -> None:
        """Show the values of one field under the button that asked for them."""
        self.title_label.setText(f"{found.header or found.caption}: values without a match")
        more = found.distinct - len(found.values)
        after = "After the import, {} can be mapped, created, corrected or left out at once."
        self.advice.setText(
            f"There is no such {found.table_caption}. {after.format('it' if found.distinct == 1 else 'each of them')}"
            + (f" The {len(found.values):,} most frequent of {found.distinct:,} are shown." if more else "")
        )
        self.table.setAccessibleName(f"Values of {found.header or found.caption} without a match")
        self.table.setRowCount(len(found.values))
        for row, (value, count) in enumerate(found.values):
            self.table.setItem(row, 0, QTableWidgetItem(value))
            item = QTableWidgetItem(f"{count:,}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, 1, item)
        px = theme().px
        self.table.verticalHeader().setDefaultSectionSize(px(ROW_HEIGHT))
        self.table.setFixedHeight(px(34) + min(len(found.values), MOST_ROWS) * px(ROW_HEIGHT))
        self.open_under(anchor, align_right=False)
