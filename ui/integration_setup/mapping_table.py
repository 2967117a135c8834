"""The columns of a file and the fields that they fill, changed in place."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from models.integration_rows import MappedField, Mapping
from models.tables import TABLES
from ui.theme import theme

__all__ = ["MappingModel", "MappingTable"]

ROW_HEIGHT, HEADER_HEIGHT = 32, 32
FEWEST_ROWS, MOST_ROWS = 3, 14
Index = QModelIndex | QPersistentModelIndex
_COLUMNS: Final = (
    ("Column in the file", "source_column", 180),
    ("Fills the field", "caption", 180),
    ("Required", "required", 84),
    ("If empty", "default_value", 110),
    ("Always", "constant", 110),
    ("Look up by", "lookup_by", 110),
    ("Value map", "mapped_values", 110),
)
_TEXTS: Final = ("source_column", "default_value", "constant")
_HELP: Final = {
    "source_column": "The header in the file; empty when the field is not in it",
    "required": "A row whose cell is empty becomes an error",
    "default_value": "The value where the cell is empty",
    "constant": "The value of every record, whatever the file says",
    "lookup_by": "What the file names the record by",
    "mapped_values": "What values of the file mean here",
}


def lookup_words(field: MappedField) -> list[tuple[str, str]]:
    """By which fields a look-up may find its record: what is stored, and what people read."""
    record = TABLES[field.lookup]
    key = record.rule(record.key_field())
    choices = [("", key.caption)]
    if record.NAME_FIELD and record.key_field() != record.NAME_FIELD:
        choices.append((record.NAME_FIELD, record.rule(record.NAME_FIELD).caption))
    return choices


class MappingModel(QAbstractTableModel):
    """`edited` gives the field's id, what was changed, and the new value; the part writes it."""

    edited = Signal(int, str, object)

    def __init__(self) -> None:
        super().__init__()
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

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.fields)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def name(self, column: int) -> str:
        """What stands in a column: a name of `MappedField`."""
        return _COLUMNS[column][1]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        caption, name, _ = _COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return caption
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HELP.get(name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        name = self.name(index.column())
        if name in _TEXTS or (name == "lookup_by" and self.fields[index.row()].lookup):
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
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme().colour("accent_text" if name == "mapped_values" else "fg")
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
        if name == "lookup_by":
            return dict(lookup_words(field)).get(field.lookup_by, field.lookup_by) if field.lookup else ""
        if name == "mapped_values":
            count = field.mapped_values
            return f"{count:,} value{'' if count == 1 else 's'}" if count else "Add…"
        return str(getattr(field, name))


class _LookupDelegate(QStyledItemDelegate):
    """A drop-down for "Look up by"."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        combo = QComboBox(parent)
        if isinstance(model, MappingModel):
            for stored, words in lookup_words(model.fields[index.row()]):
                combo.addItem(words, stored)
        return combo

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(Qt.ItemDataRole.EditRole))))

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)


class MappingTable(QTableView):
    """`value_map_requested` gives the field whose values are to be mapped."""

    value_map_requested = Signal(object)  # MappedField
    current_changed = Signal()

    def __init__(self, model: MappingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setAccessibleName("Field mapping")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed | trigger.SelectedClicked
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setHighlightSections(False)
        for place in (0, 1):
            self.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._lookups = _LookupDelegate(self)
        self.setItemDelegateForColumn([name for _, name, _ in _COLUMNS].index("lookup_by"), self._lookups)
        self.clicked.connect(self._on_clicked)
        model.modelReset.connect(self._fit)
        theme().changed.connect(self._retheme)
        self._retheme()

    def current_field(self) -> MappedField | None:
        """The field that the keyboard is on."""
        index = self.currentIndex()
        return self._model.fields[index.row()] if index.isValid() else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        if self._model.name(index.column()) == "mapped_values":
            self.value_map_requested.emit(self._model.fields[index.row()])

    def _retheme(self) -> None:
        px = theme().px
        self.verticalHeader().setDefaultSectionSize(px(ROW_HEIGHT))
        self.horizontalHeader().setFixedHeight(px(HEADER_HEIGHT))
        self.horizontalHeader().setFont(theme().font("caption_strong"))
        for place, (_, _, width) in enumerate(_COLUMNS):
            self.setColumnWidth(place, px(width))
        self._fit()

    def _fit(self) -> None:
        rows = min(max(self._model.rowCount(), FEWEST_ROWS), MOST_ROWS)
        px = theme().px
        self.setFixedHeight(rows * px(ROW_HEIGHT) + px(HEADER_HEIGHT) + px(14))
