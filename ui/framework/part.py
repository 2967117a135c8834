"""Parts: pieces of a Role Centre or FactBoxes that fill themselves by page background tasks."""

from __future__ import annotations

import logging
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.tasks.task import ErrorLevel, TaskError, task_error
from models.changes import Change
from models.errors import BackdeskError
from ui.framework.background import BackgroundTasks, CachedResults
from ui.framework.context import PageContext
from ui.later import later

STOPPED = TaskError("Stopped", "Stopped.")
SOON_MS = 150  # rows that one only passes, and changes that come one after the other, cost one run
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PartTask:
    """A codeunit that a part needs.

    Args:
        codeunit: its name in the registry.
        parameters: texts by name.
        timeout_ms: how long it may run, in milliseconds; the settings' default when None.
        cached: keep the last results in the company, to be shown at once with their age.
        name: under which the part gets the results; the codeunit when empty. A part that runs one codeunit with
            several sets of parameters gives each a name.
    """

    codeunit: str
    parameters: Mapping[str, str] | None = None
    timeout_ms: int | None = None
    cached: bool = True
    name: str = ""

    @property
    def result_name(self) -> str:
        """Under which the part gets the results."""
        return self.name or self.codeunit

    def cache_key(self) -> str:
        """Under which the last results are kept."""
        return (
            f"{self.codeunit} {msgspec.json.encode(dict(sorted((self.parameters or {}).items()))).decode()}"
        )


Results = dict[str, dict[str, str]]


class Part(BackgroundTasks, QWidget):
    """Shows the results of its tasks: all at once, when the last has ended.

    Until then it keeps the last values with their age, or grey bars when there never were any. So values that need
    no task stand in a part of their own, which has them at once, and fast tasks do not share a part with slow ones.
    An error, or a stop in the Task Monitor, shows on the part itself, with Retry, beside the last values and their
    age, and never as a dialog.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._init_tasks()
        self._waiting: dict[int, PartTask] = {}
        self._results: Results = {}
        self._failed: TaskError | None = None
        self._stale = False  # something changed while the tasks ran
        self._followed_at = -math.inf  # when changes let it begin last, in seconds of the monotonic clock
        self._delay = later(self, SOON_MS, self.refresh)
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
        """Show values: results by the names of the tasks; `computed_at` says how fresh they are (aware, UTC)."""

    @abstractmethod
    def show_error(self, error: TaskError) -> None:
        """Say in one line why there are no fresh values, and offer Retry."""

    def show_nothing(self) -> None:
        """There is nothing that the part could be about."""

    # ---- what its page calls

    def refresh(self) -> None:
        """Work everything out anew."""
        self.stop()
        if self._tasks_ended:
            return
        tasks = list(self.part_tasks())
        if not tasks:
            self.show_nothing()
            return
        names = [task.result_name for task in tasks]
        if len(set(names)) < len(names):
            raise ValueError(f"two tasks of {type(self).__name__} have one name: {', '.join(names)}")
        self.show_loading()
        keys = [task.cache_key() for task in tasks if task.cached]
        if keys:
            self.read_cached_results(keys, self._on_cached)
        for task in tasks:
            try:
                task_id = self.enqueue_background_task(
                    task.codeunit, task.parameters, timeout_ms=task.timeout_ms, error_level=ErrorLevel.IGNORE
                )
            except BackdeskError as error:  # no such codeunit, or too many tasks
                _log.warning("%s could not enqueue “%s”: %s", type(self).__name__, task.codeunit, error)
                self.stop()
                self.show_error(task_error(error))
                return
            self._waiting[task_id] = task

    def refresh_soon(self, delay_ms: int = SOON_MS) -> None:
        """Refresh when nobody has asked again for a while: rows that one only passes cost nothing."""
        self.stop()
        self._delay.start(delay_ms)

    def follow_changes(self) -> None:
        """Refresh because records were written; what runs is let finish first, however fast the changes come.

        An import writes all the time: then the part is worked out once in `Settings.task_min_interval_ms`.
        """
        if self._waiting:
            self._stale = True
        elif not self._delay.isActive():
            least_ms = self.context.settings.task_min_interval_ms
            gone_ms = (self.context.clock.monotonic() - self._followed_at) * 1000
            self._follow_in(SOON_MS if gone_ms >= least_ms else least_ms)

    def stop(self) -> None:
        """Cancel what runs; the part keeps what it shows."""
        self._delay.stop()
        self.cancel_background_tasks()
        self._waiting.clear()
        self._results = {}
        self._failed = None
        self._stale = False

    def is_busy(self) -> bool:
        """Whether it waits for values, or is about to ask for them."""
        return bool(self._waiting) or self._delay.isActive()

    def close_part(self) -> None:
        """The page is closed."""
        self.stop()
        self.end_background_tasks()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        """Records were written, here or elsewhere; the part decides whether that concerns it."""

    # ---- how it works

    def _follow_in(self, milliseconds: int) -> None:
        self._followed_at = self.context.clock.monotonic() + milliseconds / 1000
        self._delay.start(milliseconds)

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        task = self._waiting.pop(task_id, None)
        if task is not None:
            self._results[task.result_name] = results
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

    def on_cache_error(self, error: TaskError) -> None:
        """The cache only makes the next opening faster; the hub has logged why it failed."""

    def _finish(self, task: PartTask, results: dict[str, str] | None) -> None:
        if task.cached and results is not None:
            self.cache_results(task.cache_key(), results)
        if self._waiting:
            return
        if self._stale:
            self._stale = False
            self._follow_in(self.context.settings.task_min_interval_ms)
        if self._failed is not None:
            self.show_error(self._failed)
        else:
            self.show_results(dict(self._results), self.context.clock.now())

    def _on_cached(self, found: CachedResults) -> None:
        if not self._waiting:
            return  # the fresh values are there already
        wanted = self.part_tasks()
        if not all(task.cached and task.cache_key() in found for task in wanted):
            return
        known = {task.result_name: found[task.cache_key()] for task in wanted}
        try:
            self.show_results(
                {name: results for name, (results, _) in known.items()}, min(at for _, at in known.values())
            )
        except Exception:
            _log.warning(
                "%s cannot show what was kept, perhaps by another version", type(self).__name__, exc_info=True
            )
        self.show_loading()
