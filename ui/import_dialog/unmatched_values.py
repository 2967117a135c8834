"""The values of a column that a look-up table does not have, with how many rows have each."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.imports.preview_checks import Unmatched
from ui.widgets.labels import Label
from ui.widgets.popup import Popup
from ui.widgets.text_table import TextTable

__all__ = ["UnmatchedValues"]

WIDTH, MOST_ROWS = 380, 8


class UnmatchedValues(Popup):
    """Opens under the note that counts them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Values without a match", width=WIDTH)
        self.advice = Label("", "body", "fg2", wrap=True)
        self.table = TextTable(("Value", "Rows"), "Values without a match", numbers=(1,))
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
        self.table.show_rows([(value, f"{count:,}") for value, count in found.values])
        self.table.setFixedHeight(self.table.height_of(min(len(found.values), MOST_ROWS)) + 2)
        self.table.select_row(0)
        self.open_under(anchor, align_right=False)
