"""What is read: the file, a second one with lines, the integration, and the encoding or sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from models.import_rows import IntegrationChoice
from ui.import_dialog.file_name import FileName
from ui.import_dialog.variant_field import VariantField, show_whole
from ui.theme import theme
from ui.widgets.buttons import Button, IconButton, tooltip_with_shortcut
from ui.widgets.combo import ElidedCombo
from ui.widgets.field import FieldRow

__all__ = ["ReadingOptions"]

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
        self.file_edit = FileName("No file chosen")
        self.choose_button = Button("Choose file…", icon="folder_open")
        self.choose_button.clicked.connect(self.choose_requested)
        self.paste_button = Button("Paste", icon="copy")
        self.paste_button.setToolTip(tooltip_with_shortcut("Paste rows or a file that was copied", "Ctrl+V"))
        self.paste_button.clicked.connect(self.paste_requested)
        self.lines_edit = FileName("In the file above")
        self.lines_button = Button("Choose file…", icon="folder_open")
        self.lines_button.setAccessibleName("Choose the file with the lines")
        self.lines_button.clicked.connect(self.lines_requested)
        self.no_lines_button = IconButton("dismiss", "Read without this file")
        self.no_lines_button.clicked.connect(self._drop_lines)
        self.integration_combo = ElidedCombo()
        self.variant_row = VariantField()
        self.variant_combo = self.variant_row.combo
        self.lines_variant = VariantField("of the file with the lines")
        self.file_row = FieldRow("File", self.file_edit, above=True)
        self.integration_row = FieldRow("Integration", self.integration_combo, above=True)
        self.lines_row = FieldRow("File with the lines", self.lines_edit, above=True)
        for chosen in (self.file_edit, self.lines_edit):
            chosen.setReadOnly(True)
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
        grid.addWidget(self.lines_variant, 1, 4)
        for column, stretch in ((0, 3), (3, 5), (4, 3)):
            grid.setColumnStretch(column, stretch)
        for combo in (self.integration_combo, self.variant_combo, self.lines_variant.combo):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self._grid = grid
        self.integration_combo.addItem(_SUGGEST, "")
        self.offer_lines("")
        self.integration_combo.activated.connect(self._on_integration)
        self.variant_row.changed.connect(self.changed)
        self.lines_variant.changed.connect(self.changed)
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
    def choices(self) -> Choices:
        """What the person has chosen here for the file."""
        return self.variant_row.choices

    @property
    def lines_choices(self) -> Choices:
        """What the person has chosen here for the file with the lines."""
        return self.lines_variant.choices

    # ---- what the dialog tells

    def set_path(self, path: Path) -> None:
        """Another file: what was detected for the one before is forgotten, a person's integration is kept."""
        self._path = path
        self.set_lines_path(None)
        self.file_edit.show_path(path)
        self.variant_row.begin(path)
        if not self._by_person:
            self.choose_integration("")

    def set_lines_path(self, path: Path | None) -> None:
        """The second file, or none."""
        self._lines_path = path
        self.lines_edit.show_path(path)
        if path is not None:
            self.lines_variant.begin(path)
            self._show_lines(True)  # also where the fields of the integration are not known yet
        self.lines_variant.setVisible(path is not None)
        self.no_lines_button.setEnabled(path is not None)

    def offer_lines(self, line_caption: str) -> None:
        """Ask for a second file where records have lines; an empty caption takes the question away."""
        self._show_lines(bool(line_caption))
        self.no_lines_button.setEnabled(self._lines_path is not None)

    def _show_lines(self, shown: bool) -> None:
        for widget in (self.lines_row, self.lines_button, self.no_lines_button):
            widget.setVisible(shown)
        self.lines_variant.setVisible(shown and self._lines_path is not None)

    def set_integrations(self, choices: Sequence[IntegrationChoice], shown: str) -> None:
        """Offer these, and show one of them as chosen; one that a person wants stays, even if it is gone."""
        self.integration_combo.clear()
        self.integration_combo.addItem(_SUGGEST, "")
        for choice in choices:
            words = f"{choice.code} – {choice.description}" if choice.description else choice.code
            self.integration_combo.addItem(words, choice.code)
        show_whole(self.integration_combo)
        if self._by_person:
            self.fix_integration(shown)
        else:
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
        self.variant_row.show_detected(preview.dialect)
        if preview.lines is not None:
            self.lines_variant.show_detected(preview.lines.dialect)

    def _drop_lines(self) -> None:
        self.set_lines_path(None)
        self.changed.emit()

    def _on_integration(self, _index: int) -> None:
        self._by_person = bool(self.integration_combo.currentData())
        self.changed.emit()

    def _retheme(self) -> None:
        px = theme().px
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(8))
