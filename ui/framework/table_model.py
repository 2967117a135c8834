"""The table of a list: it holds some pages of rows, however many there are, and never waits for one.

The view says which rows it shows (`want`); pages that are missing are fetched off the GUI thread. Until the
rows of another order, search or filter have come, those of before stay. Where no index leads to an order, all rows
are sorted once behind the first ones; pages far down wait for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop.tasks.hub import Hub
from desktop.tasks.task import TaskError
from models.list_query import KEPT_FROM, ListQuery, RowPage
from ui.framework.columns import BackgroundColumn, Column
from ui.framework.per_row import reading_rows
from ui.framework.row_pages import Row, RowPages
from ui.framework.row_reading import (
    PAGE_ROWS,
    Count,
    FirstPage,
    KeepOrder,
    ReadFirst,
    ReadPage,
    runs_of,
    same_rows,
)
from ui.framework.row_values import Cell, CellState, RowValues, said_of
from ui.later import later

Index = QModelIndex | QPersistentModelIndex

VALUE_ROLE: Final = Qt.ItemDataRole.UserRole
KEY_ROLE: Final = Qt.ItemDataRole.UserRole + 1
LOADED_ROLE: Final = Qt.ItemDataRole.UserRole + 2


class TableModel(QAbstractTableModel):
    """The rows of a `ListQuery`.

    Signals:
        loaded: the first rows of a new question are there (True), or the same rows were read anew (False).
        counted: how many rows there are.
        failed: the rows could not be read (TaskError).
        rows_shown: the view shows other rows now, or rows that it shows have come.
    """

    loaded = Signal(bool)
    counted = Signal(int)
    failed = Signal(object)
    busy_changed = Signal(bool)
    rows_shown = Signal()

    def __init__(self, hub: Hub, columns: Sequence[Column], query: ListQuery, parent: QObject | None = None):
        super().__init__(parent)
        self._hub = hub
        self.columns = tuple(columns)
        self.values = RowValues(self.columns)
        self._asked = self._answered = replace(query, columns=tuple(c.expression for c in columns))
        self._rows_known = 0
        self._total: int | None = None
        self._pages = RowPages()
        self._fetching: dict[int, int] = {}
        self._wanted = (0, 0)
        self._loading = self._refreshing = self._counting = self._ordering = False
        self._later = later(self, 0, self._fetch_wanted)

    # ---- what a page asks

    @property
    def query(self) -> ListQuery:
        """The question whose rows are shown; its search begins with "*" where only parts of words matched."""
        return self._answered

    @property
    def asked(self) -> ListQuery:
        """The question that was asked last."""
        return self._asked

    @property
    def total(self) -> int | None:
        """How many rows there are; None while they are being counted."""
        return self._total

    def is_loading(self) -> bool:
        """Whether the rows of a new question are still being read."""
        return self._loading

    def is_settled(self) -> bool:
        """Whether nothing is being read."""
        reads = self._loading or self._refreshing or self._counting or self._ordering or self._fetching
        return not (reads or self._later.isActive())

    def ask(self, query: ListQuery) -> None:
        """Show the rows of another question, when they have come."""
        self._asked = replace(query, columns=tuple(column.expression for column in self.columns))
        self._cancel_pages()
        for key in ("count", "order"):
            self._hub.cancel_key(self, key)
        self._counting = self._ordering = False
        if self._refreshing:  # the number is being looked at because it may have changed
            self._refreshing, self._total = False, None
        self._set_loading(True)
        self._hub.query(self, ReadFirst(self._asked), self._on_first, self._on_error, key="rows")

    def refresh(self) -> None:
        """Read the shown rows and their number anew, without a reset."""
        if self._loading or self._total is None:
            self.ask(self._asked)
            return
        self._pages.make_stale()
        self._refreshing = True
        self._cancel_pages()
        self._count()
        self._keep_order()
        self._later.start()

    def want(self, first: int, last: int) -> None:
        """The view shows these rows now."""
        wanted = (max(0, first), max(0, last))
        moved, self._wanted = wanted != self._wanted, wanted
        self._later.start()
        if moved:
            self.rows_shown.emit()

    def close(self) -> None:
        """The page is closed."""
        self._later.stop()
        self._hub.forget(self)

    # ---- what is there

    def row(self, place: int) -> Row | None:
        """The row at a place, its key first and then its columns; None while it has not come."""
        return self._pages.row(place)

    def key(self, place: int) -> str | None:
        """The key of the row at a place; None while it has not come."""
        row = self.row(place)
        return None if row is None else str(row[0])

    def shown_keys(self, beyond: int = 0) -> list[str]:
        """The keys of the rows that the view shows, as far as they have come.

        Args:
            beyond: so many rows before and after as well; these stand at the end.
        """
        first, last = self._wanted
        ahead = (*range(last + 1, last + 1 + beyond), *range(first - 1, max(-1, first - 1 - beyond), -1))
        keys = (self.key(place) for place in (*range(first, last + 1), *ahead))
        return [key for key in keys if key is not None]

    def cell(self, column: BackgroundColumn, place: int) -> Cell:
        """A cell of a background column, in a row that has come."""
        row = self.row(place)
        return Cell(CellState.WAITING) if row is None else self.values.cell(column, str(row[0]))

    def tell_values(self) -> None:
        """Values of background columns have come, or have become old: draw them."""
        places = [place for place, c in enumerate(self.columns) if isinstance(c, BackgroundColumn)]
        first, last = self._wanted[0], min(self._wanted[1], self._rows_known - 1)
        if places and first <= last:
            self.dataChanged.emit(self.index(first, places[0]), self.index(last, places[-1]))

    def text(self, row: Row, column_number: int) -> str:
        """The words of a cell; empty where a value has not been worked out."""
        return self.columns[column_number].text(self.value(row, column_number))

    def value(self, row: Row, column_number: int) -> Any:
        """What a column has in a row: as stored, or as worked out; None where it has not been worked out."""
        column = self.columns[column_number]
        if isinstance(column, BackgroundColumn):
            return self.values.cell(column, str(row[0])).value
        return row[column_number + 1]

    def put_value(self, place: int, column_number: int, value: Any) -> None:
        """Show another value in a row that has come, until the row is read anew."""
        self._pages.put_value(place, column_number + 1, value)
        index = self.index(place, column_number)
        self.dataChanged.emit(index, index)

    def keys_between(self, first: int, last: int) -> list[str]:
        """The keys of the rows from one place to another that have come, in order, however many rows there are."""
        return self._pages.keys_between(first, last)

    def place_of(self, key: str) -> int | None:
        """The place of a key among the rows that are there."""
        return self._pages.place_of(key)

    def loaded_rows(self) -> list[Row]:
        """All rows that are there, in no order."""
        return self._pages.rows()

    def column_index(self, name: str) -> int:
        """The place of a column.

        Raises:
            KeyError: when there is none of that name.
        """
        for place, column in enumerate(self.columns):
            if column.name == name:
                return place
        raise KeyError(f"the list has no column {name}")

    # ---- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows_known

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[index.column()].alignment
        if role not in _ROLES:
            return None
        row = self.row(index.row())
        if role == LOADED_ROLE:
            return row is not None
        if row is None:
            return None
        if role == KEY_ROLE:
            return str(row[0])
        with reading_rows:
            return self._cell_data(row, index.column(), role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].caption
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].alignment
        return None

    # ---- how it works

    def _cell_data(self, row: Row, column_number: int, role: int) -> Any:
        column = self.columns[column_number]
        if role == VALUE_ROLE:
            return self.value(row, column_number)
        text = self.text(row, column_number)
        if role != Qt.ItemDataRole.AccessibleTextRole:
            return text
        said = said_of(self.values.cell(column, str(row[0]))) if isinstance(column, BackgroundColumn) else ""
        return f"{column.caption}: {', '.join(filter(None, (text, said))) or 'empty'}"

    def _on_first(self, answer: FirstPage) -> None:
        rows = answer.page.rows
        complete = len(rows) < PAGE_ROWS
        known = self._total if same_rows(answer.query, self._answered) else None
        self.beginResetModel()
        self._answered = answer.query
        self._pages = RowPages(rows)
        self._total = len(rows) if complete else known
        self._rows_known = len(rows) if self._total is None else max(self._total, len(rows))
        self._wanted = (0, 0)
        self.endResetModel()
        self._set_loading(False)
        self.loaded.emit(True)
        if self._total is not None:
            self.counted.emit(self._total)
        else:
            self._count()
        if not complete:
            self._keep_order()

    def _keep_order(self) -> None:
        """Let all rows be sorted, where no index leads to their order."""
        if self._answered.stamp and (self._total is None or self._total > KEPT_FROM):
            self._ordering = True
            self._hub.query(self, KeepOrder(self._answered), self._on_order, self._on_error, key="order")

    def _on_order(self, query: ListQuery) -> None:
        if query == self._answered:
            self._ordering = False
            self._later.start()

    def _count(self) -> None:
        self._counting = True
        self._hub.query(self, Count(self._answered), self._on_count, self._on_error, key="count")

    def _on_count(self, answer: tuple[ListQuery, int]) -> None:
        query, total = answer
        self._counting = False
        if query != self._answered:
            return
        self._total = total
        self._resize(total)
        self.counted.emit(total)
        self._settle()

    def _resize(self, total: int) -> None:
        if total > self._rows_known:
            self.beginInsertRows(QModelIndex(), self._rows_known, total - 1)
            self._rows_known = total
            self.endInsertRows()
        elif total < self._rows_known:
            self.beginRemoveRows(QModelIndex(), total, self._rows_known - 1)
            self._rows_known = total
            self._pages.drop_after((total - 1) // PAGE_ROWS)
            self.endRemoveRows()

    def _fetch_wanted(self) -> None:
        if self._loading:
            return
        first, last = self._wanted
        numbers = range(first // PAGE_ROWS, min(last, max(0, self._rows_known - 1)) // PAGE_ROWS + 1)
        ahead = [numbers.stop, numbers.start - 1]
        for number, task_id in list(self._fetching.items()):
            if number not in numbers and number not in ahead:
                self._hub.cancel(task_id)
                del self._fetching[number]
        for number in (*numbers, *(n for n in ahead if 0 <= n * PAGE_ROWS < self._rows_known)):
            if number in self._fetching or self._pages.is_fresh(number):
                self._pages.use(number)
                continue
            if self._ordering and (number + 1) * PAGE_ROWS > KEPT_FROM:
                continue
            work = ReadPage(self._answered, number, self._total)
            self._fetching[number] = self._hub.query(self, work, self._on_page, self._on_error)
        self._settle()

    def _on_page(self, answer: tuple[ListQuery, int, RowPage]) -> None:
        query, number, page = answer
        self._fetching.pop(number, None)
        if query != self._answered:
            return
        start = page.offset
        if start >= self._rows_known:
            self._settle()
            return
        if start + len(page.rows) > self._rows_known:
            self._resize(start + len(page.rows))
        before = self._pages.put(number, page.rows)
        self._tell_changed(start, before, page.rows)
        self._settle()
        self.rows_shown.emit()

    def _tell_changed(self, start: int, before: list[Row] | None, after: list[Row]) -> None:
        last_column = len(self.columns) - 1
        count = min(max(len(after), len(before or ())), self._rows_known - start)
        changed = [
            place
            for place in range(count)
            if before is None or place >= len(before) or place >= len(after) or before[place] != after[place]
        ]
        for first, last in runs_of(changed):
            self.dataChanged.emit(self.index(start + first, 0), self.index(start + last, last_column))

    def _settle(self) -> None:
        """A refresh is done when the rows that are shown have come."""
        first, last = self._wanted
        shown_pages = range(first // PAGE_ROWS, last // PAGE_ROWS + 1)
        if self._refreshing and not self._fetching and not self._pages.any_stale(shown_pages):
            self._refreshing = False
            self.loaded.emit(False)

    def _on_error(self, error: TaskError) -> None:
        self._fetching.clear()
        self._refreshing = self._counting = self._ordering = False
        self._set_loading(False)
        self.failed.emit(error)

    def _cancel_pages(self) -> None:
        for task_id in self._fetching.values():
            self._hub.cancel(task_id)
        self._fetching.clear()

    def _set_loading(self, loading: bool) -> None:
        if loading != self._loading:
            self._loading = loading
            self.busy_changed.emit(loading)


_ROLES: Final = frozenset(
    {
        int(Qt.ItemDataRole.DisplayRole),
        int(Qt.ItemDataRole.AccessibleTextRole),
        int(VALUE_ROLE),
        int(KEY_ROLE),
        int(LOADED_ROLE),
    }
)
