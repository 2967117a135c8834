"""The columns of a file with an example of what is in them, and the field that each one is proposed to fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.import_dialog.field_chooser import FieldChooser
from ui.theme import theme
from ui.widgets.captioned_model import NO_PARENT, CaptionedModel, Index
from ui.widgets.text_table import FittedTable

__all__ = ["ProposalModel", "ProposalTable", "ProposedColumn"]

_COLUMNS: Final = ("Column in the file", "Example", "Fills the field", "How sure")
_FIELD: Final = 2
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


class ProposalModel(CaptionedModel):
    """`changed` tells that a person has chosen another field. A field is filled by one column."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(_COLUMNS)
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

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._texts(column)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            weak = index.column() in (1, 3) or (index.column() == _FIELD and not column.path)
            return theme().colour("fg2" if weak else "fg")
        return None

    def _texts(self, column: ProposedColumn) -> tuple[str, str, str, str]:
        filled = dict(self.fields).get(column.path, column.path) if column.path else NOT_IMPORTED
        chosen = "chosen by you" if column.path else ""
        how = column.reason if column.path == column.proposed else chosen
        return (column.header, column.examples, filled, how)


class ProposalTable(FittedTable):
    """Enter, F2, Alt+Down or a click opens the drop-down of a column."""

    def __init__(self, model: ProposalModel, parent: QWidget | None = None) -> None:
        super().__init__(model, "Columns of the file", parent)
        self._proposals = model
        self.chooser = FieldChooser(self)
        self.chooser.chosen.connect(model.choose)
        self.clicked.connect(self._on_clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_F4) or (
            event.key() == Qt.Key.Key_Down and with_alt
        ):
            self._choose(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == _FIELD:
            self._choose(index.row())

    def _choose(self, row: int) -> None:
        """Open the drop-down of a column of the file."""
        if not 0 <= row < len(self._proposals.columns):
            return
        column = self._proposals.columns[row]
        choices = [
            (path, caption)
            for path, caption in self._proposals.fields
            if not column.level or path.startswith(f"{column.level}.")
        ]
        cell = self.visualRect(self._proposals.index(row, _FIELD))
        place = cell.translated(self.viewport().geometry().topLeft())
        self.chooser.open_for(row, column.header, place, choices, column.path)
