"""What a job is given: one parameter string, and further values by name."""

from __future__ import annotations

import json
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.jobqueue.editing import change_field
from ui.framework.context import PageContext
from ui.jobs.entry_edit import EntryEdit
from ui.theme import theme
from ui.widgets.buttons import Button, IconButton
from ui.widgets.field import FieldRow

TEXT = "text"  # the name under which a job finds the parameter string


@dataclass(frozen=True, slots=True)
class _Save:
    job_id: str
    value: dict[str, str]
    expected: str
    user_id: str
    clock: Clock

    def __call__(self) -> str:
        stored = change_field(
            self.job_id, "parameters", self.value, self.expected, user_id=self.user_id, clock=self.clock
        )
        return str(stored)


class _Pair(QWidget):
    """A name and its value."""

    left = Signal()
    removed = Signal(object)

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self.setProperty("plain", True)
        self.name, self.value = QLineEdit(name), QLineEdit(value)
        self.name.setPlaceholderText("Name")
        self.value.setPlaceholderText("Value")
        self.name.setAccessibleName("Name of the parameter")
        self.value.setAccessibleName(f"Value of {name or 'the parameter'}")
        self.remove = IconButton("dismiss", "Remove this parameter")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        row.addWidget(self.name, 1)
        row.addWidget(self.value, 2)
        row.addWidget(self.remove)
        for edit in (self.name, self.value):
            edit.editingFinished.connect(self.left)
        self.remove.clicked.connect(self._on_remove)

    def _on_remove(self) -> None:
        self.removed.emit(self)


class ParametersEdit(EntryEdit):
    """Saves when a field is left."""

    def __init__(self, context: PageContext, job_id: str, parent: QWidget | None = None) -> None:
        super().__init__(context, job_id, parent)
        self._stored = "{}"
        self._editable = True
        self.pairs: list[_Pair] = []
        self.text = QLineEdit()
        self.text.setToolTip(f"Free text for the job, which finds it as its parameter “{TEXT}”")
        self.text.editingFinished.connect(self.save)
        self.text_row = FieldRow("Parameter string", self.text)
        self.add_button = Button("Add parameter", "link", "add")
        self.add_button.clicked.connect(self.add)
        self._column.addWidget(self.text_row)
        self._rows = QVBoxLayout()
        self._column.addLayout(self._rows)
        self._column.addWidget(self.said)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._rescale()

    def show_value(self, stored: str, *, editable: bool) -> None:
        """Show what the database has, a JSON object of texts; what is being entered stays."""
        self._editable = editable
        self.text_row.set_read_only(not editable)
        self.add_button.setVisible(editable)
        if self._entered() != _values(self._stored):
            return
        values = _values(stored)
        if stored == self._stored and len(self.pairs) == len(values) - (TEXT in values):
            return
        self._stored = stored
        self.text.setText(values.pop(TEXT, ""))
        for pair in list(self.pairs):
            self._take_away(pair)
        for name, value in values.items():
            self._add(name, value)
        self._tell("")

    def add(self) -> None:
        """Offer a further, empty pair."""
        self._add("", "").name.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Save what was entered, when it is something else than what is shown; a pair without a name waits for it."""
        entered = self._entered()
        names = [pair.name.text().strip() for pair in self.pairs if pair.name.text().strip()]
        if len(set(names)) < len(names):
            self._tell("Two parameters have the same name. Give one of them another.")
            return
        if any(pair.value.text() and not pair.name.text().strip() for pair in self.pairs):
            self._tell("A value has no name yet. Give it the name under which the job looks for it.")
            return
        self._tell("")
        if self._editable and entered != _values(self._stored):
            context = self._context
            work = _Save(self._job_id, entered, self._stored, context.user_id, context.clock)
            context.hub.write(self, work, self._on_saved, self._on_error)

    def _entered(self) -> dict[str, str]:
        values = {TEXT: self.text.text()} if self.text.text() else {}
        values.update(
            {pair.name.text().strip(): pair.value.text() for pair in self.pairs if pair.name.text().strip()}
        )
        return values

    def _add(self, name: str, value: str) -> _Pair:
        pair = _Pair(name, value)
        pair.name.setReadOnly(not self._editable)
        pair.value.setReadOnly(not self._editable)
        pair.remove.setVisible(self._editable)
        pair.left.connect(self.save)
        pair.removed.connect(self._on_removed)
        self.pairs.append(pair)
        self._rows.addWidget(pair)
        return pair

    def _take_away(self, pair: _Pair) -> None:
        self.pairs.remove(pair)
        self._rows.removeWidget(pair)
        pair.hide()
        pair.deleteLater()

    def _on_removed(self, pair: _Pair) -> None:
        self._take_away(pair)
        self.save()

    def _on_saved(self, stored: str) -> None:
        self._stored = stored
        self.saved.emit()

    def _rescale(self) -> None:
        super()._rescale()
        self._rows.setSpacing(theme().px(6))


def _values(stored: str) -> dict[str, str]:
    return {str(name): str(value) for name, value in json.loads(stored or "{}").items()}
