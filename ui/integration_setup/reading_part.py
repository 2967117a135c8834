"""The FastTab "File format" of an integration: what is fixed about its files; the rest is detected."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from desktop.imports import setup
from desktop.imports.definition import Reading
from desktop.imports.encoding import CAPTIONS
from desktop.tasks.task import TaskError
from models.integration_rows import Mapping
from ui.framework.context import PageContext
from ui.framework.field_grid import FieldGrid
from ui.widgets.banner import BannerBar
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow

__all__ = ["ReadingPart"]

_DELIMITERS: Final = (
    ("", "Detect"),
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    ("|", "Vertical bar"),
)
_ENCODINGS: Final = ("utf-8", "cp1252", "iso8859-1", "utf-16")
_LAST_LINE: Final = 1_000


class ReadingPart(QWidget):
    """Every change is saved at once."""

    def __init__(self, context: PageContext, banners: BannerBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._banners = context, banners
        self._code = ""
        self._reading = Reading()
        self.delimiter = QComboBox()
        for stored, words in _DELIMITERS:
            self.delimiter.addItem(words, stored)
        self.encoding = QComboBox()
        self.encoding.addItem("Detect", "")
        for name in _ENCODINGS:
            self.encoding.addItem(CAPTIONS[name], name)
        self.sheet = QLineEdit()
        self.sheet.setPlaceholderText("The first one with data")
        self.header_line = QSpinBox()
        self.header_line.setRange(0, _LAST_LINE)
        self.header_line.setSpecialValueText("Detect")
        self.has_header = QCheckBox()
        rows = [
            FieldRow("Delimiter", self.delimiter),
            FieldRow("Encoding", self.encoding),
            FieldRow("Sheet", self.sheet),
            FieldRow("Header Line", self.header_line),
            FieldRow("Columns Have Names", self.has_header),
        ]
        self.tab = FastTab("File format", expanded=False)
        self.tab.add_widget(FieldGrid(rows))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tab)
        self.setProperty("plain", True)
        self.delimiter.activated.connect(self._save)
        self.encoding.activated.connect(self._save)
        self.sheet.editingFinished.connect(self._save)
        self.header_line.editingFinished.connect(self._save)
        self.has_header.clicked.connect(self._save)
        self.show_mapping(None)

    def show_mapping(self, mapping: Mapping | None) -> None:
        """Show how the files of an integration are read."""
        self._code = mapping.code if mapping is not None else ""
        reading = setup.reading_of(mapping.reading) if mapping is not None else Reading()
        self._reading = reading
        self.setEnabled(bool(self._code))
        self._choose(self.delimiter, reading.delimiter)
        self._choose(self.encoding, reading.encoding)
        if not self.sheet.hasFocus():
            self.sheet.setText(reading.sheet)
        if not self.header_line.hasFocus():
            self.header_line.setValue(reading.header_line)
        self.has_header.setChecked(reading.has_header)
        self.tab.set_summary(
            f"Delimiter: {self.delimiter.currentText()}",
            f"Encoding: {self.encoding.currentText()}",
            reading.sheet,
        )

    def close_part(self) -> None:
        """The card is closed."""
        self._save()
        self._context.hub.forget(self)

    def _choose(self, combo: QComboBox, stored: str) -> None:
        if combo.findData(stored) < 0:
            combo.addItem(stored, stored)
        combo.setCurrentIndex(combo.findData(stored))

    def _save(self) -> None:
        values: dict[str, Any] = {
            "delimiter": str(self.delimiter.currentData()),
            "encoding": str(self.encoding.currentData()),
            "sheet": self.sheet.text().strip(),
            "header_line": self.header_line.value(),
            "has_header": self.has_header.isChecked(),
        }
        changed = {name: value for name, value in values.items() if getattr(self._reading, name) != value}
        if self._code and changed:
            work = partial(setup.set_reading, self._code, **changed)
            self._context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, _nothing: None) -> None:
        self._banners.remove("reading")

    def _on_error(self, error: TaskError) -> None:
        self._banners.show_banner("reading", "err", "The file format was not changed.", error.text)
