"""Fields with a button that opens something to choose from: dates and look-ups; and the editor for each rule."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date

from PySide6.QtCore import QDate, QEvent, QModelIndex, QObject, QStringListModel, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QDialog, QLineEdit, QListView

from desktop.clock import Clock
from desktop.tasks.hub import Hub
from desktop.tasks.task import TaskError
from models.record_edit import lookup_values
from models.rules import FieldRule, Kind
from ui.framework.editors import CheckFieldEditor, FieldEditor, LineFieldEditor, OptionFieldEditor
from ui.framework.values import shown
from ui.icons import icon
from ui.later import later
from ui.theme import theme
from ui.widgets.popup import Popup

LOOKUP_DELAY_MS = 120
MOST_OFFERS = 8
WIDEST_OFFER, SIDES = 520, 40  # px; what stands beside the text of a choice
SEPARATOR = " – "


class _ButtonFieldEditor(LineFieldEditor):
    """A field with a button at its end, which opens something to choose from (Alt+Down)."""

    def __init__(self, rule: FieldRule, clock: Clock, drawing: str, hint: str, *, read_only: bool) -> None:
        self._button: QAction | None = None
        super().__init__(rule, clock, read_only=read_only)
        self._drawing = drawing
        self._button = self.edit.addAction(
            icon(drawing, "fg3", 16), QLineEdit.ActionPosition.TrailingPosition
        )
        self._button.setToolTip(f"{hint} (Alt+Down)")
        self._button.setVisible(not read_only)
        self._button.triggered.connect(self.open_choice)
        theme().changed.connect(self._renew_icon)

    @abstractmethod
    def open_choice(self) -> None:
        """Show what there is to choose from."""

    def set_read_only(self, read_only: bool) -> None:
        super().set_read_only(read_only)
        if self._button is not None:
            self._button.setVisible(not read_only)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and _is_alt_down(event):
            if not self.read_only:
                self.open_choice()
            return True
        return super().eventFilter(watched, event)

    def _renew_icon(self) -> None:
        if self._button is not None:
            self._button.setIcon(icon(self._drawing, "fg3", 16))


class DateFieldEditor(_ButtonFieldEditor):
    """A date that is typed, or chosen in a calendar."""

    def __init__(self, rule: FieldRule, clock: Clock, *, read_only: bool) -> None:
        super().__init__(rule, clock, "calendar_ltr", "Choose a date", read_only=read_only)
        self._popup: Popup | None = None
        self.edit.setPlaceholderText("" if read_only else "t for today")

    def open_choice(self) -> None:
        """Show the month of the field's date under the field."""
        popup = Popup(self.edit.window(), width=280)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setGridVisible(False)
        day: date = self._shown or self._clock.today()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.clicked.connect(self._on_day)
        calendar.activated.connect(self._on_day)
        popup.body.addWidget(calendar)
        popup.closed.connect(popup.deleteLater)
        self._popup = popup
        popup.open_under(self.edit, align_right=False)

    def _on_day(self, day: QDate) -> None:
        self.edit.setText(shown(Kind.DATE, date(day.year(), day.month(), day.day())))
        if self._popup is not None:
            popup, self._popup = self._popup, None
            popup.close_popup()
        self._on_finished()


class LookupFieldEditor(_ButtonFieldEditor):
    """A code of another table; while typing, the codes that fit are offered with their names."""

    def __init__(self, rule: FieldRule, clock: Clock, hub: Hub, *, read_only: bool) -> None:
        self._popup: Popup | None = None
        self._list: QListView | None = None
        super().__init__(rule, clock, "chevron_down", "Look up", read_only=read_only)
        self._hub = hub
        self._offers = QStringListModel(self)
        self._wait = later(self, LOOKUP_DELAY_MS, self._ask)
        self._everything = False
        self.edit.textEdited.connect(self._on_edited)

    def open_choice(self) -> None:
        """Offer all values."""
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)
        self._everything = True
        self._ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._popup is not None and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._choose_current():
                return True
        return super().eventFilter(watched, event)

    def _on_edited(self, _text: str) -> None:
        self._everything = False
        self._wait.start()

    def _ask(self) -> None:
        text = "" if self._everything else self.edit.text()
        self._hub.query(self, _Lookup(self.rule.lookup, text), self._on_offers, self._on_error, key="offers")

    def _on_offers(self, offers: list[tuple[str, str]]) -> None:
        self._offers.setStringList([f"{key}{SEPARATOR}{name}" if name else key for key, name in offers])
        if not offers or not self.edit.hasFocus():
            self._close_offers()
            return
        if self._popup is None:
            self._open_offers()
        if self._popup is not None and self._list is not None:
            rows = min(len(offers), MOST_OFFERS)
            self._list.setFixedHeight(rows * self._list.sizeHintForRow(0) + 4)
            self._list.doItemsLayout()  # what it has laid out before it was shown is of another style
            px = theme().px
            self._list.setMinimumWidth(min(self._list.sizeHintForColumn(0) + px(SIDES), px(WIDEST_OFFER)))
            self._popup.place()

    def _open_offers(self) -> None:
        window = self.edit.window()
        popup = Popup(window, width=280, takes_focus=False, floats=isinstance(window, QDialog))
        offered = QListView()
        offered.setProperty("offers", True)
        offered.setModel(self._offers)
        offered.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        offered.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        offered.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        offered.setAccessibleName(f"{self.rule.caption}: choices")
        offered.clicked.connect(self._on_clicked)
        popup.body.addWidget(offered)
        popup.closed.connect(self._on_popup_closed)
        self._popup, self._list = popup, offered
        popup.open_under(self.edit, align_right=False)

    def _close_offers(self) -> None:
        if self._popup is not None:
            self._popup.close_popup()

    def _on_popup_closed(self) -> None:
        if self._popup is not None:
            self._popup.deleteLater()
        self._popup = self._list = None

    def _move(self, step: int) -> None:
        if self._list is not None:
            last = self._offers.rowCount() - 1
            row = min(max(0, self._list.currentIndex().row() + step), last)
            self._list.setCurrentIndex(self._offers.index(row))

    def _choose_current(self) -> bool:
        index = self._list.currentIndex() if self._list is not None else None
        if index is None or not index.isValid():
            return False
        self._on_clicked(index)
        return True

    def _on_clicked(self, index: QModelIndex) -> None:
        self.edit.setText(str(index.data()).split(SEPARATOR, 1)[0])
        self._on_finished()

    def _on_error(self, error: TaskError) -> None:
        self.row.set_error(error.text)

    def _on_finished(self) -> None:
        self._wait.stop()
        self._hub.cancel_key(self, "offers")
        self._close_offers()
        super()._on_finished()


class _Lookup:
    """Reads the values of a drop-down."""

    def __init__(self, table: str, text: str) -> None:
        self._table, self._text = table, text

    def __call__(self) -> list[tuple[str, str]]:
        return lookup_values(self._table, self._text)


def make_editor(
    rule: FieldRule, clock: Clock, hub: Hub, *, read_only: bool, decimals: int = 2
) -> FieldEditor:
    """The editor for a field of this rule."""
    if rule.kind is Kind.BOOLEAN:
        return CheckFieldEditor(rule, read_only=read_only)
    if rule.kind is Kind.OPTION:
        return OptionFieldEditor(rule, read_only=read_only)
    if rule.kind is Kind.DATE:
        return DateFieldEditor(rule, clock, read_only=read_only)
    if rule.lookup:
        return LookupFieldEditor(rule, clock, hub, read_only=read_only)
    return LineFieldEditor(rule, clock, read_only=read_only, decimals=decimals)


def _is_alt_down(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Down and event.modifiers() == Qt.KeyboardModifier.AltModifier
