"""The columns of a file with an example of what is in them, and the field that each one is proposed to fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

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

from ui.theme import theme

__all__ = ["ProposalModel", "ProposalTable", "ProposedColumn"]

Index = QModelIndex | QPersistentModelIndex
_COLUMNS: Final = ("Column in the file", "Example", "Fills the field", "How sure")
_FIELD: Final = 2
_ROW_HEIGHT, _HEADER_HEIGHT = 32, 32
NOT_IMPORTED: Final = "Not imported"


class ProposedColumn(NamedTuple):
    """One column of a file.

    Attributes:
        level: 0 for the file, or for headers; 1 for a second file, with lines.
        examples: values in it.
        path: of the field that it fills; "" for none.
        proposed: the field that was proposed, and `reason`, how sure that is.
    """

    level: int
    header: str
    examples: str
    path: str
    proposed: str
    reason: str


class ProposalModel(QAbstractTableModel):
    """`changed` tells that a person has chosen another field. A field is filled by one column."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.columns: list[ProposedColumn] = []
        self.fields: list[tuple[str, str]] = []

    def show(self, columns: Sequence[ProposedColumn], fields: Sequence[tuple[str, str]]) -> None:
        """Show other columns.

        Args:
            fields: path and caption of what they can fill.
        """
        self.beginResetModel()
        self.columns, self.fields = list(columns), list(fields)
        self.endResetModel()

    def choose(self, row: int, path: str) -> None:
        """Let a column fill another field, or none; the column that filled it so far fills none."""
        for place, column in enumerate(self.columns):
            if place == row:
                self.columns[place] = column._replace(path=path)
            elif path and column.path == path:
                self.columns[place] = column._replace(path="")
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.columns) - 1, len(_COLUMNS) - 1))
        self.changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == _FIELD else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.row()]
        if role == Qt.ItemDataRole.EditRole:
            return column.path
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._texts(column)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            weak = index.column() in (1, 3) or (index.column() == _FIELD and not column.path)
            return theme().colour("fg2" if weak else "fg")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or value == self.columns[index.row()].path:
            return False
        self.choose(index.row(), str(value))
        return True

    def _texts(self, column: ProposedColumn) -> tuple[str, str, str, str]:
        filled = dict(self.fields).get(column.path, column.path) if column.path else NOT_IMPORTED
        chosen = "chosen by you" if column.path else ""
        how = column.reason if column.path == column.proposed else chosen
        return (column.header, column.examples, filled, how)


class _FieldDelegate(QStyledItemDelegate):
    """A drop-down with the fields."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        combo = QComboBox(parent)
        model = index.model()
        if isinstance(model, ProposalModel):
            level = model.columns[index.row()].level
            combo.addItem(NOT_IMPORTED, "")
            for path, caption in model.fields:
                if not level or path.startswith(f"{level}."):
                    combo.addItem(caption, path)
        combo.activated.connect(self._on_activated)
        return combo

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(Qt.ItemDataRole.EditRole))))

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)

    def _on_activated(self, _place: int) -> None:
        combo = self.sender()
        if isinstance(combo, QComboBox):
            self.commitData.emit(combo)
            self.closeEditor.emit(combo)


class ProposalTable(QTableView):
    """Enter or F2 opens the drop-down of a column."""

    def __init__(self, model: ProposalModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("Columns of the file")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._delegate = _FieldDelegate(self)
        self.setItemDelegateForColumn(_FIELD, self._delegate)
        theme().changed.connect(self._retheme)
        self._retheme()

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        model = self.model()
        if not self.currentIndex().isValid() and model is not None and model.rowCount():
            self.setCurrentIndex(model.index(0, _FIELD))

    def _retheme(self) -> None:
        px = theme().px
        self.verticalHeader().setDefaultSectionSize(px(_ROW_HEIGHT))
        self.horizontalHeader().setFixedHeight(px(_HEADER_HEIGHT))
        self.horizontalHeader().setFont(theme().font("caption_strong"))
