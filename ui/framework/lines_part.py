"""The lines of a document: a table inside a card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.formats import counted
from desktop.tasks.task import ErrorLevel, TaskError
from models.changes import Change
from models.filters import Condition
from models.list_query import ListQuery
from models.record import Record
from ui.framework.background import BackgroundTasks
from ui.framework.background_columns import BackgroundColumns
from ui.framework.columns import Column
from ui.framework.context import PageContext
from ui.framework.list_view import ListView
from ui.framework.table_model import TableModel
from ui.theme import theme
from ui.widgets.fast_tab import FastTab
from ui.widgets.labels import Label

MOST_ROWS: Final = 12  # shown without scrolling
FEWEST_ROWS: Final = 3


class LinesPart(BackgroundTasks, QWidget):
    """A list part: a FastTab with the lines that belong to the card's record.

    Its background tasks end when another document is shown.

    Args:
        record: the lines' table.
        belongs: the column that holds the document's key.
        sort: the column in whose order they stand.
        empty: what is said while there are none.
    """

    def __init__(
        self,
        context: PageContext,
        title: str,
        record: type[Record],
        belongs: str,
        columns: Sequence[Column],
        sort: str,
        empty: str = "There are no lines.",
    ) -> None:
        super().__init__()
        self.context = context
        self._init_tasks()
        self.setProperty("plain", True)
        self._record, self._belongs, self._sort = record, belongs, sort
        query = ListQuery(record.table(), record.key_field(), (), sort=sort, search_column="")
        self.model = TableModel(context.hub, columns, query, self)
        self.view = ListView(self.model, context.settings.row_height)
        self.background_columns = BackgroundColumns(context, self.model, self)
        self.view.setAccessibleName(title)
        self.tab = FastTab(title)
        self.tab.add_widget(self.view)
        self.empty = Label(empty, tone="fg3")
        self.tab.add_widget(self.empty)
        self.trouble = Label("", "caption", "err", wrap=True)
        self.trouble.hide()
        self.tab.add_widget(self.trouble)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tab)
        self.view.fit_columns()
        self.model.loaded.connect(self._fit)
        theme().changed.connect(self._fit)
        self._fit()

    def show_document(self, key: str) -> None:
        """Show the lines of another document; none for ""."""
        mine = Condition(f"{self._belongs} = ?", (key,))
        query = ListQuery(
            self._record.table(),
            self._record.key_field(),
            (),
            sort=self._sort,
            conditions=(mine,),
            search_column="",
        )
        if self.model.asked.conditions != query.conditions or self.model.total is None:
            self.cancel_background_tasks()
            self.trouble.hide()
            self.model.ask(query)
        else:
            self.model.refresh()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        """Read the lines anew when some were written."""
        if any(change.table == self._record.table() for change in changes):
            self.model.refresh()
        self.background_columns.on_records_changed(changes)

    def close_lines(self) -> None:
        """The card is closed."""
        self.end_background_tasks()
        self.background_columns.close()
        self.model.close()

    def show_task_error(self, codeunit: str, error: TaskError, level: ErrorLevel) -> None:
        """Say under the lines that something about them could not be worked out."""
        self.trouble.setText(error.text)
        self.trouble.set_tone("err" if level is ErrorLevel.ERROR else "warn")
        self.trouble.show()

    def clear_task_error(self, codeunit: str) -> None:
        """The values are there."""
        self.trouble.hide()

    def _fit(self, *_: object) -> None:
        lines = self.model.rowCount()
        rows = min(max(lines, FEWEST_ROWS if lines else 0), MOST_ROWS)
        height = self.view.height_of(rows) + theme().px(14)
        self.view.setFixedHeight(height)
        self.empty.setVisible(not lines)
        self.tab.set_summary(counted(lines, "line"))
