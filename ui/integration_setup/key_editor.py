"""The field that says by which field, or which fields together, records are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from ui.dialogs import Dialog
from ui.integration_setup.choice_editor import ChoiceEditor
from ui.theme import theme
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.labels import Label
from ui.widgets.scroller import Scroller

__all__ = ["KeyEditor", "KeysDialog"]

WIDTH, HEIGHT = 380, 440
_SEVERAL: Final = "…"
_SEVERAL_WORDS: Final = "Several fields together…"
Choice = tuple[str, str]


class KeyEditor(ChoiceEditor):
    """One of the fields that the integration fills; or several, whose names are stored with commas between them."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._fields: list[Choice] = []
        super().__init__(*arguments, **named)

    def offer_keys(self, fields: Sequence[Choice], *, several: bool) -> None:
        """Offer these fields.

        Args:
            several: whether some of them together may tell a record; documents are told by one.
        """
        self._fields = list(fields)
        more = [(_SEVERAL, _SEVERAL_WORDS)] if several and len(fields) > 1 else []
        self.offer([*fields, *more])

    def show_value(self, value: Any) -> None:
        names = str(value or "").split(",")
        with QSignalBlocker(self.combo):
            if len(names) > 1 and self.combo.findData(value) < 0:
                captions = dict(self._fields)
                words = " + ".join(captions.get(name.strip(), name.strip()) for name in names)
                self.combo.insertItem(0, words, value)
        super().show_value(value)

    def choose_several(self, names: Sequence[str]) -> None:
        """A person has chosen these fields together."""
        if not names:
            return
        together = ",".join(names)
        shown = self._shown
        self.show_value(together)
        self._shown = shown
        self.committed.emit(self.rule.name)

    def _commit(self) -> None:
        if self.combo.currentData() != _SEVERAL:
            super()._commit()
            return
        self.undo()
        dialog = KeysDialog(self.combo.window(), self._fields, str(self._shown).split(","))
        dialog.chosen.connect(self.choose_several)
        dialog.open()


class KeysDialog(Dialog):
    """Ticks the fields that together tell a record.

    Signals:
        chosen: their names, in the order of the fields.
    """

    chosen = Signal(list)

    def __init__(self, parent: QWidget, fields: Sequence[Choice], ticked: Sequence[str]) -> None:
        super().__init__(parent, "Match key of several fields")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        px = theme().px
        content = QWidget()
        content.setProperty("plain", True)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, px(12), 0)
        inner.setSpacing(px(6))
        self.boxes: dict[str, QCheckBox] = {}
        for name, caption in fields:
            box = QCheckBox(caption)
            box.setChecked(name in ticked)
            box.toggled.connect(self._enable)
            self.boxes[name] = box
            inner.addWidget(box)
        inner.addStretch(1)
        foot = DialogFoot(self, "Use these", self.accept)
        self.use_button = foot.verb_button
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(Label("Match key of several fields", "subtitle", wrap=True))
        column.addWidget(
            Label(
                "A row means the record that has the same values in all of these.", "body", "fg2", wrap=True
            )
        )
        column.addWidget(Scroller(content), 1)
        column.addLayout(foot)
        self.resize(px(WIDTH), px(HEIGHT))
        self._enable()

    def accept(self) -> None:
        self.chosen.emit(self._ticked())
        super().accept()

    def _ticked(self) -> list[str]:
        return [name for name, box in self.boxes.items() if box.isChecked()]

    def _enable(self) -> None:
        self.use_button.setEnabled(bool(self._ticked()))
