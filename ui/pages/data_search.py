"""Data Search: looks through all tables of the company at once, and shows what it finds as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget

from desktop.changes import EVERYTHING
from desktop.codeunits.search_table import read_found
from desktop.formats import count_text, format_value
from desktop.tasks.task import ErrorLevel, TaskError
from models.changes import Change
from models.data_search import words_of
from ui.data_search.results_view import ResultsView
from ui.data_search.rows import FailedRow, HitRow, MoreRow, Row, rows_of
from ui.data_search.search_field import WIDTH, SearchField, SearchStatus
from ui.data_search.search_queue import MORE_HITS, SearchQueue, TableSearch
from ui.data_search.sources import SOURCES
from ui.framework.command_bar import Action
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.framework.part import STOPPED
from ui.later import later
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind, EmptyState

CODEUNIT: Final = "search_table"
SHORTEST: Final = 2  # characters
TIMEOUT_MS: Final = 60_000
REFUSED_MS: Final = 300  # until a search that the hub had no place for is tried again
CHANGED_MS: Final = 1_000
OLD_MS: Final = 450  # what was found for the text before may stay so long, so that nothing flickers


class DataSearch(Page):
    """See the module's docstring.

    Args:
        text: what to look for; the field is empty when it is.
    """

    NAME = "data_search"
    TITLE = "Data Search"
    SEARCH_TERMS = ("find", "global search", "search company data", "look up")

    def __init__(self, context: PageContext, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.field = SearchField()
        self.field.setText(text)
        self.status = SearchStatus()
        self.view = ResultsView()
        self.empty = EmptyState(EmptyKind.NO_MATCH, "")
        self.queue = SearchQueue(SOURCES, self._enqueue)
        self._text = ""  # what is looked for; empty for nothing
        self._shows_old = False  # the lines are those of the text before
        self._to_results_soon = False  # the keyboard goes to the results as soon as there are any
        self._changed: set[str] = set()  # tables in which something was written since they were searched
        self._again = later(self, REFUSED_MS, self._fill)
        self._old = later(self, OLD_MS, self._show)
        self._refresh_soon = later(self, CHANGED_MS, self._search_changed)
        self._arrange()
        self._connect()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("search", "Search", "search", self._to_field, "F3", shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        if self.field.text().strip():
            self.field.search_now()
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self._to_results()
        else:
            self._search("")
            self._to_field()

    def on_close(self) -> None:
        for timer in (self._again, self._old, self._refresh_soon):
            timer.stop()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        """What was found may have another name now: tables in which something was written are searched again."""
        if not self._text:
            return
        tables = {change.table for change in changes}
        searched = {table.source.table for table in self.queue.tables}
        self._changed |= searched if EVERYTHING in tables else searched & tables
        if self._changed and not self._refresh_soon.isActive():
            self._refresh_soon.start()

    def refresh(self) -> None:
        """Search all tables once more; the line that the keyboard is on stays."""
        if self._text:
            self.field.search_now()
            for table in self.queue.tables:
                self.queue.again(table)
            self._fill()

    # ---- the search

    def _search(self, text: str) -> None:
        self.cancel_background_tasks()
        self._to_results_soon = False
        for timer in (self._again, self._refresh_soon, self._old):
            timer.stop()
        self._changed.clear()
        if sum(map(len, words_of(text))) < SHORTEST:
            self._text = ""
            self.queue.forget()
            self._show()
            return
        self._text = text
        self._shows_old = True
        self._old.start()
        self.queue.begin()
        self._fill()

    def _fill(self) -> None:
        if not self.queue.fill():
            self._again.start()
        if self.queue.is_busy():
            self.status.progress(self.queue.ended(), len(self.queue.tables))

    def _enqueue(self, table: TableSearch) -> int:
        parameters = {
            "table": table.source.table,
            "text": self._text,
            "limit": format_value(table.limit),
        }
        return self.enqueue_background_task(
            CODEUNIT, parameters, timeout_ms=TIMEOUT_MS, error_level=ErrorLevel.IGNORE
        )

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        table = self.queue.end(task_id)
        if table is not None:
            table.found, table.error = read_found(results), None
            self._on_ended(table)

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        table = self.queue.end(task_id)
        if table is None:
            return False
        table.error = error
        self._on_ended(table)
        return True

    def on_background_task_stopped(self, task_id: int) -> None:
        self.on_page_background_task_error(task_id, STOPPED)

    def _on_ended(self, table: TableSearch) -> None:
        self._fill()
        has_lines = table.error is not None or (table.found is not None and table.found.total > 0)
        if has_lines or not self._shows_old or not self.queue.is_busy():
            self._show()

    def _search_changed(self) -> None:
        changed, self._changed = self._changed, set()
        for name in changed:
            self.queue.again(self.queue.table(name))
        self._fill()

    # ---- what is shown

    def _show(self) -> None:
        anew, self._shows_old = self._shows_old or not self._text, False
        self._old.stop()
        rows = rows_of(self.queue.tables, words_of(self._text))
        self.view.show_rows(rows, anew=anew)
        busy = self.queue.is_busy()
        if not self._text:
            self._say_what_to_type()
        elif not rows:
            self._say_searching() if busy else self._say_nothing_found()
        focused = QApplication.focusWidget()  # the page's own one is kept while another page is in front
        had_keyboard = focused is not None and self.stack.isAncestorOf(focused)
        self.stack.setCurrentWidget(self.view if rows else self.empty)
        if rows and (had_keyboard or self._to_results_soon):
            self._to_results_soon = False
            self.view.enter()
        elif had_keyboard:
            self._to_results_soon = busy
            self.field.setFocus()
        if not busy:
            self.status.say(self._outcome() if self._text and rows else "")
            announce(self, self.status.label.text() or self.empty.accessibleName())

    def _outcome(self) -> str:
        found = [table.found.total for table in self.queue.tables if table.found and not table.error]
        hits, tables = sum(found), sum(1 for total in found if total)
        words = f"{count_text(hits)} {'hit' if hits == 1 else 'hits'} in {tables} of {len(self.queue.tables)} tables"
        failed = sum(1 for table in self.queue.tables if table.error)
        return f"{words} · {failed} could not be searched" if failed else words

    def _say_what_to_type(self) -> None:
        started = bool(self.field.text().strip())
        line = "Type one more character" if started else "What are you looking for?"
        titles = [table.source.title.lower() for table in self.queue.tables]
        detail = (
            f"Looks through {', '.join(titles[:-1])} and {titles[-1]}, for words and beginnings of words."
        )
        self.empty.show_state(EmptyKind.NO_MATCH, line, detail=detail, icon="document_search")

    def _say_searching(self) -> None:
        line = f"Searching for “{self._text}”…"
        detail = "Nothing so far. Large tables take a while; you can go on with something else."
        self.empty.show_state(EmptyKind.NO_MATCH, line, detail=detail, icon="document_search")

    def _say_nothing_found(self) -> None:
        detail = "Every word must occur in the record. Check the spelling, or type fewer or shorter words."
        line = f"Nothing found for “{self._text}”"
        self.empty.show_state(EmptyKind.NO_MATCH, line, detail=detail, icon="document_search")

    # ---- what a person does

    def _on_chosen(self, row: Row) -> None:
        if self._shows_old:
            return  # these lines are about to go
        if isinstance(row, HitRow):
            self.context.navigate(row.source.page, **row.source.arguments(row.hit.key))
        elif isinstance(row, MoreRow) and row.source.list_page:
            self.context.navigate(row.source.list_page, search=self._text)
        elif isinstance(row, MoreRow | FailedRow):
            table = self.queue.table(row.source.table)
            self.queue.again(table, MORE_HITS if isinstance(row, MoreRow) else None)
            self._fill()

    def _to_results(self) -> None:
        if self._text and self.view.results.rows:
            self.stack.setCurrentWidget(self.view)  # what is hidden cannot have the keyboard
            self.view.enter()
        else:
            self._to_results_soon = bool(self._text) and self.queue.is_busy()

    def _stay_in_field(self, _text: str) -> None:
        self._to_results_soon = False

    def _to_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    # ---- how it is made

    def _arrange(self) -> None:
        self._line = QHBoxLayout()
        self._line.addWidget(self.field)
        self._line.addWidget(self.status, 1)
        self.body.addLayout(self._line)
        card = Card(flush=True)
        card.setAccessibleName("Results")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        card.body.addWidget(self.stack, 1)
        self.body.addWidget(card, 1)
        theme().changed.connect(self._retheme_search)
        self._retheme_search()

    def _connect(self) -> None:
        self.field.search_changed.connect(self._search)
        self.field.textEdited.connect(self._stay_in_field)
        self.field.results_wanted.connect(self._to_results)
        self.view.chosen.connect(self._on_chosen)
        self.view.left_upwards.connect(self._to_field)

    def _retheme_search(self) -> None:
        self.field.setFixedWidth(theme().px(WIDTH))
        self._line.setSpacing(theme().px(16))
