"""The list of hits: groups under headings, moved through with the arrows, opened with Enter or a click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from ui.data_search.results_delegate import ROW_ROLE, ResultsDelegate
from ui.data_search.rows import HeadingRow, NoteRow, Row, identity, spoken
from ui.theme import theme

AnyIndex = QModelIndex | QPersistentModelIndex


class ResultsModel(QAbstractListModel):
    """The lines; headings and notes cannot be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Replace the lines."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def choosable(self, place: int) -> bool:
        """Whether there is a line at a place that one can choose."""
        return 0 <= place < len(self.rows) and not isinstance(self.rows[place], HeadingRow | NoteRow)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(row)
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if index.isValid() and self.choosable(index.row()):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags


class ResultsView(QListView):
    """See the module's docstring.

    What is found later may stand above what is shown already. Until somebody has gone to a line, the first one is
    current; from then on that line stays current and where it is on the screen. So does the line under a pointer
    that moves, for somebody is about to press it.

    Signals:
        chosen: a line, by Enter or a click.
        left_upwards: the keyboard wants to go above the first line.
    """

    chosen = Signal(object)
    left_upwards = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = ResultsModel(self)
        self._touched = False  # somebody has gone to a line
        self._pointed = False  # the pointer has moved over these lines, not only rested where they came
        self._pointer = QPoint()
        self._delegate = ResultsDelegate(self)
        self.setModel(self.results)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Results")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.entered.connect(self._on_entered)
        theme().changed.connect(self._retheme)

    # ---- what the page asks

    def show_rows(self, rows: Sequence[Row], *, anew: bool = False) -> None:
        """Show these lines.

        Args:
            anew: they are of another text, so begin at the top.
        """
        self._touched = self._touched and not anew
        self._pointed = self._pointed and not anew
        current = self.current_row() if self._touched else None
        anchor, top = self._anchor()
        self.results.show(rows)
        self._delegate.hovered = -1
        places = {identity(row): place for place, row in enumerate(rows)}
        place = places.get(identity(current)) if current is not None else None
        if place is None:
            place = next((at for at in range(len(rows)) if self.results.choosable(at)), None)
        if place is not None:
            self.setCurrentIndex(self.results.index(place, 0))
        if anew or anchor is None or identity(anchor) not in places:
            if not self._touched:
                self.scrollToTop()
            return
        moved = self.visualRect(self.results.index(places[identity(anchor)], 0)).top() - top
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)

    def current_row(self) -> Row | None:
        """The line that the keyboard is on."""
        index = self.currentIndex()
        return self.results.rows[index.row()] if index.isValid() else None

    def enter(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._touched = True
            if not self._step(1 if key == Qt.Key.Key_Down else -1) and key == Qt.Key.Key_Up:
                self.left_upwards.emit()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._touched = True
            self._jump(key)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters look for nothing here: they are what the search field is for."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        spot = event.position().toPoint()
        self._pointed = self._pointed or spot != self._pointer
        self._pointer = spot

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.results.choosable(index.row()):
            self._touched = True
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index == self.currentIndex():
            self._choose(index)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
            self._pointed = False
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # ---- how it works

    def _step(self, step: int) -> bool:
        """Go to the next line that can be chosen; False when there is none."""
        place = self.currentIndex().row() + step
        while 0 <= place < len(self.results.rows):
            if self.results.choosable(place):
                self._go(place)
                return True
            place += step
        self.scrollToTop() if step < 0 else self.scrollToBottom()
        return False

    def _jump(self, key: int) -> None:
        page = max(1, self.viewport().height() // max(1, self.sizeHintForRow(self.currentIndex().row())) - 1)
        here, last = self.currentIndex().row(), len(self.results.rows) - 1
        wanted = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_PageUp: max(0, here - page),
            Qt.Key.Key_PageDown: min(last, here + page),
        }[Qt.Key(key)]
        choosable = [place for place in range(last + 1) if self.results.choosable(place)]
        if choosable:
            self._go(min(choosable, key=lambda place: abs(place - wanted)))

    def _go(self, place: int) -> None:
        self.setCurrentIndex(self.results.index(place, 0))
        above = place - 1
        if above >= 0 and isinstance(self.results.rows[above], HeadingRow):
            self.scrollTo(
                self.results.index(above, 0)
            )  # the heading of the first hit comes into sight with it
        self.scrollTo(self.results.index(place, 0))

    def _choose(self, index: AnyIndex) -> None:
        if index.isValid() and self.results.choosable(index.row()):
            self._touched = True
            self.chosen.emit(self.results.rows[index.row()])

    def _anchor(self) -> tuple[Row | None, int]:
        """The line that must not move on the screen, and where its upper edge is."""
        index = self.indexAt(self._pointer) if self._pointed else QModelIndex()
        if not index.isValid() and self._touched:
            index = self.currentIndex()
        if not index.isValid():
            return None, 0
        return self.results.rows[index.row()], self.visualRect(index).top()

    def _on_entered(self, index: QModelIndex) -> None:
        choosable = self.results.choosable(index.row())
        self._hover(index.row() if choosable else -1)

    def _hover(self, place: int) -> None:
        if place != self._delegate.hovered:
            self._delegate.hovered = place
            shape = Qt.CursorShape.PointingHandCursor if place >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def _retheme(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
