"""Everything about one field of an integration: where its value comes from, its look-up, what is done to it."""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.imports.integrations import setup
from desktop.imports.integrations.mapped_fields import MappedField
from desktop.tasks.task import TaskError
from models.integration import ColumnType
from models.rules import Kind
from models.tables import TABLES
from ui.framework.context import PageContext
from ui.framework.work_dialog import WorkDialog
from ui.integration_setup.transforms_edit import TransformsEdit
from ui.integration_setup.wording import COLUMN_TYPES, DYNAMIC_VALUES, MISSING, lookup_choices
from ui.theme import theme
from ui.widgets.combo import ChoiceBox
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

__all__ = ["FieldDialog"]

WIDTH, HEIGHT = 560, 600
_NUMBERS: Final = {
    ColumnType.LINE_NUMBERS: "10,000, 20,000 … within a document, or down the file.",
    ColumnType.ENTRY_NUMBERS: "The next number of the table's series, or the one after the last.",
}
_FORMULA_HINT: Final = 'Columns of the file in brackets, such as [Qty] * [Price] or [First] & " " & [Last]'


class FieldDialog(WorkDialog):
    """Edits one field; nothing is kept before Save, and then all of it or nothing."""

    def __init__(self, parent: QWidget, context: PageContext, field: MappedField) -> None:
        super().__init__(parent, context, f"Field {field.caption}")
        self._field = field
        self.column_type = ChoiceBox(self._types(), self._stored_type())
        self.source_column = QLineEdit(field.source_column)
        self.constant = QLineEdit(field.constant)
        dynamic = field.expression if field.column_type == ColumnType.DYNAMIC else ""
        self.dynamic = ChoiceBox(DYNAMIC_VALUES, dynamic or DYNAMIC_VALUES[0][0])
        self.formula = QLineEdit(field.expression if field.column_type == ColumnType.FORMULA else "")
        self.default_value = QLineEdit(field.default_value)
        self.required = QCheckBox("A row without a value becomes an error")
        self.required.setChecked(field.required)
        self.numbers = Label("", "body", "fg2", wrap=True)
        self.transforms = TransformsEdit(field.kind, field.transforms)
        self.problem = Label("", "body", "err", wrap=True)
        self.problem.hide()
        self.formula_row = FieldRow("Formula", self.formula, above=True, hint=_FORMULA_HINT)
        self._rows = {
            ColumnType.STANDARD: FieldRow(
                "Column in the file",
                self.source_column,
                above=True,
                hint="Its name there; other names of earlier files are known too",
            ),
            ColumnType.CONSTANT: FieldRow("Value", self.constant, above=True),
            ColumnType.DYNAMIC: FieldRow("What", self.dynamic, above=True),
            ColumnType.FORMULA: self.formula_row,
        }
        self._lookup = self._lookup_section()
        self._changes_title = Label("Changed on the way", "body_strong")
        self._arrange()
        self.column_type.activated.connect(self._show_type)
        self._show_type()

    def _types(self) -> list[tuple[str, str]]:
        """Numbers are given to numbers and to keys; the others can come from anywhere."""
        field = self._field
        offered = [kind for kind in COLUMN_TYPES if kind[0] not in _NUMBERS]
        if field.kind is Kind.INTEGER:
            offered.append(COLUMN_TYPES[4])
        if not field.level and not field.lookup and field.kind in (Kind.CODE, Kind.INTEGER):
            offered.append(COLUMN_TYPES[5])
        return offered

    def _stored_type(self) -> str:
        field = self._field
        by_constant = field.column_type == ColumnType.STANDARD and field.constant
        return ColumnType.CONSTANT.value if by_constant else field.column_type

    def values(self) -> dict[str, str | bool]:
        """What stands here now, by the names of an integration's field."""
        column_type = self.column_type.stored
        values: dict[str, str | bool] = {
            "column_type": column_type,
            "source_column": self.source_column.text().strip(),
            "constant": self.constant.text().strip() if column_type == ColumnType.CONSTANT else "",
            "expression": self._expression(column_type),
            "default_value": self.default_value.text().strip(),
            "required": self.required.isChecked(),
            "transforms": msgspec.json.encode(self.transforms.transforms()).decode(),
        }
        if self._field.lookup:
            values["lookup_by"] = self.lookup_by.stored
            values["lookup_missing"] = self.lookup_missing.stored
        return values

    def _expression(self, column_type: str) -> str:
        if column_type == ColumnType.DYNAMIC:
            return self.dynamic.stored
        return self.formula.text().strip() if column_type == ColumnType.FORMULA else ""

    def _lookup_section(self) -> QWidget:
        section = QWidget()
        section.setProperty("plain", True)
        self.lookup_by = ChoiceBox([], "")
        self.lookup_missing = ChoiceBox(MISSING, self._field.lookup_missing)
        grid = QGridLayout(section)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().px(16))
        if self._field.lookup:
            self.lookup_by = ChoiceBox(lookup_choices(self._field.lookup), self._field.lookup_by)
            table = TABLES[self._field.lookup].CAPTION_PLURAL
            grid.addWidget(Label(f"Looked up in {table}", "body_strong"), 0, 0, 1, 2)
        grid.addWidget(FieldRow("The file names it by", self.lookup_by, above=True), 1, 0)
        grid.addWidget(FieldRow("When there is none", self.lookup_missing, above=True), 1, 1)
        section.setVisible(bool(self._field.lookup))
        return section

    def _arrange(self) -> None:
        px = theme().px
        content = QWidget()
        content.setProperty("plain", True)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, px(12), 0)
        inner.setSpacing(px(10))
        inner.addWidget(FieldRow("The value comes from", self.column_type, above=True))
        for row in self._rows.values():
            inner.addWidget(row)
        inner.addWidget(self.numbers)
        self._default_row = FieldRow("If empty", self.default_value, above=True)
        inner.addWidget(self._default_row)
        inner.addWidget(self.required)
        inner.addWidget(self._lookup)
        inner.addWidget(self._changes_title)
        inner.addWidget(self.transforms)
        inner.addStretch(1)
        foot = DialogFoot(self, "Save", self._save)
        foot.setContentsMargins(0, 0, px(12), 0)
        self.save_button = foot.verb_button
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(12), px(16))
        column.setSpacing(px(12))
        column.addWidget(Label(self._field.caption, "subtitle", wrap=True))
        column.addWidget(Scroller(content), 1)
        column.addWidget(self.problem)
        column.addLayout(foot)
        self.resize(px(WIDTH), px(HEIGHT))

    def _show_type(self) -> None:
        chosen = ColumnType(self.column_type.stored)
        for column_type, row in self._rows.items():
            row.setVisible(column_type is chosen)
        self.numbers.setText(_NUMBERS.get(chosen, ""))
        self.numbers.setVisible(chosen in _NUMBERS)
        from_file = chosen is ColumnType.STANDARD
        self._default_row.setVisible(from_file or chosen is ColumnType.FORMULA)
        self._changes_title.setVisible(from_file)
        self.transforms.setVisible(from_file)

    def _save(self) -> None:
        self.transforms.replace.setFocus()  # ends the editing of a cell
        self.save_button.setEnabled(False)
        self.formula_row.clear_error()
        self.problem.hide()
        self.context.hub.write(
            self, partial(setup.change_field, self._field.id, self.values()), self._on_saved, self._on_error
        )

    def _on_saved(self, _nothing: object) -> None:
        self.accept()

    def _on_error(self, error: TaskError) -> None:
        self.save_button.setEnabled(True)
        if error.code == "WrongFormula":
            self.formula_row.set_error(error.text)
        else:
            self.problem.setText(error.text)
            self.problem.show()
        row = self._rows.get(ColumnType(self.column_type.stored))
        (row.editor if row is not None else self.column_type).setFocus()
