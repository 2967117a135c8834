"""The encoding of a text file, or the sheet of a workbook: detected, or a person's choice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from desktop.imports.integrations.definition import Choices
from desktop.imports.sources.encoding import CAPTIONS, OFFERED
from desktop.imports.sources.reader import WORKBOOK, WORKBOOK_ENDINGS, Dialect
from ui.theme import theme
from ui.widgets.combo import ElidedCombo
from ui.widgets.field import FieldRow

__all__ = ["VariantField", "show_whole"]
_DETECT: Final = "Detect"
_BEST_SHEET: Final = "The one that fits best"


class VariantField(FieldRow):
    """One of the two, as the file is one of texts or a workbook.

    Args:
        about: what screen readers hear behind its caption, where there are two of them.
    """

    changed = Signal()

    def __init__(self, about: str = "", parent: QWidget | None = None) -> None:
        self.combo = ElidedCombo()
        super().__init__("Encoding", self.combo, above=True, parent=parent)
        self._about = about
        self._for_workbook = False
        self.combo.activated.connect(self.changed)
        self._offer_encodings("")

    @property
    def choices(self) -> Choices:
        """What the person has chosen: an encoding or a sheet, or neither."""
        chosen = str(self.combo.currentData() or "") or None
        return Choices(sheet=chosen) if self._for_workbook else Choices(encoding=chosen)

    def begin(self, path: Path) -> None:
        """Another file: nothing is known of it yet but its name, which tells a workbook."""
        self._for_workbook = path.suffix.lower() in WORKBOOK_ENDINGS
        if self._for_workbook:
            self._offer_sheets((), "")
        else:
            self._offer_encodings("")

    def show_detected(self, dialect: Dialect) -> None:
        """Show what was found out about the file; a person's choice stays."""
        same_kind = self._for_workbook == (dialect.kind == WORKBOOK)
        chosen = str(self.combo.currentData() or "") if same_kind else ""
        self._for_workbook = dialect.kind == WORKBOOK
        if self._for_workbook:
            self._offer_sheets(dialect.sheets or (dialect.sheet,), "" if chosen else dialect.sheet)
        else:
            guessed = " – a guess" if dialect.encoding_guessed else ""
            caption = dialect.encoding_caption.partition("(")[2].rstrip(")") or dialect.encoding_caption
            self._offer_encodings(f"{caption}{guessed}" if not chosen else "")
        self.combo.setCurrentIndex(max(0, self.combo.findData(chosen)))

    def _offer_encodings(self, detected: str) -> None:
        captions = [(CAPTIONS[name], name) for name in OFFERED]
        self._offer("Encoding", f"{_DETECT} ({detected})" if detected else _DETECT, captions)

    def _offer_sheets(self, sheets: Sequence[str], detected: str) -> None:
        first = f"{detected} ({_BEST_SHEET[0].lower()}{_BEST_SHEET[1:]})" if detected else _BEST_SHEET
        if len(sheets) == 1:
            self._offer("Sheet", sheets[0], ())
        else:
            self._offer("Sheet", first, [(sheet, sheet) for sheet in sheets])
        self.combo.setEnabled(self.combo.count() > 1)

    def _offer(self, caption: str, first: str, others: Sequence[tuple[str, str]]) -> None:
        self.caption_label.setText(caption)
        self.combo.setAccessibleName(f"{caption} {self._about}".strip())
        self.combo.setEnabled(True)
        self.combo.clear()
        self.combo.addItem(first, "")
        for words, value in others:
            self.combo.addItem(words, value)
        show_whole(self.combo)


def show_whole(combo: QComboBox) -> None:
    """Let the list be as wide as its longest words, and tell them beside each, as the closed box is narrow."""
    for place in range(combo.count()):
        combo.setItemData(place, combo.itemText(place), Qt.ItemDataRole.ToolTipRole)
    combo.view().setMinimumWidth(min(combo.view().sizeHintForColumn(0) + theme().px(32), theme().px(680)))
