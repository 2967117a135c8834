"""The rows of a run as a list: line, status, what is wrong, and the columns of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.formats import count_text
from desktop.tasks.hub import Hub
from desktop.tasks.task import TaskError
from models.import_rows import STATUS_WORDS
from models.integration_record import RecordStatus
from models.integration_record_lists import STATUSES, Cause, RunShape, View, in_order, records_query
from models.list_query import ListQuery
from ui.import_results.chosen_rows import Chosen, ChosenRows
from ui.import_results.records_model import RecordsModel
from ui.import_results.records_view import RecordsView
from ui.later import SIGN_AFTER_MS, later
from ui.theme import theme
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import Label

__all__ = ["RecordsTable"]

REFRESH_MS: Final = 500
MOST_LOOKED_AT: Final = 500  # selected rows whose statuses are looked at one by one
_DONE: Final[dict[View, str]] = {
    "all": "This import has no rows",
    "ready": "No row waits to be processed",
    "errors": "No row has an error",
    "completed": "No row has become a record yet",
    "excluded": "No row was left out",
    "reversed": "No row was undone",
}


class RecordsTable(Card):
    """One view of one run.

    Signals:
        current_changed: the id of the row that the keyboard is on, 0 for none.
        activated: Enter or a double click on what cannot be written, with the row's id.
        selection_changed: other rows are selected, or the selected ones were read anew.
        cell_edited: the row's id, the place of the cell among the row's own, and what was written.
    """

    current_changed = Signal(int)
    activated = Signal(int)
    clicked = Signal(int)
    selection_changed = Signal()
    import_requested = Signal()
    cell_edited = Signal(int, int, str)

    def __init__(self, hub: Hub, row_height: str, parent: QWidget | None = None) -> None:
        super().__init__(flush=True, parent=parent)
        self._hub, self._row_height = hub, row_height
        self.editable = True  # whether what has not become a record may still be mended
        self.read_after: QWidget | None = None  # what Tab goes to the rows from
        self.model: RecordsModel | None = None
        self.view: RecordsView | None = None
        self._leaving: list[tuple[RecordsModel, RecordsView]] = []
        self._shown: tuple[RunShape, View] | None = None
        self._view_name: View = "all"
        self._cause: Cause | None = None
        self._sort, self._descending = "", False
        self.empty = EmptyState(EmptyKind.FIRST_USE, "")
        self.empty.action_triggered.connect(self._on_empty_action)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self.count_label = Label("", "caption", "fg3", tabular=True)
        foot = QVBoxLayout()
        foot.addWidget(self.count_label)
        self._foot = foot
        self.body.addWidget(self._stack, 1)
        self.body.addLayout(foot)
        self._soon = later(self, REFRESH_MS, self._refresh)
        self._busy = later(self, SIGN_AFTER_MS, self._show_busy)
        theme().changed.connect(self._retheme_table)
        self._retheme_table()

    # ---- what the page tells

    def show_rows(
        self, shape: RunShape, view: View, cause: Cause | None, *, matching: int = 0, rows: int = 0
    ) -> None:
        """Show a view of a run; the rows of before stay until the new ones have come.

        Args:
            matching: how many rows the view has.
            rows: how many the run has.
        """
        query = records_query(shape, view, cause, matching=matching, rows=rows)
        self._cause = cause
        if (shape, view) != self._shown:
            self._shown, self._view_name = (shape, view), view
            self._make(shape, view, query, rows)
        elif self.model is not None:
            if self._sort:
                query = in_order(query, shape, view, self._sort, descending=self._descending)
            self.model.ask(query)

    def set_editable(self, editable: bool) -> None:
        """Whether what has not become a record may still be mended; not so where the import was undone."""
        self.editable = editable
        if self.model is not None:
            self.model.editable = editable

    def show_first_use(self, integration: str) -> None:
        """Nothing was ever imported, or nothing with this integration."""
        self._leave()
        self._shown = None
        self.count_label.setText("")
        self.empty.show_state(
            EmptyKind.FIRST_USE,
            f"No file has been imported{f' with {integration}' if integration else ''} yet",
            detail="Rows of a file wait here until they have become records; what is wrong with one is mended here.",
            action="Import data…",
            icon="arrow_import",
        )
        self._stack.setCurrentWidget(self.empty)
        self._drop_left()

    def refresh_soon(self) -> None:
        """Rows were written: read the shown ones anew, at most twice a second."""
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Read the shown rows anew, now."""
        self._soon.stop()
        self._refresh()

    def close_table(self) -> None:
        """The page is closed."""
        self._soon.stop()
        self._busy.stop()
        if self.model is not None:
            self.model.close()

    # ---- what the page asks

    @property
    def by_person(self) -> bool:
        """Whether a person moves through the rows just now, in contrast to rows that come and go by themselves."""
        return self.view is not None and self.view.by_person

    def current_id(self) -> int:
        """The row that the keyboard is on; 0 for none."""
        key = self.view.current_key() if self.view is not None else ""
        return int(key) if key else 0

    def chosen(self) -> Chosen:
        """The selected rows: their ids from top to bottom, or where they stand if not all of them are loaded."""
        if self.view is None or self.model is None or self.model.total is None:
            return []
        places, ids = self.view.selected_places(), [int(key) for key in self.view.selected_keys()]
        if len(ids) == self.view.selected_count():
            return ids
        ends = {place for pair in places for place in pair}
        known = tuple(
            (place, int(key)) for place in sorted(ends) if (key := self.model.key(place)) is not None
        )
        query = replace(self.model.query, columns=())
        return ChosenRows(self._view_name, self._cause, query, self.model.total, tuple(places), known)

    def selected_statuses(self) -> set[str]:
        """The words of the statuses of the selected rows; of more than some hundreds, those that they may have."""
        if self.view is None or self.model is None:
            return set()
        if self.view.selected_count() > MOST_LOOKED_AT:
            return {STATUS_WORDS[status] for status in STATUSES.get(self._view_name, tuple(RecordStatus))}
        places = (place for first, last in self.view.selected_places() for place in range(first, last + 1))
        return {self.model.status(place) for place in places} - {""}

    # ---- how it works

    def _make(self, shape: RunShape, view: View, query: ListQuery, rows: int) -> None:
        self._leave()
        self._sort, self._descending = "", False
        self.model = RecordsModel(self._hub, shape, view, query, rows, self)
        self.model.editable = self.editable
        self.view = RecordsView(self.model, self._row_height)
        self.view.setAccessibleName("Integration records")
        self.model.loaded.connect(self._on_loaded)
        self.model.counted.connect(self._on_counted)
        self.model.failed.connect(self._on_failed)
        self.model.busy_changed.connect(self._on_busy)
        self.model.dataChanged.connect(self._on_rows_changed)
        self.model.cell_edited.connect(self.cell_edited)
        self.view.row_activated.connect(self._on_activated)
        self.view.clicked.connect(self._on_clicked)
        self.view.current_key_changed.connect(self._on_current)
        self.view.selection_changed.connect(self.selection_changed)
        self.view.sort_requested.connect(self._on_sort)
        self._stack.addWidget(self.view)
        if self.read_after is not None:
            QWidget.setTabOrder(self.read_after, self.view)
        self.model.ask(query)

    def _leave(self) -> None:
        """The rows of before are read no more, but stay until others have come."""
        if self.model is not None and self.view is not None:
            self.model.close()
            self.view.blockSignals(True)
            self._leaving.append((self.model, self.view))
            self.model = self.view = None
            self.current_changed.emit(0)

    def _drop_left(self) -> None:
        for model, view in self._leaving:
            self._stack.removeWidget(view)
            view.hide()
            view.deleteLater()
            model.deleteLater()
        self._leaving.clear()

    def _refresh(self) -> None:
        if self.model is None:
            return
        if self.model.is_settled():
            self.model.refresh()
        else:
            self._soon.start()  # what is being read must come, however often rows are written meanwhile

    def _on_loaded(self, _fresh: bool) -> None:
        if self.model is None or self.view is None:
            return
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.view)
        else:
            self.empty.show_state(EmptyKind.ALL_DONE, _DONE[self._view_name])
            self._stack.setCurrentWidget(self.empty)
        self._drop_left()
        self.selection_changed.emit()  # the selected rows may have another status now

    def _on_rows_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        if self.view is not None and any(
            chosen.top() <= last.row() and chosen.bottom() >= first.row()
            for chosen in self.view.selectionModel().selection().toList()
        ):
            self.selection_changed.emit()

    def _on_busy(self, busy: bool) -> None:
        self._busy.start() if busy else self._busy.stop()

    def _show_busy(self) -> None:
        self.count_label.setText("Reading…")

    def _on_counted(self, total: int) -> None:
        self.count_label.setText(f"{count_text(total)} row{'' if total == 1 else 's'}")
        self._on_loaded(False)

    def _on_failed(self, error: TaskError) -> None:
        self.empty.show_state(
            EmptyKind.FAILED, "The rows could not be read", detail=error.text, action="Retry"
        )
        self._stack.setCurrentWidget(self.empty)

    def _on_empty_action(self) -> None:
        if self.empty.kind is EmptyKind.FAILED:
            self.refresh()
        else:
            self.import_requested.emit()

    def _on_sort(self, place: int) -> None:
        if self.model is None or self.view is None or self._shown is None:
            return
        sql = self.model.columns[place].expression
        self._descending = self._sort == sql and not self._descending
        self._sort = sql
        self.view.show_sorting(place, self._descending)
        self.model.ask(in_order(self.model.asked, *self._shown, sql, descending=self._descending))

    def _on_current(self, key: str) -> None:
        self.current_changed.emit(int(key) if key else 0)

    def _on_activated(self, key: str) -> None:
        self.activated.emit(int(key))

    def _on_clicked(self) -> None:
        if self.current_id():
            self.clicked.emit(self.current_id())

    def _retheme_table(self) -> None:
        px = theme().px
        self._foot.setContentsMargins(px(15), px(4), px(15), px(6))
