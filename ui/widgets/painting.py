"""Strokes that several painted widgets share: rounded areas, the focus ring, the spinner, elided text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from ui.theme import theme

__all__ = ["draw_focus_ring", "draw_spinner", "draw_text", "fill_rounded", "rounded_path"]

SPINNER_ARC = 110
SIXTEENTHS = 16
"""Qt's unit of angles: sixteenths of a degree."""


def rounded_path(rect: QRectF, radius: float) -> QPainterPath:
    """Return the outline of a rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def fill_rounded(painter: QPainter, rect: QRectF, radius: float, token: str) -> None:
    """Fill a rectangle with round corners in a token's colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(token))
    painter.drawRoundedRect(rect, radius, radius)


def draw_focus_ring(painter: QPainter, rect: QRectF, radius: float, token: str = "accent") -> None:
    """Draw the ring of 2 px, inside ``rect``, that shows where the keyboard is."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colour(token), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def draw_spinner(painter: QPainter, centre: QPointF, radius: float, turn: int) -> None:
    """Draw the small ring that says "being computed"; ``turn`` is its position in degrees."""
    ring = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colour("border_strong"), 2))
    painter.drawEllipse(ring)
    painter.setPen(QPen(theme().colour("accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawArc(ring, (90 - turn) * SIXTEENTHS, -SPINNER_ARC * SIXTEENTHS)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    role: str,
    token: str | QColor,
    *,
    tabular: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """Draw one line of text, vertically centred, elided on the right; return the width it took in px."""
    painter.setFont(theme().font(role, tabular))
    painter.setPen(theme().colour(token) if isinstance(token, str) else token)
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
    return float(metrics.horizontalAdvance(shown))
