"""A page of one live list: its views, its search, its foot, the menu of its rows, and what it says when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabBar, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.changes import Change
from models.row_lists import MOST_ROWS
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.icons import follow_icon
from ui.jobs.live_list import LiveList
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

READ: Final = "read"
SEARCH_WIDTH: Final = 280


class RowsPage(Page):
    """What such pages share; a page says what can be done with its rows.

    Args:
        rows: the list.
        views: the names of its views, in their order; none for a list that is always whole.
    """

    ROWS: ClassVar[str] = ""  # what the rows are, e.g. "jobs"
    ROW_ACTIONS: ClassVar[tuple[str, ...]] = ()  # the actions in the menu of a row; none named are all

    list: LiveList

    def __init__(
        self,
        context: PageContext,
        rows: LiveList,
        views: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.list = rows
        self.list.chooses_first = True
        self.views = QTabBar()
        self.search = SearchBox(f"Search {self.ROWS}")
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self.card = Card(flush=True)
        self._foot = QHBoxLayout()
        self._arrange_list(views)
        self._connect_list()

    # ---- what a page says

    def on_chosen(self) -> None:
        """Other rows are selected: enable what can be done with them."""

    def on_row_opened(self, row_id: Any) -> None:
        """A person has opened a row."""

    def on_view(self, place: int) -> None:
        """A person has chosen another view."""

    def count_words(self) -> str:
        """What the foot says of how many there are."""
        return ""

    def list_actions(self) -> tuple[Action, ...]:
        """What every list can do, by the keyboard."""
        return (
            Action("search", f"Search {self.ROWS}", "search", self._to_search, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def columns_action(self) -> Action:
        """The action that lets a person choose the columns, for lists that have some to choose from."""
        return Action("columns", "Choose columns", "table_edit", self._choose_columns)

    def counted(self, one: str, many: str, beyond: str = "") -> str:
        """How many rows are shown, for the foot.

        Args:
            one, many: what one row is called, and several.
            beyond: what to do where the list ends before the rows do.
        """
        number = len(self.list.table.rows.rows)
        words = f"1 {one}" if number == 1 else f"{count_text(number)} {many}"
        return f"{words}; {beyond}" if beyond and number == MOST_ROWS else words

    # ---- its life

    def on_open(self) -> None:
        self.list.refresh()
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self.list.close_list()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self.list.records_changed(changes)

    def refresh(self) -> None:
        self.list.refresh()

    def chosen(self) -> Any:
        """The selected rows, top to bottom."""
        return self.list.chosen()

    def show_count(self) -> None:
        """Say anew how many there are."""
        self.count_label.setText(self.count_words())

    # ---- how it comes about

    def place_card(self) -> None:
        """Put the card with the list into the page."""
        self.body.addWidget(self.card, 1)

    def rescale(self) -> None:
        """The size of text and controls is another one."""
        px = theme().px
        self.views.setFont(theme().font("body"))
        self.search.setFixedWidth(px(SEARCH_WIDTH))
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))

    def _arrange_list(self, views: Sequence[str]) -> None:
        self.header.addWidget(self.search)
        for view in views:
            self.views.addTab(view)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Views")
        self.views.setElideMode(Qt.TextElideMode.ElideNone)
        self.views.setUsesScrollButtons(False)
        self.card.header.insertWidget(0, self.views)
        if not views:
            self.views.hide()
        self.card.body.addWidget(self.list, 1)
        self._foot.addWidget(self.count_label)
        self.card.body.addLayout(self._foot)

    def _connect_list(self) -> None:
        self.views.currentChanged.connect(self._on_view)
        self.search.search_changed.connect(self.list.search_for)
        self.list.clear_search_requested.connect(self.search.clear_search)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self._on_opened)
        self.list.loaded.connect(self._on_loaded)
        self.list.failed.connect(self._on_failed)
        self.list.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.table.customContextMenuRequested.connect(self._open_menu)

    def finish(self) -> None:
        """Put everything in its place, once the page has made what it adds."""
        self.place_card()
        theme().changed.connect(self.rescale)
        self.rescale()

    # ---- what happens

    def _on_view(self, place: int) -> None:
        self.on_view(place)

    def _on_chosen(self) -> None:
        self.on_chosen()

    def _on_opened(self, row_id: Any) -> None:
        self.on_row_opened(row_id)

    def _on_loaded(self) -> None:
        self.banners.remove(READ)
        self.show_count()
        self.on_loaded()

    def on_loaded(self) -> None:
        """The rows were read."""

    def _on_failed(self, error: TaskError) -> None:
        title = f"The {self.ROWS} could not be read."
        self.banners.show_banner(READ, "err", title, error.text, (("retry", "Retry"),))

    def on_banner_action(self, key: str, action: str) -> None:
        if key == READ:
            self.refresh()

    def _open_menu(self, at: QPoint) -> None:
        if self.list.table.indexAt(at).isValid():
            menu = self.row_menu()
            if not menu.isEmpty():
                menu.popup(self.list.table.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu:
        """The actions on rows as a menu, those enabled that the selected rows allow."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        allowed = {action.key for action in self.actions_of_page()}
        for action in self.page_actions():
            if action.shown and (not self.ROW_ACTIONS or action.key in self.ROW_ACTIONS):
                entry = menu.addAction(action.text)
                follow_icon(entry, action.icon)
                entry.setEnabled(action.key in allowed)
                entry.triggered.connect(action.handler)
        return menu

    def _choose_columns(self) -> None:
        self.list.table.open_column_menu()

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
