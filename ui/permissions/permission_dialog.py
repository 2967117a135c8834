"""Asks what a permission set allows for one table or codeunit."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from desktop.tasks.task import TaskError
from models.permission_edit import RIGHTS_OF, TABLE, set_permission
from models.rights import Right
from ui.framework.context import PageContext
from ui.framework.form_dialog import FormDialog
from ui.permissions.words import caption_of, objects_by_caption
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label


class PermissionDialog(FormDialog):
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
        super().__init__(parent, context, title)
        self._set_code = set_code
        self.type = QComboBox()
        self.type.addItems(list(RIGHTS_OF))
        self.type.setCurrentText(object_type)
        self.object = QComboBox()
        self.object_row = FieldRow("Object", self.object)
        self.type_row = FieldRow("Object Type", self.type)
        self.rights = {right: QCheckBox(right.value) for right in Right}
        for right, box in self.rights.items():
            box.setChecked(right in rights)
        self.save_button = self.arrange(
            "Save" if object_name else "Add",
            self.save,
            self.type_row,
            self.object_row,
            Label("It allows to", "caption", "fg2"),
            *self.rights.values(),
        )
        self._show_objects()
        if object_name:
            self.object.setCurrentText(caption_of(object_type, object_name))
            self.type_row.hide()
            self.object_row.hide()
        self.type.currentTextChanged.connect(self._show_objects)

    def save(self) -> None:
        """Write what is ticked."""
        self.begin()
        given = {right for right in RIGHTS_OF[self.type.currentText()] if self.rights[right].isChecked()}
        work = partial(
            set_permission, self._set_code, self.type.currentText(), str(self.object.currentData()), given
        )
        self.context.hub.write(self, work, self._on_saved, self.on_refused)

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

    def on_refused(self, error: TaskError) -> None:
        super().on_refused(error)
        self.adjustSize()
