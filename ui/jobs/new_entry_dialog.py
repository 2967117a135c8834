"""Asks what a new job is to run."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.jobqueue import entries
from desktop.tasks.task import TaskError
from models.errors import FieldError
from models.job_queue import EntryStatus, ObjectType, RunTrigger
from ui.dialogs import Dialog
from ui.framework.context import PageContext
from ui.jobs.object_choice import ObjectChoice, RunObject
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

WIDTH = 500


@dataclass(frozen=True, slots=True)
class _Create:
    description: str
    runs: RunObject
    user_id: str
    clock: Clock

    def __call__(self) -> str:
        return entries.create_entry(
            self.description,
            self.runs.name,
            user_id=self.user_id,
            object_type=self.runs.object_type,
            report_output="PDF" if self.runs.object_type is ObjectType.REPORT else "",
            status=EntryStatus.ON_HOLD,
            trigger=RunTrigger.PERSON,
            clock=self.clock,
        )


class NewEntryDialog(Dialog):
    """The object to run and a description; everything else stands on the card.

    Signals:
        created: the id of the new entry, which is On Hold.
    """

    created = Signal(str)

    def __init__(self, parent: QWidget, context: PageContext) -> None:
        super().__init__(parent, "New job queue entry")
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        self.object = ObjectChoice()
        self.object_row = FieldRow("Object to run", self.object, required=True, above=True)
        self.description = QLineEdit()
        self.description_row = FieldRow(
            "Description", self.description, above=True, hint="Empty: the name of what runs"
        )
        self.create_button = Button("Create", "primary")
        self.create_button.setDefault(True)
        self.create_button.clicked.connect(self.create_entry)
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.said = Label("", "caption", "err", wrap=True)
        self.said.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.create_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label("New job queue entry", "subtitle"))
        column.addWidget(
            Label("It begins On Hold: set it up on its card, then set it to Ready.", tone="fg2", wrap=True)
        )
        column.addWidget(self.object_row)
        column.addWidget(self.description_row)
        column.addWidget(self.said)
        column.addSpacing(px(8))
        column.addLayout(buttons)
        self.object.setFocus(Qt.FocusReason.OtherFocusReason)

    def create_entry(self) -> None:
        """Check what was chosen, and make the entry."""
        try:
            runs = self.object.chosen()
        except FieldError as error:
            self.object_row.set_error(str(error))
            self.object.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.object_row.clear_error()
        self.create_button.setEnabled(False)
        description = " ".join(self.description.text().split()) or runs.text.split(" ", 2)[2]
        work = _Create(description, runs, self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_created, self._on_error)

    def done(self, result: int) -> None:
        self._context.hub.forget(self)
        super().done(result)

    def _on_created(self, job_id: str) -> None:
        self.created.emit(job_id)
        self.accept()

    def _on_error(self, error: TaskError) -> None:
        self.create_button.setEnabled(True)
        self.said.setText(error.text)
        self.said.show()
