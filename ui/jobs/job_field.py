"""One field of a job's card that saves itself when a person leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.clock import Clock
from desktop.jobqueue.editing import change_field
from desktop.tasks.task import TaskError
from models.errors import FieldError
from ui.framework.context import PageContext
from ui.widgets.field import FieldRow


@dataclass(frozen=True, slots=True)
class _Save:
    job_id: str
    name: str
    value: Any
    expected: Any
    clock: Clock

    def __call__(self) -> Any:
        return change_field(self.job_id, self.name, self.value, self.expected, self.clock)


class JobField(FieldRow):
    """Shows a value, reads what is typed, and saves it with a guard against somebody else's change.

    Args:
        name: the field, as `change_field` knows it.
        show: from the value to its text.
        read: from the text to the value; raises FieldError.

    Signals:
        saved: the value is in the database.
    """

    saved = Signal()

    def __init__(
        self,
        context: PageContext,
        job_id: str,
        name: str,
        caption: str,
        show: Callable[[Any], str],
        read: Callable[[str], Any],
        parent: QWidget | None = None,
    ) -> None:
        self.edit = QLineEdit()
        super().__init__(caption, self.edit, parent=parent)
        self._context, self._job_id, self._name = context, job_id, name
        self._show, self._read = show, read
        self._value: Any = None
        self._shown = ""
        self.edit.editingFinished.connect(self.save)

    def show_value(self, value: Any, *, editable: bool) -> None:
        """Show what the database has; what is being typed stays."""
        self.set_read_only(not editable)
        typing = self.edit.isModified() and self.edit.text() != self._shown
        if typing and editable:
            return
        self._value = value
        self._shown = self._show(value)
        if self.edit.text() != self._shown:
            self.edit.setText(self._shown)
        self.edit.setModified(False)
        self.clear_error()

    def save(self) -> None:
        """Save what was typed, when it is another value than what is shown."""
        if self.edit.isReadOnly() or self.edit.text() == self._shown:
            self.clear_error()
            return
        try:
            value = self._read(self.edit.text())
        except FieldError as error:
            self.set_error(str(error))
            return
        self.clear_error()
        self._shown = self.edit.text()
        work = _Save(self._job_id, self._name, value, self._value, self._context.clock)
        self._context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, value: Any) -> None:
        self.edit.setModified(False)
        self.show_value(value, editable=True)
        self.saved.emit()

    def _on_error(self, error: TaskError) -> None:
        self._shown = self._show(self._value)
        self.edit.setModified(True)
        self.set_error(error.text)
