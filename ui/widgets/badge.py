"""A tool button with a counter on its corner: the bell."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.theme import theme
from ui.widgets.buttons import IconButton, tooltip_with_shortcut
from ui.widgets.painting import fill_rounded

__all__ = ["BadgeButton"]

MOST_SHOWN = 99
HEIGHT, TEXT_HEIGHT = 15, 10


class BadgeButton(IconButton):
    """A button with a drawing and the number of things that need action; 0 shows no badge."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        shortcut: str = "",
        token: str = "topbar_fg",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(icon, name, shortcut=shortcut, token=token, parent=parent)
        self._name, self._shortcut = name, shortcut
        self._count = 0
        theme().changed.connect(self.update)
        self.set_count(0)

    @property
    def count(self) -> int:
        """The number on the badge."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show another number of things that need action."""
        self._count = max(count, 0)
        said = "none" if not self._count else str(self._count)
        verb = "needs" if self._count == 1 else "need"
        self.setAccessibleName(f"{self._name}: {said} {verb} action")
        self.setToolTip(tooltip_with_shortcut(self._name, self._shortcut))
        self.update()

    def badge_text(self) -> str:
        """Return what stands on the badge; "" for none."""
        if not self._count:
            return ""
        return str(self._count) if self._count <= MOST_SHOWN else f"{MOST_SHOWN}+"

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        text = self.badge_text()
        if not text:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme().font("caption", tabular=True)
        font.setPixelSize(theme().px(TEXT_HEIGHT))
        font.setWeight(QFont.Weight.Bold)
        height = float(theme().px(HEIGHT))
        width = max(height, QFontMetrics(font).horizontalAdvance(text) + theme().px(7))
        place = QRectF(self.width() - width, 1, width, height)
        fill_rounded(painter, place, height / 2, "badge")
        painter.setFont(font)
        painter.setPen(theme().colour("on_badge"))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
