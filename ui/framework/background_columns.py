"""Works out the background columns of a list: one task for all rows that are shown, and never two at once.

A task belongs to the rows of its page and not to the current record, so moving from row to row cancels nothing.
When the view has come to rest elsewhere, a task for rows that are no longer shown gives way to one for those that
are. Values are kept by key; a late one can land in no other row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from desktop.errors import TooManyTasksError
from desktop.row_values import keys_parameter, read_row_values
from desktop.tasks.task import ErrorLevel, TaskError
from models.changes import Change
from models.errors import BackdeskError
from ui.framework.background import BackgroundTasks
from ui.framework.columns import BackgroundColumn
from ui.framework.context import PageContext
from ui.framework.table_model import TableModel
from ui.later import later

PAUSE_MS: Final = 120  # the view stands still for so long before its rows are asked for
BEYOND: Final = 20  # rows before and after those that are shown
MOST_ROWS: Final = 200  # of one task
OLD_MS: Final = 400  # values that come sooner replace the old ones without a flicker


class BackgroundColumns(BackgroundTasks, QObject):
    """Fills the background columns of one `TableModel`.

    Args:
        context: of the page; its hub runs the tasks, its settings say how often changes may start one.
        page: the page or part of the list; while it is hidden, nothing new begins.
    """

    def __init__(self, context: PageContext, model: TableModel, page: QWidget) -> None:
        super().__init__(page)
        self.context = context
        self._init_tasks()
        self._model, self._values = model, model.values
        self._running: tuple[int, str, int, list[str]] | None = None  # task id, codeunit, age, keys
        self._asleep = False
        self._again_s = 0.0  # not before this moment of the monotonic clock
        self._pause = later(self, 0, self._work)
        self._old = later(self, OLD_MS, self._show_old)
        if self._values.columns:
            model.loaded.connect(self._on_loaded)
            model.rows_shown.connect(self._on_rows_shown)
            page.installEventFilter(self)

    # ---- what its page calls

    def refresh(self) -> None:
        """Work everything out anew, also what failed (F5)."""
        self._drop_running()
        for codeunit in self._values.columns:
            self._values.call_old(codeunit)
        self._begin(0)

    def on_records_changed(self, changes: Iterable[Change]) -> None:
        """Records were written; columns that watch their tables are worked out anew, not more often than allowed."""
        tables = {change.table for change in changes}
        concerned = [
            codeunit
            for codeunit, columns in self._values.columns.items()
            if any(not tables.isdisjoint(column.watched) for column in columns)
        ]
        for codeunit in concerned:
            self._values.call_old(codeunit)
        if concerned and not self._pause.isActive():
            self._begin(self._wait_ms())

    def is_busy(self) -> bool:
        """Whether values are still to come."""
        return self._running is not None or self._pause.isActive()

    def close(self) -> None:
        """The page is closed."""
        self._pause.stop()
        self._old.stop()
        self._running = None
        self.context.hub.forget(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            self._asleep = True
            self._pause.stop()
        elif event.type() == QEvent.Type.Show and self._asleep:
            self._asleep = False
            self._begin(0)
        return super().eventFilter(watched, event)

    # ---- how it works

    def _on_loaded(self, _fresh: bool) -> None:
        self._begin(0)

    def _on_rows_shown(self) -> None:
        if not (self._pause.isActive() and self._pause.interval() == 0):
            self._begin(PAUSE_MS)

    def _begin(self, delay_ms: int) -> None:
        if self._values.columns and not self._asleep:
            self._pause.start(delay_ms)

    def _work(self) -> None:
        """Ask for the rows that are shown and have no values; what runs goes on as long as it is about them."""
        shown = self._model.shown_keys()
        around = self._model.shown_keys(BEYOND)[:MOST_ROWS]
        if self._running is not None:
            _, codeunit, _, keys = self._running
            if set(self._values.missing(codeunit, shown)) <= set(keys):
                return
            self._drop_running()
        for codeunit in self._values.columns:
            missing = self._values.missing(codeunit, around)
            if missing:
                self._enqueue(codeunit, missing)
                return
        self._settle()

    def _enqueue(self, codeunit: str, keys: list[str]) -> None:
        interval_ms = self.context.settings.task_min_interval_ms
        self._again_s = self.context.clock.monotonic() + interval_ms / 1000
        age = self._values.age(codeunit)
        try:
            task_id = self.enqueue_background_task(
                codeunit, keys_parameter(keys), error_level=ErrorLevel.IGNORE
            )
        except TooManyTasksError:
            self._begin(interval_ms)  # others are before it
            return
        except BackdeskError as error:
            self._fail(codeunit, age, keys, str(error))
            return
        self._running = (task_id, codeunit, age, keys)
        if not self._old.isActive():
            self._old.start()

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        if self._running is None or self._running[0] != task_id:
            return
        _, codeunit, age, keys = self._running
        self._running = None
        try:
            self._values.store(codeunit, age, keys, self._read(codeunit, results))
        except ValueError as error:
            self._fail(
                codeunit, age, keys, f"The codeunit “{codeunit}” returned what cannot be read: {error}."
            )
            return
        self._model.tell_values()
        self._go_on(codeunit, age)

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        if self._running is not None and task_id == self._running[0]:
            _, codeunit, age, keys = self._running
            self._running = None
            self._fail(codeunit, age, keys, error.text)
        return True

    def on_background_task_stopped(self, task_id: int) -> None:
        """Somebody has cancelled it in the Task Monitor; it does not begin again by itself."""
        if self._running is not None and self._running[0] == task_id:
            _, codeunit, age, keys = self._running
            self._running = None
            self._fail(codeunit, age, keys, "Stopped in the Task Monitor.")

    def show_task_error(self, codeunit: str, error: TaskError, level: ErrorLevel) -> None:
        """Errors show in the cells."""

    def clear_task_error(self, codeunit: str) -> None:
        """Values replace the errors."""

    def _read(self, codeunit: str, results: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        columns: list[BackgroundColumn] = self._values.columns[codeunit]
        return {
            column.name: read_row_values(results.get(column.name, "{}"), column.value_type)
            for column in columns
        }

    def _fail(self, codeunit: str, age: int, keys: list[str], reason: str) -> None:
        self._values.fail(codeunit, age, keys, reason)
        self._model.tell_values()
        self._go_on(codeunit, age)

    def _go_on(self, codeunit: str, age: int) -> None:
        """Look what else is missing: at once, or later where a change has made the same values old again."""
        if not self._pause.isActive():
            self._begin(0 if age == self._values.age(codeunit) else self._wait_ms())

    def _wait_ms(self) -> int:
        """How long until a change may start a task again."""
        return max(PAUSE_MS, int((self._again_s - self.context.clock.monotonic()) * 1000))

    def _drop_running(self) -> None:
        if self._running is not None:
            self.cancel_background_task(self._running[0])
            self._running = None

    def _show_old(self) -> None:
        if self._running is not None:
            self._values.old_is_shown = True
            self._model.tell_values()

    def _settle(self) -> None:
        self._old.stop()
        if self._values.old_is_shown:
            self._values.old_is_shown = False
            self._model.tell_values()
