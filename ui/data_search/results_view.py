"""The list of hits: headings, records with the words that were looked for marked, one keyboard for all."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.data_search.results import ResultRow, Results, RowKind
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring, draw_text, fill_rounded

ROW, HEADING = 34, 44
KEY_WIDTH: Final = 110
TITLE_SHARE: Final = 0.45
EDGE: Final = 3
_STATE = QStyle.StateFlag


class ResultsView(QListView):
    """Shows `Results`.

    Signals:
        chosen: the row that a person has pressed, or chosen by Enter.
        left_upwards: the arrow key has gone up from the first row.
    """

    chosen = Signal(object)  # ResultRow
    left_upwards = Signal()

    def __init__(self, results: Results, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = results
        self.delegate = _Delegate(self)
        self.setModel(results)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Search results")
        self.clicked.connect(self._on_clicked)
        theme().changed.connect(self._retheme)

    def mark(self, text: str) -> None:
        """Mark the words of this text in every hit."""
        self.delegate.words = [word for word in text.casefold().split() if word]
        self.viewport().update()

    def go_to_first(self) -> None:
        """Put the keyboard on the first row that can be opened."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._go(0, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, place = event.key(), self.currentIndex().row()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_clicked(self.currentIndex())
        elif key == Qt.Key.Key_Down:
            self._go(place + 1, 1)
        elif key == Qt.Key.Key_Up:
            if not self._go(place - 1, -1):
                self.left_upwards.emit()
        elif key == Qt.Key.Key_Home:
            self._go(0, 1)
        elif key == Qt.Key.Key_End:
            self._go(self.results.rowCount() - 1, -1)
        else:
            super().keyPressEvent(event)

    def _go(self, place: int, step: int) -> bool:
        while (row := self.results.row(place)) is not None:
            if row.chosen_by_keyboard:
                self.setCurrentIndex(self.results.index(place))
                return True
            place += step
        return False

    def _on_clicked(self, index: QModelIndex | QPersistentModelIndex) -> None:
        row = self.results.row(index.row()) if index.isValid() else None
        if row is not None and row.chosen_by_keyboard:
            self.chosen.emit(row)

    def _retheme(self) -> None:
        self.scheduleDelayedItemsLayout()


class _Delegate(QStyledItemDelegate):
    """Paints a row; `words` are marked."""

    def __init__(self, view: ResultsView) -> None:
        super().__init__(view)
        self._view = view
        self.words: list[str] = []

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row: ResultRow = index.data(Qt.ItemDataRole.UserRole)
        return QSize(theme().px(200), theme().px(HEADING if row.kind is RowKind.HEADING else ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        opt: Any = option
        row: ResultRow = index.data(Qt.ItemDataRole.UserRole)
        rect = QRectF(opt.rect)
        painter.save()
        if row.kind is RowKind.HEADING:
            self._paint_heading(painter, rect, row)
        else:
            self._paint_ground(painter, rect, opt.state)
            self._paint_row(painter, rect.adjusted(theme().px(44), 0, -theme().px(16), 0), row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRectF, row: ResultRow) -> None:
        px = theme().px
        side = px(18)
        dpr = painter.device().devicePixelRatioF()
        line = rect.adjusted(px(16), px(10), -px(16), 0)
        glyph = pixmap(row.source.icon, "accent_text", side, dpr=dpr)
        painter.drawPixmap(int(line.left()), int(line.center().y() - side / 2), glyph)
        line.adjust(px(28), 0, 0, 0)
        used = draw_text(painter, line, row.source.title, "body_strong", "fg")
        draw_text(painter, line.adjusted(used + px(8), 0, 0, 0), row.text, "caption", "fg3", tabular=True)

    def _paint_ground(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
        selected = bool(state & _STATE.State_Selected)
        if selected or state & _STATE.State_MouseOver:
            painter.fillRect(rect, theme().colour("selected" if selected else "hover"))
        if selected:
            edge = QRectF(rect.left(), rect.top(), theme().px(EDGE), rect.height())
            painter.fillRect(edge, theme().colour("accent"))
            if self._view.hasFocus():
                draw_focus_ring(painter, rect, 2)

    def _paint_row(self, painter: QPainter, line: QRectF, row: ResultRow) -> None:
        px = theme().px
        if row.hit is None:
            if row.kind is RowKind.FAILED:
                used = draw_text(painter, line.adjusted(0, 0, -px(70), 0), row.text, "body", "err")
                draw_text(painter, line.adjusted(used + px(12), 0, 0, 0), "Retry", "body", "accent_text")
            else:
                draw_text(painter, line, row.text, "body", "accent_text")
            return
        if row.source.key_shown:
            self._paint_marked(painter, line, row.hit.key, "body", "accent_text", px(KEY_WIDTH) - px(8))
            line.adjust(px(KEY_WIDTH), 0, 0, 0)
        title = line.width() * TITLE_SHARE
        self._paint_marked(painter, line, row.hit.title, "body_strong", "fg", title - px(12))
        line.adjust(title, 0, 0, 0)
        self._paint_marked(painter, line, row.hit.detail, "body", "fg2", line.width())

    def _paint_marked(
        self, painter: QPainter, line: QRectF, text: str, role: str, token: str, width: float
    ) -> None:
        """Draw a text, with a ground under the words that were looked for."""
        place = QRectF(line.left(), line.top(), max(0.0, width), line.height())
        painter.setFont(theme().font(role))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        for start, end in marks(shown, self.words):
            left = place.left() + metrics.horizontalAdvance(shown[:start])
            ground = QRectF(
                left - 1,
                place.center().y() - metrics.height() / 2,
                _width(metrics, shown, start, end) + 2,
                metrics.height(),
            )
            fill_rounded(painter, ground, 3, "warn_bg")
        draw_text(painter, place, text, role, token)


def marks(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where words stand in a text: at the beginning of its words, or, where none is there, inside them.

    Args:
        words: folded.
    Returns:
        First and behind-last place of each, from left to right.
    """
    folded = text.casefold()
    if len(folded) != len(text):
        return []  # letters that fold to two would shift the marks
    found: list[tuple[int, int]] = []
    for word in words:
        places = _places(folded, word)
        at_beginnings = [place for place in places if place == 0 or not folded[place - 1].isalnum()]
        found += [(place, place + len(word)) for place in (at_beginnings or places)[:4]]
    return sorted(found)


def _places(text: str, word: str) -> list[int]:
    places, place = [], text.find(word)
    while place >= 0:
        places.append(place)
        place = text.find(word, place + len(word))
    return places


def _width(metrics: QFontMetrics, text: str, start: int, end: int) -> int:
    return metrics.horizontalAdvance(text[:end]) - metrics.horizontalAdvance(text[:start])
