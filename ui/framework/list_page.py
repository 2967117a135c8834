"""The base of all lists: search, filters, sorting, counting, FactBoxes, and the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.formats import count_text
from desktop.tasks.task import TaskError
from models.changes import Change
from models.list_query import ANY_PART
from ui.framework.background_columns import BackgroundColumns
from ui.framework.command_bar import Action
from ui.framework.context import PageContext
from ui.framework.list_narrowing import ListNarrowing
from ui.framework.list_panes import ListPanes
from ui.framework.part import Part
from ui.later import SIGN_AFTER_MS, later
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import Label

REFRESH_MS: Final = 250


class ListPage(ListNarrowing):
    """A list of records; what it is of, and how it is narrowed, stands in `ListNarrowing`.

    Class attributes:
        CARD: the page that Enter opens, with the argument key.
        WATCHED: more tables whose changes concern the list.
        EMPTY_DETAIL: what such records are for; said while there are none.

    Args:
        filters: texts in the signs of `models.filters` by column name, set when the list opens.
        search: what stands in the search box when it opens.
    """

    CARD: ClassVar[str] = ""
    WATCHED: ClassVar[tuple[str, ...]] = ()
    EMPTY_DETAIL: ClassVar[str] = ""

    def __init__(
        self,
        context: PageContext,
        filters: dict[str, str] | None = None,
        search: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, filters, search, parent)
        self.background_columns = BackgroundColumns(context, self.model, self)
        self.empty = EmptyState(EmptyKind.FIRST_USE, "")
        self.count_label = Label("", "caption", "fg3", tabular=True)
        self.note_label = Label("", "caption", "fg2")
        self.parts: list[Part] = list(self.create_parts())
        self._soon = later(self, REFRESH_MS, self.model.refresh)
        self._busy = later(self, SIGN_AFTER_MS, self._show_busy)
        self._arrange()
        self._connect()

    # ---- what a list overrides

    def create_parts(self) -> Iterable[Part]:
        """The FactBoxes beside the list, made once."""
        return ()

    def on_after_get_current_record(self, key: str) -> None:
        """The keyboard is on another record, or none (""); the tasks of the one before are cancelled."""

    def list_actions(self) -> Sequence[Action]:
        """The list's own actions, shown after New."""
        return ()

    def open_record(self, key: str) -> None:
        """Open a record (Enter)."""
        if self.CARD:
            self.context.navigate(self.CARD, key=key, within=self.model.query)

    def new_record(self) -> None:
        """Begin a new record (Alt+N)."""
        if self.CARD:
            self.context.navigate(self.CARD, key="")

    def empty_action(self) -> str:
        """The word on the button of an empty list; it does what New does."""
        return f"New {self._caption().lower()}" if self.CARD else ""

    def on_empty_action(self) -> None:
        """The button of an empty list was pressed."""
        self.new_record()

    # ---- what others ask

    def current_key(self) -> str:
        """The key of the record that the keyboard is on; "" for none."""
        return self.view.current_key()

    def selected_keys(self) -> list[str]:
        """The keys of the selected records."""
        return self.view.selected_keys()

    def current_record(self) -> tuple[str, str]:
        return (self.RECORD.table(), self.current_key())

    def refresh_is_due(self) -> bool:
        """Whether changed records are about to be read."""
        return self._soon.isActive()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        made: list[Action] = []
        if self.CARD:
            made.append(Action("new", "New", "add", self.new_record, "Alt+N"))
            made.append(Action("open", "Open", "open", self._open_current))
        made.extend(self.list_actions())
        made += [
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
            Action("search", "Search the list", "search", self._focus_search, "F3", shown=False),
            Action("filters", "Filter pane", "filter", self.panes.toggle_filters, "Shift+F3", shown=False),
            Action(
                "filter_value", "Filter to this value", "filter", self.filter_to_value, "Alt+F3", shown=False
            ),
            Action(
                "reset_filters",
                "Reset filters",
                "filter_dismiss",
                self.reset_filters,
                "Ctrl+Shift+Alt+F3",
                shown=False,
            ),
            Action("sort", "Sort by this column", "arrow_swap", self._sort_current, "Alt+F7", shown=False),
            Action("copy", "Copy rows", "copy", self._copy, shown=False),
        ]
        if self.parts:
            made.append(
                Action("facts", "FactBox pane", "panel_right", self.panes.toggle_facts, "Alt+F2", shown=False)
            )
        return made

    def on_open(self) -> None:
        for name, text in self._given.items():
            self.filter_pane.set_filter(name, text)
        if self._given:
            self.panes.show_filters(True, focus=False)
        self._ask()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        for part in self.parts:
            part.close_part()
        self.background_columns.close()
        self.model.close()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        tables = {self.RECORD.table(), *self.WATCHED}
        if any(change.table in tables for change in changes) and not self._soon.isActive():
            self._soon.start()
        self.background_columns.on_records_changed(changes)
        for part in self.parts:
            part.on_records_changed(changes)

    def background_tasks_running(self) -> bool:
        return super().background_tasks_running() or self.background_columns.is_busy()

    def refresh(self) -> None:
        self.model.refresh()
        self.background_columns.refresh()
        for part in self.parts:
            part.refresh()

    # ---- how it works

    def _arrange(self) -> None:
        self.header.addWidget(self.search_box)
        self.card = Card(flush=True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.card.body.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.count_label)
        foot.addWidget(self.note_label)
        foot.addStretch(1)
        self._foot = foot
        self.card.body.addLayout(foot)
        self.view.setAccessibleName(self._plural())
        self.panes = ListPanes(self.filter_pane, self.card, self.parts)
        self.panes.list_wanted.connect(self.view.setFocus)
        self.header.addWidget(self.panes.filter_button)
        self.header.addWidget(self.panes.facts_button)
        self.body.addWidget(self.panes, 1)
        self._retheme_list()

    def _connect(self) -> None:
        self.view.row_activated.connect(self.open_record)
        self.view.current_key_changed.connect(self._on_current)
        self.view.sort_requested.connect(self._on_sort)
        self.search_box.search_changed.connect(self._on_search)
        self.search_box.returnPressed.connect(self.view.setFocus)
        self.filter_pane.changed.connect(self._ask)
        self.empty.action_triggered.connect(self._on_empty_action)
        self.empty.link_triggered.connect(self.reset_filters)
        self.model.loaded.connect(self._on_loaded)
        self.model.counted.connect(self._on_counted)
        self.model.failed.connect(self._on_failed)
        self.model.busy_changed.connect(self._on_busy)
        theme().changed.connect(self._retheme_list)
        if self._sort:
            self.view.show_sorting(self.model.column_index(self._sort), self._descending)

    def _on_loaded(self, _fresh: bool) -> None:
        self.banners.remove("load")
        wider = self.model.query.search.startswith(ANY_PART) and not self.model.asked.search.startswith(
            ANY_PART
        )
        found = wider and bool(self.model.rowCount())
        self.note_label.setText(
            f"No word begins with “{self.model.asked.search}”; found inside words." if found else ""
        )
        self.note_label.setVisible(found)
        self._show_list_or_reason()

    def _show_list_or_reason(self) -> None:
        if self.model.rowCount():
            had_focus = self.empty.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
            self.stack.setCurrentWidget(self.view)
            if had_focus:
                self.view.setFocus()
            return
        plural = self._plural().lower()
        search = self.search_box.text().strip()
        filters = len(self.filter_pane.filters())
        if search or filters:
            words = [f"“{search}”"] if search else []
            words += [f"{filters} filter{'s' if filters > 1 else ''}"] if filters else []
            self.empty.show_state(
                EmptyKind.NO_MATCH, f"No {plural} match {' and '.join(words)}", link="Clear filters"
            )
        elif self.base_query().conditions:
            self.empty.show_state(EmptyKind.ALL_DONE, f"No {plural} here")
        else:
            self.empty.show_state(
                EmptyKind.FIRST_USE,
                f"There are no {plural} yet",
                detail=self.EMPTY_DETAIL,
                action=self.empty_action(),
            )
        self.stack.setCurrentWidget(self.empty)

    def _on_counted(self, total: int) -> None:
        noun = self._caption() if total == 1 else self._plural()
        self.count_label.setText(f"{count_text(total)} {noun.lower()}")
        self._show_list_or_reason()
        announce(self, self.count_label.text())

    def _on_failed(self, error: TaskError) -> None:
        if self.model.rowCount():
            self.banners.show_banner(
                "load", "err", "The list could not be read.", error.text, [("retry", "Retry")]
            )
            return
        self.empty.show_state(
            EmptyKind.FAILED, f"{self._plural()} could not be read", detail=error.text, action="Retry"
        )
        self.stack.setCurrentWidget(self.empty)

    def on_banner_action(self, key: str, action: str) -> None:
        if (key, action) == ("load", "retry"):
            self.refresh()

    def _on_empty_action(self) -> None:
        if self.empty.kind is EmptyKind.FAILED:
            self.refresh()
        else:
            self.on_empty_action()

    def _on_busy(self, busy: bool) -> None:
        if busy:
            self._busy.start()
        else:
            self._busy.stop()

    def _show_busy(self) -> None:
        self.count_label.setText("Reading…")

    def _on_current(self, key: str) -> None:
        self.cancel_background_tasks()
        if "open" in self._actions:
            self.set_action_enabled("open", bool(key))
        self.on_after_get_current_record(key)
        self.tell_current_record({self.RECORD.key_field(): key})

    def _open_current(self) -> None:
        if key := self.current_key():
            self.open_record(key)

    def _copy(self) -> None:
        self.view.copy_rows()

    def _retheme_list(self) -> None:
        px = theme().px
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))
        self._foot.setSpacing(px(12))
        self.search_box.setFixedWidth(px(280))
