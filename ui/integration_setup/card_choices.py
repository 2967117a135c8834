"""The fields of the card of an integration that are chosen from what there is."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.imports.integrations.setup_choices import (
    Choice,
    Choices,
    key_choices,
    target_choices,
    total_choices,
)
from desktop.imports.integrations.targets import find_target
from models.integration import ErrorPolicy, Integration
from models.record_edit import Values
from models.rules import FieldRule
from ui.framework.editors import FieldEditor
from ui.import_dialog.reading_panel import DECIMALS
from ui.integration_setup.choice_editor import ChoiceEditor
from ui.integration_setup.key_editor import KeyEditor

__all__ = ["CardChoices"]

NAMES: Final = (
    "target_table",
    "decimal_separator",
    "match_field",
    "control_field",
    "post_processing_codeunit",
    "category_code",
)
_NOTHING: Final[Choice] = ("", "")
_SHORT_CAPTIONS: Final = {
    "execution_mode": "Execution Mode",
    "category_code": "Job Category",
    "post_processing_codeunit": "Codeunit",
    "post_processing_trigger": "Trigger",
    "null_text": "Text for Empty",
}


class CardChoices(QObject):
    """Makes those fields, and offers what fits to the integration that is shown.

    Signals:
        table_chosen: a person has chosen another table.
    """

    table_chosen = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, ChoiceEditor] = {}
        self._key: KeyEditor

    def make(self, name: str, *, read_only: bool) -> FieldEditor | None:
        """The editor of a field; None where it is not chosen."""
        if name not in NAMES:
            return None
        rule = short_rule(name)
        if name == "match_field":
            self._key = KeyEditor(rule, read_only=read_only)
            return self._key
        editor = ChoiceEditor(rule, read_only=read_only)
        self._editors[name] = editor
        if name == "target_table":
            editor.offer(target_choices())
            editor.committed.connect(self._on_table)
        elif name == "decimal_separator":
            editor.offer(DECIMALS)
        return editor

    def show_table(self, table: str, mapped: Sequence[Choice] = ()) -> None:
        """Offer the fields of a table.

        Args:
            mapped: the fields that the integration fills; records are found by one of them. Empty offers all.
        """
        target = find_target(table)
        alone = target is not None and target.lines is None
        self._key.offer_keys(list(mapped) or key_choices(table), several=alone)
        self._editors["control_field"].offer([_NOTHING, *total_choices(table)])

    def show_choices(self, choices: Choices) -> None:
        """Offer the codeunits and categories of the company."""
        self._editors["post_processing_codeunit"].offer([("", "Nothing follows"), *choices.codeunits])
        self._editors["category_code"].offer([_NOTHING, *choices.categories])

    def _on_table(self, _name: str) -> None:
        self.table_chosen.emit(str(self._editors["target_table"].combo.currentData() or ""))


def short_rule(name: str) -> FieldRule:
    """The rule of a field, with a caption that needs no more than what its FastTab does not say already."""
    rule = Integration.rule(name)
    return dataclasses.replace(rule, caption=_SHORT_CAPTIONS.get(name, rule.caption))


def limit_hint(values: Values) -> str:
    """What the number of "Stop at Errors" means under the policy of an integration."""
    policy = values.get("error_policy")
    if policy == ErrorPolicy.STOP_AT_NUMBER:
        return "The import stops when so many records have an error"
    if policy == ErrorPolicy.STOP_AT_PERCENT:
        return "The import stops when so many of 100 records have an error"
    return ""
