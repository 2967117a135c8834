"""One staged row beside the list: its cells by column, what is wrong with them, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from models.import_rows import STATUS_WORDS, RecordDetail
from models.integration_record import RecordStatus
from ui.later import later
from ui.theme import theme
from ui.widgets.buttons import Button, IconButton
from ui.widgets.field import FieldRow
from ui.widgets.labels import IconLabel, Label
from ui.widgets.pill import StatusPill
from ui.widgets.scroller import Scroller

__all__ = ["RecordPane"]


class _Cell(QWidget):
    """One cell: its column, its value, and the sign that joins it with the next."""

    finished = Signal()
    join_requested = Signal(int)

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place
        self.shown = ""
        self.edit = QLineEdit()
        self.edit.editingFinished.connect(self.finished)
        self.row = FieldRow("", self.edit, above=True)
        self.join = IconButton("link", "Join with the next cell")
        self.join.clicked.connect(self._on_join)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.row, 1)
        line.addWidget(self.join, 0, Qt.AlignmentFlag.AlignBottom)

    @property
    def changed(self) -> bool:
        """Whether the person has written something that is not saved yet."""
        return self.edit.text() != self.shown

    def show_cell(self, caption: str, text: str, error: str, *, editable: bool, joinable: bool) -> None:
        self.row.caption_label.setText(caption)
        self.row.caption_label.setToolTip(caption)
        self.shown = text
        self.edit.setText(text)
        self.edit.setCursorPosition(0)
        self.row.set_read_only(not editable)
        self.row.set_error(error)
        self.edit.setAccessibleName(caption)
        self.join.setVisible(joinable)
        self.join.setAccessibleName(f"Join {caption} with the next cell")

    def _on_join(self) -> None:
        self.join_requested.emit(self.place)


class RecordPane(QWidget):
    """Shows and mends one row; a cell is saved when it is left.

    Signals:
        edited: the row's id and its cells, list[str].
        join_requested: the row's id and the place of the first of the two cells.
        retry_requested, exclude_requested, include_requested: the row's id.
        target_requested: the key of the record that the row became.
    """

    edited = Signal(int, object)
    join_requested = Signal(int, int)
    retry_requested = Signal(int)
    exclude_requested = Signal(int)
    include_requested = Signal(int)
    target_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: RecordDetail | None = None
        self.title = Label("", "subtitle")
        self.pill = StatusPill()
        self.problems = Label("", "body", "err", wrap=True)
        self._glyph = IconLabel("error_circle", "err", 16, filled=True, name_for_readers="Error")
        self.hint = Label("", "caption", "fg2", wrap=True)
        self.note = Label("", "caption", "fg3", wrap=True)
        self.target_button = Button("", "link", "open")
        self.target_button.clicked.connect(self._on_target)
        self.nothing = Label("Choose a row to see its cells.", "body", "fg3", wrap=True)
        self.cells: list[_Cell] = []
        self._seek = later(self, 0, self._show_first_error)
        self.retry_button = Button("Retry", "primary", "arrow_clockwise")
        self.retry_button.clicked.connect(self._on_retry)
        self.exclude_button = Button("Exclude", icon="prohibited")
        self.exclude_button.clicked.connect(self._on_exclude)
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()
        self.show_record(None)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.pill)
        said = QHBoxLayout()
        said.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.problems, 1)
        self._said = said
        host = QWidget()
        host.setProperty("plain", True)
        self._list = QVBoxLayout(host)
        self._list.addStretch(1)
        self._scroll = Scroller(host)
        foot = QHBoxLayout()
        foot.addWidget(self.retry_button)
        foot.addWidget(self.exclude_button)
        foot.addStretch(1)
        self._foot = foot
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addWidget(self.nothing)
        self._column.addLayout(said)
        self._column.addWidget(self.hint)
        self._column.addWidget(self.target_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self.note)
        self._column.addLayout(foot)

    # ---- what the page tells

    @property
    def detail(self) -> RecordDetail | None:
        """The row that is shown."""
        return self._detail

    def show_record(self, detail: RecordDetail | None) -> None:
        """Show a row; what the person is writing into the same row just now stays."""
        before = self._detail
        writing = {
            cell.place: cell.edit.text()
            for cell in self.cells
            if before is not None and detail is not None and before.id == detail.id and cell.changed
        }
        self._detail = detail
        self.nothing.setVisible(detail is None)
        for widget in (self.title, self.pill, self._scroll, self.retry_button, self.exclude_button):
            widget.setVisible(detail is not None)
        self._show_words(detail)
        self._show_cells(detail)
        for place, text in writing.items():
            if place < len(self.cells):
                self.cells[place].edit.setText(text)
        if detail is not None and (before is None or before.id != detail.id):
            self._scroll.verticalScrollBar().setValue(0)
            self._seek.start()

    def focus_first_error(self) -> None:
        """Put the keyboard into the first cell that is wrong, or into the first."""
        wrong = [cell for cell in self.cells if cell.row.error]
        for cell in [*wrong, *self.cells][:1]:
            cell.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            cell.edit.selectAll()
            self._scroll.ensureWidgetVisible(cell)

    def save_now(self) -> None:
        """Send what was written and not saved yet on its way."""
        detail = self._detail
        if detail is None or not detail.editable or not any(cell.changed for cell in self.cells):
            return
        cells = [cell.edit.text() for cell in self.cells]
        for cell in self.cells:
            cell.shown = cell.edit.text()
        self.edited.emit(detail.id, cells)

    # ---- how it works

    def _show_words(self, detail: RecordDetail | None) -> None:
        errors = detail.errors if detail is not None else []
        named = set(detail.header) if detail is not None else set()
        loose = [error for error in errors if error.source_column not in named]
        self.problems.setText("\n".join(error.message for error in loose))
        self.problems.setVisible(bool(loose))
        self._glyph.setVisible(bool(loose))
        hints = list(dict.fromkeys(error.hint for error in loose if error.hint))
        if detail is not None and detail.editable and len(detail.cells) > len(detail.header):
            hints.append("The sign beside a cell joins it with the next one.")
        self.hint.setText("\n".join(hints))
        self.hint.setVisible(bool(self.hint.text()))
        key = detail.target_key if detail is not None else ""
        self.target_button.setText(f"Open {key}")
        self.target_button.setVisible(bool(key))
        if detail is None:
            self.note.hide()
            return
        self.title.setText(f"Row {detail.line_no:,}")
        self.pill.set_status(STATUS_WORDS[detail.status])
        excluded = detail.status is RecordStatus.EXCLUDED
        self.retry_button.setText("Retry" if detail.status is RecordStatus.ERROR else "Process")
        self.retry_button.setVisible(detail.editable and not excluded)
        self.exclude_button.setText("Include" if excluded else "Exclude")
        self.exclude_button.setVisible(detail.editable)
        note = "Edited; the file's own values are kept." if detail.edited else ""
        if detail.status is RecordStatus.REVERSED:
            note = "What this row had become was taken back."
        elif detail.undone:
            note = "This import was undone; its rows are not processed any more."
        elif not detail.editable:
            note = "This row has become a record; change the record itself."
        self.note.setText(note)
        self.note.setVisible(bool(self.note.text()))

    def _show_cells(self, detail: RecordDetail | None) -> None:
        count = len(detail.cells) if detail is not None else 0
        if detail is not None and detail.editable:
            count = max(count, len(detail.header))  # what is missing can be added
        while len(self.cells) < count:
            cell = _Cell(len(self.cells))
            cell.finished.connect(self.save_now)
            cell.join_requested.connect(self._on_join)
            self.cells.append(cell)
            self._list.insertWidget(len(self.cells) - 1, cell)
        while len(self.cells) > count:
            cell = self.cells.pop()
            self._list.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        if detail is None:
            return
        too_many = len(detail.cells) > len(detail.header)
        for place, cell in enumerate(self.cells):
            named = place < len(detail.header)
            caption = detail.header[place] if named else f"Cell {place + 1} (no column)"
            wrong = [
                f"{error.message} {error.hint}".strip()
                for error in detail.errors
                if named and error.source_column == caption
            ]
            cell.show_cell(
                caption,
                detail.cells[place] if place < len(detail.cells) else "",
                "\n".join(wrong),
                editable=detail.editable,
                joinable=too_many and detail.editable and place < len(detail.cells) - 1,
            )

    def _show_first_error(self) -> None:
        """Bring the first cell that is wrong into view, once the cells have their places."""
        for cell in [cell for cell in self.cells if cell.row.error][:1]:
            self._scroll.ensureWidgetVisible(cell)

    def _on_join(self, place: int) -> None:
        if self._detail is not None:
            self.save_now()
            self.join_requested.emit(self._detail.id, place)

    def _on_retry(self) -> None:
        if self._detail is not None:
            self.save_now()
            self.retry_requested.emit(self._detail.id)

    def _on_exclude(self) -> None:
        if self._detail is None:
            return
        if self._detail.status is RecordStatus.EXCLUDED:
            self.include_requested.emit(self._detail.id)
        else:
            self.exclude_requested.emit(self._detail.id)

    def _on_target(self) -> None:
        if self._detail is not None:
            self.target_requested.emit(self._detail.target_key)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setSpacing(px(8))
        self._list.setSpacing(px(8))
        self._list.setContentsMargins(0, 0, px(4), 0)
        self._said.setSpacing(px(6))
        self._foot.setSpacing(px(8))
