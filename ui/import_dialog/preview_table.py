"""The first rows of a file, its columns with the fields that they fill."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from desktop.imports.preview import Preview, PreviewColumn
from ui.icons import pixmap
from ui.import_dialog.field_chooser import FieldChooser
from ui.import_dialog.offered_fields import OfferedField
from ui.theme import theme
from ui.widgets.painting import draw_focus_ring, draw_text, fill_rounded
from ui.widgets.table import Table

__all__ = ["PreviewTable", "column_help", "column_words"]

NARROWEST, USUAL, WIDEST, SAMPLED = 72, 140, 240, 20
MEASURED = 60  # columns whose texts are measured; a file with a thousand must not hold the window up
CELL_MARGIN = 3  # that Qt adds to the padding of a cell
NOT_IMPORTED = "not imported"
NO_ROWS = "No row stands below the names of the columns."
_HOW: Final = {
    "chosen": "You have chosen it.",
    "exact": "The integration names the column so.",
    "synonym": "The name is another word for it.",
    "remembered": "An earlier file had it under this name.",
    "similar": "The name is nearly the same.",
    "values": "The values look like it.",
}
Index = QModelIndex | QPersistentModelIndex


def column_words(preview: Preview, section: int) -> tuple[str, str]:
    """The header of a column in the file, and which field it fills: "→ Name", or what is suggested, or nothing."""
    column = preview.columns[section]
    if column.path:
        unsure = f" · {column.certainty}" if column.certainty not in ("", "certain") else ""
        return column.header, f"→ {column.caption}{unsure}"
    if column.proposed:
        return column.header, f"{column.proposed_caption}? · {column.certainty}"
    return column.header, NOT_IMPORTED


def column_help(column: PreviewColumn) -> str:
    """What is known about a column's field, in sentences."""
    if column.path:
        how = _HOW.get(column.how, "")
        fits = f"{column.valid_share:.0%} of the rows looked at fit." if column.certainty else ""
        return " ".join(part for part in (f"Fills {column.caption.rstrip('.')}.", how, fits) if part)
    if column.proposed:
        return (
            f"Could fill {column.proposed_caption}: {column.valid_share:.0%} of its values fit. "
            f"{_HOW.get(column.how, '')} Choose it here."
        )
    return "This column is not imported. Choose here which field it fills."


class _Model(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.preview: Preview | None = None

    def show(self, preview: Preview | None) -> None:
        self.beginResetModel()
        self.preview = preview
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.preview.rows) if self.preview is not None and not _valid(parent) else 0

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self.preview.columns) if self.preview is not None and not _valid(parent) else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        preview = self.preview
        if preview is None or not index.isValid() or index.row() >= len(preview.rows):
            return None
        row = preview.rows[index.row()]
        cell = row.cells[index.column()] if index.column() < len(row.cells) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(cell.split())
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(row.faults) or cell
        if role == Qt.ItemDataRole.ForegroundRole and not preview.columns[index.column()].path:
            return theme().colour("fg3")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        preview = self.preview
        across = orientation == Qt.Orientation.Horizontal
        # While another preview takes its place, one header asks about the sections that it had before.
        if preview is None or section >= len(preview.columns if across else preview.rows):
            return None
        if across:
            if role == Qt.ItemDataRole.DisplayRole:
                return " ".join(column_words(preview, section))
            if role == Qt.ItemDataRole.ToolTipRole:
                return column_help(preview.columns[section])
            return None
        row = preview.rows[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.line_no:,}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(row.faults) or f"Line {row.line_no:,} of the file"
        return None


class PreviewTable(Table):
    """Shows a preview. The head of a column opens a drop-down: which field it fills.

    `field_chosen` gives the position of the column, and the path of the field that a person wants it to fill; ""
    for none.
    """

    header_height, row_height = 54, 28
    by_cells = True
    field_chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Preview of the first rows", parent)
        self._model = _Model()
        self.setModel(self._model)
        self.setHorizontalHeader(_ColumnHeader(self))
        self.setVerticalHeader(_LineHeader(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setMinimumHeight(theme().px(self.header_height + 2 * self.row_height))
        self.setAccessibleDescription("Alt+Down chooses the field that the current column fills")
        self._fields: tuple[OfferedField, ...] = ()
        self.chooser = FieldChooser(self)
        self.chooser.chosen.connect(self.field_chosen)
        self.horizontalHeader().sectionClicked.connect(self.choose_field)
        self._retheme()

    @property
    def preview(self) -> Preview | None:
        """What is shown."""
        return self._model.preview

    def show_preview(self, preview: Preview | None) -> None:
        """Show another file, or the same one read in another way; the scrolling stays where columns are the same."""
        before = self._model.preview
        same = before is not None and preview is not None and before.header == preview.header
        across, current = self.horizontalScrollBar().value(), self.currentIndex().column()
        self._model.show(preview)
        self._fit()
        if same:
            self.setCurrentIndex(self._model.index(0, current))
            self.horizontalScrollBar().setValue(across)

    def offer(self, fields: Sequence[OfferedField]) -> None:
        """The fields that columns may fill; without any, none can be chosen."""
        self._fields = tuple(fields)
        self.horizontalHeader().viewport().update()

    @property
    def can_choose(self) -> bool:
        """Whether there are fields to choose from."""
        return bool(self._fields)

    def choose_field(self, section: int) -> None:
        """Open the drop-down of a column."""
        preview = self._model.preview
        if preview is None or not self._fields or not 0 <= section < len(preview.columns):
            return
        self.setCurrentIndex(self._model.index(0, section))
        header = self.horizontalHeader()
        left = header.sectionViewportPosition(section) + self.verticalHeader().width()
        place = QRect(left, 0, header.sectionSize(section), header.height())
        column = preview.columns[section]
        taken = {other.path for other in preview.columns if other.path and other is not column}
        choices = [
            (field.path, f"{field.words}{_about_choice(field.path, column, taken)}")
            for field in sorted(self._fields, key=lambda field: field.path != column.proposed)
        ]
        self.chooser.open_for(section, column.header, place, choices, column.path or column.proposed)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        preview = self._model.preview
        if preview is None:
            return
        painter = QPainter(self.viewport())
        area = QRectF(self.viewport().rect())
        if not preview.rows:
            draw_text(painter, area, NO_ROWS, "body", "fg3", align=Qt.AlignmentFlag.AlignCenter)
        if self.hasFocus() and not self.can_choose:  # else the head of the current column shows it
            draw_focus_ring(painter, area, theme().px(4))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_F4 or (event.key() == Qt.Key.Key_Down and with_alt):
            self.choose_field(max(self.currentIndex().column(), 0))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # the dialog's default button takes it
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, 0))
        self._draw_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._draw_focus()

    def _draw_focus(self) -> None:
        self.horizontalHeader().viewport().update()
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.horizontalHeader().viewport().update()

    def _retheme(self) -> None:
        super()._retheme()
        self._fit()

    def _fit(self) -> None:
        px, preview = theme().px, self._model.preview
        if preview is None:
            return
        cells, heads = QFontMetrics(theme().font("body")), QFontMetrics(theme().font("caption_strong"))
        self.horizontalHeader().setDefaultSectionSize(px(USUAL))
        for section in range(min(len(preview.columns), MEASURED)):
            header, field = column_words(preview, section)
            texts = [row.cells[section] for row in preview.rows[:SAMPLED] if section < len(row.cells)]
            width = max(
                heads.horizontalAdvance(header),
                heads.horizontalAdvance(field),
                *(cells.horizontalAdvance(text[:60]) for text in texts),
                0,
            )
            self.setColumnWidth(section, min(max(width + px(46), px(NARROWEST)), px(WIDEST)))


class _ColumnHeader(QHeaderView):
    """Two lines: what the file calls the column, and the field that it fills, with the sign of a drop-down."""

    def __init__(self, table: PreviewTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self._over = -1
        self.setSectionsClickable(True)
        self.setMouseTracking(True)
        self.sectionEntered.connect(self._on_entered)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._on_entered(-1)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        preview = self._table.preview
        if preview is None or section >= len(preview.columns):
            return
        header, field = column_words(preview, section)
        px = theme().px
        painter.fillRect(rect, theme().colour("subtle"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme().colour("border"))
        words = QRectF(rect).adjusted(px(12) + CELL_MARGIN, px(6), -px(8), -px(6))
        upper = QRectF(words.left(), words.top(), words.width(), words.height() / 2 - px(2))
        lower = upper.translated(0, words.height() / 2 + px(1))
        column = preview.columns[section]
        imported = bool(column.path)
        draw_text(painter, upper, header, "caption_strong", "fg" if imported else "fg3")
        if self._table.can_choose:
            self._paint_choice(painter, lower, section)
            lower.setRight(lower.right() - px(16))
        sure = column.certainty in ("", "certain")
        tone = ("accent_text" if sure else "warn") if imported else "info" if column.proposed else "fg3"
        draw_text(painter, lower, field, "caption", tone)

    def _paint_choice(self, painter: QPainter, lower: QRectF, section: int) -> None:
        px = theme().px
        painter.save()
        field = lower.adjusted(-px(6), -px(2), px(4), px(2))
        current = self._table.hasFocus() and self._table.currentIndex().column() == section
        if section == self._over:
            fill_rounded(painter, field, px(4), "pressed")
        if current:
            draw_focus_ring(painter, field, px(4))
        glyph = pixmap("chevron_down", "fg2", px(12), dpr=self.devicePixelRatioF())
        painter.drawPixmap(QPointF(lower.right() - px(12), lower.center().y() - px(6)), glyph)
        painter.restore()

    def _on_entered(self, section: int) -> None:
        if section != self._over:
            self._over = section
            self.viewport().update()


class _LineHeader(QHeaderView):
    """The lines of the file; a row that cannot become a record has a sign."""

    def __init__(self, table: PreviewTable) -> None:
        super().__init__(Qt.Orientation.Vertical, table)
        self._table = table
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(58), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        preview = self._table.preview
        if preview is None or section >= len(preview.rows):
            return
        row, px = preview.rows[section], theme().px
        painter.fillRect(rect, theme().colour("subtle"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme().colour("grid"))
        words = QRectF(rect).adjusted(px(6), 0, -px(10), 0)
        token = "err" if row.faults else "fg3"
        if row.faults:
            glyph = pixmap("error_circle", "err", px(14), filled=True, dpr=self.devicePixelRatioF())
            painter.drawPixmap(int(words.left()), rect.center().y() - px(7), glyph)
        draw_text(
            painter,
            words,
            f"{row.line_no:,}",
            "caption",
            token,
            tabular=True,
            align=Qt.AlignmentFlag.AlignRight,
        )


def _about_choice(path: str, column: PreviewColumn, taken: Set[str]) -> str:
    """What a person should know before a column fills a field: that it is suggested, or filled by another."""
    if path == column.proposed:
        return f" – suggested, {column.certainty}"
    return " – in use" if path in taken else ""


def _valid(parent: Index | None) -> bool:
    return parent is not None and parent.isValid()
