"""Status pills: a drawing and a word on a tint, painted in lists or shown as a widget."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.painting import draw_text, fill_rounded, rounded_path

__all__ = ["PillLook", "StatusPill", "look_of", "paint_pill", "pill_width"]

HEIGHT, ICON, RADIUS = 22, 14, 11
TEXT_LEFT, TEXT_RIGHT = 26, 9


class PillLook(NamedTuple):
    """How a status is shown: its tone (info, ok, warn, err, idle) and its drawing."""

    tone: str
    icon: str


LOOKS: dict[str, PillLook] = {
    "on hold": PillLook("warn", "pause"),
    "on hold due to inactivity": PillLook("warn", "pause"),
    "ready": PillLook("idle", "clock"),
    "in process": PillLook("info", "arrow_sync"),
    "processing": PillLook("info", "arrow_sync"),
    "running": PillLook("info", "arrow_sync"),
    "cancelling": PillLook("warn", "stop"),
    "stopping": PillLook("warn", "stop"),
    "finished": PillLook("ok", "checkmark_circle"),
    "completed": PillLook("ok", "checkmark_circle"),
    "completed with errors": PillLook("warn", "warning"),
    "working": PillLook("ok", "checkmark_circle"),
    "switched off": PillLook("err", "error_circle"),
    "success": PillLook("ok", "checkmark_circle"),
    "created": PillLook("ok", "checkmark_circle"),
    "updated": PillLook("ok", "checkmark_circle"),
    "unchanged": PillLook("idle", "checkmark"),
    "excluded": PillLook("idle", "prohibited"),
    "reading": PillLook("info", "arrow_sync"),
    "undoing": PillLook("info", "arrow_undo"),
    "undone": PillLook("idle", "arrow_undo"),
    "reversed": PillLook("idle", "arrow_undo"),
    "kept": PillLook("warn", "edit"),
    "cancelled": PillLook("idle", "prohibited"),
    "error": PillLook("err", "error_circle"),
    "failed": PillLook("err", "error_circle"),
    "interrupted": PillLook("err", "plug_disconnected"),
    "waiting": PillLook("idle", "hourglass"),
    "scheduled": PillLook("idle", "calendar_clock"),
    "not ready": PillLook("warn", "pause"),
    "paused": PillLook("warn", "pause"),
    "free": PillLook("ok", "checkmark_circle"),
    "held": PillLook("idle", "pause"),
    "abandoned": PillLook("err", "plug_disconnected"),
    "ended": PillLook("idle", "checkmark"),
    "time-out": PillLook("warn", "timer"),
    "refused": PillLook("warn", "prohibited"),
    "stopped": PillLook("idle", "prohibited"),
    "expired": PillLook("idle", "calendar_clock"),
    "open": PillLook("info", "edit"),
    "released": PillLook("ok", "checkmark_circle"),
    "blocked": PillLook("err", "prohibited"),
    "ship": PillLook("warn", "prohibited"),
    "invoice": PillLook("warn", "prohibited"),
    "all": PillLook("err", "prohibited"),
    "yes": PillLook("ok", "checkmark"),
    "no": PillLook("idle", "dismiss"),
}
UNKNOWN = PillLook("idle", "circle")


def look_of(status: str) -> PillLook:
    """Return how a status word is shown; a word that is not known is neutral."""
    return LOOKS.get(status.strip().lower(), UNKNOWN)


def pill_width(status: str) -> int:
    """Return the width in px that the pill of this status wants."""
    px = theme().px
    metrics = QFontMetrics(theme().font("caption_strong"))
    return metrics.horizontalAdvance(status) + px(TEXT_LEFT) + px(TEXT_RIGHT)


def paint_pill(painter: QPainter, rect: QRectF, status: str, look: PillLook | None = None) -> QRectF:
    """Draw the pill at the left of ``rect``, vertically centred; return the place it took.

    The word is elided when ``rect`` is too narrow. ``look`` overrides what the word says, e.g. for "Yes" in a
    column where it is bad news.
    """
    px = theme().px
    look = look or look_of(status)
    width = min(float(pill_width(status)), rect.width())
    height = min(float(px(HEIGHT)), rect.height())
    place = QRectF(round(rect.left()), round(rect.center().y() - height / 2), width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill_rounded(painter, place, height / 2, f"{look.tone}_bg")
    if theme().high_contrast:
        painter.setPen(QPen(theme().colour(look.tone), 1))
        painter.drawPath(rounded_path(place.adjusted(0.5, 0.5, -0.5, -0.5), height / 2))
    dpr = painter.device().devicePixelRatioF()
    glyph = pixmap(look.icon, look.tone, px(ICON), filled=True, dpr=dpr)
    painter.drawPixmap(QPointF(place.left() + px(8), place.top() + (height - px(ICON)) / 2), glyph)
    word = place.adjusted(px(TEXT_LEFT), 0, 0, 0)
    draw_text(painter, word, status, "caption_strong", look.tone)
    painter.restore()
    return place


class StatusPill(QWidget):
    """One status on a page."""

    def __init__(self, status: str = "", look: PillLook | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: PillLook | None = None
        self._status = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(status, look)
        theme().changed.connect(self._retheme)

    @property
    def status(self) -> str:
        """The word shown."""
        return self._status

    def set_status(self, status: str, look: PillLook | None = None) -> None:
        """Show another status."""
        self._status, self._look = status, look
        self.setAccessibleName(f"Status: {status}" if status else "No status")
        self._retheme()

    def sizeHint(self) -> QSize:
        return QSize(pill_width(self._status) if self._status else 0, theme().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._status:
            painter = QPainter(self)
            paint_pill(painter, QRectF(self.rect()), self._status, self._look)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()
