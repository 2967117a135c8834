"""A row as it stands in the file, beside what has become of it since."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from models.import_rows import RecordDetail
from ui.dialogs import Dialog
from ui.jobs.rows_list import RowsList
from ui.jobs.rows_model import TableColumn
from ui.jobs.wording import Progress
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.empty_state import EmptyKind
from ui.widgets.labels import Label

__all__ = ["SourceLineDialog"]

WIDTH, HEIGHT = 640, 440
UNCHANGED_WIDTH = 110  # of a column that says so in each row


class _Line(NamedTuple):
    """One cell."""

    id: int
    caption: str
    original: str
    now: str


class _Cells(RowsList):
    """The cells of the row, one below the other.

    Args:
        edited: whether any of them may say something else now.
    """

    def __init__(self, *, edited: bool) -> None:
        columns: tuple[TableColumn[_Line], ...] = (
            TableColumn("column", "Column", _caption, share=3, sortable=False),
            TableColumn("original", "In the file", _original, share=4, sortable=False),
            TableColumn("now", "Now", _now, share=4, width=0 if edited else UNCHANGED_WIDTH, sortable=False),
        )
        super().__init__(columns, "Cells of the row")

    def describe_nothing(self) -> None:
        self.nothing.show_state(EmptyKind.ALL_DONE, "The row has no cells")


class SourceLineDialog(Dialog):
    """Shows one staged row; Ctrl+C copies what is selected.

    Args:
        file_name: of the file that the row is of.
    """

    def __init__(self, parent: QWidget, detail: RecordDetail, file_name: str) -> None:
        title = f"Row {detail.line_no:,} of {file_name}"
        super().__init__(parent, title)
        self.setModal(True)
        self.cells = _Cells(edited=detail.edited)
        self.cells.show_rows(_lines(detail))
        edited = "It was edited here; the file itself never changes." if detail.edited else "As it was read."
        close = Button("Close", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        px = theme().px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        column.addWidget(Label(title, "subtitle", wrap=True))
        column.addWidget(Label(edited, "body", "fg2", wrap=True))
        column.addWidget(self.cells, 1)
        column.addLayout(foot)
        self.resize(px(WIDTH), px(HEIGHT))


def _lines(detail: RecordDetail) -> list[_Line]:
    lines = []
    for place in range(max(len(detail.header), len(detail.cells), len(detail.original))):
        caption = detail.header[place] if place < len(detail.header) else f"Cell {place + 1} (no column)"
        original = detail.original[place] if place < len(detail.original) else ""
        now = detail.cells[place] if place < len(detail.cells) else ""
        lines.append(_Line(place, caption, original, now))
    return lines


def _caption(line: _Line) -> Progress:
    return Progress(line.caption)


def _original(line: _Line) -> Progress:
    return Progress(line.original, "fg")


def _now(line: _Line) -> Progress:
    changed = line.now != line.original
    return Progress(line.now if changed else "unchanged", "fg" if changed else "fg3", strong=changed)
