"""Rows of a list that change while one looks on: merged by their ids, and told cell by cell.

What a cell says is worked out when somebody looks at it: most of some hundred rows are never on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from ui.jobs.wording import Progress
from ui.widgets.captioned_model import NO_PARENT, CaptionedModel, Index

CELL_ROLE = Qt.ItemDataRole.UserRole  # a Progress, for the delegate
COLUMN_ROLE = Qt.ItemDataRole.UserRole + 1  # the TableColumn
KEY_ROLE = Qt.ItemDataRole.UserRole + 2  # of a title: the key of its column


class Row(Protocol):
    """What stands in a row: plain values with an id."""

    @property
    def id(self) -> Hashable: ...


R = TypeVar("R", bound=Row)


class Cell(Enum):
    """How a column is painted."""

    TEXT = auto()
    PILL = auto()
    PROGRESS = auto()


@dataclass(frozen=True)
class TableColumn(Generic[R]):
    """One column.

    Args:
        key: its name in the program, and for the sorting query.
        title: what stands above it.
        value: the words of a row, with their tone and bar.
        cell: how they are painted.
        width: px at 100 %; 0 for a column that takes a share of what is left.
        share: how large a share.
        sortable: whether a click on the title sorts.
        from_width: px of the list from which the column is shown at all.
        hidden: shown only when a person chooses it.
        strong: bold in the selected row.
        tooltip: more words than fit; the words themselves when None.
    """

    key: str
    title: str
    value: Callable[[R], Progress]
    cell: Cell = Cell.TEXT
    width: int = 0
    share: int = 1
    sortable: bool = True
    from_width: int = 0
    hidden: bool = False
    strong: bool = False
    tooltip: Callable[[R], str] | None = None


class RowsModel(CaptionedModel):
    """The rows of one list, in the order in which they were given.

    Signals:
        rows_replaced: rows came, went or moved, in contrast to rows that only changed.
    """

    rows_replaced = Signal()

    def __init__(self, columns: Sequence[TableColumn[Any]], parent: QObject | None = None) -> None:
        super().__init__([column.title for column in columns], parent)
        self.columns = tuple(columns)
        self._rows: list[Any] = []
        self._places: dict[Hashable, int] = {}
        self._cells: dict[
            Hashable, dict[int, Progress]
        ] = {}  # by the places of columns; those that were looked at

    # ---- what a list asks

    @property
    def rows(self) -> Sequence[Any]:
        """The rows, top to bottom."""
        return self._rows

    def row_of(self, row_id: Hashable) -> Any | None:
        """The row with this id, or None."""
        place = self._places.get(row_id)
        return None if place is None else self._rows[place]

    def index_of(self, row_id: Hashable) -> QModelIndex:
        """The first cell of the row with this id; an invalid index when there is none."""
        place = self._places.get(row_id)
        return QModelIndex() if place is None else self.index(place, 0)

    def column_of(self, key: str) -> int:
        """The place of a column.

        Raises:
            StopIteration: there is no such column.
        """
        return next(place for place, column in enumerate(self.columns) if column.key == key)

    # ---- what a list does

    def same_rows(self, rows: Sequence[Row]) -> bool:
        """Whether these are the rows that are shown, in their order, whatever their values."""
        return len(rows) == len(self._rows) and all(
            new.id == old.id for new, old in zip(rows, self._rows, strict=True)
        )

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; selection and current row stay with their ids."""
        if not self.same_rows(rows):
            self._arrange(rows)
            self.rows_replaced.emit()
        self.update_rows(rows)

    def update_rows(self, rows: Sequence[Row]) -> None:
        """Show new values of rows that are there; others are left out. Only cells that differ are told."""
        for row in rows:
            place = self._places.get(row.id)
            if place is not None:
                self._rows[place] = row
                self._renew(place)

    def renew(self, ids: Sequence[Hashable] | None = None) -> None:
        """Work out anew what the cells say that were looked at: of these rows, or of all."""
        wanted = list(self._places) if ids is None else ids
        for row_id in wanted:
            place = self._places.get(row_id)
            if place is not None:
                self._renew(place)

    def _renew(self, place: int) -> None:
        row = self._rows[place]
        cells = self._cells.get(row.id, {})
        for column, old in list(cells.items()):
            cells[column] = self.columns[column].value(row)
            if old != cells[column]:
                index = self.index(place, column)
                self.dataChanged.emit(index, index)

    def _arrange(self, rows: Sequence[Row]) -> None:
        wanted = {row.id: row for row in rows}
        for place in range(len(self._rows) - 1, -1, -1):
            if self._rows[place].id not in wanted:
                self.beginRemoveRows(QModelIndex(), place, place)
                self._cells.pop(self._rows.pop(place).id, None)
                self.endRemoveRows()
        self._number()
        added = [row for row in rows if row.id not in self._places]
        if added:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self._rows.extend(added)
            self._number()
            self.endInsertRows()
        if not self.same_rows(rows):
            self._sort_as(rows)

    def _sort_as(self, rows: Sequence[Row]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in before]
        self._rows = [self._rows[self._places[row.id]] for row in rows]
        self._number()
        after = [
            self.index(self._places[row_id], index.column())
            for row_id, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _number(self) -> None:
        self._places = {row.id: place for place, row in enumerate(self._rows)}

    # ---- Qt

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        cells = self._cells.setdefault(row.id, {})
        cell = cells.get(index.column())
        if cell is None:
            cell = cells[index.column()] = column.value(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip(row) if column.tooltip is not None else cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            percent = f", {int(cell.share * 100)} percent" if cell.share is not None else ""
            warning = ", warning" if cell.glyph else ""
            return f"{column.title}: {cell.text}{percent}{warning}"
        if role == CELL_ROLE:
            return cell
        if role == COLUMN_ROLE:
            return column
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == KEY_ROLE:
            return self.columns[section].key
        return super().headerData(section, orientation, role)
