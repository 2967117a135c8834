"""How a file is read, beside its preview: every option that can be detected, and what was detected."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from desktop.imports.sources.detect import AMBIGUOUS
from desktop.imports.sources.reader import FIXED_WIDTH, JSON, JSON_ENDINGS, TEXT, WORKBOOK, WORKBOOK_ENDINGS
from ui.import_dialog.notes import DRAWN
from ui.import_dialog.variant_field import show_whole
from ui.later import later
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.combo import ElidedCombo
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

__all__ = ["DECIMALS", "ReadingPanel"]

WIDTH = 280
TYPED_MS: Final = 350
_DETECT: Final = "Detect"
_OWN: Final = "As the integration says"
_TELLING: Final = {"decimal_separator": "number", "date_format": "date"}
_DELIMITERS: Final = (
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    ("|", "Vertical bar"),
    (" ", "Blank"),
    ("^", "Caret ^"),
    ("~", "Tilde ~"),
    ("#", "Hash #"),
    (":", "Colon"),
)
_QUOTES: Final = (('"', 'Double quote "'), ("'", "Single quote '"))
_ESCAPES: Final = (("\\", "Backslash \\"),)
DECIMALS: Final = ((".", "Point: 1,234.50"), (",", "Comma: 1.234,50"))
_DATES: Final = (
    ("YYYY-MM-DD", "2026-11-21"),
    ("DD.MM.YYYY", "21.11.2026"),
    ("DD/MM/YYYY", "21/11/2026"),
    ("MM/DD/YYYY", "11/21/2026"),
    ("DD-MM-YYYY", "21-11-2026"),
    ("YYYYMMDD", "20261121"),
    ("SERIAL", "46347, day number of a spreadsheet"),
)


class ReadingPanel(Scroller):
    """The options; `changed` tells that a person has chosen otherwise.

    An option that was not touched is not part of `choices`: the integration's own, or what is detected, counts.

    Args:
        of_lines: for the second of two files, whose columns are not drawn.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, of_lines: bool = False) -> None:
        self._host = QWidget()
        self._host.setProperty("plain", True)
        super().__init__(self._host, parent)
        self._kind = TEXT
        drawn = () if of_lines else ((DRAWN, "Fixed width: draw the columns"),)
        self.delimiter_combo = _combo((*_DELIMITERS, *drawn))
        self.quote_combo = _combo(_QUOTES)
        self.escape_combo = _combo(_ESCAPES)
        self.decimal_combo = _combo(DECIMALS, _OWN)
        self.date_combo = _combo(_DATES, _OWN)
        self.path_combo = QComboBox()
        self.path_combo.setEditable(True)
        self.path_combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        path_edit = self.path_combo.lineEdit()
        assert path_edit is not None
        self.path_edit = path_edit
        self.path_edit.setPlaceholderText("e.g. data.orders")
        self.flatten_check = QCheckBox("Nested objects become columns")
        self.flatten_check.setChecked(True)
        self.formulas_check = QCheckBox('Read ="007" as 007')
        self.formulas_check.setChecked(True)
        self._has_formulas = False
        self.header_check = QCheckBox("A line names the columns")
        self.header_check.setChecked(True)
        self.header_line_spin = _spin(0, 1_000_000, "Detect")
        self.header_rows_spin = _spin(1, 20)
        self.skip_spin = _spin(0, 1_000_000, "None")
        self.footer_spin = _spin(0, 10_000, "None")
        self.detect_button = Button("Detect all again", "link", "arrow_reset")
        self.detect_button.clicked.connect(self._detect_again)
        self._typing = later(self, TYPED_MS, self.changed)
        self._touched: set[str] = set()
        self._arrange("How the file with the lines is read" if of_lines else "How the file is read")
        self._listen()
        theme().changed.connect(self._retheme)
        self._retheme()
        self._show_rows()

    def _arrange(self, title: str) -> None:
        self._column = QVBoxLayout(self._host)
        self._column.addWidget(Label(title, "body_strong", wrap=True))
        self.rows: dict[str, QWidget] = {
            "delimiter": FieldRow("Values are divided by", self.delimiter_combo, above=True),
            "quote": FieldRow("Texts stand in", self.quote_combo, above=True),
            "escape": FieldRow("Sign before a quote inside", self.escape_combo, above=True),
            "array_path": FieldRow("Path of the records", self.path_combo, above=True),
            "flatten": self.flatten_check,
            "text_formulas": self.formulas_check,
            "decimal_separator": FieldRow("Decimal sign", self.decimal_combo, above=True),
            "date_format": FieldRow("Dates", self.date_combo, above=True),
            "has_header": self.header_check,
            "header": _pair(
                FieldRow("Header in line", self.header_line_spin, above=True),
                FieldRow("Header lines", self.header_rows_spin, above=True),
            ),
            "skipped": _pair(
                FieldRow("Skip first", self.skip_spin, above=True),
                FieldRow("Skip last", self.footer_spin, above=True),
            ),
        }
        for row in self.rows.values():
            self._column.addWidget(row)
        self._column.addWidget(self.detect_button)
        self._column.addStretch(1)

    def _listen(self) -> None:
        self._combos = {
            "delimiter": self.delimiter_combo,
            "quote": self.quote_combo,
            "escape": self.escape_combo,
            "decimal_separator": self.decimal_combo,
            "date_format": self.date_combo,
        }
        self._spins = {
            "header_line": self.header_line_spin,
            "header_rows": self.header_rows_spin,
            "skip_rows": self.skip_spin,
            "footer_rows": self.footer_spin,
        }
        for name, combo in self._combos.items():
            combo.setObjectName(name)
            combo.activated.connect(self._on_activated)
        for name, spin in self._spins.items():
            spin.setObjectName(name)
            spin.valueChanged.connect(self._on_typed)
        self.path_edit.setObjectName("array_path")
        self.path_edit.textEdited.connect(self._on_typed)
        self.path_combo.setObjectName("array_path")
        self.path_combo.activated.connect(self._on_activated)
        self._checks = {
            "flatten": self.flatten_check,
            "text_formulas": self.formulas_check,
            "has_header": self.header_check,
        }
        for name, check in self._checks.items():
            check.setObjectName(name)
            check.clicked.connect(self._on_activated)

    # ---- what is chosen

    @property
    def choices(self) -> Choices:
        """What the person has chosen here."""
        values: dict[str, object] = {}
        for name in self._touched:
            if name in self._combos:
                chosen = self._combos[name].currentData()
                if chosen and chosen != DRAWN:
                    values[name] = str(chosen)
            elif name in self._spins:
                values[name] = self._spins[name].value()
        if "array_path" in self._touched and self.path_edit.text().strip():
            values["array_path"] = self.path_edit.text().strip()
        for name, check in self._checks.items():
            if name in self._touched:
                values[name] = check.isChecked()
        return msgspec.convert(values, Choices)

    @property
    def draws_columns(self) -> bool:
        """Whether the person wants the lines of the file cut at places that they draw."""
        return bool(self.delimiter_combo.currentData() == DRAWN)

    def choose(self, name: str, value: str) -> None:
        """Choose a value for an option with a drop-down, as a person does; one that is not on offer is added.

        Args:
            name: of a field of `Choices`.
        """
        combo = self._combos[name]
        if combo.findData(value) < 0:
            combo.addItem(value, value)
        combo.setCurrentIndex(combo.findData(value))
        self._touched.add(name)
        self.changed.emit()

    def begin(self, file_name: str) -> None:
        """Another file: nothing is chosen for it yet, and its name says which options it may have."""
        ending = Path(file_name).suffix.lower()
        self._kind = WORKBOOK if ending in WORKBOOK_ENDINGS else JSON if ending in JSON_ENDINGS else TEXT
        self._forget()

    def _forget(self) -> None:
        self._typing.stop()
        self._touched.clear()
        for combo in self._combos.values():
            combo.setCurrentIndex(0)
        for name, spin in self._spins.items():
            spin.blockSignals(True)
            spin.setValue(1 if name == "header_rows" else 0)
            spin.blockSignals(False)
        self.path_combo.clear()
        for check in self._checks.values():
            check.setChecked(True)
        self._has_formulas = False
        for name in self._combos:
            if name not in _TELLING:
                self._say_detected(name, "", "")
        self._show_rows()

    # ---- what was found

    def show_detected(self, preview: Preview) -> None:
        """Show what was found out, as the words of the choice that detects."""
        dialect = preview.dialect
        self._kind = dialect.kind
        self._has_formulas = dialect.text_formulas
        if dialect.kind == TEXT:
            self._say_detected("delimiter", dict(_DELIMITERS).get(dialect.delimiter, ""), dialect.certainty)
            self._say_detected("quote", dict(_QUOTES).get(dialect.quote, ""), "")
            self._say_detected("escape", dict(_ESCAPES).get(dialect.escape, "none"), "")
        found = preview.detected
        self._hint("decimal_separator", dict(DECIMALS), found.decimal_separator, found.decimal_certainty)
        self._hint("date_format", dict(_DATES), found.date_format, found.date_certainty)
        if dialect.kind == JSON and not self.path_edit.hasFocus():
            self.path_combo.clear()
            self.path_combo.addItems(list(dict.fromkeys((dialect.array_path, *dialect.arrays))))
        if "has_header" not in self._touched:
            self.header_check.setChecked(bool(dialect.header_line) or dialect.kind == JSON)
        line = f"Detect ({dialect.header_line:,})" if dialect.header_line else _DETECT
        self.header_line_spin.setSpecialValueText(line)
        self._show_rows()

    def _hint(self, name: str, words: dict[str, str], found: str, certainty: str) -> None:
        """Say below a field how the file writes it."""
        row = self.rows[name]
        assert isinstance(row, FieldRow)
        if certainty == AMBIGUOUS:
            row.set_hint("The values can be read in two ways: please choose.")
        else:
            # A line in any case: the options below it would move under the pointer whenever one came or went.
            none = f"No {_TELLING[name]} in the file tells it"
            row.set_hint(f"The file has {words.get(found, found)} ({certainty})" if found else none)

    def _say_detected(self, name: str, found: str, certainty: str) -> None:
        sure = f", {certainty}" if certainty else ""
        self._combos[name].setItemText(0, f"{_DETECT} ({found}{sure})" if found else _DETECT)

    def _show_rows(self) -> None:
        lines = self._kind != JSON
        shown = {
            "delimiter": self._kind in (TEXT, FIXED_WIDTH),
            "quote": self._kind == TEXT and not self.draws_columns,
            "escape": self._kind == TEXT and not self.draws_columns,
            "array_path": self._kind == JSON,
            "flatten": self._kind == JSON,
            "text_formulas": self._kind == TEXT and self._has_formulas,
            "has_header": lines,
            "header": lines and self.header_check.isChecked(),
            "skipped": lines,
        }
        for name, row in self.rows.items():
            row.setVisible(shown.get(name, True))

    # ---- what the person does

    def _on_activated(self) -> None:
        self._touch()
        self._show_rows()
        self.changed.emit()

    def _on_typed(self) -> None:
        self._touch()
        self._typing.start()

    def _touch(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._touched.add(sender.objectName())

    def _detect_again(self) -> None:
        if self._touched:
            self._forget()
            self.changed.emit()

    def _retheme(self) -> None:
        px = theme().px
        self.setFixedWidth(px(WIDTH))
        self._column.setContentsMargins(px(16), 0, px(12), px(8))
        self._column.setSpacing(px(8))


def _combo(offered: tuple[tuple[str, str], ...], first: str = _DETECT) -> QComboBox:
    made = ElidedCombo()
    made.addItem(first, "")
    for value, words in offered:
        made.addItem(words, value)
    # The panel is as wide as it is: the longest words would push the right edges of all options out of sight.
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(12)
    show_whole(made)
    return made


def _spin(least: int, most: int, zero: str = "") -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, most)
    made.setSpecialValueText(zero)
    return made


def _pair(left: QWidget, right: QWidget) -> QWidget:
    host = QWidget()
    host.setProperty("plain", True)
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(left, 1)
    row.addWidget(right, 1)
    return host
