"""When a job runs again and again, entered with the next ten runs in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.clock import Clock
from desktop.jobqueue import recurrence
from desktop.jobqueue.editing import change_schedule
from desktop.jobqueue.recurrence import Schedule
from desktop.tasks.task import TaskError
from models.errors import FieldError
from ui.framework.context import PageContext
from ui.jobs.entry_edit import EntryEdit
from ui.jobs.schedule_editor import ScheduleEditor


@dataclass(frozen=True, slots=True)
class _Save:
    job_id: str
    schedule: Schedule | None
    expected: str
    user_id: str
    clock: Clock

    def __call__(self) -> str:
        return change_schedule(
            self.job_id, self.schedule, self.expected, user_id=self.user_id, clock=self.clock
        )


class ScheduleField(EntryEdit):
    """The schedule of one entry; a change that makes sense is saved at once."""

    def __init__(self, context: PageContext, job_id: str, parent: QWidget | None = None) -> None:
        super().__init__(context, job_id, parent)
        self._stored = ""
        self._waiting: list[Schedule | None] = []
        self._saving = False
        self.editor = ScheduleEditor(context.clock)
        self.editor.schedule_changed.connect(self.save)
        self._column.addWidget(self.editor)
        self._column.addWidget(self.said)

    def show_value(
        self, stored: str, earliest_start: datetime | None, expires_at: datetime | None, *, editable: bool
    ) -> None:
        """Show what the database has; what is being entered stays."""
        self.editor.set_read_only(not editable)
        if self._saving:
            return
        self._stored = stored
        try:
            shown = recurrence.decode(stored) if stored else None
        except FieldError as error:
            self._tell(str(error))
            shown = None
        self.editor.show_schedule(shown, earliest_start, expires_at)

    def save(self, schedule: Schedule | None) -> None:
        """Store a schedule, after the one that is being stored now; None is a single run."""
        self._waiting = [schedule]
        if not self._saving:
            self._write()

    def _write(self) -> None:
        schedule = self._waiting.pop()
        self._saving = True
        self._tell("")
        context = self._context
        work = _Save(self._job_id, schedule, self._stored, context.user_id, context.clock)
        context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, stored: str) -> None:
        self._stored, self._saving = stored, False
        if self._waiting:
            self._write()
        else:
            self.saved.emit()

    def _on_error(self, error: TaskError) -> None:
        self._saving = False
        self._waiting.clear()
        super()._on_error(error)
