"""Where a file comes from: chosen, or dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from ui.file_dialog import FileDialog
from ui.framework.callbacks import check_screen_allowed
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.dropped_file import accept_file
from ui.widgets.labels import IconLabel, Label
from ui.widgets.painting import fill_rounded, rounded_path

__all__ = ["DropArea", "choose_file"]

FILTERS = (
    "Data files (*.csv *.tsv *.tab *.txt *.prn *.dat *.xlsx *.xlsm *.xlsb *.xls *.ods *.json *.jsonl *.ndjson)",
    "Text (*.csv *.tsv *.tab *.txt *.prn *.dat)",
    "Workbooks (*.xlsx *.xlsm *.xlsb *.xls *.ods)",
    "JSON (*.json *.jsonl *.ndjson)",
    "All files (*)",
)


def choose_file(parent: QWidget, near: Path | None = None) -> QFileDialog:
    """The system's dialog for a file, opened without blocking; `fileSelected` tells which.

    Args:
        near: a file whose folder is shown first; the documents when None.
    Raises:
        CallbackNotAllowedError: the callback of a background task opens it.
    """
    check_screen_allowed("Upload", "Choose a file to import")
    dialog = FileDialog(parent, "Choose a file to import", str(near.parent) if near else "")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(FILTERS)
    dialog.open()
    return dialog


class DropArea(QWidget):
    """The place where a file may be dropped while none is chosen."""

    choose_requested = Signal()
    paste_requested = Signal()
    dropped = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = False
        self.setAcceptDrops(True)
        self.setAccessibleName("Drop a file here, or choose one")
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        self._column.addWidget(IconLabel("arrow_import", "accent", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        line = Label("Drop a file here", "subtitle")
        kinds = Label(
            "CSV, text with any delimiter or of fixed width, Excel (.xlsx, .xlsm, .xlsb, .xls), OpenDocument (.ods)"
            " or JSON",
            "body",
            "fg2",
            wrap=True,
        )
        for label in (line, kinds):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(label)
        self.choose_button = Button("Choose a file…", "primary", "folder_open")
        self.choose_button.clicked.connect(self.choose_requested)
        self._column.addSpacing(theme().px(8))
        self._column.addWidget(self.choose_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.paste_button = Button("Paste what was copied", "link", "copy", shortcut="Ctrl+V")
        self.paste_button.clicked.connect(self.paste_requested)
        self._column.addWidget(self.paste_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        theme().changed.connect(self._retheme)
        self._retheme()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._over = accept_file(event) is not None
        self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        if (found := accept_file(event)) is not None:
            self.dropped.emit(found)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        fill_rounded(painter, area, theme().px(8), "accent_tint" if self._over else "subtle")
        pen = QPen(theme().colour("accent" if self._over else "border_strong"), 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(rounded_path(area, theme().px(8)))

    def _retheme(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(24), px(24), px(24), px(24))
        self._column.setSpacing(px(8))
