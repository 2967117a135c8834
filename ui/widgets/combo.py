"""Drop-downs: words that are too long end with "…", and what is stored stands behind the words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

__all__ = ["ChoiceBox", "ElidedCombo"]


class ElidedCombo(QComboBox):
    """As `QComboBox`, which would cut the last letter in two."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown_text()
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def shown_text(self) -> str:
        """The chosen words as far as there is room for them."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        return self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room.width() - 4
        )


class ChoiceBox(ElidedCombo):
    """A drop-down of stored values in people's words.

    Args:
        choices: what is stored, and its words, in the order in which they are offered.
        stored: what is chosen at first; the first choice when None.
    """

    def __init__(self, choices: Iterable[tuple[str, str]], stored: str | None = None) -> None:
        super().__init__()
        for value, words in choices:
            self.addItem(words, value)
        if stored is not None:
            self.choose(stored)

    @property
    def stored(self) -> str:
        """What is chosen, as it is stored; "" when nothing is offered."""
        return str(self.currentData() or "")

    def choose(self, stored: str) -> None:
        """Choose what is stored; a value that is not offered becomes one that is, so that it is not lost."""
        if self.findData(stored) < 0:
            self.addItem(stored, stored)
        self.setCurrentIndex(self.findData(stored))
