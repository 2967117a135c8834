"""Data Search: one field for the whole company; a task for each table, hits show as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.codeunits.search_table import read_found
from desktop.errors import TooManyTasksError
from desktop.formats import format_value
from desktop.tasks.task import ErrorLevel, TaskError
from ui.data_search.results import ResultRow, Results, RowKind
from ui.data_search.results_view import ResultsView
from ui.data_search.sources import SOURCES, Source
from ui.framework.context import PageContext
from ui.framework.page import Action, Page
from ui.framework.part import STOPPED
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import Label
from ui.widgets.search_box import SearchBox

CODEUNIT: Final = "search_table"
IN_FLIGHT: Final = 6
SHORTEST: Final = 2  # characters of a text worth looking for
HITS: Final = 5  # of each table
DOTS_MS: Final = 400
AGAIN_MS: Final = 500  # after a refusal, when no task of this page is left whose end would ask again


class DataSearch(Page):
    """See the module's docstring.

    Args:
        text: what to look for at once.
    """

    NAME = "data_search"
    TITLE = "Data Search"
    SEARCH_TERMS = ("find", "global search", "search company data", "look up")

    def __init__(self, context: PageContext, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.box = SearchBox("Search company data")
        self.box.setText(text)
        self.results = Results(SOURCES, self)
        self.view = ResultsView(self.results)
        self.empty = EmptyState(EmptyKind.NO_MATCH, "", icon="document_search")
        self.progress = Label("", "caption", "fg2", tabular=True)
        self._stack = QStackedWidget()
        self._text = ""
        self._waiting: deque[Source] = deque()
        self._asked: dict[int, Source] = {}
        self._dots = QTimer(self)
        self._dots.setInterval(DOTS_MS)
        self._dots.timeout.connect(self._move_dots)
        self._step = 0
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._ask)
        self._arrange()
        self._connect()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("search", "Search", "search", self._focus_box, "F3", shown=False),
            Action("refresh", "Search again", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self._focus_box()
        self._begin(self.box.text())

    def refresh(self) -> None:
        self._begin(self.box.text())

    def is_searching(self) -> bool:
        """Whether tables are still to be searched."""
        return bool(self._waiting or self._asked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.box.hasFocus():
            self.view.go_to_first()
        else:
            super().keyPressEvent(event)

    # ---- searching

    def _begin(self, text: str) -> None:
        self.cancel_background_tasks()
        self._asked.clear()
        self._waiting.clear()
        self._again.stop()
        self._text = " ".join(text.split())
        self.results.clear()
        self.view.mark(self._text)
        if len(self._text) >= SHORTEST:
            self._waiting.extend(SOURCES)
            self._ask()
        else:
            self._show_state()

    def _ask(self) -> None:
        """Put as many tasks on their way as may be; what is refused waits until one has ended."""
        while self._waiting and len(self._asked) < IN_FLIGHT:
            source = self._waiting[0]
            parameters = {"table": source.table, "text": self._text, "limit": format_value(HITS)}
            try:
                task_id = self.enqueue_background_task(CODEUNIT, parameters, error_level=ErrorLevel.IGNORE)
            except TooManyTasksError:
                if not self._asked:
                    self._again.start()
                break
            self._asked[task_id] = self._waiting.popleft()
        self._show_state()

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        source = self._asked.pop(task_id, None)
        if source is not None:
            self.results.show_found(source, read_found(results))
            self._ask()

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        source = self._asked.pop(task_id, None)
        if source is None:
            return False
        self.results.show_failed(source, error.text)
        self._ask()
        return True

    def on_background_task_stopped(self, task_id: int) -> None:
        self.on_page_background_task_error(task_id, STOPPED)

    # ---- what a person does

    def _on_search(self, text: str) -> None:
        if " ".join(text.split()) != self._text:
            self._begin(text)

    def _on_chosen(self, row: ResultRow) -> None:
        source = row.source
        if row.kind is RowKind.SHOW_ALL:
            self.context.navigate(source.list_page, search=self._text)
        elif row.kind is RowKind.FAILED:
            self.results.forget(source)
            self._waiting.append(source)
            self._ask()
        elif row.hit is not None:
            self.context.navigate(source.page, **source.arguments(row.hit.key))

    def _focus_box(self) -> None:
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    # ---- what it says

    def _show_state(self) -> None:
        searching = self.is_searching()
        if searching and not self._dots.isActive():
            self._dots.start()
        elif not searching:
            self._dots.stop()
        self._show_progress()
        if self.results.rowCount():
            self._stack.setCurrentWidget(self.view)
            return
        if len(self._text) < SHORTEST:
            self.empty.show_state(
                EmptyKind.NO_MATCH,
                "What are you looking for?",
                detail="Type at least two characters: a name, a number, a city, an e-mail address, a file.",
                icon="document_search",
            )
        elif searching:
            self.empty.show_state(
                EmptyKind.NO_MATCH, f"Searching for “{self._text}”…", icon="document_search"
            )
        else:
            self.empty.show_state(
                EmptyKind.NO_MATCH,
                f"Nothing found for “{self._text}”",
                detail="Every word must be in the same record. Try fewer words, or only their beginnings.",
                icon="document_search",
            )
        self._stack.setCurrentWidget(self.empty)

    def _show_progress(self) -> None:
        done = len(SOURCES) - len(self._waiting) - len(self._asked)
        if self.is_searching():
            dots = "…" if theme().reduced_motion else "." * (self._step % 3 + 1)
            self.progress.setText(f"{done} of {len(SOURCES)} tables searched{dots}")
        elif len(self._text) >= SHORTEST:
            hits = self.results.hit_count()
            said = f"{hits} hit{'' if hits == 1 else 's'} shown, {len(SOURCES)} tables searched"
            if self.progress.text() != said:
                self.progress.setText(said)
                announce(self, said)
        else:
            self.progress.setText("")

    def _move_dots(self) -> None:
        self._step += 1
        self._show_progress()

    # ---- how it comes about

    def _arrange(self) -> None:
        card = Card(flush=True)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        card.body.addWidget(self._stack, 1)
        self.header.addWidget(self.box)
        self.body.addWidget(self.progress)
        self.body.addWidget(card, 1)
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.box.search_changed.connect(self._on_search)
        self.view.chosen.connect(self._on_chosen)
        self.view.left_upwards.connect(self._focus_box)

    def _rescale(self) -> None:
        self.box.setFixedWidth(theme().px(420))
