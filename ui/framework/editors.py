"""The fields of a card: one editor per kind of value, which tells when a person has changed it."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import (
    QDate,
    QEvent,
    QModelIndex,
    QObject,
    QSignalBlocker,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QCheckBox, QComboBox, QLineEdit, QListView, QWidget

from desktop.clock import Clock
from desktop.tasks.hub import Hub
from desktop.tasks.task import TaskError
from models.errors import FieldError
from models.record_edit import lookup_values
from models.rules import FieldRule, Kind
from ui.framework.values import number_text, shown, typed
from ui.icons import icon
from ui.theme import theme
from ui.widgets.field import FieldRow
from ui.widgets.popup import Popup

EMPTY_OPTION = "–"
LOOKUP_DELAY_MS = 120
MOST_OFFERS = 8
SEPARATOR = " – "


class FieldEditor(QObject):
    """One field of a card: its row, and what a person does with it.

    `committed` tells that the person has finished changing the value: left the field, chosen an option. Showing
    a value never does, so that loading a record saves nothing.
    """

    committed = Signal(str)  # the field's name

    def __init__(self, rule: FieldRule, widget: QWidget, *, read_only: bool) -> None:
        super().__init__(widget)
        self.rule = rule
        self.widget = widget
        self.row = FieldRow(rule.caption, widget)
        self._shown: Any = None
        self.set_read_only(read_only)

    def set_read_only(self, read_only: bool) -> None:
        """Let the value be read and copied, not changed."""
        self.read_only = read_only
        self.row.set_read_only(read_only)
        self.row.set_required(self.rule.required and not read_only)

    @property
    def shown_value(self) -> Any:
        """The value that was shown last: what the record has."""
        return self._shown

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show a value of the field's Python type."""

    @abstractmethod
    def typed_value(self) -> Any:
        """The value that stands in the field, checked by its rule.

        Raises:
            FieldError: when it cannot be read or is refused.
        """

    @abstractmethod
    def is_changed(self) -> bool:
        """Whether the person has written something else than was shown."""

    @abstractmethod
    def undo(self) -> None:
        """Show the record's value again."""

    def set_given(self, by_whom: str) -> None:
        """The program fills the field where a person leaves it empty."""
        self.row.set_required(False)
        if isinstance(self.widget, QLineEdit):
            self.widget.setPlaceholderText(by_whom)

    def text(self) -> str:
        """The value that was shown, as people read it."""
        return shown(self.rule.kind, self._shown)

    def _commit(self) -> None:
        self.committed.emit(self.rule.name)


class LineFieldEditor(FieldEditor):
    """Texts, codes, numbers and dates."""

    def __init__(self, rule: FieldRule, clock: Clock, *, read_only: bool, decimals: int = 2) -> None:
        self.edit = QLineEdit()
        super().__init__(rule, self.edit, read_only=read_only)
        self._clock = clock
        self._decimals = decimals
        self._text = ""
        if rule.kind in (Kind.DECIMAL, Kind.INTEGER):
            self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.edit.setFont(theme().font("body", tabular=True))
        self.edit.editingFinished.connect(self._on_finished)
        self.edit.installEventFilter(self)

    def show_value(self, value: Any) -> None:
        self._shown = value
        self._text = self._as_text(value)
        if self.edit.text() != self._text:
            place = self.edit.cursorPosition()
            self.edit.setText(self._text)
            if self.edit.hasFocus():
                self.edit.setCursorPosition(min(place, len(self._text)))
            else:
                self.edit.setCursorPosition(0)

    def typed_value(self) -> Any:
        text = self.edit.text()
        if self.rule.kind in (Kind.DECIMAL, Kind.INTEGER, Kind.DATE):
            return self.rule.check(typed(self.rule.kind, text, self._clock.today()))
        return self.rule.check(text)

    def is_changed(self) -> bool:
        return self.edit.text() != self._text

    def undo(self) -> None:
        self.edit.setText(self._text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Esc in a field that was changed takes the change back; only the next one closes the page.
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.is_changed():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.undo()
                self.row.clear_error()
                return True
        return super().eventFilter(watched, event)

    def _as_text(self, value: Any) -> str:
        if self.rule.kind is Kind.DECIMAL and value is not None:
            return number_text(Decimal(value), self._decimals)
        return shown(self.rule.kind, value)

    def _on_finished(self) -> None:
        if self.is_changed() or self.row.error:
            self._commit()


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
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(LOOKUP_DELAY_MS)
        self._wait.timeout.connect(self._ask)
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
            self._popup.place()

    def _open_offers(self) -> None:
        popup = Popup(self.edit.window(), width=280, takes_focus=False)
        offered = QListView()
        offered.setModel(self._offers)
        offered.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        offered.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
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


class CheckFieldEditor(FieldEditor):
    """Yes or No."""

    def __init__(self, rule: FieldRule, *, read_only: bool) -> None:
        self.box = QCheckBox()
        super().__init__(rule, self.box, read_only=read_only)
        self._shown = False
        self.box.clicked.connect(self._commit)

    def show_value(self, value: Any) -> None:
        self._shown = bool(value)
        self.box.setChecked(self._shown)

    def typed_value(self) -> Any:
        return self.box.isChecked()

    def is_changed(self) -> bool:
        return bool(self.box.isChecked() != self._shown)

    def undo(self) -> None:
        self.box.setChecked(self._shown)


class OptionFieldEditor(FieldEditor):
    """One of a few values."""

    def __init__(self, rule: FieldRule, *, read_only: bool) -> None:
        self.combo = QComboBox()
        for option in rule.options:
            self.combo.addItem(option or EMPTY_OPTION, option)
        super().__init__(rule, self.combo, read_only=read_only)
        self._shown = self.combo.currentData()
        self.combo.activated.connect(self._commit)
        self.combo.installEventFilter(self)

    def show_value(self, value: Any) -> None:
        self._shown = value or ""
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self.combo.findData(self._shown))

    def typed_value(self) -> Any:
        return self.rule.check(self.combo.currentData())

    def is_changed(self) -> bool:
        return bool(self.combo.currentData() != self._shown)

    def undo(self) -> None:
        self.show_value(self._shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The wheel scrolls the card; it must not change what it happens to pass over.
        if event.type() == QEvent.Type.Wheel and not self.combo.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


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


def read_or_error(editor: FieldEditor) -> tuple[Any, str]:
    """The value in a field and no error, or None and what is wrong with it."""
    try:
        return editor.typed_value(), ""
    except FieldError as error:
        return None, str(error)


def _is_alt_down(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Down and event.modifiers() == Qt.KeyboardModifier.AltModifier
