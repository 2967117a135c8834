"""Gives a user a permission set."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from models.permission_edit import assign
from models.permissions import UserPermissionSet
from ui.dialogs import Dialog
from ui.framework.choice_editors import make_editor
from ui.framework.context import Notice, PageContext
from ui.framework.editors import read_or_error
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label

WIDTH: Final = 460


class AssignDialog(Dialog):
    """Asks for the set and writes it.

    Args:
        user_id: who gets it.
    """

    def __init__(self, parent: QWidget, context: PageContext, user_id: str) -> None:
        title = f"Add a permission set to {user_id}"
        super().__init__(parent, title)
        self._context, self._user_id = context, user_id
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        self.set_code = make_editor(
            UserPermissionSet.rule("set_code"), context.clock, context.hub, read_only=False
        )
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.add_button = Button("Add", "primary")
        self.add_button.setDefault(True)
        self.add_button.clicked.connect(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(title, "subtitle"))
        column.addWidget(self.set_code.row)
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.add_button)
        column.addLayout(row)

    def save(self) -> None:
        """Check what was typed and write it."""
        code, error = read_or_error(self.set_code)
        self.set_code.row.set_error(error)
        if error:
            return
        self.add_button.setEnabled(False)
        work = partial(assign, self._user_id, code)
        self._context.hub.write(self, work, self._on_added, self._on_refused)

    def _on_added(self, _nothing: None) -> None:
        self._context.notify(
            Notice(f"{self._user_id} has the permission set {self.set_code.typed_value()} now")
        )
        self.accept()

    def _on_refused(self, error: TaskError) -> None:
        self.add_button.setEnabled(True)
        self.set_code.row.set_error(error.text)
        self.set_code.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        self._context.hub.forget(self)
        super().done(result)
