"""What a list asks for: its search, its filters and its order, which a person changes while it stays."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from models.errors import FieldError
from models.filters import exactly
from models.list_query import ListQuery
from models.record import Record
from models.rules import Kind
from ui.framework.columns import Column
from ui.framework.context import PageContext
from ui.framework.filter_pane import FilterPane
from ui.framework.list_panes import ListPanes
from ui.framework.list_view import ListView
from ui.framework.page import Page
from ui.framework.table_model import VALUE_ROLE, TableModel
from ui.framework.values import from_stored, reader, shown
from ui.widgets.search_box import SearchBox


class ListNarrowing(Page):
    """The part of a list that decides which rows it shows, and in which order.

    Class attributes:
        RECORD: what the list is of; its table, key and words.
        COLUMNS: what it shows.
        SORT, DESCENDING: its order when it opens; the key when empty.

    Args:
        filters: texts in the signs of `models.filters` by column name, set when the list opens.
        search: what stands in the search box when it opens.
    """

    RECORD: ClassVar[type[Record]]
    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    SORT: ClassVar[str] = ""
    DESCENDING: ClassVar[bool] = False

    panes: ListPanes

    def __init__(
        self,
        context: PageContext,
        filters: dict[str, str] | None = None,
        search: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._read = reader(context.clock)
        self._given = dict(filters or {})
        self._sort, self._descending = self.SORT, self.DESCENDING
        self.model = TableModel(context.hub, self.COLUMNS, self.base_query(), self)
        self.view = ListView(self.model, context.settings.row_height)
        self.search_box = SearchBox(f"Search {self._plural().lower()}")
        self.search_box.setText(search)
        self.filter_pane = FilterPane(self.COLUMNS, self._read)

    # ---- what a list overrides

    def base_query(self) -> ListQuery:
        """The list's question without sorting, search and filters; `columns` are filled in."""
        return ListQuery(
            self.RECORD.table(),
            self.RECORD.key_field(),
            (),
            search_column="search_text" if self.RECORD.SEARCHED else "",
        )

    # ---- what a person and others narrow

    def set_filter(self, name: str, text: str) -> None:
        """Filter a column, and show the filter pane.

        Raises:
            KeyError: when the column cannot be filtered.
        """
        self.panes.show_filters(True, focus=False)
        self.filter_pane.set_filter(name, text)

    def filter_to_value(self) -> None:
        """Filter the column that the keyboard is in to the value of its cell (Alt+F3)."""
        index = self.view.currentIndex()
        if not index.isValid():
            return
        column = self.COLUMNS[index.column()]
        if not column.filterable:
            return
        value = from_stored(column.kind, index.data(VALUE_ROLE))
        text = exactly(shown(column.kind, value))
        if column.kind in (Kind.DECIMAL, Kind.INTEGER, Kind.DATE, Kind.BOOLEAN) and value is not None:
            text = shown(column.kind, value)
        self.set_filter(column.name, text)

    def reset_filters(self) -> None:
        """Remove all filters and the search (Ctrl+Shift+Alt+F3)."""
        self.search_box.clear()
        self.filter_pane.reset()
        self._ask()

    def sort_by(self, name: str, *, descending: bool = False) -> None:
        """Sort by a column.

        Raises:
            KeyError: when the list has no such column.
        """
        self._sort, self._descending = name, descending
        self.view.show_sorting(self.model.column_index(name), descending)
        self._ask()

    # ---- how it works

    def _ask(self) -> None:
        query = self.base_query()
        column = self.COLUMNS[self.model.column_index(self._sort)] if self._sort else None
        try:
            narrowed = ListQuery(
                query.table,
                query.key,
                (),
                column.expression if column else query.sort,
                self._descending if column else query.descending,
                self.search_box.text().strip(),
                query.conditions,
                query.search_column,
            ).with_filters(self.filter_pane.filters(), self._read)
        except FieldError as error:
            self.banners.show_banner("filter", "warn", "A filter cannot be read.", str(error))
            return
        self.banners.remove("filter")
        names = self.filter_pane.filtered_names()
        self.view.show_filtered({self.model.column_index(name) for name in names})
        self.model.ask(narrowed)

    def _on_search(self, _text: str) -> None:
        self._ask()

    def _on_sort(self, place: int) -> None:
        column = self.COLUMNS[place]
        if column.sortable:
            self.sort_by(column.name, descending=self._sort == column.name and not self._descending)

    def _sort_current(self) -> None:
        self._on_sort(max(0, self.view.currentIndex().column()))

    def _focus_search(self) -> None:
        self.search_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_box.selectAll()

    def _caption(self) -> str:
        return self.RECORD.CAPTION

    def _plural(self) -> str:
        return self.RECORD.CAPTION_PLURAL
