"""Taking rows in again that were left out by mistake."""

from __future__ import annotations

from desktop.tasks.task import TaskError
from ui.framework.context import Notice, PageContext
from ui.import_results.many_rows import Include, Started

__all__ = ["UndoExclusion"]


class UndoExclusion:
    """Called by the toast; it lives in it, because the page may be closed by then."""

    def __init__(self, context: PageContext, run_id: int, record_ids: list[int]) -> None:
        self._context, self._run_id, self._record_ids = context, run_id, record_ids

    def __call__(self) -> None:
        self._context.hub.write(self, Include(self._run_id, self._record_ids), self._done, self._failed)

    def _done(self, _started: Started) -> None:
        """The rows tell by themselves."""

    def _failed(self, error: TaskError) -> None:
        self._context.notify(Notice(error.text, "err"))
