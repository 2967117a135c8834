"""Sets a job queue category up, or changes it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.tasks.task import TaskError
from models.job_categories import (
    CAPACITY,
    CODE,
    DESCRIPTION,
    PAUSED,
    CategoryRow,
    change_category,
    create_category,
)
from ui.framework.choice_editors import make_editor
from ui.framework.context import Notice, PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.framework.form_dialog import FormDialog

FIELDS: Final = (CODE, DESCRIPTION, CAPACITY, PAUSED)


class CategoryDialog(FormDialog):
    """Asks for the fields of one category and writes them.

    Args:
        row: the category to change; None for a new one.
    """

    def __init__(self, parent: QWidget, context: PageContext, row: CategoryRow | None = None) -> None:
        title = "New job queue category" if row is None else f"Category {row.code}"
        super().__init__(parent, context, title)
        self._row = row
        begun: dict[str, Any] = {"code": None, "description": "", "capacity": 1, "paused": False}
        if row is not None:
            begun = row._asdict()
        self.editors: dict[str, FieldEditor] = {}
        for rule in FIELDS:
            fixed = rule is CODE and row is not None
            editor = make_editor(rule, context.clock, context.hub, read_only=fixed)
            editor.show_value(begun[rule.name])
            self.editors[rule.name] = editor
        self.editors["capacity"].row.set_hint("How many of its jobs may run at the same time")
        self.editors["paused"].row.set_hint("No further job starts; what runs goes on")
        rows = (editor.row for editor in self.editors.values())
        self.save_button = self.arrange("Create" if row is None else "Save", self.save, *rows)
        first = "code" if row is None else "description"
        self.editors[first].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Check what was typed and write it."""
        values: dict[str, Any] = {}
        wrong: list[FieldEditor] = []
        for name, editor in self.editors.items():
            values[name], error = read_or_error(editor)
            editor.row.set_error(error)
            if error:
                wrong.append(editor)
        if wrong:
            wrong[0].widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.begin()
        if self._row is None:
            self.context.hub.write(self, partial(create_category, values), self._on_created, self.on_refused)
            return
        code = values.pop("code")
        work = partial(change_category, code, values, self._row._asdict())
        self.context.hub.write(self, work, self._on_changed, self.on_refused)

    def _on_created(self, code: str) -> None:
        self.context.notify(Notice(f"The category {code} was created"))
        self.accept()

    def _on_changed(self, _nothing: None) -> None:
        self.accept()

    def on_refused(self, error: TaskError) -> None:
        if error.code == "Exists":
            self.save_button.setEnabled(True)
            self.editors["code"].row.set_error(error.text)
            self.editors["code"].widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().on_refused(error)
