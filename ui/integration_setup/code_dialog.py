"""Asks under which code an integration is to be kept: a copy, or one from a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from models.integration import Integration
from ui.framework.context import PageContext
from ui.framework.work_dialog import WorkDialog
from ui.theme import theme
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

__all__ = ["CodeDialog", "Make"]

WIDTH = 460
Make = Callable[[str, str], Callable[[], str]]
"""Takes code and description; gives the work that makes the integration and returns its code."""


class CodeDialog(WorkDialog):
    """A code and a description; what goes wrong is said here, so that another code can be tried.

    Args:
        title: what will be made.
        text: a sentence about it.
        word: the verb on the button.
        make: see `Make`.

    Signals:
        made: the code of the new integration.
    """

    made = Signal(str)

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        title: str,
        text: str,
        word: str,
        make: Make,
        *,
        code: str = "",
        description: str = "",
    ) -> None:
        super().__init__(parent, context, title)
        self._make = make
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        self.code = QLineEdit(code)
        self.code.setMaxLength(Integration.rule("code").max_length)
        self.description = QLineEdit(description)
        self.description.setMaxLength(Integration.rule("description").max_length)
        self.code_row = FieldRow("Code", self.code, required=True, above=True)
        foot = DialogFoot(self, word, self.make)
        self.make_button = foot.verb_button
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(Label(title, "subtitle", wrap=True))
        column.addWidget(Label(text, "body", "fg2", wrap=True))
        column.addWidget(self.code_row)
        column.addWidget(FieldRow("Description", self.description, above=True))
        column.addSpacing(px(4))
        column.addLayout(foot)
        self.code.setFocus()
        self.code.selectAll()

    def make(self) -> None:
        """Make it, if there is a code."""
        code = self.code.text().strip()
        if not code:
            self.code_row.set_error("Code is empty. Enter a code of your own, such as SUPPLIERS.")
            self.code.setFocus()
            return
        self.code_row.clear_error()
        self.make_button.setEnabled(False)
        work = self._make(code, self.description.text().strip())
        self.context.hub.write(self, work, self._on_made, self._on_error)

    def _on_made(self, code: str) -> None:
        self.made.emit(code)
        self.accept()

    def _on_error(self, error: TaskError) -> None:
        self.make_button.setEnabled(True)
        self.code_row.set_error(error.text)
        self.code.setFocus()
