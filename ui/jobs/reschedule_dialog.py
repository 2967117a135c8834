"""Asks when jobs may start instead."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.clock import Clock
from desktop.formats import when_text
from models.errors import FieldError
from models.job_lists import JobRow
from ui.dialogs import Dialog
from ui.jobs.typed import typed_start
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

WIDTH = 460


class RescheduleDialog(Dialog):
    """One field for the earliest start, and what it comes to.

    Signals:
        chosen: the moment, aware; None for as soon as possible.
    """

    chosen = Signal(object)  # datetime | None

    def __init__(self, parent: QWidget, clock: Clock, rows: Sequence[JobRow]) -> None:
        what = f"“{rows[0].description}”" if len(rows) == 1 else f"{len(rows)} jobs"
        super().__init__(parent, f"Reschedule {what}")
        self._clock = clock
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("As soon as possible")
        self.field = FieldRow("Earliest start", self.edit, above=True)
        self.edit.textChanged.connect(self._show)
        self.ok_button = Button("Reschedule", "primary")
        self.ok_button.setDefault(True)
        self.ok_button.clicked.connect(self.accept)
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.ok_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(f"Reschedule {what}", "subtitle", wrap=True))
        column.addWidget(
            Label(
                "Jobs on hold stay on hold; those that recur go on with their schedule.",
                tone="fg2",
                wrap=True,
            )
        )
        column.addWidget(self.field)
        column.addSpacing(px(8))
        column.addLayout(buttons)
        self._show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        try:
            start = typed_start(self.edit.text(), self._clock.now())
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
            start = typed_start(text, self._clock.now())
        except FieldError:
            self.field.set_hint("For example 10:30, tomorrow 6:00 or 2026-11-30 06:00")
            return
        if start is None:
            self.field.set_hint("Empty: as soon as possible. Or write 10:30, tomorrow 6:00 …")
        else:
            self.field.set_hint(when_text(start, self._clock.now()))
