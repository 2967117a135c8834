"""What does this value of the file mean? Asked once, for this import and the next files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.imports.repair import ErrorGroup
from desktop.tasks.task import TaskError
from models.import_rows import LookupChoice, lookup_choices
from models.tables import TABLES
from ui.dialogs import Dialog
from ui.framework.context import PageContext
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

__all__ = ["MapDialog"]

WIDTH = 440


class MapDialog(Dialog):
    """Asks what a value means; the answer comes to `on_answer` with the group and the value to store.

    Args:
        target_table: the table that the import fills.
    """

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        target_table: str,
        group: ErrorGroup,
        on_answer: Callable[[ErrorGroup, str], None],
    ) -> None:
        rule = TABLES[target_table].rule(group.target_field)
        super().__init__(parent, f"Map {rule.caption}")
        self._context, self._group, self._on_answer = context, group, on_answer
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setAccessibleName(f"What does “{group.value}” mean?")
        plural = "" if group.count == 1 else "s"
        title = Label(f"What does “{group.value}” mean?", "subtitle", wrap=True)
        text = Label(
            f"{group.count:,} record{plural} will be processed again, and the next files are understood alike.",
            "body",
            "fg2",
            wrap=True,
        )
        self.combo = QComboBox()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.row = FieldRow(rule.caption, self.combo, above=True, required=True)
        cancel = Button("Cancel")
        cancel.clicked.connect(self.reject)
        self.map_button = Button("Map and retry", "primary")
        self.map_button.setDefault(True)
        self.map_button.clicked.connect(self._on_map)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.map_button)
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        for widget in (title, text, self.row):
            column.addWidget(widget)
        column.addSpacing(px(4))
        column.addLayout(foot)
        if rule.lookup:
            work = partial(lookup_choices, rule.lookup)
            context.hub.query(self, work, self._on_choices, self._on_choices_failed)
        for option in rule.options:
            self.combo.addItem(option, option)
        self.combo.setCurrentIndex(-1)
        self.combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_choices(self, choices: list[LookupChoice]) -> None:
        typed = self.combo.currentText()
        for choice in choices:
            words = f"{choice.key}  {choice.name}" if choice.name != choice.key else choice.key
            self.combo.addItem(words, choice.key)
        self.combo.setCurrentIndex(-1)
        self.combo.setEditText(typed)

    def _on_choices_failed(self, error: TaskError) -> None:
        self.row.set_hint(error.text)

    def _on_map(self) -> None:
        text = self.combo.currentText().strip()
        place = self.combo.findText(text, Qt.MatchFlag.MatchFixedString)
        value = str(self.combo.itemData(place)) if place >= 0 else text
        if not value:
            self.row.set_error("Choose or enter a value.")
            return
        self._on_answer(self._group, value)
        self.accept()

    def done(self, result: int) -> None:
        self._context.hub.forget(self)
        super().done(result)
