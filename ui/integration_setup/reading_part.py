"""How the files of an integration are read: what is fixed about them; the rest is detected in each file."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from desktop.imports.integrations import setup
from desktop.imports.integrations.definition import Reading
from desktop.imports.integrations.mapped_fields import Mapping
from desktop.imports.sources.encoding import CAPTIONS, OFFERED
from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.framework.field_grid import FieldGrid
from ui.integration_setup.fixed_columns import columns_text, typed_columns
from ui.widgets.banner import BannerBar
from ui.widgets.combo import ChoiceBox
from ui.widgets.field import FieldRow

__all__ = ["ReadingPart"]

_DELIMITERS: Final = (
    ("", "Detect"),
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    ("|", "Vertical bar"),
)
_QUOTES: Final = (("", "Detect"), ('"', 'Double quotes: "'), ("'", "Single quotes: '"))
_ESCAPES: Final = (("", "Detect"), ("\\", "Backslash: \\"))
_LAST_LINE, _MOST_HEADERS, _MOST_FOOTERS = 1_000, 5, 100
_TEXT: Final = ("delimiter", "quote", "escape", "encoding", "text_formulas")
_ROWS: Final = ("has_header", "header_line", "header_rows", "skip_rows", "footer_rows")
_SHOWN: Final = {
    "Any": (*_TEXT, "sheet", *_ROWS, "array_path", "flatten"),
    "CSV": (*_TEXT, *_ROWS),
    "Fixed Width": ("encoding", "fixed_columns", *_ROWS),
    "Excel": ("sheet", *_ROWS),
    "JSON": ("array_path", "flatten"),
}


class ReadingPart(QWidget):
    """Every change is saved at once. What makes no sense for a kind of file is not shown."""

    def __init__(self, context: PageContext, banners: BannerBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._context, self._banners = context, banners
        self._code = ""
        self._reading = Reading()
        self.delimiter = ChoiceBox(_DELIMITERS)
        self.quote = ChoiceBox(_QUOTES)
        self.escape = ChoiceBox(_ESCAPES)
        self.encoding = ChoiceBox((("", "Detect"), *((name, CAPTIONS[name]) for name in OFFERED)))
        self.sheet = _edit("The one that fits best")
        self.has_header = QCheckBox()
        self.header_line = _number(_LAST_LINE, "Detect")
        self.header_rows = _number(_MOST_HEADERS, "", least=1)
        self.skip_rows = _number(_LAST_LINE, "None")
        self.footer_rows = _number(_MOST_FOOTERS, "None")
        self.fixed_columns = _edit("Detect; or Code 1-6; Name 7-46")
        self.array_path = _edit("Found by itself; data.orders")
        self.flatten = QCheckBox()
        self.text_formulas = QCheckBox()
        self.rows = {
            "delimiter": FieldRow("Delimiter", self.delimiter),
            "quote": FieldRow("Quotes", self.quote),
            "escape": FieldRow("Escape Sign", self.escape),
            "encoding": FieldRow("Encoding", self.encoding),
            "sheet": FieldRow("Sheet", self.sheet),
            "fixed_columns": FieldRow(
                "Columns", self.fixed_columns, hint="Name and positions from 1, with ; between them"
            ),
            "has_header": FieldRow("Columns Have Names", self.has_header),
            "header_line": FieldRow("Header Line", self.header_line),
            "header_rows": FieldRow("Lines of the Header", self.header_rows),
            "skip_rows": FieldRow("Lines to Skip First", self.skip_rows),
            "footer_rows": FieldRow("Lines Below the Data", self.footer_rows),
            "array_path": FieldRow("Path of the Records", self.array_path),
            "flatten": FieldRow("Flatten What Is Nested", self.flatten),
            "text_formulas": FieldRow('Read ="007" as 007', self.text_formulas),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = FieldGrid(list(self.rows.values()))
        column.addWidget(self._grid)
        for combo in (self.delimiter, self.quote, self.escape, self.encoding):
            combo.activated.connect(self._save)
        for edit in (self.sheet, self.fixed_columns, self.array_path):
            edit.editingFinished.connect(self._save)
        for number in (self.header_line, self.header_rows, self.skip_rows, self.footer_rows):
            number.editingFinished.connect(self._save)
        for box in (self.has_header, self.flatten, self.text_formulas):
            box.clicked.connect(self._save)
        self.show_mapping(None)
        self.show_kind("Any")

    def show_kind(self, source_type: str) -> None:
        """Show what makes sense for a kind of file, as an integration's Source Type says."""
        shown = _SHOWN.get(source_type, _SHOWN["Any"])
        self._grid.show_rows([row for name, row in self.rows.items() if name in shown])

    def show_mapping(self, mapping: Mapping | None) -> None:
        """Show how the files of an integration are read; what is being typed stays."""
        self._code = mapping.code if mapping is not None else ""
        reading = setup.reading_of(mapping.reading) if mapping is not None else Reading()
        self._reading = reading
        self.setEnabled(bool(self._code))
        for name, combo in self._combos().items():
            combo.choose(getattr(reading, name))
        for edit, text in (
            (self.sheet, reading.sheet),
            (self.array_path, reading.array_path),
            (self.fixed_columns, columns_text(reading.fixed_columns)),
        ):
            if not edit.hasFocus():
                edit.setText(text)
        for name, number in self._numbers().items():
            if not number.hasFocus():
                number.setValue(getattr(reading, name))
        self.has_header.setChecked(reading.has_header)
        self.flatten.setChecked(reading.flatten)
        self.text_formulas.setChecked(reading.text_formulas)

    def close_part(self) -> None:
        """The card is closed."""
        self._save()
        self._context.hub.forget(self)

    def _combos(self) -> dict[str, ChoiceBox]:
        return {
            "delimiter": self.delimiter,
            "quote": self.quote,
            "escape": self.escape,
            "encoding": self.encoding,
        }

    def _numbers(self) -> dict[str, QSpinBox]:
        return {
            "header_line": self.header_line,
            "header_rows": self.header_rows,
            "skip_rows": self.skip_rows,
            "footer_rows": self.footer_rows,
        }

    def _save(self) -> None:
        columns, problem = typed_columns(self.fixed_columns.text())
        self.rows["fixed_columns"].set_error(problem)
        values: dict[str, Any] = {
            **{name: combo.stored for name, combo in self._combos().items()},
            **{name: number.value() for name, number in self._numbers().items()},
            "sheet": self.sheet.text().strip(),
            "array_path": self.array_path.text().strip(),
            "has_header": self.has_header.isChecked(),
            "flatten": self.flatten.isChecked(),
            "text_formulas": self.text_formulas.isChecked(),
        }
        if not problem:
            values["fixed_columns"] = columns
        changed = {name: value for name, value in values.items() if getattr(self._reading, name) != value}
        if self._code and changed:
            work = partial(setup.set_reading, self._code, **changed)
            self._context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, _nothing: None) -> None:
        self._banners.remove("reading")

    def _on_error(self, error: TaskError) -> None:
        self._banners.show_banner("reading", "err", "The file format was not changed.", error.text)


def _edit(placeholder: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setPlaceholderText(placeholder)
    return edit


def _number(most: int, nothing: str, *, least: int = 0) -> QSpinBox:
    number = QSpinBox()
    number.setRange(least, most)
    number.setSpecialValueText(nothing)
    return number
