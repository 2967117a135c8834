"""The columns of a file and the fields that they fill, changed in place."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from desktop.formats import counted
from desktop.imports.integrations.mapped_fields import MappedField, Mapping
from ui.integration_setup.wording import comes_from_column, lookup_words, source_words, transform_words
from ui.theme import theme
from ui.widgets.captioned_model import NO_PARENT, CaptionedModel, Index
from ui.widgets.table import Table

__all__ = ["MappingModel", "MappingTable"]

FEWEST_ROWS, MOST_ROWS = 3, 14
_COLUMNS: Final = (
    ("Comes from", "source_column", 190),
    ("Fills the field", "caption", 190),
    ("Required", "required", 92),
    ("If empty", "default_value", 100),
    ("Looked up by", "lookup_by", 150),
    ("Value map", "mapped_values", 104),
    ("Changed on the way", "transforms", 160),
)
_LINKS: Final = ("mapped_values", "transforms")
_HELP: Final = {
    "source_column": "The column of the file, by its name there; empty when it is not in the file",
    "required": "A row whose cell is empty becomes an error",
    "default_value": "The value where the cell is empty",
    "lookup_by": "What the file names the record by, and what happens when there is none",
    "mapped_values": "What values of the file mean here",
    "transforms": "What is done to the text of a cell before it is read",
}


class MappingModel(CaptionedModel):
    """`edited` gives the field's id, what was changed, and the new value; the part writes it."""

    edited = Signal(int, str, object)

    def __init__(self) -> None:
        super().__init__([caption for caption, _, _ in _COLUMNS])
        self.fields: list[MappedField] = []

    def show(self, mapping: Mapping | None) -> None:
        """Show these fields; where only values differ, selection and scrolling stay."""
        fields = mapping.fields if mapping is not None else []
        if [field.id for field in fields] == [field.id for field in self.fields]:
            self.fields = list(fields)
            if fields:
                self.dataChanged.emit(self.index(0, 0), self.index(len(fields) - 1, len(_COLUMNS) - 1))
            return
        self.beginResetModel()
        self.fields = list(fields)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.fields)

    def name(self, column: int) -> str:
        """What stands in a column: a name of `MappedField`."""
        return _COLUMNS[column][1]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return _HELP.get(self.name(section))
        return super().headerData(section, orientation, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        name = self.name(index.column())
        if name == "default_value" or (
            name == "source_column" and comes_from_column(self.fields[index.row()])
        ):
            flags |= Qt.ItemFlag.ItemIsEditable
        if name == "required":
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        field, name = self.fields[index.row()], self.name(index.column())
        if name == "required":
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if field.required else Qt.CheckState.Unchecked
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return f"Required: {'Yes' if field.required else 'No'}"
            return None
        if role == Qt.ItemDataRole.EditRole:
            return getattr(field, name)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(field, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(field, name) or None
        if role == Qt.ItemDataRole.ForegroundRole:
            if name in _LINKS:
                return theme().colour("accent_text")
            own = name == "source_column" and not comes_from_column(field)
            return theme().colour("fg2" if own else "fg")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        field, name = self.fields[index.row()], self.name(index.column())
        if name == "required" and role == Qt.ItemDataRole.CheckStateRole:
            value = Qt.CheckState(value) == Qt.CheckState.Checked
        elif role != Qt.ItemDataRole.EditRole:
            return False
        else:
            value = str(value).strip()
        if getattr(field, name) == value:
            return False
        self.fields[index.row()] = field._replace(**{name: value})
        self.dataChanged.emit(index, index)
        self.edited.emit(field.id, name, value)
        return True

    def _text(self, field: MappedField, name: str) -> str:
        if name == "source_column":
            return source_words(field)
        if name == "lookup_by":
            return lookup_words(field)
        if name == "transforms":
            return transform_words(field.transforms)
        if name == "mapped_values":
            count = field.mapped_values
            return counted(count, "value") if count else "Add…"
        return str(getattr(field, name))


class MappingTable(Table):
    """The fields, changed in place; what does not fit into a cell is asked for.

    Signals:
        value_map_requested: the field whose values are to be mapped.
        field_requested: the field of which everything is to be shown.
        move_requested: the field that the keyboard is on is to stand earlier (-1) or later (1).
        current_changed: the keyboard is on another field.
    """

    by_cells = True
    value_map_requested = Signal(object)  # MappedField
    field_requested = Signal(object)  # MappedField
    move_requested = Signal(int)
    current_changed = Signal()

    def __init__(self, model: MappingModel, parent: QWidget | None = None) -> None:
        super().__init__("Field mapping", parent)
        self._model = model
        self.setModel(model)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed | trigger.SelectedClicked
        )
        for place in (0, 1):
            self.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelReset.connect(self._fit)
        self._retheme()

    def current_field(self) -> MappedField | None:
        """The field that the keyboard is on."""
        index = self.currentIndex()
        return self._model.fields[index.row()] if index.isValid() else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit()

    def select_field(self, field_id: int) -> None:
        """Put the keyboard on a field, if it is there."""
        for row, field in enumerate(self._model.fields):
            if field.id == field_id:
                self.setCurrentIndex(self._model.index(row, max(self.currentIndex().column(), 0)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, field = event.key(), self.current_field()
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_requested.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif field is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._model.name(self.currentIndex().column()) == "mapped_values":
                self.value_map_requested.emit(field)
            else:
                self.field_requested.emit(field)
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        name = self._model.name(index.column())
        if name == "mapped_values":
            self.value_map_requested.emit(self._model.fields[index.row()])
        elif name == "transforms":
            self.field_requested.emit(self._model.fields[index.row()])

    def _on_double_clicked(self, index: QModelIndex) -> None:
        editable = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        if not self._model.flags(index) & editable and self._model.name(index.column()) not in _LINKS:
            self.field_requested.emit(self._model.fields[index.row()])

    def _retheme(self) -> None:
        super()._retheme()
        for place, (_, _, width) in enumerate(_COLUMNS):
            self.setColumnWidth(place, theme().px(width))
        self._fit()

    def _fit(self) -> None:
        rows = min(max(self._model.rowCount(), FEWEST_ROWS), MOST_ROWS)
        self.setFixedHeight(self.height_of(rows) + theme().px(14))  # with room for a scroll bar
