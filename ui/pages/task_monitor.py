"""Task Monitor: what runs now in this program, what waits, and what became of those before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.formats import count_text
from ui.dialogs import Question, tell
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action, Page
from ui.icons import follow_icon
from ui.sessions.ended_list import EndedList
from ui.sessions.load import Load
from ui.sessions.session_list import SessionList
from ui.sessions.session_rows import CHILD, SessionRow, can_stop, rows_now, without_client
from ui.sessions.wording import codeunit_caption, details_of, outcome_word
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.scroller import Scroller

LOOK_MS: Final = 500
LEAST_LIST: Final = 190  # px of the list with its titles; in a lower window the page scrolls
NOW, ENDED = "Running now", "Ended recently"


class TaskMonitor(Page):
    """See the module's docstring. It asks the running program only, never the database."""

    NAME = "task_monitor"
    TITLE = "Task Monitor"
    SEARCH_TERMS = ("my sessions", "child sessions", "background tasks", "background sessions")

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.load = Load(context)
        self.sessions = SessionList(context.clock)
        self.ended = EndedList(context.clock)
        self.views = QTabBar()
        self.question: Question | None = None
        self._lists = QStackedWidget()
        self._card = Card(flush=True)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._arrange()
        self._connect()

    # ---- its life

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("stop", "Stop", "stop", self._stop, "Del", enabled=False),
            Action("error", "Show error", "error_circle", self._tell_error, enabled=False),
            Action("events", "Session events", "history", self._open_events),
            Action("limits", "Limits", "settings", self._open_settings),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def on_open(self) -> None:
        self.look()
        self.sessions.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_close(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        self.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._opened:
            self.look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def is_looking(self) -> bool:
        """Whether it looks twice a second; it does while somebody can see it."""
        return self._timer.isActive()

    def look(self) -> None:
        """Show what there is at this moment."""
        rows, ended = rows_now(self.context), self.context.hub.recent()
        self.load.look()
        self.sessions.show_sessions(rows)
        self.ended.show_ended(ended)
        background = len(without_client(rows))
        self._name_view(0, NOW, background)
        self._name_view(1, ENDED, len(ended))

    # ---- how it comes about

    def _arrange(self) -> None:
        for name in (NOW, ENDED):
            self.views.addTab(name)
        self.views.setExpanding(False)
        self.views.setDrawBase(False)
        self.views.setAccessibleName("Views")
        self.views.setElideMode(Qt.TextElideMode.ElideNone)
        self.views.setUsesScrollButtons(False)
        self._lists.addWidget(self.sessions)
        self._lists.addWidget(self.ended)
        self._card.header.insertWidget(0, self.views)
        self._card.body.addWidget(self._lists, 1)
        content = QWidget()
        content.setProperty("plain", True)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.load)
        self._column.addWidget(self._card, 1)
        self.body.addWidget(Scroller(content))
        theme().changed.connect(self._rescale)
        self._rescale()

    def _connect(self) -> None:
        self.views.currentChanged.connect(self._on_view)
        self.sessions.chosen_changed.connect(self._on_chosen)
        self.ended.chosen_changed.connect(self._on_chosen)
        self.ended.opened.connect(self._on_opened)
        table = self.sessions.table
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open_menu)

    def _rescale(self) -> None:
        self.views.setFont(theme().font("body"))
        self._column.setSpacing(theme().px(16))
        self._card.setMinimumHeight(theme().px(LEAST_LIST))

    def _name_view(self, place: int, name: str, number: int) -> None:
        text = f"{name}  {count_text(number)}" if number else name
        if self.views.tabText(place) != text:
            self.views.setTabText(place, text)

    # ---- what happens

    def _chosen(self) -> list[SessionRow]:
        if self._lists.currentWidget() is not self.sessions:
            return []
        return [row for row in self.sessions.chosen() if can_stop(row)]

    def _on_chosen(self) -> None:
        self.set_action_enabled("stop", bool(self._chosen()))
        errors = self.ended.chosen() if self._lists.currentWidget() is self.ended else []
        self.set_action_enabled("error", len(errors) == 1 and bool(errors[0].ended.error))

    def _on_view(self, place: int) -> None:
        self._lists.setCurrentIndex(place)
        self._on_chosen()

    def _stop(self) -> None:
        stopped = [row for row in self._chosen() if self._stop_one(row)]
        if stopped:
            name = codeunit_caption(stopped[0].codeunit)
            one = len(stopped) == 1
            text = f"“{name}” was stopped" if one else f"{len(stopped)} sessions were stopped"
            self.context.notify(Notice(text))
        self.look()

    def _stop_one(self, row: SessionRow) -> bool:
        if row.kind == CHILD:
            return self.context.hub.stop(int(row.key))
        comment = f"Stopped in the Task Monitor by {self.context.user_id}."
        return self.context.sessions.stop_session(row.key, comment)

    def _tell_error(self) -> None:
        self._on_opened(self.ended.chosen()[0].id)

    def _on_opened(self, row_id: int) -> None:
        row = self.ended.table.rows.row_of(row_id)
        if row is None or not row.ended.error:
            return
        name = codeunit_caption(row.ended.codeunit)
        self.question = tell(
            self,
            f"“{name}”: {outcome_word(row.ended.outcome)}",
            row.ended.error,
            details=details_of(row.ended),
            severity="err",
        )

    def _open_events(self) -> None:
        self.context.navigate("session_events")

    def _open_settings(self) -> None:
        self.context.navigate("settings")

    def _open_menu(self, at: QPoint) -> None:
        if not self.sessions.table.indexAt(at).isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        stop = menu.addAction("Stop")
        follow_icon(stop, "stop")
        stop.setEnabled(bool(self._chosen()))
        stop.triggered.connect(self._stop)
        menu.popup(self.sessions.table.viewport().mapToGlobal(at))
