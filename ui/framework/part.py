"""Parts: pieces of a Role Centre or FactBoxes that fill themselves by page background tasks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.errors import TooManyTasksError
from desktop.tasks.task import ErrorLevel, TaskError
from models.cached_results import cached_results, keep_results
from models.changes import Change
from ui.framework.background import BackgroundTasks
from ui.framework.context import PageContext

STOPPED = TaskError("Stopped", "Stopped in the Task Monitor.")


@dataclass(frozen=True, slots=True)
class PartTask:
    """A codeunit that a part needs.

    Args:
        codeunit: its name in the registry.
        parameters: texts by name.
        timeout_ms: the settings' default when None.
        cached: keep the last results in the company, to be shown at once with their age.
    """

    codeunit: str
    parameters: Mapping[str, str] | None = None
    timeout_ms: int | None = None
    cached: bool = True

    def cache_key(self) -> str:
        """Under which the last results are kept."""
        return (
            f"{self.codeunit} {msgspec.json.encode(dict(sorted((self.parameters or {}).items()))).decode()}"
        )


Results = dict[str, dict[str, str]]


class Part(BackgroundTasks, QWidget):
    """Shows the results of its tasks: all at once, when the last has ended.

    Until then it keeps the last values with their age, or grey bars when there never were any. Slow and fast
    values go into separate parts, and values that are there at once into one without tasks. An error shows on the
    part itself, with Retry, beside the last values, and never as a dialog.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._init_tasks()
        self._waiting: dict[int, PartTask] = {}
        self._results: Results = {}
        self._failed: TaskError | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(self.refresh)
        self.setProperty("plain", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)

    # ---- what a part says and shows

    @abstractmethod
    def part_tasks(self) -> Sequence[PartTask]:
        """The tasks whose results the part shows; asked at each refresh. None: there is nothing to show."""

    @abstractmethod
    def show_loading(self) -> None:
        """The tasks run: show grey bars, or a sign of work beside the values that are there."""

    @abstractmethod
    def show_results(self, results: Results, computed_at: datetime) -> None:
        """Show values: results by codeunit; `computed_at` says how fresh (aware, UTC)."""

    @abstractmethod
    def show_error(self, error: TaskError) -> None:
        """Say in one line why there are no fresh values, and offer Retry."""

    def show_nothing(self) -> None:
        """There is nothing that the part could be about."""

    # ---- what its page calls

    def refresh(self) -> None:
        """Work everything out anew."""
        self.stop()
        tasks = list(self.part_tasks())
        if not tasks:
            self.show_nothing()
            return
        self.show_loading()
        keys = [task.cache_key() for task in tasks if task.cached]
        if keys:
            self.context.hub.query(self, _Read(keys), self._on_cached, self._on_cache_error, key="cached")
        for task in tasks:
            try:
                task_id = self.enqueue_background_task(
                    task.codeunit, task.parameters, timeout_ms=task.timeout_ms, error_level=ErrorLevel.IGNORE
                )
            except TooManyTasksError as error:
                self.stop()
                self.show_error(TaskError(error.code, str(error)))
                return
            self._waiting[task_id] = task

    def refresh_soon(self, delay_ms: int = 150) -> None:
        """Refresh when nobody has asked again for a while: rows that one only passes cost nothing."""
        self.stop()
        self._delay.start(delay_ms)

    def stop(self) -> None:
        """Cancel what runs; the part keeps what it shows."""
        self._delay.stop()
        self.cancel_background_tasks()
        self._waiting.clear()
        self._results = {}
        self._failed = None

    def is_busy(self) -> bool:
        """Whether it waits for values, or is about to ask for them."""
        return bool(self._waiting) or self._delay.isActive()

    def close_part(self) -> None:
        """The page is closed."""
        self.stop()
        self.context.hub.forget(self)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        """Records were written, here or elsewhere; the part decides whether that concerns it."""

    # ---- how it works

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        task = self._waiting.pop(task_id, None)
        if task is not None:
            self._results[task.codeunit] = results
            self._finish(task, results)

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        task = self._waiting.pop(task_id, None)
        if task is not None:
            self._failed = error
            self._finish(task, None)
        return True

    def on_background_task_stopped(self, task_id: int) -> None:
        self.on_page_background_task_error(task_id, STOPPED)

    def show_task_error(self, codeunit: str, error: TaskError, level: ErrorLevel) -> None:
        """An error of a callback."""
        self.show_error(error)

    def clear_task_error(self, codeunit: str) -> None:
        """The values replace the error."""

    def _finish(self, task: PartTask, results: dict[str, str] | None) -> None:
        now = self.context.clock.now()
        if task.cached and results is not None:
            keep = _Keep(task.cache_key(), results, now)
            self.context.hub.write(self, keep, self._on_kept, self._on_cache_error)
        if self._waiting:
            return
        self.context.hub.cancel_key(self, "cached")
        if self._failed is not None:
            self.show_error(self._failed)
        else:
            self.show_results(dict(self._results), now)

    def _on_cached(self, found: dict[str, tuple[dict[str, str], datetime]]) -> None:
        if not self._waiting:
            return  # the fresh values are there already
        wanted = [task for task in self.part_tasks() if task.cached]
        if wanted and all(task.cache_key() in found for task in wanted):
            known = {task.codeunit: found[task.cache_key()] for task in wanted}
            self.show_results(
                {codeunit: results for codeunit, (results, _) in known.items()},
                min(at for _, at in known.values()),
            )
            self.show_loading()

    def _on_kept(self, _nothing: None) -> None:
        """Kept for next time."""

    def _on_cache_error(self, _error: TaskError) -> None:
        """The cache only makes the next opening faster; the hub has logged why it failed."""


@dataclass(frozen=True, slots=True)
class _Read:
    keys: list[str]

    def __call__(self) -> dict[str, tuple[dict[str, str], datetime]]:
        return cached_results(self.keys)


@dataclass(frozen=True, slots=True)
class _Keep:
    key: str
    results: dict[str, str]
    at: datetime

    def __call__(self) -> None:
        keep_results(self.key, self.results, self.at)
