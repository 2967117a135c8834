"""The small curve of a cue's last values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPen

from ui.theme import theme

__all__ = ["paint_sparkline"]

LINE_WIDTH = 1.6
FILL_ALPHA = 60


def paint_sparkline(painter: QPainter, rect: QRectF, values: Sequence[float], token: str = "chart1") -> None:
    """Draw ``values`` from left to right, lowest at the bottom of ``rect``; fewer than two draw nothing."""
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    level = 0.5 if high == low else 0.0
    step = rect.width() / (len(values) - 1)
    points = [
        QPointF(rect.left() + i * step, rect.bottom() - ((v - low) / span + level) * rect.height())
        for i, v in enumerate(values)
    ]
    line = QPainterPath(points[0])
    for point in points[1:]:
        line.lineTo(point)
    floor = rect.bottom() + theme().px(4)
    area = QPainterPath(line)
    area.lineTo(rect.right(), floor)
    area.lineTo(rect.left(), floor)
    colour = theme().colour(token)
    shade = QLinearGradient(0, rect.top(), 0, floor)
    colour.setAlpha(FILL_ALPHA)
    shade.setColorAt(0, colour)
    colour.setAlpha(0)
    shade.setColorAt(1, colour)
    painter.fillPath(area, shade)
    pen = QPen(theme().colour(token), LINE_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(line)
