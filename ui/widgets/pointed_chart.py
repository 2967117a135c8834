"""What charts have in common: places that the pointer and the keyboard ask for their words."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.theme import theme
from ui.widgets.axis import short_number

__all__ = ["PointedChart"]


class PointedChart(QWidget):
    """A chart with places from left to right; hovering, or Left and Right, shows what one of them says.

    Attributes:
        pointed: the place that is pointed at; None for none.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.pointed: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # ---- what a chart says

    @abstractmethod
    def places(self) -> int:
        """How many places there are."""

    @abstractmethod
    def words_at(self, place: int) -> str:
        """What a place says, one value per line."""

    @abstractmethod
    def summary(self) -> str:
        """The whole chart in a few words, for screen readers."""

    @abstractmethod
    def place_at(self, x: float) -> int | None:
        """The place at this x of the widget; None where there is none."""

    @abstractmethod
    def top_of(self, place: int) -> QPointF:
        """Where the words of a place are shown when the keyboard asks for them."""

    # ---- for charts

    def refresh(self) -> None:
        """The values have changed."""
        self.setAccessibleName(f"{self.title}. {self.summary()}")
        self.update()

    def plot_beside(self, ticks: list[float], top: int, foot: int) -> QRectF:
        """The area of the values: right of the numbers of the axis.

        Args:
            top, foot: px at 100 % that are left free above and below.
        """
        px = theme().px
        metrics = QFontMetrics(theme().font("caption", tabular=True))
        left = max(metrics.horizontalAdvance(short_number(tick)) for tick in ticks) + px(12)
        return QRectF(left, px(top), self.width() - left - px(4), self.height() - px(top) - px(foot))

    # ---- Qt

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.place_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos().x())
            if place is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.words_at(place), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.places():
            super().keyPressEvent(event)
            return
        last = self.places() - 1
        place = last if self.pointed is None else min(max(self.pointed + step, 0), last)
        self._point_at(place)
        self.setAccessibleDescription(self.words_at(place).replace("\n", ", "))
        QToolTip.showText(self.mapToGlobal(self.top_of(place).toPoint()), self.words_at(place), self)

    def _point_at(self, place: int | None) -> None:
        if place != self.pointed:
            self.pointed = place
            self.update()
