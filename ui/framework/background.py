"""Page background tasks as a page or a part sees them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from desktop.sessions.session import CancelToken
from desktop.tasks.task import ErrorLevel, TaskError, TaskRequest, run_codeunit, task_error
from models.cached_results import keep_results
from ui.framework.callbacks import TaskOrigin, callback_of, running_callback
from ui.framework.context import PageContext
from ui.framework.per_row import check_not_per_row
from ui.framework.repeat_guard import RepeatGuard

_log = logging.getLogger(__name__)


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
        self._tasks: dict[int, TaskOrigin] = {}
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

        Called from a callback for the same codeunit and parameters, or in a long chain, the task is held until
        `Settings.task_min_interval_ms` after the last start; see `RepeatGuard`.

        Args:
            codeunit: its name in the registry.
            parameters: texts by name; `format_value` makes texts of numbers, dates and truth values.
            timeout_ms: how long it may run, in milliseconds; `Settings.task_default_timeout_ms` when None, never more
                than `Settings.task_max_timeout_ms`.
            error_level: what is shown for an error that the page does not handle itself.
        Returns:
            The task's id, unique while the program runs.
        Raises:
            UnknownCodeunitError: there is no codeunit of that name.
            TooManyTasksError: as many tasks wait already as `Settings.task_queue_length` allows.
            TypeError: a parameter is not a text.
        """
        check_not_per_row(self, self.context, codeunit)
        callback = running_callback()
        interval_ms = self.context.settings.task_min_interval_ms
        now = self.context.clock.monotonic()
        delay_ms = self._guard.delay_ms(codeunit, parameters or {}, callback, now, interval_ms)
        task_id = self.context.hub.submit(
            self,
            codeunit,
            parameters,
            timeout_ms=timeout_ms,
            error_level=error_level,
            on_completed=self._on_task_completed,
            on_error=self._on_task_error,
            on_stopped=self._on_task_stopped,
            page=_page_name(self),
            delay_ms=delay_ms,
        )
        self._tasks[task_id] = TaskOrigin(codeunit, callback.chain + 1 if callback else 0)
        if delay_ms and self._guard.is_first_bite(codeunit):
            self.on_task_held(codeunit, interval_ms)
        return task_id

    def cancel_background_task(self, task_id: int) -> bool:
        """Cancel a task of this page; neither callback is called then.

        Returns:
            True when it had not ended yet.
        """
        self._tasks.pop(task_id, None)
        return self.context.hub.cancel(task_id)

    def cancel_background_tasks(self) -> None:
        """Cancel all tasks of this page: it shows another record now."""
        for task_id in list(self._tasks):
            self.cancel_background_task(task_id)

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
            run_completion_triggers: call the page back as if the task had been enqueued; the id is 0.
        Returns:
            The results, texts by name; none when it failed and the triggers ran.
        Raises:
            Exception: what the codeunit raised, when no triggers run.
        """
        check_not_per_row(self, self.context, codeunit, at_once=True)
        request = TaskRequest(
            0, codeunit, dict(parameters or {}), 0, self.context.user_id, self.context.clock.today()
        )
        try:
            results = run_codeunit(request, CancelToken(), self.context.clock)
        except Exception as error:
            if not run_completion_triggers:
                raise
            self._tasks[0] = TaskOrigin(codeunit)
            self._on_task_error(0, task_error(error), ErrorLevel.ERROR)
            return {}
        if run_completion_triggers:
            self._tasks[0] = TaskOrigin(codeunit)
            self._on_task_completed(0, results)
        return results

    def cache_results(self, key: str, results: Mapping[str, str]) -> None:
        """Keep results in the company under a key, as the user of this page; a callback may call it.

        They are written behind the page; `models.cached_results.cached_results` reads them with their moment. A write
        that fails shows as an error of the page.
        """
        keep = partial(keep_results, key, dict(results), self.context.clock.now())
        self.context.hub.write(self, keep, self._on_results_kept, self._on_results_not_kept)

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

    def on_task_held(self, codeunit: str, interval_ms: int) -> None:
        """A callback of this page enqueues its own task again and again, so it is held; told once per codeunit."""

    def task_listeners(self) -> Sequence[TaskListener]:
        """Who is told of the end of this page's tasks, in this order."""
        return (self,)

    # ---- how it works

    def _on_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        origin = self._tasks.pop(task_id, None) or TaskOrigin("")
        self.clear_task_error(origin.codeunit)
        for listener in self.task_listeners():
            try:
                with callback_of(origin):
                    listener.on_page_background_task_completed(task_id, dict(results))
            except Exception as failure:
                self._show_callback_error(listener, origin.codeunit, failure)

    def _on_task_error(self, task_id: int, error: TaskError, level: ErrorLevel) -> None:
        origin = self._tasks.pop(task_id, None) or TaskOrigin("")
        handled = False
        for listener in self.task_listeners():
            try:
                with callback_of(origin):
                    handled = listener.on_page_background_task_error(task_id, error) or handled
            except Exception as failure:
                handled = True
                self._show_callback_error(listener, origin.codeunit, failure)
        if not handled and level is not ErrorLevel.IGNORE:
            self.show_task_error(origin.codeunit, error, level)

    def _on_task_stopped(self, task_id: int) -> None:
        self._tasks.pop(task_id, None)
        self.on_background_task_stopped(task_id)

    def _show_callback_error(self, listener: TaskListener, codeunit: str, error: Exception) -> None:
        """An error inside a callback always shows as an error, whatever the task's level."""
        _log.exception("the callback of %s for %s failed", type(listener).__name__, codeunit)
        told = task_error(error)
        self.show_task_error(
            codeunit, _named(told, getattr(listener, "extension_name", "")), ErrorLevel.ERROR
        )

    def _on_results_kept(self, _nothing: None) -> None:
        """Kept for next time."""

    def _on_results_not_kept(self, error: TaskError) -> None:
        self.show_task_error("", error, ErrorLevel.ERROR)


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
