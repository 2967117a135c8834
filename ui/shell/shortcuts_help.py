"""What opens from the question mark: the keys that work everywhere, on lists and on cards."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.dialogs import Dialog
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label

KEYS: Final = {
    "Everywhere": (
        ("Alt+Q", "Tell me what you want to do"),
        ("Ctrl+I", "Import a file"),
        ("Alt+Shift+J", "Running jobs"),
        ("Ctrl+Shift+N", "Notifications"),
        ("Ctrl+,", "My Settings"),
        ("Shift+F12", "All pages"),
        ("F5", "Refresh"),
        ("Esc", "Close or go back"),
    ),
    "Lists": (
        ("F3", "Search"),
        ("Shift+F3", "Filter pane"),
        ("Alt+F3", "Filter to this value"),
        ("Ctrl+Alt+Shift+F3", "Reset filters"),
        ("Alt+F7", "Sort by this column"),
        ("Alt+F2", "FactBox pane"),
        ("Alt+N", "New"),
        ("Return", "Open"),
        ("Ctrl+C", "Copy rows"),
    ),
    "Cards": (
        ("Ctrl+Down", "Next record"),
        ("Ctrl+Up", "Previous record"),
        ("F6", "Next FastTab"),
        ("Shift+F6", "Previous FastTab"),
        ("Alt+F6", "Collapse FastTab"),
        ("Ctrl+Return", "Save and close"),
        ("T", "Today, in a date field"),
        ("W", "Work date, in a date field"),
    ),
}


def show_shortcuts(parent: QWidget) -> Dialog:
    """Open the list of keys, as this platform writes them."""
    dialog = Dialog(parent, "Keyboard")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    px = theme().px
    column = QVBoxLayout(dialog)
    column.setContentsMargins(px(24), px(20), px(24), px(16))
    column.setSpacing(px(16))
    groups = QHBoxLayout()
    groups.setSpacing(px(32))
    for title, rows in KEYS.items():
        groups.addLayout(_group(title, rows), 1)
    column.addLayout(groups)
    close = Button("Close", "primary")
    close.clicked.connect(dialog.accept)
    column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    dialog.open()
    return dialog


def _group(title: str, rows: tuple[tuple[str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme().px(16))
    grid.setVerticalSpacing(theme().px(6))
    grid.addWidget(Label(title, "subtitle"), 0, 0, 1, 2)
    for place, (keys, words) in enumerate(rows, start=1):
        native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        grid.addWidget(Label(native, "caption_strong", "accent"), place, 0)
        grid.addWidget(Label(words, "body"), place, 1)
    grid.setRowStretch(len(rows) + 1, 1)
    return grid
