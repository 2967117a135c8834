"""The search field of the top bar, with its list of pages, actions and records."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.icons import follow_icon, pixmap
from ui.tell_me import Group, Suggestion, find
from ui.theme import theme
from ui.widgets.labels import Label
from ui.widgets.painting import draw_text
from ui.widgets.popup import Popup

WIDTH, SMALLEST_WIDTH, ROOM_FOR_HINT, ROW, HEADING = 440, 180, 300, 36, 26
MOST_ROWS = 12
SHORTCUT = "Alt+Q"
AnyIndex = QModelIndex | QPersistentModelIndex


class _Results(QAbstractListModel):
    """Suggestions with a heading before each group; headings cannot be chosen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[str | Suggestion] = []

    def show(self, suggestions: Sequence[Suggestion]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = []
        group = None
        for suggestion in suggestions:
            if suggestion.group != group:
                group = suggestion.group
                self.rows.append(str(group))
            self.rows.append(suggestion)
        self.endResetModel()

    def rowCount(self, parent: object = None) -> int:
        return len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row if isinstance(row, str) else f"{row.title} {row.detail}".strip()
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _ResultDelegate(QStyledItemDelegate):
    """Paints a heading, or a drawing, a title and its detail."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        is_heading = isinstance(index.data(Qt.ItemDataRole.UserRole), str)
        return QSize(theme().px(100), theme().px(HEADING if is_heading else ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        rect = QRectF(option.rect)
        px = theme().px
        painter.save()
        if isinstance(row, str):
            draw_text(painter, rect.adjusted(px(14), px(4), 0, 0), row, "caption_strong", "fg3")
            painter.restore()
            return
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme().colour("selected" if selected else "hover"))
        if selected:
            painter.fillRect(QRectF(rect.left(), rect.top(), px(3), rect.height()), theme().colour("accent"))
        side = px(18)
        dpr = painter.device().devicePixelRatioF()
        glyph = pixmap(row.icon, "accent_text" if selected else "fg2", side, dpr=dpr)
        painter.drawPixmap(int(rect.left() + px(14)), int(rect.center().y() - side / 2), glyph)
        words = rect.adjusted(px(42), 0, -px(14), 0)
        used = draw_text(painter, words, row.title, "body", "fg")
        detail = words.adjusted(used + px(12), 0, 0, 0)
        draw_text(painter, detail, row.detail, "caption", "fg3", align=Qt.AlignmentFlag.AlignRight)
        painter.restore()


class TellMeField(QLineEdit):
    """Type, choose with the arrows, Enter goes there, Ctrl+Enter searches the company's data, Esc goes back.

    Args:
        suggestions: gives everything that can be found now: recent first, then actions, pages, records.
        parent: the top bar.
    """

    def __init__(
        self, suggestions: Callable[[str], Sequence[Suggestion]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._suggestions = suggestions
        self._panel: Popup | None = None
        self._before: QWidget | None = None  # where the keyboard was
        self._list = QListView(self)
        self._list.hide()
        self._results = _Results(self)
        self._empty = Label("", "body", "fg2", parent=self)
        self._empty.hide()
        self.setObjectName("tellme")
        self.setPlaceholderText("Tell me what you want to do")
        self.setAccessibleName("Tell me what you want to do")
        self.setToolTip(f"Find pages and actions ({SHORTCUT})")
        glass = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        follow_icon(glass, "search", "topbar_fg2", 18)
        self._hint = QLabel(SHORTCUT, self)
        self._hint.setObjectName("keyhint")
        self.textEdited.connect(self._on_edited)
        self._retheme()
        theme().changed.connect(self._retheme)

    def open(self) -> None:
        """Go here with the keyboard and show what was used last."""
        if not self.hasFocus():
            self._before = self.window().focusWidget()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._show_results()

    def close_results(self) -> None:
        """Hide the list; what was typed goes."""
        self.clear()
        self._show_hint()
        if self._panel is not None:
            self._panel.close_popup()

    def results(self) -> list[Suggestion]:
        """What the list shows now, without the headings."""
        return [row for row in self._results.rows if isinstance(row, Suggestion)]

    def is_open(self) -> bool:
        """Whether the list can be seen."""
        return self._panel is not None and self._panel.is_open

    # ---- Qt

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # it leaves this field; only the next one closes the page
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._show_results()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.close_results()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(WIDTH), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        px = theme().px
        self._show_hint()
        self._hint.adjustSize()
        self._hint.move(self.width() - self._hint.width() - px(7), (self.height() - self._hint.height()) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        going = key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if going and not self.is_open():
            self._show_results()  # nobody means what cannot be seen
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.is_open():
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            searches = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._choose(self._search_line() if searches else self._list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close_results()
            self._give_keyboard_back()
        else:
            super().keyPressEvent(event)

    # ---- how it comes about

    def _on_edited(self, _text: str) -> None:
        self._show_results()

    def _show_results(self) -> None:
        panel = self._panel or self._make_panel()
        found = find(self.text(), self._suggestions(self.text()), MOST_ROWS)
        self._results.show(found)
        self._empty.setText(f"Nothing found for “{self.text().strip()}”. Try another word for it.")
        self._empty.setVisible(not found)
        self._list.setVisible(bool(found))
        self._show_hint()
        if found:
            self._list.setCurrentIndex(self._results.index(1, 0))
        rows = self._results.rows
        self._list.setFixedHeight(sum(theme().px(HEADING if isinstance(row, str) else ROW) for row in rows))
        if panel.is_open:
            panel.place()
        else:
            panel.open_under(self, align_right=False)

    def _make_panel(self) -> Popup:
        panel = Popup(self.window(), width=WIDTH, takes_focus=False)
        self._list.setModel(self._results)
        self._list.setItemDelegate(_ResultDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("Results")
        self._list.pressed.connect(self._choose)
        self._empty.setWordWrap(True)
        self._empty.setMargin(theme().px(12))
        panel.body.addWidget(self._list)
        panel.body.addWidget(self._empty)
        self._panel = panel
        return panel

    def _move(self, step: int) -> None:
        row = self._list.currentIndex().row() + step
        while 0 <= row < len(self._results.rows):
            if isinstance(self._results.rows[row], Suggestion):
                self._list.setCurrentIndex(self._results.index(row, 0))
                return
            row += step

    def _show_hint(self) -> None:
        """The shortcut stands where it covers no words."""
        self._hint.setVisible(not self.text() and self.width() >= theme().px(ROOM_FOR_HINT))

    def _search_line(self) -> AnyIndex:
        """The line that searches the company's data; no line where it is not offered."""
        for place, row in enumerate(self._results.rows):
            if isinstance(row, Suggestion) and row.group is Group.COMPANY_DATA:
                return self._results.index(place, 0)
        return QModelIndex()

    def _choose(self, index: AnyIndex) -> None:
        if not index.isValid():
            return
        row = self._results.rows[index.row()]
        if isinstance(row, Suggestion):
            self.close_results()
            self._give_keyboard_back()
            row.choose()

    def _give_keyboard_back(self) -> None:
        """To where it was: after a dialog that an action opens, Qt would put it on the first button of the window."""
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible() and before.isEnabled():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.clearFocus()

    def _retheme(self) -> None:
        self.setFont(theme().font("body"))
        self._hint.setFont(theme().font("caption"))
        self.setMaximumWidth(theme().px(WIDTH))
        self.setMinimumWidth(theme().px(SMALLEST_WIDTH))
        self.updateGeometry()
