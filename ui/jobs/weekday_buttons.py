"""Seven buttons, one for each day of the week."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.buttons import Button

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LETTERS = 3


class WeekdayButtons(QWidget):
    """Which days are chosen.

    Signals:
        changed: a person has chosen others.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.setAccessibleName("Weekdays")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.buttons = [self._button(day) for day in DAYS]
        self._row.addStretch(1)
        theme().changed.connect(self._rescale)
        self._rescale()

    @property
    def days(self) -> tuple[int, ...]:
        """The chosen days; 0 is Monday."""
        return tuple(number for number, button in enumerate(self.buttons) if button.isChecked())

    def show_days(self, days: Iterable[int]) -> None:
        """Show these as chosen."""
        chosen = set(days)
        for number, button in enumerate(self.buttons):
            button.setChecked(number in chosen)

    def _button(self, day: str) -> Button:
        button = Button(day[:LETTERS], small=True)
        button.setCheckable(True)
        button.setAccessibleName(day)
        button.setToolTip(day)
        button.toggled.connect(partial(_show_chosen, button))
        button.clicked.connect(self.changed)
        self._row.addWidget(button)
        return button

    def _rescale(self) -> None:
        self._row.setSpacing(theme().px(4))
        for button in self.buttons:
            button.setFixedWidth(theme().px(50))


def _show_chosen(button: Button, chosen: bool) -> None:
    button.set_kind("primary" if chosen else "default")
