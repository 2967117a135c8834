"""The field that says by which field of the table records are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from models.rules import FieldRule
from ui.framework.editors import FieldEditor

__all__ = ["KeyFieldEditor"]


class KeyFieldEditor(FieldEditor):
    """One of the fields that the integration fills, by its caption."""

    def __init__(self, rule: FieldRule, *, read_only: bool) -> None:
        self.combo = QComboBox()
        super().__init__(rule, self.combo, read_only=read_only)
        self._shown = ""
        self.combo.activated.connect(self._commit)

    def offer(self, fields: Sequence[tuple[str, str]]) -> None:
        """Offer these: the field's name, and what people read."""
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for name, caption in fields:
                self.combo.addItem(caption, name)
        self.show_value(self._shown)

    def show_value(self, value: Any) -> None:
        self._shown = value or ""
        with QSignalBlocker(self.combo):
            if self._shown and self.combo.findData(self._shown) < 0:
                self.combo.addItem(self._shown, self._shown)
            self.combo.setCurrentIndex(self.combo.findData(self._shown))

    def typed_value(self) -> Any:
        return self.rule.check(self.combo.currentData())

    def is_changed(self) -> bool:
        return bool(self.combo.currentIndex() >= 0 and self.combo.currentData() != self._shown)

    def undo(self) -> None:
        self.show_value(self._shown)
