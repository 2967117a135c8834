"""What is read: the file, a second one with lines, the integration, and the encoding or sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from desktop.imports.sources.encoding import CAPTIONS
from desktop.imports.sources.reader import WORKBOOK, WORKBOOK_ENDINGS
from models.import_rows import IntegrationChoice
from ui.theme import theme
from ui.widgets.buttons import Button, IconButton, tooltip_with_shortcut
from ui.widgets.combo import ElidedCombo
from ui.widgets.field import FieldRow

__all__ = ["ReadingOptions"]

_OFFERED: Final = (
    *("utf-8", "cp1252", "iso8859-1", "utf-16", "cp1250", "cp850", "iso8859-15", "mac_roman"),
    *("cp1253", "cp1254", "cp1251", "cp1257", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949"),
)
_OTHER_CAPTIONS: Final = {
    "cp1250": "Central European (Windows-1250)",
    "cp850": "Western European (DOS 850)",
    "iso8859-15": "Western European with € (ISO 8859-15)",
    "mac_roman": "Western European (Macintosh)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp932": "Japanese (Shift JIS)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (Windows-949)",
}
_DETECT: Final = "Detect"
_FIRST_SHEET: Final = "The first one with data"
_SUGGEST: Final = "Suggest by the columns"


class ReadingOptions(QWidget):
    """What stands above the preview.

    Signals:
        changed: the person has chosen otherwise.
        choose_requested, paste_requested: they want another file, or what they have copied.
        lines_requested: they want to choose a second file with the lines of documents.
    """

    changed = Signal()
    choose_requested = Signal()
    paste_requested = Signal()
    lines_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._lines_path: Path | None = None
        self._by_person = False
        self.file_edit = QLineEdit()
        self.file_edit.setPlaceholderText("No file chosen")
        self.choose_button = Button("Choose file…", icon="folder_open")
        self.choose_button.clicked.connect(self.choose_requested)
        self.paste_button = Button("Paste", icon="copy")
        self.paste_button.setToolTip(tooltip_with_shortcut("Paste rows or a file that was copied", "Ctrl+V"))
        self.paste_button.clicked.connect(self.paste_requested)
        self.lines_edit = QLineEdit()
        self.lines_edit.setReadOnly(True)
        self.lines_edit.setPlaceholderText("The file above has the lines too")
        self.lines_button = Button("Choose file…", icon="folder_open")
        self.lines_button.setAccessibleName("Choose the file with the lines")
        self.lines_button.clicked.connect(self.lines_requested)
        self.no_lines_button = IconButton("dismiss", "Read without this file")
        self.no_lines_button.clicked.connect(self._drop_lines)
        self.integration_combo = ElidedCombo()
        self.variant_combo = ElidedCombo()
        self._for_workbook = False
        self.file_row = FieldRow("File", self.file_edit, above=True)
        self.file_edit.setReadOnly(True)
        self.integration_row = FieldRow("Integration", self.integration_combo, above=True)
        self.variant_row = FieldRow("Encoding", self.variant_combo, above=True)
        self.lines_row = FieldRow("File with the lines", self.lines_edit, above=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.file_row, 0, 0)
        grid.addWidget(self.choose_button, 0, 1, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(self.paste_button, 0, 2, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(self.integration_row, 0, 3)
        grid.addWidget(self.variant_row, 0, 4)
        grid.addWidget(self.lines_row, 1, 0)
        grid.addWidget(self.lines_button, 1, 1, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(self.no_lines_button, 1, 2, Qt.AlignmentFlag.AlignBottom)
        for column, stretch in ((0, 3), (3, 5), (4, 3)):
            grid.setColumnStretch(column, stretch)
        for combo in (self.integration_combo, self.variant_combo):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(12)
        self._grid = grid
        self.integration_combo.addItem(_SUGGEST, "")
        self.offer_lines("")
        self._offer_encodings("")
        self.integration_combo.activated.connect(self._on_integration)
        self.variant_combo.activated.connect(self._on_activated)
        theme().changed.connect(self._retheme)
        self._retheme()

    # ---- what is chosen

    @property
    def path(self) -> Path | None:
        """The file."""
        return self._path

    @property
    def integration_code(self) -> str:
        """The integration that the person has chosen; empty to have it suggested by the columns."""
        return str(self.integration_combo.currentData() or "") if self._by_person else ""

    @property
    def lines_path(self) -> Path | None:
        """The file with the lines of documents; None where there is no second file."""
        return self._lines_path if not self.lines_row.isHidden() else None

    @property
    def encoding(self) -> str:
        """The person's choice for a text file; empty to detect it."""
        return "" if self._for_workbook else str(self.variant_combo.currentData() or "")

    @property
    def choices(self) -> Choices:
        """What the person has chosen here."""
        sheet = str(self.variant_combo.currentData() or "") if self._for_workbook else ""
        return Choices(encoding=self.encoding or None, sheet=sheet or None)

    # ---- what the dialog tells

    def set_path(self, path: Path) -> None:
        """Another file: what was detected for the one before is forgotten, a person's integration is kept."""
        self._path = path
        self.set_lines_path(None)
        self.file_edit.setText(path.name)
        self.file_edit.setCursorPosition(0)
        self.file_edit.setToolTip(str(path))
        self._for_workbook = path.suffix.lower() in WORKBOOK_ENDINGS
        if self._for_workbook:
            self._offer_sheets((), "")
        else:
            self._offer_encodings("")
        if not self._by_person:
            self.choose_integration("")

    def set_lines_path(self, path: Path | None) -> None:
        """The second file, or none."""
        self._lines_path = path
        self.lines_edit.setText(path.name if path is not None else "")
        self.lines_edit.setToolTip(str(path) if path is not None else "")
        if path is not None:
            self._show_lines(True)  # also where the fields of the integration are not known yet
        self.no_lines_button.setEnabled(path is not None)

    def offer_lines(self, line_caption: str) -> None:
        """Ask for a second file where records have lines; an empty caption takes the question away."""
        self._show_lines(bool(line_caption))
        self.no_lines_button.setEnabled(self._lines_path is not None)

    def _show_lines(self, shown: bool) -> None:
        for widget in (self.lines_row, self.lines_button, self.no_lines_button):
            widget.setVisible(shown)

    def set_integrations(self, choices: Sequence[IntegrationChoice], shown: str) -> None:
        """Offer these, and show one of them as chosen."""
        self.integration_combo.clear()
        self.integration_combo.addItem(_SUGGEST, "")
        for choice in choices:
            words = f"{choice.code} – {choice.description}" if choice.description else choice.code
            self.integration_combo.addItem(words, choice.code)
        _show_whole(self.integration_combo)
        self.choose_integration(shown)

    def fix_integration(self, code: str) -> None:
        """A person wants this integration, whatever the columns suggest."""
        self._by_person = bool(code)
        if self.integration_combo.findData(code) < 0:
            self.integration_combo.addItem(code, code)
        self.choose_integration(code)

    def choose_integration(self, code: str) -> None:
        """Show what was suggested."""
        self.integration_combo.setCurrentIndex(max(0, self.integration_combo.findData(code)))

    def show_detected(self, preview: Preview) -> None:
        """Show what was found out about the file, as the choices that hold now."""
        self.choose_integration(preview.integration)
        dialect = preview.dialect
        if dialect.kind == WORKBOOK:
            self._for_workbook = True
            self._offer_sheets(dialect.sheets or (dialect.sheet,), dialect.sheet)
        else:
            self._for_workbook = False
            guessed = " – a guess" if dialect.encoding_guessed else ""
            chosen = self.encoding
            caption = dialect.encoding_caption.partition("(")[2].rstrip(")") or dialect.encoding_caption
            self._offer_encodings(f"{caption}{guessed}" if not chosen else "")
            self.variant_combo.setCurrentIndex(max(0, self.variant_combo.findData(chosen)))

    def _offer_encodings(self, detected: str) -> None:
        self._set_variant_caption("Encoding")
        self.variant_combo.setEnabled(True)
        self.variant_combo.clear()
        self.variant_combo.addItem(f"{_DETECT} ({detected})" if detected else _DETECT, "")
        for name in _OFFERED:
            self.variant_combo.addItem(CAPTIONS.get(name) or _OTHER_CAPTIONS[name], name)
        _show_whole(self.variant_combo)

    def _offer_sheets(self, sheets: Sequence[str], chosen: str) -> None:
        self._set_variant_caption("Sheet")
        self.variant_combo.clear()
        if not sheets:
            self.variant_combo.addItem(_FIRST_SHEET, "")
        for sheet in sheets:
            self.variant_combo.addItem(sheet, sheet)
        _show_whole(self.variant_combo)
        self.variant_combo.setCurrentIndex(max(0, self.variant_combo.findData(chosen)))
        self.variant_combo.setEnabled(self.variant_combo.count() > 1)

    def _set_variant_caption(self, caption: str) -> None:
        self.variant_row.caption_label.setText(caption)
        self.variant_combo.setAccessibleName(caption)

    def _drop_lines(self) -> None:
        self.set_lines_path(None)
        self.changed.emit()

    def _on_integration(self, _index: int) -> None:
        self._by_person = bool(self.integration_combo.currentData())
        self.changed.emit()

    def _on_activated(self, _index: int) -> None:
        self.changed.emit()

    def _retheme(self) -> None:
        px = theme().px
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(8))


def _show_whole(combo: QComboBox) -> None:
    """Let the list be as wide as its longest words, and tell them beside each, as the closed box is narrow."""
    for place in range(combo.count()):
        combo.setItemData(place, combo.itemText(place), Qt.ItemDataRole.ToolTipRole)
    combo.view().setMinimumWidth(min(combo.view().sizeHintForColumn(0) + theme().px(32), theme().px(680)))
