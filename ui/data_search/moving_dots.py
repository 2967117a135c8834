"""Three dots that say quietly that something goes on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.theme import theme
from ui.widgets.motion import Motion

DOTS, STEP, RADIUS, HEIGHT = 3, 8, 2, 16
STEP_MS = 320


class MovingDots(QWidget):
    """One dot after the other is darker; with reduced motion all of them stand still."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dark = 0
        self._motion = Motion(self, STEP_MS)
        self._motion.frame.connect(self._next)
        self._motion.move(True)
        theme().changed.connect(self._retheme)
        self._retheme()

    @property
    def moving(self) -> bool:
        """Whether they move."""
        return self._motion.active

    def sizeHint(self) -> QSize:
        return QSize(theme().px(STEP * DOTS), theme().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        px = theme().px
        for dot in range(DOTS):
            dark = dot == self._dark or not self.moving
            painter.setBrush(theme().colour("accent" if dark else "border_strong"))
            painter.drawEllipse(QPointF(px(STEP) * (dot + 0.5), self.height() / 2), px(RADIUS), px(RADIUS))

    def _next(self) -> None:
        self._dark = (self._dark + 1) % DOTS
        self.update()

    def _retheme(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()
