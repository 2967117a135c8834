"""The titles above the rows, with an arrow on the one that sorts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.painting import draw_text

LEFT, FIRST_LEFT, RIGHT = 12, 15, 4
ARROW = 14


def text_left(place: int) -> int:
    """How far the words of a column begin from its left edge, in px."""
    return theme().px(LEFT if place else FIRST_LEFT)


class RowsHeader(QHeaderView):
    """The titles of a `RowsTable`."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._sorted, self._descending = -1, False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)
        self.setAccessibleName("Column titles")

    def show_sorted(self, place: int, descending: bool) -> None:
        """Mark the column by which the rows are sorted; -1 marks none."""
        self._sorted, self._descending = place, descending
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        if not rect.isValid():
            return
        px = theme().px
        painter.save()
        hovered = self.underMouse() and rect.contains(self.mapFromGlobal(self.cursor().pos()))
        painter.fillRect(rect, theme().colour("hover" if hovered else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme().colour("border"))
        sorted_here = section == self._sorted
        room = QRectF(rect).adjusted(text_left(section), 0, -px(RIGHT) - px(ARROW), -1)
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        width = draw_text(painter, room, title, "caption_strong", "fg" if sorted_here else "fg2")
        if sorted_here:
            name = "arrow_down" if self._descending else "arrow_up"
            arrow = pixmap(name, "fg2", px(ARROW), dpr=painter.device().devicePixelRatioF())
            top = room.center().y() - px(ARROW) / 2
            painter.drawPixmap(QPointF(room.left() + width + px(2), top), arrow)
        painter.restore()
