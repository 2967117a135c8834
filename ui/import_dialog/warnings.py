"""What a person should know about a file before it is read, line by line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from ui.import_dialog.notes import Note
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label

__all__ = ["Warnings"]

MOST_LINES = 4
LEAST_SHARE = 6  # of the window's height; large texts on a small screen must leave room for the rows
_ICONS = {"err": ("error_circle", "Error"), "warn": ("warning", ""), "info": ("info", "")}


class Warnings(QScrollArea):
    """The notes of a preview; it takes no room while there are none, and scrolls when there are many."""

    asked = Signal(object, object)  # Note, and its button

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[Button] = []
        self.setProperty("ring", True)
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
        self.show_notes(())

    @property
    def lines(self) -> list[str]:
        """What it says."""
        return [label.text() for _, label in self._lines]

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show other notes; a note with an action has a button."""
        for widgets in (*self._lines, self.buttons):
            for widget in widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._lines, self.buttons = [], []
        for note in notes:
            self._add(note)
        self.setAccessibleName(f"{len(self._lines)} notes about the file")
        self.setVisible(bool(self._lines))
        self.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus
        )  # without it the buttons would be the last stops of Tab
        for before, after in itertools.pairwise([self, *self.buttons]):
            QWidget.setTabOrder(before, after)
        self._be_a_stop_where_it_scrolls()
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(300), min(self._wanted_height(), self._most_height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._be_a_stop_where_it_scrolls()

    def _be_a_stop_where_it_scrolls(self) -> None:
        scrolls = self._wanted_height() > self._most_height()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if scrolls else Qt.FocusPolicy.NoFocus)

    def _wanted_height(self) -> int:
        width = max(self.viewport().width(), theme().px(300))
        return (
            self._grid.totalHeightForWidth(width)
            if self._grid.hasHeightForWidth()
            else self._grid.sizeHint().height()
        )

    def _most_height(self) -> int:
        """The room for as many notes as can be seen whole; for a part of the first where that is longer."""
        px = theme().px
        most, seen = min(px(MOST_LINES * 22 + 4), self.window().height() // LEAST_SHARE), 0
        bottom = px(2)
        for height in self._heights():
            bottom += height
            if bottom > most:
                break
            seen = bottom
            bottom += px(4)
        return seen + px(2) if seen else most

    def _heights(self) -> Iterator[int]:
        """How high the notes are, in pixels."""
        px = theme().px
        widest = max((button.sizeHint().width() + px(8) for button in self.buttons), default=0)
        words = max(self.viewport().width(), px(300)) - px(16 + 8) - widest
        for row, (_, label) in enumerate(self._lines):
            button = self._grid.itemAtPosition(row, 2)
            high = button.sizeHint().height() if button is not None else 0
            yield max(px(16), label.heightForWidth(words), high)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), self.sizeHint().height())

    def _add(self, note: Note) -> None:
        icon, spoken = _ICONS[note.tone]
        glyph = IconLabel(icon, note.tone, 16, filled=True, name_for_readers=spoken)
        label = Label(note.text, "body", "err" if note.tone == "err" else "fg", wrap=True)
        row = len(self._lines)
        beside = Qt.AlignmentFlag.AlignVCenter if note.action else Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(glyph, row, 0, beside)
        self._grid.addWidget(label, row, 1)
        glyph.show()  # the grid counts no room for what is shown later
        label.show()
        self._lines.append((glyph, label))
        if note.action:
            button = _NoteButton(note)
            button.clicked.connect(self._on_clicked)
            self._grid.addWidget(button, row, 2, beside)
            button.show()
            self.buttons.append(button)

    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, _NoteButton):
            self.asked.emit(sender.note, sender)

    def _retheme(self) -> None:
        px = theme().px
        self._grid.setContentsMargins(0, px(2), 0, px(2))
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(px(4))
        self.updateGeometry()


class _NoteButton(Button):
    """What can be done about a note."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.action, "link", small=True)
        self.note = note
        self.setProperty("flush", True)
        self.setAccessibleName(note.spoken)
