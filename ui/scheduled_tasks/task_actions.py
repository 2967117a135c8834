"""What a person can do about scheduled tasks: cancel them, and let them run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.formats import count_text
from desktop.jobqueue import actions
from desktop.scheduler import tasks
from desktop.tasks.task import TaskError
from models.errors import BackdeskError
from models.task_lists import TaskRow
from ui.dialogs import Answer, ask
from ui.framework.context import Notice, PageContext
from ui.framework.page_actions import PageActions
from ui.jobs.wording import codeunit_text

GONE: Final = "The task has ended meanwhile."
CANCEL, READY = "cancel", "ready"


class Tried(NamedTuple):
    """What came of an action: with how many tasks, and why not with the others."""

    action: str
    done: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeTasks:
    """Does one action with each of some tasks.

    A task of a job queue entry is cancelled as the entry is, so that the entry never waits for a task that is gone.
    """

    action: str
    rows: tuple[TaskRow, ...]
    user_id: str
    clock: Clock

    def __call__(self) -> Tried:
        done, refused = 0, []
        for row in self.rows:
            try:
                if self._change(row):
                    done += 1
                else:
                    refused.append(GONE)
            except BackdeskError as error:
                refused.append(str(error))
        return Tried(self.action, done, tuple(refused))

    def _change(self, row: TaskRow) -> bool:
        if self.action == READY:
            return tasks.set_task_ready(row.id, row.not_before, clock=self.clock)
        if row.job_id:
            actions.cancel(row.job_id, user_id=self.user_id, clock=self.clock)
            return True
        return tasks.cancel_task(row.id) or tasks.stop_task(row.id, clock=self.clock)


class TaskActions(PageActions):
    """The actions of one page.

    Signals:
        changed: an action has been tried; what the database has may be another now.
    """

    changed = Signal()

    def __init__(self, context: PageContext, host: QWidget) -> None:
        super().__init__(context, host)
        self._asked_about: tuple[TaskRow, ...] = ()

    def cancel(self, rows: Sequence[TaskRow]) -> None:
        """Take tasks back, after asking: a task cannot be brought back."""
        self._asked_about = tuple(rows)
        self.question = ask(
            self._host,
            f"Cancel {_named(rows)}?",
            _consequence(rows),
            (
                Answer(CANCEL, "Cancel task" if len(rows) == 1 else f"Cancel {len(rows)} tasks", "danger"),
                Answer("keep", "Keep" if len(rows) == 1 else "Keep them", "primary"),
            ),
            "keep",
            self._on_answer,
        )

    def set_ready(self, rows: Sequence[TaskRow]) -> None:
        """Let tasks run at their time, or at once when it has come."""
        self._change(READY, rows)

    def _on_answer(self, key: str) -> None:
        self.question = None
        if key == CANCEL:
            self._change(CANCEL, self._asked_about)

    def _change(self, action: str, rows: Sequence[TaskRow]) -> None:
        work = ChangeTasks(action, tuple(rows), self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_changed, self._on_error)

    def _on_changed(self, tried: Tried) -> None:
        if tried.done:
            what = "The task" if tried.done == 1 else f"{count_text(tried.done)} tasks"
            verb = "is ready" if tried.done == 1 else "are ready"
            if tried.action == CANCEL:
                verb = "was cancelled" if tried.done == 1 else "were cancelled"
            self._context.notify(Notice(f"{what} {verb}"))
        if tried.refused:
            more = len(tried.refused) - 1
            tail = f" ({count_text(more)} more could not either.)" if more else ""
            self.refused.emit("That is not possible now.", tried.refused[0] + tail)
        self.changed.emit()

    def _on_error(self, error: TaskError) -> None:
        super()._on_error(error)
        self.changed.emit()


def _named(rows: Sequence[TaskRow]) -> str:
    if len(rows) > 1:
        return f"{count_text(len(rows))} tasks"
    return f"“{rows[0].job or codeunit_text(rows[0].codeunit)}”"


def _consequence(rows: Sequence[TaskRow]) -> str:
    words = []
    if any(row.running for row in rows):
        words.append("What runs is stopped; what it has saved already is kept.")
    if any(row.job_id for row in rows):
        entry = "Its job queue entry becomes" if len(rows) == 1 else "Their job queue entries become"
        words.append(f"{entry} Cancelled and can be started again.")
    if any(not row.job_id and not row.running for row in rows):
        words.append("It will not run." if len(rows) == 1 else "They will not run.")
    return " ".join(words)
