"""Three dots that say quietly that something goes on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.theme import theme

DOTS, STEP, RADIUS, HEIGHT = 3, 8, 2, 16
STEP_MS = 320


class MovingDots(QWidget):
    """One dot after the other is darker; with reduced motion all of them stand still."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dark = 0
        self._frames = QTimer(self)
        self._frames.setInterval(STEP_MS)
        self._frames.timeout.connect(self._next)
        theme().changed.connect(self._retheme)
        self._retheme()

    @property
    def moving(self) -> bool:
        """Whether they move."""
        return self._frames.isActive()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(STEP * DOTS), theme().px(HEIGHT))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._frames.stop()

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

    def _animate(self) -> None:
        if self.isVisible() and not theme().reduced_motion:
            self._frames.start()
        else:
            self._frames.stop()
        self.update()

    def _retheme(self) -> None:
        self.setFixedSize(self.sizeHint())
        self._animate()
