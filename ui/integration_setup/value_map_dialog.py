"""What values of a file mean for one field: pairs of a value in the file and the value here."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.imports.integrations import setup
from desktop.imports.integrations.mapped_fields import MappedField, value_map
from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.framework.work_dialog import WorkDialog
from ui.integration_setup.pairs_table import PairsTable
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Frame
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.labels import Label

__all__ = ["ValueMapDialog"]

WIDTH, HEIGHT = 480, 420


class ValueMapDialog(WorkDialog):
    """Edits the value map of one field; nothing is kept before Save."""

    def __init__(self, parent: QWidget, context: PageContext, code: str, field: MappedField) -> None:
        super().__init__(parent, context, f"Value map of {field.caption}")
        self._code, self._field = code, field
        title = Label(f"Value map of {field.caption}", "subtitle", wrap=True)
        text = Label(
            "A value that stands at the left in the file is read as the value at the right. "
            "Upper and lower case do not matter.",
            "body",
            "fg2",
            wrap=True,
        )
        self.table = PairsTable(("In the file", "Here"), "Values")
        self.problem = Label("", "body", "err", wrap=True)
        self.problem.hide()
        self.remove_button = Button("Remove row", "ghost", "delete")
        self.remove_button.clicked.connect(self.table.remove_current)
        foot = DialogFoot(self, "Save", self._save, self.remove_button)
        self.save_button = foot.verb_button
        px = theme().px
        self.resize(px(WIDTH), px(HEIGHT))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(title)
        column.addWidget(text)
        column.addWidget(Frame(self.table), 1)
        column.addWidget(self.problem)
        column.addLayout(foot)
        work = partial(value_map, code, field.path)
        context.hub.query(self, work, self._on_pairs, self._on_error)

    def pairs(self) -> list[tuple[str, str]]:
        """What stands in the table now, without empty rows."""
        return [pair for pair in self.table.pairs() if pair[0].strip()]

    def _on_pairs(self, pairs: list[tuple[str, str]]) -> None:
        self.table.show_pairs(pairs)
        self.table.go_to_next()

    def _save(self) -> None:
        self.table.setFocus()  # ends the editing of a cell
        self.save_button.setEnabled(False)
        work = partial(setup.set_value_map, self._code, self._field.path, self.pairs())
        self.context.hub.write(self, work, self._on_saved, self._on_error)

    def _on_saved(self, _nothing: None) -> None:
        self.accept()

    def _on_error(self, error: TaskError) -> None:
        self.save_button.setEnabled(True)
        self.problem.setText(error.text)
        self.problem.show()
