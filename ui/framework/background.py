"""Page background tasks as a page or a part sees them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop.errors import CallbackNotAllowedError
from desktop.sessions.session import CancelToken
from desktop.tasks.task import ErrorLevel, TaskError, TaskRequest, run_codeunit, task_error
from ui.framework.context import PageContext
from ui.framework.per_row import check_not_per_row

_log = logging.getLogger(__name__)
_callbacks_running = 0


@contextmanager
def _callback() -> Iterator[None]:
    global _callbacks_running
    _callbacks_running += 1
    try:
        yield
    finally:
        _callbacks_running -= 1


def check_dialog_allowed(question: str) -> None:
    """Refuse a dialog that the callback of a background task wants to open; every dialog asks this first.

    Raises:
        CallbackNotAllowedError: nobody has asked for anything just now, so a dialog would take the screen away.
    """
    if _callbacks_running:
        raise CallbackNotAllowedError(
            f"A background task wanted to ask “{question}”, which it may not do when it ends.",
            "Show a banner with an action instead.",
        )


class BackgroundTasks:
    """Enqueues codeunits for a page or a part, and gets their results and errors.

    A page overrides `on_page_background_task_completed` and, where it wants, `on_page_background_task_error`.
    Both run on the GUI thread; they may change controls and show notices, and may not open dialogs.
    """

    context: PageContext

    if TYPE_CHECKING:

        def show_task_error(self, codeunit: str, error: TaskError, level: ErrorLevel) -> None: ...

        def clear_task_error(self, codeunit: str) -> None: ...

    def _init_tasks(self) -> None:
        self._tasks: dict[int, str] = {}

    def enqueue_background_task(
        self,
        codeunit: str,
        parameters: Mapping[str, str] | None = None,
        *,
        timeout_ms: int | None = None,
        error_level: ErrorLevel = ErrorLevel.ERROR,
    ) -> int:
        """Run a codeunit in a read-only child session, bound to this page and the record that it shows.

        Args:
            codeunit: its name in the registry.
            parameters: texts by name.
            timeout_ms: the settings' default when None.
            error_level: what is shown for an error that the page does not handle itself.
        Returns:
            The task's id.
        Raises:
            TooManyTasksError: when too many wait already.
        """
        check_not_per_row(self, self.context, codeunit)
        task_id = self.context.hub.submit(
            self,
            codeunit,
            parameters,
            timeout_ms=timeout_ms,
            error_level=error_level,
            on_completed=self._on_task_completed,
            on_error=self._on_task_error,
        )
        self._tasks[task_id] = codeunit
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
            run_completion_triggers: call the page back as if the task had been enqueued; the id is 0.
        Returns:
            The results, texts by name.
        Raises:
            Exception: what the codeunit raised, when no triggers run.
        """
        request = TaskRequest(
            0, codeunit, dict(parameters or {}), 0, self.context.user_id, self.context.clock.today()
        )
        try:
            results = run_codeunit(request, CancelToken(), self.context.clock)
        except Exception as error:
            if not run_completion_triggers:
                raise
            self._tasks[0] = codeunit
            self._on_task_error(0, task_error(error), ErrorLevel.ERROR)
            return {}
        if run_completion_triggers:
            self._tasks[0] = codeunit
            self._on_task_completed(0, results)
        return results

    def on_page_background_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        """A task of this page has ended well."""

    def on_page_background_task_error(self, task_id: int, error: TaskError) -> bool:
        """A task of this page has failed.

        Returns:
            True when the page has dealt with it; else it is shown as the task's error level says.
        """
        return False

    def _on_task_completed(self, task_id: int, results: dict[str, str]) -> None:
        codeunit = self._tasks.pop(task_id, "")
        self.clear_task_error(codeunit)
        try:
            with _callback():
                self.on_page_background_task_completed(task_id, results)
        except Exception as error:
            self._show_callback_error(codeunit, error)

    def _on_task_error(self, task_id: int, error: TaskError, level: ErrorLevel) -> None:
        codeunit = self._tasks.pop(task_id, "")
        try:
            with _callback():
                handled = self.on_page_background_task_error(task_id, error)
        except Exception as failure:
            self._show_callback_error(codeunit, failure)
            return
        if not handled and level is not ErrorLevel.IGNORE:
            self.show_task_error(codeunit, error, level)

    def _show_callback_error(self, codeunit: str, error: Exception) -> None:
        """An error inside a callback always shows as an error, whatever the task's level."""
        _log.exception("the callback for %s failed", codeunit)
        self.show_task_error(codeunit, task_error(error), ErrorLevel.ERROR)
