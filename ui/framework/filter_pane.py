"""The filter pane of a list: one field per filter, in Business Central's signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from models.errors import FieldError
from models.filters import Filter, ReadValue, condition
from models.rules import Kind
from ui.framework.columns import Column
from ui.theme import theme
from ui.widgets.buttons import Button, IconButton
from ui.widgets.card import Card
from ui.widgets.field import FieldRow
from ui.widgets.scroller import Scroller

WIDTH: Final = 260
_HINTS: Final = {
    Kind.TEXT: "part of the text, or H*",
    Kind.CODE: "C00010, C0*, A|B",
    Kind.DECIMAL: ">1000, 10..20",
    Kind.INTEGER: ">10, 10..20",
    Kind.DATE: "t, 1 Nov..30 Nov",
    Kind.BOOLEAN: "Yes or No",
    Kind.OPTION: "a value, or <>''",
}


class FilterField(QWidget):
    """One filter: its caption, its text, and a cross."""

    changed = Signal()
    removed = Signal(str)

    def __init__(self, column: Column, text: str, read: ReadValue) -> None:
        super().__init__()
        self.column = column
        self._read = read
        self._told = text
        self.edit = QLineEdit(text)
        self.edit.setPlaceholderText(_HINTS.get(column.kind, ""))
        self.edit.setAccessibleName(f"Filter on {column.caption}")
        self.edit.editingFinished.connect(self._on_finished)
        cross = IconButton("dismiss", f"Remove the filter on {column.caption}", size=16)
        cross.clicked.connect(self._on_removed)
        self.row = FieldRow(column.caption, self.edit, above=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(self.row, 1)
        line.addWidget(cross, 0, Qt.AlignmentFlag.AlignTop)

    def filter(self) -> Filter | None:
        """The filter as it is written; None when it is empty or cannot be read."""
        text = self.edit.text().strip()
        if not text or self.row.error:
            return None
        return Filter(self.column.filter_expression, self.column.kind, text)

    def set_text(self, text: str) -> None:
        """Write another filter into the field."""
        self.edit.setText(text)
        self._on_finished()

    def _on_finished(self) -> None:
        text = self.edit.text().strip()
        if text == self._told:
            return
        self._told = text
        self.row.clear_error()
        if text:
            try:
                condition(Filter(self.column.filter_expression, self.column.kind, text), self._read)
            except FieldError as error:
                self.row.set_error(str(error))
        self.changed.emit()

    def _on_removed(self) -> None:
        self.removed.emit(self.column.name)


class FilterPane(Card):
    """All filters of a list; `changed` tells when the list must be read anew."""

    changed = Signal()
    close_requested = Signal()

    def __init__(self, columns: Sequence[Column], read: ReadValue, parent: QWidget | None = None) -> None:
        super().__init__("Filters", parent=parent)
        self._columns = {column.name: column for column in columns if column.filterable}
        self._read = read
        self._fields: dict[str, FilterField] = {}
        self._reset = Button("Reset", "link", small=True)
        self._reset.setToolTip("Reset filters (Ctrl+Shift+Alt+F3)")
        self._reset.clicked.connect(self.reset)
        close = IconButton("dismiss", "Close the filter pane", shortcut="Shift+F3", size=16)
        close.clicked.connect(self.close_requested)
        self.add_header_widget(self._reset)
        self.add_header_widget(close)
        self._add = Button("Filter…", "ghost", "add")
        self._add.setAccessibleName("Add a filter")
        self._menu = QMenu(self._add)
        for column in self._columns.values():
            entry = QAction(column.caption, self._menu)
            entry.setData(column.name)
            entry.triggered.connect(self._on_add)
            self._menu.addAction(entry)
        self._add.setMenu(self._menu)
        host = QWidget()
        host.setProperty("plain", True)
        self._column = QVBoxLayout(host)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        scroll = Scroller(host)
        self.body.addWidget(scroll, 1)
        theme().changed.connect(self._retheme_pane)
        self._retheme_pane()
        self._reset.hide()

    def filters(self) -> list[Filter]:
        """The filters that hold now."""
        found = (field.filter() for field in self._fields.values())
        return [each for each in found if each is not None]

    def filtered_names(self) -> set[str]:
        """The columns that have a filter."""
        return {name for name, field in self._fields.items() if field.filter() is not None}

    def set_filter(self, name: str, text: str, *, focus: bool = False) -> None:
        """Filter a column by a text in the signs of `models.filters`.

        Raises:
            KeyError: when the column cannot be filtered.
        """
        if name not in self._fields:
            self._insert(self._columns[name])
        self._fields[name].set_text(text)
        if focus:
            self._fields[name].edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_first(self) -> None:
        """Put the keyboard into the first filter, or on the button that adds one."""
        target = next((field.edit for field in self._fields.values()), self._add)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def reset(self) -> None:
        """Remove all filters."""
        if self._fields:
            for name in list(self._fields):
                self._drop(name)
            self._tell()

    def _on_add(self) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            name = str(sender.data())
            if name not in self._fields:
                self._insert(self._columns[name])
            self._fields[name].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _insert(self, column: Column) -> None:
        field = FilterField(column, "", self._read)
        field.changed.connect(self._tell)
        field.removed.connect(self._on_removed)
        self._fields[column.name] = field
        self._column.insertWidget(len(self._fields) - 1, field)
        self._reset.show()

    def _on_removed(self, name: str) -> None:
        had = self._fields[name].filter() is not None
        self._drop(name)
        if had:
            self._tell()

    def _drop(self, name: str) -> None:
        field = self._fields.pop(name)
        self._column.removeWidget(field)
        field.hide()
        field.deleteLater()
        self._reset.setVisible(bool(self._fields))

    def _tell(self) -> None:
        self.changed.emit()

    def _retheme_pane(self) -> None:
        self.setFixedWidth(theme().px(WIDTH))
        self._column.setSpacing(theme().px(10))
