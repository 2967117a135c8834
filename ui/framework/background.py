"""Page background tasks as a page or a part sees them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from desktop.codeunits import registry
from desktop.formats import as_texts
from desktop.sessions.session import CancelToken
from desktop.tasks.task import (
    ErrorLevel,
    TaskError,
    TaskRequest,
    check_task_arguments,
    run_codeunit,
    task_error,
)
from models.cached_results import cached_results, keep_results
from ui.framework.callbacks import TaskOrigin, callback_of, running_callback
from ui.framework.context import PageContext
from ui.framework.per_row import check_not_per_row
from ui.framework.repeat_guard import RepeatGuard

_log = logging.getLogger(__name__)


CachedResults = dict[str, tuple[dict[str, str], datetime]]


@dataclass(frozen=True, slots=True)
class _OwnTask:
    """A task of this page that has not ended.

    Args:
        origin: what its callbacks are told under.
        texts: its parameters.
        start: when it may start, on the clock's monotonic scale, in seconds.
    """

    origin: TaskOrigin
    texts: Mapping[str, str] = field(default_factory=dict)
    start: float = 0.0


class TaskListener(Protocol):
    """Who is told of the end of a page's tasks: the page or part itself, and each extension of it."""

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        """See `BackgroundTasks`."""

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        """See `BackgroundTasks`."""
        ...


class BackgroundTasks:
    """Enqueues codeunits for a page or a part, and gets their results and errors.

    Every page and part has these methods: cards, lists, FactBoxes, list parts, headlines, cue groups, Role Centres.
    A task reads the company beside the page and ends with it, and with the record that the page shows: neither
    callback is called then. Both callbacks run on the GUI thread; they may change controls, show banners and notices,
    enqueue again, and cache results; they may not open dialogs or pages.

    Example:
        class CustomerCredit(CardPage):
            def on_after_get_current_record(self, values):
                self._credit = self.enqueue_background_task(
                    "customer_statistics",
                    {"customer": self.key, "today": format_value(self.context.clock.today())},
                    timeout_ms=10_000,
                    error_level=ErrorLevel.WARNING,
                )

            def on_page_background_task_completed(self, task_id, results):
                if task_id == self._credit:
                    self.show_credit(evaluate(results["credit_left"], Decimal))

            def on_page_background_task_error(self, task_id, error):
                if task_id == self._credit and error.code == "ChildSessionTaskTimeout":
                    self.show_credit(None)
                    return True  # dealt with: no banner
                return False
    """

    context: PageContext

    if TYPE_CHECKING:

        def show_task_error(self, codeunit: str, error: TaskError, level: ErrorLevel) -> None: ...

        def clear_task_error(self, codeunit: str) -> None: ...

    def _init_tasks(self) -> None:
        self._tasks: dict[int, _OwnTask] = {}
        self._last_ids: dict[str, int] = {}  # of the tasks that were enqueued last, by codeunit
        self._reads: list[int] = []  # of kept results
        self._turn = 0  # one more when the page shows another record, or is closed
        self._tasks_ended = False
        self._guard = RepeatGuard(type(self).__name__)

    # ---- what a page calls

    def enqueue_background_task(
        self,
        codeunit: str,
        parameters: Mapping[str, str] | None = None,
        *,
        timeout_ms: int | None = None,
        error_level: ErrorLevel = ErrorLevel.ERROR,
    ) -> int:
        """Run a codeunit in a read-only child session, bound to this page and the record that it shows.

        A task that leads back to itself, through its own callback or by a detour, is held until
        `Settings.task_min_interval_ms` after its last start; see `RepeatGuard`.

        Args:
            codeunit: its name in the registry.
            parameters: texts by name; `format_value` makes texts of numbers, dates and truth values.
            timeout_ms: how long it may run, in milliseconds; `Settings.task_default_timeout_ms` when None, never more
                than `Settings.task_max_timeout_ms`.
            error_level: what is shown for an error that the page does not handle itself.
        Returns:
            The task's id, unique while the program runs. A page that is closed already gets one too; nothing runs.
        Raises:
            UnknownCodeunitError: there is no codeunit of that name.
            TooManyTasksError: as many tasks wait already as `Settings.task_queue_length` allows.
            TypeError, ValueError: a parameter is not a text; `format_value` makes one of it. Or the time-out is no
                whole number of milliseconds above 0, or the level none of `ErrorLevel`.
        """
        check_not_per_row(self, self.context, codeunit)
        check_task_arguments(timeout_ms, error_level)
        texts = as_texts(parameters, f"parameters of “{codeunit}”")
        callback = running_callback()
        interval_ms = self.context.settings.task_min_interval_ms
        now = self.context.clock.monotonic()
        start = self._guard.start(codeunit, texts, callback, now, interval_ms)
        delay_ms = round((start - now) * 1000)
        task_id = self.context.hub.submit(
            self,
            codeunit,
            texts,
            timeout_ms=timeout_ms,
            error_level=error_level,
            on_completed=self._on_task_completed,
            on_error=self._on_task_error,
            on_stopped=self._on_task_stopped,
            page=_page_name(self),
            delay_ms=delay_ms,
        )
        if self._tasks_ended:
            self.context.hub.cancel(task_id)
            return task_id
        beside = any(
            task.origin.codeunit == codeunit and task.texts == texts for task in self._tasks.values()
        )
        self._guard.note(codeunit, texts, start, interval_ms, beside=beside)
        self._last_ids[codeunit] = task_id
        origin = TaskOrigin(codeunit, callback.chain + 1 if callback else 0)
        self._tasks[task_id] = _OwnTask(origin, texts, start)
        if delay_ms and self._guard.is_first_bite(codeunit):
            self.on_task_held(codeunit, interval_ms)
        return task_id

    def cancel_background_task(self, task_id: int) -> bool:
        """Cancel a task of this page; neither callback is called then.

        Returns:
            True when it had not ended yet; False also for a task of another page.
        """
        task = self._tasks.pop(task_id, None)
        if task is None:
            return False
        if task.start > self.context.clock.monotonic():
            self._guard.take_back(task.origin.codeunit, task.texts, task.start)
        return self.context.hub.cancel(task_id)

    def cancel_background_tasks(self) -> None:
        """Cancel all tasks of this page: it shows another record now."""
        self._turn += 1
        for task_id in list(self._tasks):
            self.cancel_background_task(task_id)
        for read_id in self._reads:
            self.context.hub.cancel(read_id)
        self._reads.clear()

    def end_background_tasks(self) -> None:
        """Cancel all tasks and queries for good: the page is closed, and nothing calls it back any more."""
        self.cancel_background_tasks()
        self._tasks_ended = True
        self.context.hub.forget(self)

    def background_tasks_running(self) -> bool:
        """Whether a task of this page has not ended yet."""
        return bool(self._tasks)

    def run_page_background_task(
        self,
        codeunit: str,
        parameters: Mapping[str, str] | None = None,
        *,
        run_completion_triggers: bool = False,
    ) -> dict[str, str]:
        """Run a codeunit as a page background task, here and now; for tests and headless runs.

        Args:
            codeunit: its name in the registry.
            parameters: texts by name.
            run_completion_triggers: call the page back as if the task had been enqueued. The id is that of the task
                of this codeunit that the page has enqueued last, so that it knows it as its own; 0 for none.
        Returns:
            The results, texts by name; none when it failed and the triggers ran.
        Raises:
            UnknownCodeunitError, TypeError: as `enqueue_background_task`.
            Exception: what the codeunit raised, when no triggers run.
        """
        check_not_per_row(self, self.context, codeunit, at_once=True)
        texts = as_texts(parameters, f"parameters of “{codeunit}”")
        name = registry.find(codeunit).name
        task_id = self._last_ids.get(codeunit, 0)
        request = TaskRequest(task_id, name, texts, 0, self.context.user_id, self.context.clock.today())
        try:
            results = run_codeunit(request, CancelToken(), self.context.clock)
        except (Exception, SystemExit) as error:
            if not run_completion_triggers:
                raise
            self._tasks[task_id] = _OwnTask(TaskOrigin(codeunit))
            self._on_task_error(task_id, task_error(error), ErrorLevel.ERROR)
            return {}
        if run_completion_triggers:
            self._tasks[task_id] = _OwnTask(TaskOrigin(codeunit))
            self._on_task_completed(task_id, results)
        return results

    def cache_results(self, key: str, results: Mapping[str, str]) -> None:
        """Keep results in the company under a key, as the user of this page; a callback may call it.

        A task only reads, so what it has worked out is written by its page. It is written behind the page, and also
        when the page is closed at once. `read_cached_results` brings it back the next time.

        Args:
            key: the codeunit with what it was about, e.g. "customer_statistics C00010"; results before are replaced.
        Raises:
            TypeError: a result is not a text.
        """
        keep = partial(keep_results, key, as_texts(results, "results to cache"), self.context.clock.now())
        self.context.hub.write(self, keep, self._on_results_kept, self.on_cache_error)

    def read_cached_results(self, keys: Sequence[str], on_read: Callable[[CachedResults], None]) -> None:
        """Read kept results behind the page, so that it can show the last ones until the new ones are there.

        Args:
            keys: as they were given to `cache_results`.
            on_read: a bound method; called with results and moment (aware, UTC) by key, without those never kept.
                When the page shows another record before, or is closed, it is not called.
        """
        read = partial(cached_results, list(keys))
        self._reads.append(self.context.hub.query(self, read, on_read, self.on_cache_error))

    # ---- what a page overrides

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        """A task of this page has ended well.

        Args:
            task_id: what `enqueue_background_task` returned; a page with extensions hears of their tasks too.
            results: what the codeunit handed to `set_background_task_result`; `evaluate` reads its texts.
        """

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        """A task of this page has failed.

        Args:
            error: with `code`, e.g. "ChildSessionTaskTimeout", `text` for people, and `call_stack`.
        Returns:
            True when the page has dealt with it; else it is shown as the task's error level says.
        """
        return False

    def on_background_task_stopped(self, task_id: int) -> None:
        """Somebody has cancelled a task of this page in the Task Monitor; it brings no result and no error."""

    def on_cache_error(self, error: TaskError) -> None:
        """Results could not be kept, or read back; it shows as an error."""
        self.show_task_error("", error, ErrorLevel.ERROR)

    def on_task_held(self, codeunit: str, interval_ms: int) -> None:
        """A task of this page leads back to itself, so it is held; told once per codeunit.

        Args:
            interval_ms: the time between two of its starts, in milliseconds.
        """

    def task_listeners(self) -> Sequence[TaskListener]:
        """Who is told of the end of this page's tasks, in this order."""
        return (self,)

    # ---- how it works

    def _on_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        task = self._tasks.pop(task_id, None)
        if task is None:
            return
        turn, codeunit = self._turn, task.origin.codeunit
        self.clear_task_error(codeunit)
        for listener in self.task_listeners():
            if self._turn != turn:
                return  # a callback has gone to another record, or has closed the page
            try:
                with callback_of(task.origin):
                    listener.on_page_background_task_completed(task_id, dict(results))
            except (Exception, SystemExit) as failure:
                self._show_callback_error(listener, codeunit, failure)

    def _on_task_error(self, task_id: int, error: TaskError, level: ErrorLevel) -> None:
        task = self._tasks.pop(task_id, None)
        if task is None:
            return
        turn, codeunit = self._turn, task.origin.codeunit
        handled = False
        for listener in self.task_listeners():
            if self._turn != turn:
                return
            try:
                with callback_of(task.origin):
                    handled = listener.on_page_background_task_error(task_id, error) or handled
            except (Exception, SystemExit) as failure:
                handled = True
                self._show_callback_error(listener, codeunit, failure)
        if not handled and self._turn == turn and level is not ErrorLevel.IGNORE:
            self.show_task_error(codeunit, error, level)

    def _on_task_stopped(self, task_id: int) -> None:
        if self._tasks.pop(task_id, None) is not None:
            self.on_background_task_stopped(task_id)

    def _show_callback_error(
        self, listener: TaskListener, codeunit: str, error: Exception | SystemExit
    ) -> None:
        """An error inside a callback always shows as an error, whatever the task's level."""
        _log.exception("the callback of %s for %s failed", type(listener).__name__, codeunit)
        told = task_error(error)
        self.show_task_error(
            codeunit, _named(told, getattr(listener, "extension_name", "")), ErrorLevel.ERROR
        )

    def _on_results_kept(self, _nothing: None) -> None:
        """Kept for next time."""


def _named(error: TaskError, extension: str) -> TaskError:
    """The error with the extension in which it arose; as it is where there is none."""
    if not extension:
        return error
    return TaskError(
        error.code, f"Extension “{extension}”: {error.text}", error.call_stack, expected=error.expected
    )


def _page_name(owner: object) -> str:
    """What people call the page that the owner is, or stands on."""
    widget = owner if isinstance(owner, QObject) else None
    while widget is not None:
        title = getattr(widget, "TITLE", "")
        if title:
            return str(title)
        widget = widget.parent()
    return type(owner).__name__
