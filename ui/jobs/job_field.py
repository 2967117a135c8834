"""Fields of a job's card that save themselves: texts when a person leaves them, choices and ticks at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

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
    user_id: str
    clock: Clock

    def __call__(self) -> Any:
        return change_field(
            self.job_id, self.name, self.value, self.expected, user_id=self.user_id, clock=self.clock
        )


class SavingField(FieldRow):
    """One field of an entry; a change is saved with a guard against somebody else's.

    Args:
        name: the field, as `change_field` knows it.

    Signals:
        saved: the value is in the database.
        told: an error is shown now, or none any more.
    """

    saved = Signal()
    told = Signal()

    def __init__(
        self, context: PageContext, job_id: str, name: str, caption: str, editor: QWidget, help_text: str = ""
    ) -> None:
        super().__init__(caption, editor)
        self._context, self._job_id, self._name = context, job_id, name
        self._value: Any = None
        editor.setToolTip(help_text)

    @property
    def value(self) -> Any:
        """The stored value, as this card has read it."""
        return self._value

    @abstractmethod
    def show_value(self, value: Any, *, editable: bool) -> None:
        """Show what the database has; what is being typed stays."""

    @abstractmethod
    def save(self) -> None:
        """Save what was entered, when it is another value than what is shown."""

    def set_error(self, text: str) -> None:
        super().set_error(text)
        self.told.emit()

    def write(self, value: Any) -> None:
        """Store a value."""
        context = self._context
        work = _Save(self._job_id, self._name, value, self._value, context.user_id, context.clock)
        context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, value: Any) -> None:
        self.clear_error()
        self.show_value(value, editable=True)
        self.saved.emit()

    def _on_error(self, error: TaskError) -> None:
        self.set_error(error.text)


class JobField(SavingField):
    """A text that is typed.

    Args:
        show: from the value to its text.
        read: from the text to the value; raises FieldError.
    """

    def __init__(
        self,
        context: PageContext,
        job_id: str,
        name: str,
        caption: str,
        show: Callable[[Any], str] = str,
        read: Callable[[str], Any] = str,
        help_text: str = "",
    ) -> None:
        self.edit = QLineEdit()
        super().__init__(context, job_id, name, caption, self.edit, help_text)
        self._show, self._read = show, read
        self._shown = ""
        self.edit.editingFinished.connect(self.save)

    def show_value(self, value: Any, *, editable: bool) -> None:
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
        self.write(value)

    def _on_saved(self, value: Any) -> None:
        self.edit.setModified(False)
        super()._on_saved(value)

    def _on_error(self, error: TaskError) -> None:
        self._shown = self._show(self._value)
        self.edit.setModified(True)
        super()._on_error(error)


class JobChoice(SavingField):
    """One of several values.

    Args:
        choices: value and caption of each.
    """

    def __init__(
        self,
        context: PageContext,
        job_id: str,
        name: str,
        caption: str,
        choices: Sequence[tuple[Any, str]],
        help_text: str = "",
    ) -> None:
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(6)
        super().__init__(context, job_id, name, caption, self.box, help_text)
        self.set_choices(choices)
        self.box.activated.connect(self.save)

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offer other values; what is shown stays."""
        with QSignalBlocker(self.box):
            self.box.clear()
            for value, text in choices:
                self.box.addItem(text, value)
            self._select(self._value)

    def show_value(self, value: Any, *, editable: bool) -> None:
        self.set_read_only(not editable)
        self._value = value
        with QSignalBlocker(self.box):
            self._select(value)
        self.clear_error()

    def save(self) -> None:
        value = self.box.currentData()
        if self.box.isEnabled() and self.box.currentIndex() >= 0 and value != self._value:
            self.write(value)

    def _select(self, value: Any) -> None:
        place = self.box.findData(value)
        if place < 0 and value:
            self.box.addItem(str(value), value)
            place = self.box.count() - 1
        self.box.setCurrentIndex(place)

    def _on_error(self, error: TaskError) -> None:
        with QSignalBlocker(self.box):
            self._select(self._value)
        super()._on_error(error)


class JobCheck(SavingField):
    """Yes or no."""

    def __init__(
        self, context: PageContext, job_id: str, name: str, caption: str, help_text: str = ""
    ) -> None:
        self.box = QCheckBox()
        super().__init__(context, job_id, name, caption, self.box, help_text)
        self.box.clicked.connect(self.save)

    def show_value(self, value: Any, *, editable: bool) -> None:
        self.set_read_only(not editable)
        self._value = value
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))
        self.clear_error()

    def save(self) -> None:
        if self.box.isEnabled() and self.box.isChecked() != bool(self._value):
            self.write(self.box.isChecked())

    def _on_error(self, error: TaskError) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(self._value))
        super()._on_error(error)
