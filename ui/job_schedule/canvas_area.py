"""The room in which the runs of a day or a week scroll."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from ui.job_schedule.run_canvas import RunCanvas
from ui.theme import theme

__all__ = ["CanvasArea"]


class CanvasArea(QScrollArea):
    """Scrolls a canvas, which has the keyboard itself, and brings the run into sight that the keyboard goes to.

    Args:
        beside: how much stays in sight at both sides of such a run, in px at 100 %.

    Signals:
        view_resized: there is less or more room, also because a scroll bar has come or gone.
    """

    view_resized = Signal()

    def __init__(self, canvas: RunCanvas, *, beside: int = 0) -> None:
        super().__init__()
        self._beside = beside
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(canvas)
        canvas.moved.connect(self._bring)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(800), theme().px(400))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view_resized.emit()

    def _bring(self, rect: QRect) -> None:
        self.ensureVisible(rect.center().x(), rect.center().y(), theme().px(self._beside), rect.height())
