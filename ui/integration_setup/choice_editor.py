"""A field of the card that is chosen from what there is: a table, a field of the table, a codeunit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from models.rules import FieldRule
from ui.framework.editors import EMPTY_OPTION, FieldEditor

__all__ = ["ChoiceEditor"]


class ChoiceEditor(FieldEditor):
    """One of the values that are offered, by what people call them."""

    def __init__(self, rule: FieldRule, *, read_only: bool) -> None:
        self.combo = QComboBox()
        super().__init__(rule, self.combo, read_only=read_only)
        self._shown = ""
        self.combo.activated.connect(self._commit)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these: what is stored, and what people read."""
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for stored, words in choices:
                self.combo.addItem(words or EMPTY_OPTION, stored)
        self.show_value(self._shown)

    def text(self) -> str:
        return self.combo.currentText() if self._shown else ""

    def show_value(self, value: Any) -> None:
        self._shown = value or ""
        with QSignalBlocker(self.combo):
            if self.combo.findData(self._shown) < 0:
                self.combo.insertItem(0, self._shown or EMPTY_OPTION, self._shown)
            self.combo.setCurrentIndex(self.combo.findData(self._shown))

    def typed_value(self) -> Any:
        return self.rule.check(self.combo.currentData())

    def is_changed(self) -> bool:
        return bool(self.combo.currentIndex() >= 0 and self.combo.currentData() != self._shown)

    def undo(self) -> None:
        self.show_value(self._shown)
