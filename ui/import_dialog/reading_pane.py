"""What the import dialog shows while the child process reads the file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.imports.sources.reader import WORKBOOK
from ui.theme import theme
from ui.widgets.labels import IconLabel, Label
from ui.widgets.progress import ProgressLine

__all__ = ["ReadingPane"]


class ReadingPane(QWidget):
    """File, bar and rows so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file_name = ""
        self._icon = IconLabel("document_table", "accent", 40)
        self.line = ProgressLine()
        self._hint = Label("The rows are kept as they are; no record is written yet.", "caption", "fg3")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self._column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        self._host = QWidget()
        self._host.setProperty("plain", True)
        host = QVBoxLayout(self._host)
        host.setContentsMargins(0, 0, 0, 0)
        host.addWidget(self.line)
        self._column.addWidget(self._host, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self._hint)
        self._column.addStretch(2)
        theme().changed.connect(self._retheme)
        self._retheme()

    @property
    def text(self) -> str:
        """What it says: "Reading customers.csv · 12,000 rows"."""
        return self.line.text

    def begin(self, file_name: str, kind: str) -> None:
        """A file is being read now."""
        self._file_name = file_name
        self._icon.set_icon("table_simple" if kind == WORKBOOK else "document_table", "accent")
        self.line.reset()
        self.line.set_counting(f"Reading {file_name}")

    def set_progress(self, done: int, total: int) -> None:
        """Rows so far, of how many; total 0 while that is not known."""
        if not done:
            return
        self.line.set_progress(done, total or None)
        counted = self.line.text
        if total:
            self.line.set_waiting(f"Reading {self._file_name} · {counted}")
        else:
            self.line.set_counting(f"Reading {self._file_name} · {counted}")

    def show_stopping(self) -> None:
        """Cancelled: what was read so far is being removed."""
        self.line.set_waiting("Stopping… what was read so far is being removed.")

    def _retheme(self) -> None:
        px = theme().px
        self._column.setSpacing(px(12))
        self._host.setFixedWidth(px(440))
