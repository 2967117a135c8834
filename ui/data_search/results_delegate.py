"""Paints the lines of the results: headings, hits with the words that were looked for, and what one can do."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.data_search.marks import marks
from ui.data_search.rows import FailedRow, HeadingRow, HitRow, MoreRow, NoteRow, Row
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring, draw_text

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
ROW, HEADING = 36, 40
LEFT, RIGHT, EDGE = 16, 16, 3
ICON, KEY_LEFT, KEY_WIDTH = 18, 42, 112
TITLE_SHARE: Final = 0.46
GAP = 12
DOT: Final = "  ·  "
RETRY: Final = "Retry"


class _Found(NamedTuple):
    """The words that were looked for, and those of them that stand inside others."""

    words: tuple[str, ...]
    inside: frozenset[str]


class ResultsDelegate(QStyledItemDelegate):
    """See the module's docstring; `hovered` is the line under the pointer, -1 for none."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self.hovered = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        heading = isinstance(index.data(ROW_ROLE), HeadingRow)
        return QSize(theme().px(100), theme().px(HEADING if heading else ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        drawn: Any = option  # the stubs know no members of style options
        px, place = theme().px, QRectF(drawn.rect)
        row: Row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, HeadingRow):
            self._heading(painter, place, row)
            painter.restore()
            return
        selected = bool(drawn.state & QStyle.StateFlag.State_Selected)
        if selected or index.row() == self.hovered:
            painter.fillRect(place, theme().colour("selected" if selected else "hover"))
        line = QRectF(place.left() + px(LEFT), place.bottom() - 1, place.width() - px(LEFT + RIGHT), 1)
        painter.fillRect(line, theme().colour("grid"))
        if selected:
            edge = QRectF(place.left(), place.top(), px(EDGE), place.height())
            painter.fillRect(edge, theme().colour("accent"))
        if selected and self._view.hasFocus():
            draw_focus_ring(painter, place, 0)
        room = place.adjusted(px(KEY_LEFT), 0, -px(RIGHT), -1)
        if isinstance(row, HitRow):
            self._hit(painter, room, row)
        elif isinstance(row, MoreRow):
            used = draw_text(painter, room, row.text, "body", "accent_text", tabular=True)
            arrow = pixmap("arrow_right", "accent_text", px(16), dpr=painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(room.left() + used + px(6), room.center().y() - px(8)), arrow)
        elif isinstance(row, NoteRow):
            draw_text(painter, room, row.text, "caption", "fg3", tabular=True)
        else:
            self._failed(painter, room, row)
        painter.restore()

    def _heading(self, painter: QPainter, place: QRectF, row: HeadingRow) -> None:
        px = theme().px
        glyph = pixmap(row.source.icon, "fg2", px(ICON), dpr=painter.device().devicePixelRatioF())
        room = place.adjusted(px(KEY_LEFT), px(6), -px(RIGHT), 0)
        painter.drawPixmap(QPointF(place.left() + px(LEFT), room.center().y() - px(ICON) / 2), glyph)
        used = draw_text(painter, room, row.source.title, "body_strong", "fg")
        draw_text(painter, room.adjusted(used + px(8), 0, 0, 0), row.count, "caption", "fg3", tabular=True)

    def _hit(self, painter: QPainter, room: QRectF, row: HitRow) -> None:
        px = theme().px
        found = _Found(row.words, row.inside())
        if row.source.key_shown:
            key = QRectF(room.left(), room.top(), px(KEY_WIDTH), room.height())
            _marked(painter, key, row.key_text, found, "body", "fg2", tabular=True)
            room = room.adjusted(px(KEY_WIDTH) + px(GAP), 0, 0, 0)
        title = QRectF(room.left(), room.top(), room.width() * TITLE_SHARE, room.height())
        _marked(painter, title, row.hit.title, found, "body", "fg")
        details = room.adjusted(title.width() + px(GAP), 0, 0, 0)
        _marked(painter, details, DOT.join(row.details()), found, "caption", "fg2", tabular=True)

    def _failed(self, painter: QPainter, room: QRectF, row: FailedRow) -> None:
        px = theme().px
        dpr = painter.device().devicePixelRatioF()
        glyph = pixmap("error_circle", "err", px(16), filled=True, dpr=dpr)
        painter.drawPixmap(QPointF(room.left(), room.center().y() - px(8)), glyph)
        retry = draw_text(
            painter, room, RETRY, "body_strong", "accent_text", align=Qt.AlignmentFlag.AlignRight
        )
        draw_text(painter, room.adjusted(px(24), 0, -retry - px(GAP), 0), row.text, "body", "err")


def _marked(
    painter: QPainter,
    room: QRectF,
    text: str,
    found: _Found,
    role: str,
    token: str,
    *,
    tabular: bool = False,
) -> None:
    """Draw one line with the words that were looked for marked: stronger, and in the colour of links."""
    strong = {"body": "body_strong", "caption": "caption_strong"}[role]
    left = room.left()
    for part, marked in _parts(text, found):
        font = theme().font(strong if marked else role, tabular)
        place = QRectF(left, room.top(), room.right() - left, room.height())
        if place.width() <= 0:
            return
        colour = "accent_text" if marked else token
        draw_text(painter, place, part, strong if marked else role, colour, tabular=tabular)
        width = QFontMetricsF(font).horizontalAdvance(part)
        if width > place.width():
            return  # it ends in “…” there
        left += width


def _parts(text: str, found: _Found) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is to be marked."""
    parts, done = [], 0
    for begin, end in marks(text, found.words, found.inside):
        parts += [(text[done:begin], False), (text[begin:end], True)]
        done = end
    return [part for part in (*parts, (text[done:], False)) if part[0]]
