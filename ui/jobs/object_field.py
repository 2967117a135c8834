"""What a job runs, on its card."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal

from desktop.clock import Clock
from desktop.jobqueue.editing import change_object
from desktop.tasks.task import TaskError
from models.errors import FieldError
from ui.framework.context import PageContext
from ui.jobs.object_choice import ObjectChoice, RunObject
from ui.jobs.wording import object_text
from ui.widgets.field import FieldRow


@dataclass(frozen=True, slots=True)
class _Save:
    job_id: str
    runs: RunObject
    user_id: str
    clock: Clock

    def __call__(self) -> None:
        change_object(
            self.job_id, self.runs.object_type, self.runs.name, user_id=self.user_id, clock=self.clock
        )


class ObjectField(FieldRow):
    """The codeunit or report of an entry; another one is saved when it is chosen or the field is left.

    Signals:
        saved: another one is stored.
        told: an error is shown now, or none any more.
    """

    saved = Signal()
    told = Signal()

    def __init__(self, context: PageContext, job_id: str) -> None:
        self.box = ObjectChoice()
        super().__init__("Object to run", self.box)
        self._context, self._job_id = context, job_id
        self._stored: tuple[str, str] = ("", "")
        self._shown = ""
        self.box.setToolTip("A codeunit or report, by its name or number")
        self.box.activated.connect(self.save)
        line = self.box.lineEdit()
        assert line is not None
        line.editingFinished.connect(self.save)

    def show_value(self, object_type: str, name: str, *, editable: bool) -> None:
        """Show what the database has; what is being typed stays."""
        self.set_read_only(not editable)
        if self._shown and self.box.currentText() != self._shown:
            return
        self._show(object_type, name)

    def save(self) -> None:
        """Save what was chosen, when it is another one."""
        if not self.box.isEnabled() or self.box.currentText() == self._shown:
            self.set_error("")
            return
        try:
            runs = self.box.chosen()
        except FieldError as error:
            self.set_error(str(error))
            return
        if (runs.object_type.value, runs.name) == self._stored:
            self._show(*self._stored)
            return
        self._shown = self.box.currentText()
        work = _Save(self._job_id, runs, self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_saved, self._on_error)

    def set_error(self, text: str) -> None:
        super().set_error(text)
        self.told.emit()

    def _show(self, object_type: str, name: str) -> None:
        self._stored = (str(object_type), name)
        self._shown = object_text(object_type, name)
        self.box.show_object(object_type, name)
        self.set_error("")

    def _on_saved(self, _nothing: None) -> None:
        self.set_error("")
        self.saved.emit()

    def _on_error(self, error: TaskError) -> None:
        self._shown = object_text(*self._stored)
        self.set_error(error.text)
