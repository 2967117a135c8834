"""Healing a cause of errors: what a value means, which record is missing, or what all its cells should say."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.imports.mending.repair import CauseAction, ErrorGroup
from desktop.tasks.task import TaskError
from models.record import Record
from models.rules import FieldRule
from models.tables import TABLES
from ui.framework.choice_editors import make_editor
from ui.framework.context import PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.framework.work_dialog import WorkDialog
from ui.import_results.many_rows import Started
from ui.import_results.record_actions import rows_text
from ui.import_results.work import Correct, CreateIt, MapValue, ReadNew, rule_of
from ui.theme import theme
from ui.widgets.dialog_foot import DialogFoot
from ui.widgets.labels import Label

__all__ = ["CorrectDialog", "CreateDialog", "HealDialog", "MapDialog", "dialog_for"]

WIDTH: Final = 460
_LONGEST: Final = 60


class HealDialog(WorkDialog):
    """Asks what is needed and heals all records of a cause; it stays open while what is entered is refused.

    Signals:
        healed: what came of it, a `Started`.

    Args:
        group: the cause.
        title: the question.
        text: what follows from the answer.
        verb: on the button.
    """

    healed = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        run_id: int,
        group: ErrorGroup,
        title: str,
        text: str,
        verb: str,
    ) -> None:
        super().__init__(parent, context, title)
        self._run_id, self._group = run_id, group
        self.editors: list[FieldEditor] = []
        self.problem = Label("", "body", "err", wrap=True)
        self.problem.hide()
        foot = DialogFoot(self, verb, self._on_heal)
        self.heal_button = foot.verb_button
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        self._fields = QVBoxLayout()
        self._fields.setSpacing(px(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(Label(title, "subtitle", wrap=True))
        column.addWidget(Label(text, "body", "fg2", wrap=True))
        column.addLayout(self._fields)
        column.addWidget(self.problem)
        column.addSpacing(px(4))
        column.addLayout(foot)

    @abstractmethod
    def work(self, values: dict[str, Any]) -> Callable[[], Started]:
        """What heals the cause, from the values by field."""

    def add_field(self, rule: FieldRule) -> FieldEditor:
        """A field to fill."""
        editor = make_editor(rule, self.context.clock, self.context.hub, read_only=False)
        self.editors.append(editor)
        self._fields.addWidget(editor.row)
        if len(self.editors) == 1:
            editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        return editor

    def _on_heal(self) -> None:
        values: dict[str, Any] = {}
        wrong = False
        for editor in self.editors:
            value, error = read_or_error(editor)
            editor.row.set_error(error)
            wrong = wrong or bool(error)
            values[editor.rule.name] = value
        if not wrong:
            self.heal_button.setEnabled(False)
            self.context.hub.write(self, self.work(values), self._on_healed, self._on_error)

    def _on_healed(self, started: Started) -> None:
        self.healed.emit(started)
        self.accept()

    def _on_error(self, error: TaskError) -> None:
        self.heal_button.setEnabled(True)
        self.problem.setText(error.text)
        self.problem.show()


class MapDialog(HealDialog):
    """What does this value of the file mean?

    Args:
        rule: of the field that the value is for.
    """

    def __init__(
        self, parent: QWidget, context: PageContext, run_id: int, group: ErrorGroup, rule: FieldRule
    ) -> None:
        super().__init__(
            parent,
            context,
            run_id,
            group,
            f"What does “{_short(group.value)}” mean?",
            f"{rows_text(group.count)} will be processed again, and the next files are understood alike.",
            "Map and retry",
        )
        self.editor = self.add_field(replace(rule, required=True))

    def work(self, values: dict[str, Any]) -> MapValue:
        value = str(values[self.editor.rule.name])
        return MapValue(
            self._run_id, self.context.user_id, self._group.target_field, self._group.value, value
        )


class CorrectDialog(HealDialog):
    """What should stand in all of these cells?"""

    def __init__(self, parent: QWidget, context: PageContext, run_id: int, group: ErrorGroup) -> None:
        caption = group.source_column or group.caption
        shown = f"“{_short(group.value)}”" if group.value else "nothing"
        super().__init__(
            parent,
            context,
            run_id,
            group,
            f"What should {caption} say instead of {shown}?",
            f"It is written into {rows_text(group.count)}, as the file would write it. The file itself and the next"
            " ones are not concerned.",
            "Correct and retry",
        )
        self.editor = self.add_field(FieldRule("text", caption))

    def work(self, values: dict[str, Any]) -> Correct:
        group = self._group
        return Correct(
            self._run_id,
            self.context.user_id,
            group.target_field,
            group.code,
            group.value,
            str(values["text"] or ""),
        )


class CreateDialog(HealDialog):
    """The record that the file names and that is missing: its key, its name, and what else it needs."""

    def __init__(self, parent: QWidget, context: PageContext, run_id: int, group: ErrorGroup) -> None:
        record = TABLES[group.lookup]
        verb = "names" if group.count == 1 else "name"
        key = next((rule.caption for rule in record.RULES if rule.name == record.key_field()), "key")
        super().__init__(
            parent,
            context,
            run_id,
            group,
            f"Create {record.CAPTION} “{_short(group.value)}”?",
            f"{rows_text(group.count)} that {verb} it will be processed again. With another {key}, the value means"
            " that one from now on.",
            "Create and retry",
        )
        for rule in _needed(record):
            self.add_field(rule)
        context.hub.query(
            self, ReadNew(run_id, group.target_field, group.value), self._on_values, self._on_error
        )

    def work(self, values: dict[str, Any]) -> CreateIt:
        given = {name: value for name, value in values.items() if value not in (None, "")}
        return CreateIt(
            self._run_id, self.context.user_id, self._group.target_field, self._group.value, given
        )

    def _on_values(self, values: dict[str, Any]) -> None:
        for editor in self.editors:
            if editor.rule.name in values and not editor.is_changed():
                editor.show_value(values[editor.rule.name])
                if editor is self.editors[0] and isinstance(editor.widget, QLineEdit):
                    editor.widget.selectAll()  # the keyboard is there: what is typed takes its place


def dialog_for(
    parent: QWidget, context: PageContext, run_id: int, target_table: str, group: ErrorGroup, action: str
) -> HealDialog:
    """The dialog that asks what is needed to heal a cause in one of the ways in which that makes sense.

    Args:
        target_table: the table that the import fills.
        action: a `CauseAction`, but for Exclude, which needs no answer.
    """
    if action == CauseAction.MAP:
        return MapDialog(parent, context, run_id, group, rule_of(target_table, group))
    if action == CauseAction.CREATE:
        return CreateDialog(parent, context, run_id, group)
    return CorrectDialog(parent, context, run_id, group)


def _needed(record: type[Record]) -> list[FieldRule]:
    """The fields that a new record cannot do without; a key may be left to the number series."""
    key = record.key_field()
    wanted = [rule for rule in record.RULES if rule.name in (key, record.NAME_FIELD) or rule.required]
    return [replace(rule, required=rule.required and rule.name != key) for rule in wanted if rule.editable]


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
