"""The figures of all sessions: one line for each kind, one column for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.formats import DASH, count_text
from ui.theme import theme
from ui.widgets.labels import ElidedLabel, Label

COLUMNS: Final = (
    "Running",
    "Waiting",
    "Completed",
    "Failed",
    "Time-outs",
    "Stopped",
    "Refused",
    "Abandoned",
)
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
        self._names = tuple(names)
        self._cells: dict[tuple[str, str], ElidedLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for place, column in enumerate(COLUMNS, 1):
            title = ElidedLabel(column, "caption", "fg2")
            title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(title, 0, place)
            self._grid.setColumnStretch(place, 1)
        for line, name in enumerate(self._names, 1):
            self._grid.addWidget(Label(name, "body_strong"), line, 0)
            for place, column in enumerate(COLUMNS, 1):
                cell = ElidedLabel(DASH, "body", tabular=True)
                cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._cells[name, column] = cell
                self._grid.addWidget(cell, line, place)
        self._rescale()
        theme().changed.connect(self._rescale)

    def show_line(self, line: FigureLine) -> None:
        """Show the figures of this kind as they are now."""
        texts = [_of(*line.running), _of(*line.waiting)]
        texts += [DASH if number is None else count_text(number) for number in line.ended]
        for column, text in zip(COLUMNS, texts, strict=True):
            cell = self._cells[line.name, column]
            if cell.text() == text:
                continue
            cell.setText(text)
            cell.set_tone("" if text in ("0", DASH) else TONES.get(column, ""))
            cell.setAccessibleName(f"{line.name}, {column}: {text}")

    def text_of(self, name: str, column: str) -> str:
        """What one of them says."""
        return self._cells[name, column].text()

    def _rescale(self) -> None:
        px = theme().px
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(6))


def _of(number: int, most: int) -> str:
    return f"{count_text(number)} of {count_text(most)}" if most else count_text(number)
