"""The view of a list: rows of one height, a header that sorts, the keyboard, and rows copied as text."""

from __future__ import annotations

from itertools import chain, islice
from typing import Final

from PySide6.QtCore import QItemSelection, QModelIndex, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.framework.columns import BackgroundColumn, Paint
from ui.framework.delegates import PADDING, RowDelegate
from ui.framework.per_row import reading_rows
from ui.framework.table_model import Index, TableModel
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.table import Table

ROW_HEIGHTS: Final = {"comfortable": 40, "normal": 32, "compact": 26}
ARROW: Final = 14
WIDEST: Final = 2.0  # times the column's own width
SLACKEST: Final = 0.6  # of a stretching column's own width, where there is no room
NARROWEST: Final = 56
MOST_COPIED: Final = 10_000
SAMPLE: Final = 60  # rows that are measured for the widths of the columns


class ListHeader(QHeaderView):
    """The captions, in the alignment of their columns, with an arrow on the one that sorts."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.sorted_column = -1
        self.descending = False
        self.filtered: set[int] = set()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setMinimumSectionSize(theme().px(NARROWEST))
        self.setAccessibleName("Column headers")

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        if not isinstance(model, TableModel) or not rect.isValid():
            return
        painter.save()
        column = model.columns[section]
        pointer = self.mapFromGlobal(self.cursor().pos())
        hovered = self.underMouse() and rect.contains(pointer) and column.sortable
        painter.fillRect(rect, theme().colour("hover" if hovered else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme().colour("border"))
        painter.setFont(theme().font("caption_strong"))
        sorted_here = section == self.sorted_column
        painter.setPen(theme().colour("fg" if sorted_here else "fg2"))
        pad, arrow = theme().px(PADDING), theme().px(ARROW)
        signs = arrow * (int(sorted_here) + int(section in self.filtered))
        place = rect.adjusted(pad, 0, -pad, -1)
        room = max(0, place.width() - signs)
        text = painter.fontMetrics().elidedText(column.caption, Qt.TextElideMode.ElideRight, room)
        at_right = bool(column.alignment & Qt.AlignmentFlag.AlignRight)
        words = place.adjusted(signs, 0, 0, 0) if at_right else place.adjusted(0, 0, -signs, 0)
        painter.drawText(words, int(column.alignment), text)
        width = painter.fontMetrics().horizontalAdvance(text)
        x = words.right() - width - signs if at_right else words.left() + width + 2
        top = place.center().y() - arrow / 2 + 1
        dpr = painter.device().devicePixelRatioF()
        if sorted_here:
            name = "arrow_down" if self.descending else "arrow_up"
            painter.drawPixmap(QPointF(x, top), pixmap(name, "fg2", arrow, dpr=dpr))
            x += arrow
        if section in self.filtered:
            painter.drawPixmap(QPointF(x, top), pixmap("filter", "accent_text", arrow, filled=True, dpr=dpr))
        painter.restore()


class ListView(Table):
    """A table of a `TableModel`.

    Signals:
        row_activated: Enter or a double click, with the row's key.
        current_key_changed: the key of the row that the keyboard is on, "" for none.
        sort_requested: a header was clicked or Alt+F7 pressed, with the column's place.
    """

    row_activated = Signal(str)
    current_key_changed = Signal(str)
    selection_changed = Signal()
    sort_requested = Signal(int)

    def __init__(self, model: TableModel, row_height: str = "normal", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._model = model
        self._fitted: list[int] = []
        self._measured = False  # by the texts of rows, not by the headers alone
        self._touched = False
        self._current_key = ""
        self._awaits_row = False  # the keyboard is on a row that has not come yet
        self._header = ListHeader(self)
        self.setHorizontalHeader(self._header)
        self.setModel(model)
        self.row_height = ROW_HEIGHTS.get(row_height, self.row_height)
        self.delegate = RowDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._header.sectionClicked.connect(self.sort_requested)
        self._header.sectionHandleDoubleClicked.connect(self._fit_column)
        self._header.sectionResized.connect(self._on_resized)
        self.verticalScrollBar().valueChanged.connect(self._tell_wanted)
        self.doubleClicked.connect(self._on_double_clicked)
        model.modelReset.connect(self._tell_wanted)
        model.loaded.connect(self._on_loaded)
        model.rowsInserted.connect(self._tell_wanted)
        model.rows_shown.connect(self._on_rows_shown)
        self._retheme()

    # ---- what a page asks

    def current_key(self) -> str:
        """The key of the row that the keyboard is on; "" for none."""
        return self._model.key(self.currentIndex().row()) or "" if self.currentIndex().isValid() else ""

    def selected_keys(self) -> list[str]:
        """The keys of the selected rows that are loaded, from top to bottom."""
        return [key for places in self.selected_places() for key in self._model.keys_between(*places)]

    def selected_places(self) -> list[tuple[int, int]]:
        """The selected rows as pairs of first and last place, in order; a million of them are one pair."""
        places: list[tuple[int, int]] = []
        parts = self.selectionModel().selection().toList()
        for first, last in sorted((part.top(), part.bottom()) for part in parts):
            if places and first <= places[-1][1] + 1:
                places[-1] = (places[-1][0], max(last, places[-1][1]))
            else:
                places.append((first, last))
        return places

    def selected_count(self) -> int:
        """How many rows are selected, loaded or not."""
        return sum(last - first + 1 for first, last in self.selected_places())

    def show_sorting(self, column: int, descending: bool) -> None:
        """Draw the arrow on the column that sorts."""
        self._header.sorted_column, self._header.descending = column, descending
        self._header.viewport().update()

    def show_filtered(self, columns: set[int]) -> None:
        """Draw the sign on the columns that have a filter."""
        self._header.filtered = columns
        self._header.viewport().update()

    def visible_rows(self) -> tuple[int, int]:
        """The first and last row that are on the screen."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else max(first, self._model.rowCount() - 1)

    def fit_columns(self) -> None:
        """Give each column the width of its texts, within reason, and what is left to those that stretch."""
        rows = self._model.loaded_rows()[:SAMPLE]
        metrics = self._header.fontMetrics()
        widths: list[int] = []
        for place, column in enumerate(self._model.columns):
            own = theme().px(column.width)
            arrow = ARROW if column.sortable else 0
            caption = metrics.horizontalAdvance(column.caption) + theme().px(2 * PADDING + arrow)
            with reading_rows:
                values = [self._model.value(row, place) for row in rows]
            values += [column.longest] if column.longest is not None else []
            texts = [self.delegate.wanted_width(column, value) for value in values]
            own_at_least = column.paint is Paint.PROGRESS or isinstance(column, BackgroundColumn)
            floor = own if own_at_least else theme().px(NARROWEST)
            widths.append(max(min(max([*texts, floor]), int(own * WIDEST)), min(own, caption), caption))
        self._fitted = widths
        self._spread_columns()

    def copy_rows(self) -> str:
        """Copy the selected rows, with their captions, as text that a spreadsheet takes; return it."""
        selected = chain.from_iterable(range(first, last + 1) for first, last in self.selected_places())
        rows = list(islice(selected, MOST_COPIED))
        order = sorted(range(len(self._model.columns)), key=self._header.visualIndex)
        # What yields to a narrow window is copied all the same.
        shown = [p for p in order if self._model.columns[p].yields or not self.isColumnHidden(p)]
        lines = ["\t".join(self._model.columns[place].caption for place in shown)]
        for row in rows:
            values = self._model.row(row)
            if values is not None:
                with reading_rows:
                    texts = [self._model.text(values, place) for place in shown]
                lines.append("\t".join(" ".join(text.split()) for text in texts))
        text = "\n".join(lines)
        QGuiApplication.clipboard().setText(text)
        return text

    # ---- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            if key := self.current_key():
                self.row_activated.emit(key)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with reading_rows:
            super().paintEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._tell_current()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread_columns()
        self._tell_wanted()

    # ---- how it works

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if key := self._model.key(index.row()):
            self.row_activated.emit(key)

    def _on_loaded(self, fresh: bool) -> None:
        if fresh and (not self._fitted or not self._measured):
            self._measured = self._model.rowCount() > 0
            self.fit_columns()
        if fresh:
            self.scrollToTop()
        self._tell_wanted()
        self._keep_current(fresh)

    def _keep_current(self, fresh: bool) -> None:
        """Stay on the same record; where it is gone, on the same row."""
        if not self._model.rowCount():
            self._tell_current()
            return
        place = self._model.place_of(self._current_key) if self._current_key else None
        if place is None and fresh:
            place = 0
        elif place is None:
            place = min(max(0, self.currentIndex().row()), self._model.rowCount() - 1)
        if place != self.currentIndex().row():
            # On a refresh the row keeps its height on the screen, whatever came in above it.
            before = self.rowViewportPosition(self.currentIndex().row()) if not fresh else None
            if self.selected_count() <= 1:
                self.select_row(place)
            if before is not None and 0 <= before < self.viewport().height():
                after = self.rowViewportPosition(place)
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + after - before)
        self._tell_current()

    def _tell_current(self) -> None:
        key = self.current_key()
        self._awaits_row = not key and bool(self._model.rowCount())
        if key != self._current_key and (key or not self._model.rowCount()):
            self._current_key = key
            self.current_key_changed.emit(key)

    def _on_rows_shown(self) -> None:
        if self._awaits_row:
            self._tell_current()

    def _tell_wanted(self, *_: object) -> None:
        first, last = self.visible_rows()
        self._model.want(first, last)

    def _on_resized(self, _section: int, _before: int, _after: int) -> None:
        if self._header.underMouse():
            self._touched = True

    def _fit_column(self, section: int) -> None:
        column = self._model.columns[section]
        rows = self._model.loaded_rows()
        with reading_rows:
            texts = [self.delegate.wanted_width(column, self._model.value(row, section)) for row in rows]
        caption = self._header.fontMetrics().horizontalAdvance(column.caption)
        self.setColumnWidth(section, max([*texts, caption + theme().px(2 * PADDING + ARROW)]))
        self._touched = True

    def _spread_columns(self) -> None:
        """Give the room that is left over to the columns that stretch, or take from them what is lacking.

        They give way to `SLACKEST` of their own width, so that the last column is not cut off; beyond that the list
        scrolls. Before they do, columns that yield are hidden, the last one first. A width that a person has set
        stays.
        """
        if not self._fitted or self._touched:
            return
        widths = list(self._fitted)
        stretching = [place for place, column in enumerate(self._model.columns) if column.stretch] or [0]
        self._hide_yielding(widths, stretching)
        left = self.viewport().width() - sum(widths)
        for number, place in enumerate(stretching):
            share = left // (len(stretching) - number)
            least = min(widths[place], theme().px(int(self._model.columns[place].width * SLACKEST)))
            given = max(widths[place] + share, least) - widths[place]
            widths[place] += given
            left -= given
        for place, width in enumerate(widths):
            if width:
                self.setColumnWidth(place, width)

    def _hide_yielding(self, widths: list[int], stretching: list[int]) -> None:
        """Hide what there is no room for, and count it as nothing."""
        wanted = list(widths)
        for place in stretching:
            wanted[place] = min(widths[place], theme().px(self._model.columns[place].width))
        lacking = sum(wanted) - self.viewport().width()
        for place in reversed(range(len(widths))):
            if not self._model.columns[place].yields:
                continue
            hidden = lacking > 0
            if hidden:
                lacking -= wanted[place]
                widths[place] = 0
            self.setColumnHidden(place, hidden)

    def _retheme(self) -> None:
        super()._retheme()
        self.delegate.renew()
        self.verticalScrollBar().setSingleStep(theme().px(self.row_height))
        if self._fitted and not self._touched:
            self.fit_columns()
