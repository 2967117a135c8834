"""Asks for a permission set: one to give to a user, or the name of a copy."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.permission_edit import assign, copy_set
from models.permissions import PermissionSet, UserPermissionSet
from models.rules import FieldRule
from ui.framework.choice_editors import make_editor
from ui.framework.context import Notice, PageContext
from ui.framework.editors import read_or_error
from ui.framework.form_dialog import FormDialog


class SetDialog(FormDialog):
    """One field with a permission set, checked and written by the button."""

    def __init__(self, parent: QWidget, context: PageContext, title: str, rule: FieldRule, verb: str) -> None:
        super().__init__(parent, context, title)
        self.set_code = make_editor(rule, context.clock, context.hub, read_only=False)
        self.save_button = self.arrange(verb, self.save, self.set_code.row)

    @abstractmethod
    def write(self, code: str) -> None:
        """Write what was asked for."""

    def save(self) -> None:
        """Check what was typed and write it."""
        code, error = read_or_error(self.set_code)
        self._show_error(error)
        if not error:
            self.begin()
            self.write(code)

    def on_refused(self, error: TaskError) -> None:
        """Say under the field why not."""
        self.save_button.setEnabled(True)
        self._show_error(error.text)
        self.set_code.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_error(self, error: str) -> None:
        self.set_code.row.set_error(error)
        self.adjustSize()


class AssignDialog(SetDialog):
    """Gives a user a permission set.

    Args:
        user_id: who gets it.
    """

    def __init__(self, parent: QWidget, context: PageContext, user_id: str) -> None:
        title = f"Add a permission set to {user_id}"
        super().__init__(parent, context, title, UserPermissionSet.rule("set_code"), "Add")
        self._user_id = user_id

    def write(self, code: str) -> None:
        self.context.hub.write(self, partial(assign, self._user_id, code), self._on_added, self.on_refused)

    def _on_added(self, _nothing: None) -> None:
        code = self.set_code.typed_value()
        self.context.notify(Notice(f"{self._user_id} has the permission set {code} now"))
        self.accept()


class CopyDialog(SetDialog):
    """Copies a permission set under another name.

    Args:
        set_code: the set.
    """

    copied = Signal(str)  # the code of the copy

    def __init__(self, parent: QWidget, context: PageContext, set_code: str) -> None:
        title = f"Copy the permission set {set_code}"
        super().__init__(parent, context, title, PermissionSet.rule("code"), "Copy")
        self.set_code.row.set_hint("What the copy is called")
        self._set_code = set_code

    def write(self, code: str) -> None:
        self.context.hub.write(
            self, partial(copy_set, self._set_code, code), self._on_copied, self.on_refused
        )

    def _on_copied(self, code: str) -> None:
        self.accept()
        self.copied.emit(code)
