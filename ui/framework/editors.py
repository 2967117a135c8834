"""The fields of a card: one editor per kind of value, which tells when a person has changed it."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QObject,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from desktop.clock import Clock
from models.errors import FieldError
from models.rules import FieldRule, Kind
from ui.framework.values import number_text, shown, typed
from ui.theme import theme
from ui.widgets.field import FieldRow

EMPTY_OPTION = "–"


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
        self.read_only = read_only
        self.row = FieldRow(
            rule.caption, widget, required=rule.required and not read_only, read_only=read_only
        )
        self._shown: Any = None

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
        self.set_placeholder(by_whom)

    def set_placeholder(self, text: str) -> None:
        """What stands in the field while it is empty; nothing in a field without text."""
        if isinstance(self.widget, QLineEdit):
            self.widget.setPlaceholderText(text)

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


def read_or_error(editor: FieldEditor) -> tuple[Any, str]:
    """The value in a field and no error, or None and what is wrong with it."""
    try:
        return editor.typed_value(), ""
    except FieldError as error:
        return None, str(error)
