"""Asks what a permission set allows for one table or codeunit."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.tasks.task import TaskError
from models.permission_edit import RIGHTS_OF, TABLE, set_permission
from models.rights import Right
from ui.dialogs import Dialog
from ui.framework.context import PageContext
from ui.permissions.words import caption_of, objects_by_caption
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

WIDTH: Final = 460


class PermissionDialog(Dialog):
    """Adds a permission to a set, or changes one.

    Args:
        set_code: the set.
        object_type, object_name: whose permission is changed; no name for a new one.
        rights: what it allows now.
    """

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        set_code: str,
        object_type: str = TABLE,
        object_name: str = "",
        rights: frozenset[Right] = frozenset({Right.READ}),
    ) -> None:
        title = f"Permission for {caption_of(object_type, object_name)}" if object_name else "New permission"
        super().__init__(parent, title)
        self._context, self._set_code = context, set_code
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setMinimumWidth(theme().px(WIDTH))
        self.type = QComboBox()
        self.type.addItems(list(RIGHTS_OF))
        self.type.setCurrentText(object_type)
        self.object = QComboBox()
        self.object_row = FieldRow("Object", self.object)
        self.type_row = FieldRow("Object Type", self.type)
        self.rights = {right: QCheckBox(right.value) for right in Right}
        for right, box in self.rights.items():
            box.setChecked(right in rights)
        self.said = Label("", "caption", "err", wrap=True)
        self.said.hide()
        self._arrange(title, "Save" if object_name else "Add")
        self._show_objects()
        if object_name:
            self.object.setCurrentText(caption_of(object_type, object_name))
            self.type_row.hide()
            self.object_row.hide()
        self.type.currentTextChanged.connect(self._show_objects)

    def save(self) -> None:
        """Write what is ticked."""
        self.said.hide()
        self.save_button.setEnabled(False)
        given = {right for right in RIGHTS_OF[self.type.currentText()] if self.rights[right].isChecked()}
        work = partial(
            set_permission, self._set_code, self.type.currentText(), str(self.object.currentData()), given
        )
        self._context.hub.write(self, work, self._on_saved, self._on_refused)

    def done(self, result: int) -> None:
        self._context.hub.forget(self)
        super().done(result)

    def _arrange(self, title: str, verb: str) -> None:
        px = theme().px
        self.cancel_button = Button("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = Button(verb, "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(title, "subtitle"))
        column.addWidget(self.type_row)
        column.addWidget(self.object_row)
        column.addWidget(Label("It allows to", "caption", "fg2"))
        for box in self.rights.values():
            column.addWidget(box)
        column.addWidget(self.said)
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        column.addLayout(row)

    def _show_objects(self, _type: str = "") -> None:
        object_type = self.type.currentText()
        self.object.clear()
        for caption, name in objects_by_caption(object_type).items():
            self.object.addItem(caption, name)
        for right, box in self.rights.items():
            box.setVisible(right in RIGHTS_OF[object_type])
        if RIGHTS_OF[object_type] == (Right.EXECUTE,):
            self.rights[Right.EXECUTE].setChecked(True)

    def _on_saved(self, _nothing: None) -> None:
        self.accept()

    def _on_refused(self, error: TaskError) -> None:
        self.save_button.setEnabled(True)
        self.said.setText(error.text)
        self.said.show()
        self.adjustSize()
