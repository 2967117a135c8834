"""What was found, as rows: a heading for each table, its hits, and what else can be done there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.formats import count_text
from models.data_search import MOST_COUNTED, Found, Hit
from ui.data_search.sources import Source

Index = QModelIndex | QPersistentModelIndex


class RowKind(Enum):
    """What a row is."""

    HEADING = auto()
    HIT = auto()
    SHOW_ALL = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row.

    Args:
        text: the heading's count, the words of "Show all", or what went wrong.
        hit: for a hit.
    """

    kind: RowKind
    source: Source
    text: str = ""
    hit: Hit | None = None

    @property
    def chosen_by_keyboard(self) -> bool:
        """Whether the arrow keys stop here."""
        return self.kind is not RowKind.HEADING

    def spoken(self) -> str:
        """What a screen reader says."""
        if self.kind is RowKind.HEADING:
            return f"{self.source.title}, {self.text}"
        if self.hit is not None:
            return (
                f"{self.hit.key if self.source.key_shown else ''} {self.hit.title}, {self.hit.detail}".strip()
            )
        return self.text


class Results(QAbstractListModel):
    """The rows of all tables, in the order of the tables and not of their answers."""

    def __init__(self, sources: Sequence[Source], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: dict[Source, list[ResultRow]] = {source: [] for source in sources}

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        for rows in self._groups.values():
            rows.clear()
        self.endResetModel()

    def show_found(self, source: Source, found: Found) -> None:
        """Show what a table has; nothing where it has nothing."""
        rows: list[ResultRow] = []
        if found.hits:
            rows.append(ResultRow(RowKind.HEADING, source, _count(found.total)))
            rows += [ResultRow(RowKind.HIT, source, hit=hit) for hit in found.hits]
        if source.list_page and found.total > len(found.hits):
            rows.append(
                ResultRow(RowKind.SHOW_ALL, source, f"Show all {_count(found.total)} {source.title.lower()}")
            )
        self._replace(source, rows)

    def show_failed(self, source: Source, reason: str) -> None:
        """Say that a table could not be searched; the others are not concerned."""
        self._replace(
            source,
            [
                ResultRow(RowKind.HEADING, source, "not searched"),
                ResultRow(RowKind.FAILED, source, f"{source.title} could not be searched: {reason}"),
            ],
        )

    def forget(self, source: Source) -> None:
        """Take the rows of a table away: it is searched again."""
        self._replace(source, [])

    def rows(self) -> list[ResultRow]:
        """All rows from top to bottom."""
        return [row for rows in self._groups.values() for row in rows]

    def row(self, place: int) -> ResultRow | None:
        """The row at a place; None where there is none."""
        rows = self.rows()
        return rows[place] if 0 <= place < len(rows) else None

    def hit_count(self) -> int:
        """How many hits are shown."""
        return sum(row.kind is RowKind.HIT for row in self.rows())

    # ---- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else sum(len(rows) for rows in self._groups.values())

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken()
        if role == Qt.ItemDataRole.ToolTipRole and row.kind is RowKind.FAILED:
            return row.text
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row(index.row())
        if row is None or not row.chosen_by_keyboard:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _replace(self, source: Source, rows: list[ResultRow]) -> None:
        first = 0
        for other, others in self._groups.items():
            if other == source:
                break
            first += len(others)
        before = len(self._groups[source])
        if before:
            self.beginRemoveRows(QModelIndex(), first, first + before - 1)
            self._groups[source] = []
            self.endRemoveRows()
        if rows:
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._groups[source] = rows
            self.endInsertRows()


def _count(total: int) -> str:
    return f"{count_text(MOST_COUNTED)}+" if total >= MOST_COUNTED else count_text(total)
