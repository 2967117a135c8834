"""A new integration from a file: its columns are looked at, fields are proposed, and a person puts them right."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.imports.integrations import from_file
from desktop.imports.integrations.from_file import Looked
from desktop.imports.integrations.setup_choices import field_choices, target_choices
from desktop.imports.integrations.targets import find_target
from desktop.tasks.task import TaskError
from models.integration import Integration
from ui.dialogs import Dialog
from ui.foreground import ForegroundHandle, ForegroundRunner
from ui.framework.context import PageContext
from ui.import_dialog.file_field import choose_file
from ui.import_dialog.file_name import FileName
from ui.integration_setup.proposal_table import ProposalModel, ProposalTable, ProposedColumn
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Frame
from ui.widgets.combo import ChoiceBox
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.dropped_file import accept_file
from ui.widgets.field import FieldRow
from ui.widgets.labels import Label

__all__ = ["FromFileDialog"]

WIDTH, HEIGHT = 820, 600
_EXAMPLES: Final = 3
_HOW: Final = {
    "exact": "the same name",
    "synonym": "another name of it",
    "remembered": "as in earlier files",
    "similar": "a similar name",
    "values": "by its values",
}
_NO_FILE: Final = "Choose a file, or drop it here. Backdesk proposes what its columns fill."


class FromFileDialog(Dialog):
    """Nothing is kept before Create.

    Signals:
        made: the code of the new integration.
    """

    made = Signal(str)

    def __init__(self, parent: QWidget, context: PageContext, foreground: ForegroundRunner) -> None:
        super().__init__(parent, "New integration from a file")
        self._context, self._foreground = context, foreground
        self._paths: list[Path | None] = [None, None]  # the file, and the one with lines
        self._handle: ForegroundHandle | None = None
        self.looked: Looked | None = None
        self._just_taken = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setAcceptDrops(True)
        self.file_edit, self.lines_edit = FileName("No file chosen"), FileName("In the same file")
        self.file_button = Button("Choose file…", icon="folder_open")
        self.lines_button = Button("Choose file…", icon="folder_open")
        self.table_combo = ChoiceBox(target_choices())
        self.code, self.description = QLineEdit(), QLineEdit()
        self.code.setMaxLength(Integration.rule("code").max_length)
        self.description.setMaxLength(Integration.rule("description").max_length)
        self.code_row = FieldRow("Code", self.code, required=True, above=True)
        self.model = ProposalModel()
        self.columns = ProposalTable(self.model)
        self.said = Label(_NO_FILE, "body", "fg2", wrap=True)
        self._foot = DialogFoot(self, "Create", self._create)
        self.create_button = self._foot.verb_button
        self.create_button.setEnabled(False)
        self._arrange()
        self._connect()
        self._show_table()
        self.file_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- what others may do

    def take_file(self, path: Path, *, lines: bool = False) -> None:
        """Look at a file, or at the one with the lines of documents."""
        self._paths[lines] = path
        self._just_taken = True
        (self.lines_edit if lines else self.file_edit).show_path(path)
        if not lines and not self.code.text():
            self.code.setText(_code_of(path))
            self.description.setText(path.stem)
        self.look()

    def look(self) -> None:
        """Look at the file as one for the table that is chosen."""
        path, lines = self._paths
        if path is None:
            return
        if self._handle is not None:
            self._handle.cancel()
        self.create_button.setEnabled(False)
        self._say("Looking at the file…")
        parameters = {
            "path": str(path),
            "target_table": self.target_table,
            "lines_path": str(lines) if lines is not None and self._has_lines() else "",
        }
        self._handle = self._foreground.run(
            self, "look_at_file", parameters, None, self._on_looked, self._on_not_looked
        )

    @property
    def target_table(self) -> str:
        """The table that is to be filled."""
        return self.table_combo.stored

    # ---- how it works

    def _has_lines(self) -> bool:
        target = find_target(self.target_table)
        return target is not None and target.lines is not None

    def _show_table(self) -> None:
        with_lines = self._has_lines()
        self.lines_row.setVisible(with_lines)
        self.lines_button.setVisible(with_lines)

    def _on_table(self, _place: int) -> None:
        self._show_table()
        self.look()

    def _on_looked(self, results: dict[str, str]) -> None:
        self._handle = None
        looked = msgspec.json.decode(results["looked"], type=Looked)
        self.looked = looked
        columns = _columns(looked, 0) + (_columns(looked.lines, 1) if looked.lines is not None else [])
        self.model.show(columns, field_choices(self.target_table))
        self._summarise()
        if self._just_taken:
            self._just_taken = False
            self.columns.setFocus(Qt.FocusReason.OtherFocusReason)

    def _summarise(self) -> None:
        looked = self.looked
        if looked is None:
            return
        filled = sum(bool(column.path) for column in self.model.columns)
        number = len(self.model.columns)
        fill = "fills" if filled == 1 else "fill"
        self._say(f"{looked.description} {filled:,} of {number:,} columns {fill} a field.")
        self.create_button.setEnabled(bool(filled))

    def _on_not_looked(self, error: TaskError) -> None:
        self._handle = None
        self.looked = None
        self.model.show([], [])
        self._say(error.text, "err")

    def _say(self, text: str, tone: str = "fg2") -> None:
        self.said.setText(text)
        self.said.set_tone(tone)

    def _create(self) -> None:
        looked, code = self.looked, self.code.text().strip()
        if looked is None:
            return
        if not code:
            self.code_row.set_error("Code is empty. Enter a code of your own, such as SUPPLIERS.")
            self.code.setFocus()
            return
        self.code_row.clear_error()
        self.create_button.setEnabled(False)
        columns = {column.path: column.header for column in self.model.columns if column.path}
        work = partial(
            from_file.create_from_file,
            looked,
            code,
            self.description.text().strip(),
            self.target_table,
            columns,
        )
        self._context.hub.write(self, work, self._on_created, self._on_refused)

    def _on_created(self, code: str) -> None:
        self.made.emit(code)
        self.accept()

    def _on_refused(self, error: TaskError) -> None:
        self.create_button.setEnabled(True)
        if error.code in ("Exists", "TooLong", "WrongFormat"):
            self.code_row.set_error(error.text)
            self.code.setFocus()
        else:
            self._say(error.text, "err")

    def _choose(self) -> None:
        choose_file(self, self._paths[0]).fileSelected.connect(self._on_file)

    def _choose_lines(self) -> None:
        choose_file(self, self._paths[1] or self._paths[0]).fileSelected.connect(self._on_lines)

    def _on_file(self, path: str) -> None:
        self.take_file(Path(path))

    def _on_lines(self, path: str) -> None:
        self.take_file(Path(path), lines=True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accept_file(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if (found := accept_file(event)) is not None:
            self.take_file(found)

    def done(self, result: int) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._context.hub.forget(self)
        super().done(result)

    # ---- how it looks

    def _connect(self) -> None:
        self.file_button.clicked.connect(self._choose)
        self.lines_button.clicked.connect(self._choose_lines)
        self.table_combo.activated.connect(self._on_table)
        self.model.changed.connect(self._summarise)

    def _arrange(self) -> None:
        px = theme().px
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        self.file_row = FieldRow("File", self.file_edit, above=True)
        self.lines_row = FieldRow("File with the lines", self.lines_edit, above=True)
        for chosen in (self.file_edit, self.lines_edit):
            chosen.setReadOnly(True)
        bottom = Qt.AlignmentFlag.AlignBottom
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(FieldRow("Table", self.table_combo, above=True), 0, 0, top)
        grid.addWidget(self.file_row, 0, 1, top)
        grid.addWidget(self.file_button, 0, 2, bottom)
        grid.addWidget(self.lines_row, 1, 1, top)
        grid.addWidget(self.lines_button, 1, 2, bottom)
        grid.addWidget(self.code_row, 2, 0, top)
        grid.addWidget(FieldRow("Description", self.description, above=True), 2, 1, 1, 2, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(Label("New integration from a file", "subtitle", wrap=True))
        column.addLayout(grid)
        column.addWidget(self.said)
        column.addWidget(Frame(self.columns), 1)
        column.addLayout(self._foot)
        self.resize(px(WIDTH), px(HEIGHT))


def _columns(looked: Looked, level: int) -> list[ProposedColumn]:
    found = []
    for proposal in looked.proposals:
        values = (row[proposal.column] for row in looked.rows if proposal.column < len(row))
        examples = list(dict.fromkeys(value for value in values if value.strip()))[:_EXAMPLES]
        reason = ", ".join(word for word in (proposal.certainty, _HOW.get(proposal.how, "")) if word)
        found.append(
            ProposedColumn(level, proposal.header, ", ".join(examples), proposal.path, proposal.path, reason)
        )
    return found


def _code_of(path: Path) -> str:
    """ "CUSTOMERS-2026" from "Customers 2026.csv"."""
    code = re.sub(r"[^A-Z0-9]+", "-", path.stem.upper()).strip("-")
    return code[: Integration.rule("code").max_length]
