"""The titles above the rows, with an arrow on the one that sorts."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from ui.icons import pixmap
from ui.jobs.rows_model import KEY_ROLE
from ui.theme import theme
from ui.widgets.painting import draw_text

LEFT, FIRST_LEFT, RIGHT = 12, 15, 4
ARROW = 14


def text_left(place: int) -> int:
    """How far the words of a column begin from its left edge, in px."""
    return theme().px(LEFT if place else FIRST_LEFT)


class RowsHeader(QHeaderView):
    """The titles of a `RowsTable`; a right click lets a person choose the columns.

    Signals:
        column_chosen: a column's key, and whether it is to be shown.
    """

    column_chosen = Signal(str, bool)

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._sorted, self._descending = -1, False
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)
        self.setAccessibleName("Column titles")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.open_menu)

    def show_sorted(self, place: int, descending: bool) -> None:
        """Mark the column by which the rows are sorted; -1 marks none."""
        self._sorted, self._descending = place, descending
        self.viewport().update()

    def open_menu(self, at: QPoint) -> None:
        """Offer all columns but the first, ticked where they are shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place in range(1, self.count()):
            entry = menu.addAction(str(self.model().headerData(place, Qt.Orientation.Horizontal)))
            entry.setCheckable(True)
            entry.setChecked(not self.isSectionHidden(place))
            entry.setData(self.model().headerData(place, Qt.Orientation.Horizontal, KEY_ROLE))
        menu.triggered.connect(self._on_column)
        menu.popup(self.mapToGlobal(at))

    def _on_column(self, entry: QAction) -> None:
        self.column_chosen.emit(str(entry.data()), entry.isChecked())

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
