"""The figures of all sessions: one line for each kind, one column for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.formats import DASH, count_text
from ui.theme import theme
from ui.widgets.labels import ElidedLabel, Label

COLUMNS: Final = ("Completed", "Failed", "Time-outs", "Cancelled", "Refused", "Abandoned")
TONES: Final = {"Failed": "err", "Abandoned": "err", "Time-outs": "warn", "Refused": "warn"}


class FigureLine(NamedTuple):
    """The figures of one kind of session.

    Args:
        name: what stands before them.
        running, waiting: how many now, and how many there may be; 0 is no limit.
        ended: how many ended how since the program began, in the order of `COLUMNS`; None where it cannot be.
    """

    name: str
    running: tuple[int, int]
    waiting: tuple[int, int]
    ended: tuple[int | None, ...]


class Figures(QWidget):
    """See the module's docstring."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self.setAccessibleName("Figures of the sessions")
        self._now: dict[str, ElidedLabel] = {}
        self._cells: dict[tuple[str, str], ElidedLabel] = {}
        self._names: list[QVBoxLayout] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, column in enumerate(COLUMNS, 1):
            self._grid.addWidget(_yielding(column, "caption", "fg2"), 0, place, right)
        for line, name in enumerate(names, 1):
            self._grid.addLayout(self._name(name), line, 0)
            for place, column in enumerate(COLUMNS, 1):
                cell = self._cells[name, column] = _yielding(DASH, "body")
                self._grid.addWidget(cell, line, place, right)
        self._rescale()
        theme().changed.connect(self._rescale)

    def show_line(self, line: FigureLine) -> None:
        """Show the figures of this kind as they are now."""
        self._now[line.name].setText(limits_text(line.running, line.waiting))
        for column, number in zip(COLUMNS, line.ended, strict=True):
            cell, text = self._cells[line.name, column], DASH if number is None else count_text(number)
            if cell.text() != text:
                cell.setText(text)
                cell.set_tone(TONES.get(column, "") if number else "")
                cell.setAccessibleName(f"{line.name}, {column}: {text}")

    def now_text(self, name: str) -> str:
        """What is said of those that run and wait now."""
        return self._now[name].text()

    def ended_text(self, name: str, column: str) -> str:
        """What one of the other figures says."""
        return self._cells[name, column].text()

    def _name(self, name: str) -> QVBoxLayout:
        now = self._now[name] = ElidedLabel("", "caption", "fg2", tabular=True)
        words = QVBoxLayout()
        words.addWidget(Label(name, "body_strong"))
        words.addWidget(now)
        self._names.append(words)
        return words

    def _rescale(self) -> None:
        px = theme().px
        self._grid.setHorizontalSpacing(px(14))
        self._grid.setVerticalSpacing(px(8))
        for words in self._names:
            words.setSpacing(px(1))


def _yielding(text: str, role: str, tone: str = "") -> ElidedLabel:
    """As wide as its words, where there is room."""
    made = ElidedLabel(text, role, tone, tabular=True)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    return made


def limits_text(running: tuple[int, int], waiting: tuple[int, int]) -> str:
    """How many run and wait, of how many that may: "3 of 5 running, 12 of 100 waiting"."""
    return f"{_of(*running)} running, {_of(*waiting)} waiting"


def _of(number: int, most: int) -> str:
    return f"{count_text(number)} of {count_text(most)}" if most else count_text(number)
