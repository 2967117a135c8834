"""What is done to the text of a cell before it is read: blanks, replacements, case, padding, rounding, formats."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.imports.integrations.definition import Transforms
from models.rules import Kind
from ui.integration_setup.pairs_table import PairsTable
from ui.integration_setup.wording import CASES
from ui.theme import theme
from ui.widgets.card import Frame
from ui.widgets.combo import ChoiceBox
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

__all__ = ["TransformsEdit"]

_SIDES: Final = (("Left", "In front"), ("Right", "Behind"))
_DIRECTIONS: Final = (("Nearest", "To the nearest"), ("Up", "Up"), ("Down", "Down"))
_SEPARATORS: Final = (("", "As the integration says"), (".", "Point: 1,234.56"), (",", "Comma: 1.234,56"))
_REPLACE_ROWS, _LONGEST = 3, 250


class TransformsEdit(QWidget):
    """Shows and gives `Transforms`; only what makes sense for the kind of value is asked."""

    def __init__(self, kind: Kind, done: Transforms, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._done = done
        self.trim = QCheckBox("Take blanks around the value away")
        self.trim.setChecked(done.trim)
        self.letter_case = ChoiceBox(CASES, done.letter_case)
        self.pad_length = QSpinBox()
        self.pad_length.setRange(0, _LONGEST)
        self.pad_length.setSpecialValueText("Not padded")
        self.pad_length.setSuffix(" characters")
        self.pad_length.setValue(done.pad_length)
        self.pad_side = ChoiceBox(_SIDES, done.pad_side)
        self.pad_sign = _edit(done.pad_sign, most=1)
        self.round_to = _edit(done.round_to, "Not rounded; 0.01, 1 or 5")
        self.round_direction = ChoiceBox(_DIRECTIONS, done.round_direction)
        self.decimal_separator = ChoiceBox(_SEPARATORS, done.decimal_separator)
        self.date_format = _edit(done.date_format, "As the integration says; DD.MM.YYYY")
        self.split_separator = _edit(done.split_separator, "Not split")
        self.replace = PairsTable(("Search", "Put in its place"), "Replace within the value")
        self.replace.setFixedHeight(self.replace.height_of(_REPLACE_ROWS) + theme().px(6))
        self.replace.show_pairs(done.replace)
        self._arrange(kind)

    def transforms(self) -> Transforms:
        """What stands here now."""
        return Transforms(
            trim=self.trim.isChecked(),
            replace=tuple(self.replace.pairs()),
            letter_case=self.letter_case.stored,
            pad_length=self.pad_length.value(),
            pad_side=self.pad_side.stored,
            pad_sign=self.pad_sign.text() or self._done.pad_sign,
            round_to=self.round_to.text().strip(),
            round_direction=self.round_direction.stored,
            decimal_separator=self.decimal_separator.stored,
            date_format=self.date_format.text().strip(),
            split_separator=self.split_separator.text(),
        )

    def _arrange(self, kind: Kind) -> None:
        px = theme().px
        rows = [
            FieldRow("Letters", self.letter_case, above=True),
            FieldRow(
                "Split into several records at",
                self.split_separator,
                above=True,
                hint="Each part of the cell becomes a record of its own, such as with ;",
            ),
        ]
        if kind in (Kind.TEXT, Kind.CODE):
            rows += [
                FieldRow("Pad up to", self.pad_length, above=True, hint="Short values are filled up"),
                FieldRow("Pad with", self.pad_sign, above=True),
                FieldRow("Pad at which side", self.pad_side, above=True),
            ]
        if kind in (Kind.DECIMAL, Kind.INTEGER):
            rows += [
                FieldRow("Round to", self.round_to, above=True),
                FieldRow("Round", self.round_direction, above=True),
                FieldRow("Decimal sign", self.decimal_separator, above=True),
            ]
        if kind is Kind.DATE:
            rows.append(FieldRow("Date format", self.date_format, above=True))
        unused = (
            self.pad_length,
            self.pad_sign,
            self.pad_side,
            self.round_to,
            self.round_direction,
            self.decimal_separator,
            self.date_format,
        )
        for widget in unused:
            if widget.parentWidget() is None:
                widget.setParent(self)
                widget.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        for place, row in enumerate(rows):
            grid.addWidget(row, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(px(8))
        column_of_all.addWidget(self.trim)
        column_of_all.addLayout(grid)
        column_of_all.addWidget(Label("Replace within the value", "body", "fg2"))
        column_of_all.addWidget(Frame(self.replace))


def _edit(text: str, placeholder: str = "", *, most: int = 0) -> QLineEdit:
    edit = QLineEdit(text)
    edit.setPlaceholderText(placeholder)
    if most:
        edit.setMaxLength(most)
    return edit
