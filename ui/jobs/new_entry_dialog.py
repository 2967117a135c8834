"""Asks what a new job is to run."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.clock import Clock
from desktop.jobqueue import entries
from models.errors import FieldError
from models.job_queue import EntryStatus, ObjectType, RunTrigger
from ui.framework.context import PageContext
from ui.framework.form_dialog import FormDialog
from ui.jobs.object_choice import ObjectChoice, RunObject
from ui.widgets.field import FieldRow


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


class NewEntryDialog(FormDialog):
    """The object to run and a description; everything else stands on the card.

    Signals:
        created: the id of the new entry, which is On Hold.
    """

    WIDTH = 500

    created = Signal(str)

    def __init__(self, parent: QWidget, context: PageContext) -> None:
        super().__init__(parent, context, "New job queue entry")
        self.object = ObjectChoice()
        self.object_row = FieldRow("Object to run", self.object, required=True, above=True)
        self.description = QLineEdit()
        self.description_row = FieldRow(
            "Description", self.description, above=True, hint="Empty: the name of what runs"
        )
        self.create_button = self.arrange(
            "Create",
            self.create_entry,
            self.object_row,
            self.description_row,
            text="It begins On Hold: set it up on its card, then set it to Ready.",
        )
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
        self.begin()
        description = " ".join(self.description.text().split()) or runs.text.split(" ", 2)[2]
        work = _Create(description, runs, self.context.user_id, self.context.clock)
        self.context.hub.write(self, work, self._on_created, self.on_refused)

    def _on_created(self, job_id: str) -> None:
        self.created.emit(job_id)
        self.accept()
