"""The round sign with a person's initials."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.painting import fill_rounded

__all__ = ["Avatar", "initials"]

SIZE = 28


def initials(name: str) -> str:
    """Return at most two initials, e.g. "MK" for "Maria König"; "?" when there is no name."""
    words = [word for word in name.replace("-", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


class Avatar(QWidget):
    """A person, as initials; the name is the tooltip and what screen readers say."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_name(name)
        theme().changed.connect(self._retheme)

    def set_name(self, name: str) -> None:
        """Show another person."""
        self._initials = initials(name)
        self.setToolTip(name)
        self.setAccessibleName(f"User {name}" if name else "No user")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(SIZE), theme().px(SIZE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_rounded(painter, QRectF(self.rect()), self.height() / 2, "avatar")
        font = theme().font("caption")
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme().colour("on_avatar"))
        painter.drawText(QRectF(self.rect()), int(Qt.AlignmentFlag.AlignCenter), self._initials)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()
