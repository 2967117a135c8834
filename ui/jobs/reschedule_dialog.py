"""Asks when jobs may start instead."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.formats import when_text
from models.errors import FieldError
from models.job_lists import JobRow
from ui.framework.context import PageContext
from ui.framework.form_dialog import FormDialog
from ui.jobs.typed import typed_start
from ui.widgets.field import FieldRow


class RescheduleDialog(FormDialog):
    """One field for the earliest start, and what it comes to.

    Signals:
        chosen: the moment, aware; None for as soon as possible.
    """

    chosen = Signal(object)  # datetime | None

    def __init__(self, parent: QWidget, context: PageContext, rows: Sequence[JobRow]) -> None:
        what = f"“{rows[0].description}”" if len(rows) == 1 else f"{len(rows)} jobs"
        super().__init__(parent, context, f"Reschedule {what}")
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("As soon as possible")
        self.field = FieldRow("Earliest start", self.edit, above=True)
        self.edit.textChanged.connect(self._show)
        self.ok_button = self.arrange(
            "Reschedule",
            self.accept,
            self.field,
            text="Jobs on hold stay on hold; those that recur go on with their schedule.",
        )
        self._show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        try:
            start = typed_start(self.edit.text(), self.context.clock.now())
        except FieldError as error:
            self.field.set_error(str(error))
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.chosen.emit(start)
        super().accept()

    def _show(self) -> None:
        """Say under the field which moment is meant."""
        self.field.clear_error()
        text = self.edit.text()
        try:
            start = typed_start(text, self.context.clock.now())
        except FieldError:
            self.field.set_hint("For example 10:30, tomorrow 6:00 or 2026-11-30 06:00")
            return
        if start is None:
            self.field.set_hint("Empty: as soon as possible. Or write 10:30, tomorrow 6:00 …")
        else:
            self.field.set_hint(when_text(start, self.context.clock.now()))
