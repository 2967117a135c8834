"""What a person should know about a file before it is read, line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from desktop.imports.preview_checks import Unmatched
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label

__all__ = ["Warnings"]

MOST_LINES = 4
_COUNTED = re.compile(r"[\d,]+ (of|values?) ")  # "24 of 91 rows: …": rows that will not become records


class Warnings(QScrollArea):
    """The notes of a preview; it takes no room while there are none, and scrolls when there are many."""

    values_requested = Signal(str, object)  # path of the field, and the button

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value_buttons: list[Button] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._host = QWidget()
        self._host.setProperty("plain", True)
        self._grid = QGridLayout(self._host)
        self._grid.setColumnStretch(1, 1)
        self.setWidget(self._host)
        self._lines: list[tuple[IconLabel, Label]] = []
        theme().changed.connect(self._retheme)
        self._retheme()
        self.show_lines("", ())

    @property
    def lines(self) -> list[str]:
        """What it says."""
        return [label.text() for _, label in self._lines]

    def show_lines(self, problem: str, lines: Sequence[str], unmatched: Sequence[Unmatched] = ()) -> None:
        """Show other notes.

        Args:
            problem: why the file cannot be imported as it is; empty where it can.
            unmatched: values without a match; the note about them has a button that asks for them.
        """
        for widgets in (*self._lines, self.value_buttons):
            for widget in widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._lines, self.value_buttons = [], []
        if problem:
            self._add("error_circle", "err", "Error", problem)
        ordered = sorted(lines, key=lambda line: not _COUNTED.match(line))
        for line in ordered:
            counted = bool(_COUNTED.match(line))
            self._add("warning" if counted else "info", "warn" if counted else "info", "", line)
            for found in unmatched:
                if (
                    line.startswith(f"{found.distinct:,} value")
                    and f" in {found.header or found.caption} " in line
                ):
                    self._add_button(found)
        self.setAccessibleName(f"{len(self._lines)} notes about the file")
        self.setVisible(bool(self._lines))
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        px = theme().px
        width = max(self.viewport().width(), px(300))
        wanted = (
            self._grid.totalHeightForWidth(width)
            if self._grid.hasHeightForWidth()
            else self._grid.sizeHint().height()
        )
        return QSize(px(300), min(wanted, px(MOST_LINES * 22 + 4)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), self.sizeHint().height())

    def _add(self, icon: str, tone: str, spoken: str, text: str) -> None:
        glyph = IconLabel(icon, tone, 16, filled=True, name_for_readers=spoken)
        label = Label(text, "body", "err" if tone == "err" else "fg", wrap=True)
        row = len(self._lines)
        self._grid.addWidget(glyph, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(label, row, 1)
        glyph.show()  # the grid counts no room for what is shown later
        label.show()
        self._lines.append((glyph, label))

    def _add_button(self, found: Unmatched) -> None:
        button = Button("Show values", "link", small=True)
        button.setProperty("flush", True)
        button.setObjectName(found.path)
        button.setAccessibleName(f"Show the values of {found.header or found.caption} without a match")
        button.clicked.connect(self._on_values)
        self._grid.addWidget(button, len(self._lines) - 1, 2, Qt.AlignmentFlag.AlignTop)
        button.show()
        self.value_buttons.append(button)

    def _on_values(self) -> None:
        sender = self.sender()
        if isinstance(sender, Button):
            self.values_requested.emit(sender.objectName(), sender)

    def _retheme(self) -> None:
        px = theme().px
        self._grid.setContentsMargins(0, px(2), 0, px(2))
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(px(4))
        self.updateGeometry()
