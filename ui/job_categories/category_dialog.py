"""Sets a job queue category up, or changes it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

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
from ui.dialogs import Dialog
from ui.framework.choice_editors import make_editor
from ui.framework.context import Notice, PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label

WIDTH: Final = 460
FIELDS: Final = (CODE, DESCRIPTION, CAPACITY, PAUSED)


class CategoryDialog(Dialog):
    """Asks for the fields of one category and writes them.

    Args:
        row: the category to change; None for a new one.
    """

    def __init__(self, parent: QWidget, context: PageContext, row: CategoryRow | None = None) -> None:
        title = "New job queue category" if row is None else f"Category {row.code}"
        super().__init__(parent, title)
        self._context, self._row = context, row
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        begun: dict[str, Any] = {"code": None, "description": "", "capacity": 1, "paused": False}
        if row is not None:
            begun = row._asdict()
        self.editors: dict[str, FieldEditor] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(title, "subtitle"))
        for rule in FIELDS:
            fixed = rule is CODE and row is not None
            editor = make_editor(rule, context.clock, context.hub, read_only=fixed)
            editor.show_value(begun[rule.name])
            self.editors[rule.name] = editor
            column.addWidget(editor.row)
        self.editors["capacity"].row.set_hint("How many of its jobs may run at the same time")
        self.editors["paused"].row.set_hint("No further job starts; what runs goes on")
        self.said = Label("", "caption", "err", wrap=True)
        self.said.hide()
        column.addWidget(self.said)
        column.addSpacing(px(8))
        column.addLayout(self._buttons())
        first = "code" if row is None else "description"
        self.editors[first].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _buttons(self) -> QHBoxLayout:
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = Button("Create" if self._row is None else "Save", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        return row

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
        self.said.hide()
        self.save_button.setEnabled(False)
        if self._row is None:
            self._context.hub.write(self, partial(create_category, values), self._on_created, self._on_error)
            return
        code = values.pop("code")
        work = partial(change_category, code, values, self._row._asdict())
        self._context.hub.write(self, work, self._on_changed, self._on_error)

    def _on_created(self, code: str) -> None:
        self._context.notify(Notice(f"The category {code} was created"))
        self.accept()

    def _on_changed(self, _nothing: None) -> None:
        self.accept()

    def _on_error(self, error: TaskError) -> None:
        self.save_button.setEnabled(True)
        if error.code == "Exists":
            self.editors["code"].row.set_error(error.text)
            self.editors["code"].widget.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.said.setText(error.text)
        self.said.show()

    def done(self, result: int) -> None:
        self._context.hub.forget(self)
        super().done(result)
