"""The name of the file that was chosen: to be read and copied, shortened in its middle where it is too long."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

__all__ = ["FileName"]

BESIDE_TEXT = 2  # pixels that Qt leaves at each side of the text of a line edit


class FileName(QLineEdit):
    """Shows the beginning and the ending of a long name, and all of it where the keyboard is.

    Args:
        none: what it says while there is no file.
    """

    def __init__(self, none: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(none)

    def show_path(self, path: Path | None) -> None:
        """Show the name of a file, its whole path in the tooltip; nothing for None."""
        self.setText(path.name if path is not None else "")
        self.setCursorPosition(0)
        self.setToolTip(str(path) if path is not None else "")

    def shown_text(self) -> str:
        """The name as it fits now."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self._room().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self.shown_text() == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        frame = QStyleOptionFrame()
        self.initStyleOption(frame)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, frame, painter, self)
        painter.setPen(frame.palette.color(QPalette.ColorRole.Text))
        painter.drawText(
            self._room(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.shown_text()
        )

    def _room(self) -> QRect:
        frame = QStyleOptionFrame()
        self.initStyleOption(frame)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, frame, self)
        return inside.adjusted(BESIDE_TEXT, 0, -BESIDE_TEXT, 0)
