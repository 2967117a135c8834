"""What the models of small tables share: their captions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

__all__ = ["NO_PARENT", "CaptionedModel", "Index"]

Index = QModelIndex | QPersistentModelIndex
NO_PARENT: Final = QModelIndex()


class CaptionedModel(QAbstractTableModel):
    """A model whose columns have captions; they stand where the values below them stand.

    Args:
        numbers: the columns whose values stand at the right.
    """

    def __init__(
        self, captions: Sequence[str], parent: QObject | None = None, *, numbers: Collection[int] = ()
    ) -> None:
        super().__init__(parent)
        self._captions, self._numbers = tuple(captions), frozenset(numbers)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Where the caption and the values of a column stand."""
        across = Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft
        return across | Qt.AlignmentFlag.AlignVCenter

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._captions)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._captions[section]
        return self.alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None
