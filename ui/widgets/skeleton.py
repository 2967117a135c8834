"""Grey bars in the shape of what is still to come."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.painting import fill_rounded

__all__ = ["Skeleton", "paint_skeleton"]

SHARES = (0.82, 0.64, 0.74, 0.52)
LINE_HEIGHT, BAR_HEIGHT = 28, 12


def paint_skeleton(painter: QPainter, rect: QRectF, radius: float = 4) -> None:
    """Draw one grey bar that fills ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill_rounded(painter, rect, radius, "skeleton")
    painter.restore()


class Skeleton(QWidget):
    """Some lines of grey bars, with a name that says that something is being loaded."""

    def __init__(self, lines: int = 3, name: str = "Loading", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._retheme)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(200), theme().px(LINE_HEIGHT) * self._lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line, bar = theme().px(LINE_HEIGHT), theme().px(BAR_HEIGHT)
        for i in range(self._lines):
            width = self.width() * SHARES[i % len(SHARES)]
            paint_skeleton(painter, QRectF(0, i * line + (line - bar) / 2, width, bar))

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()
