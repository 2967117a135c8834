"""The fields of the card of an integration that are chosen from what there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.imports.setup_choices import Choice, Choices, key_choices, target_choices, total_choices
from models.integration import ErrorPolicy, Integration
from models.record_edit import Values
from ui.framework.editors import FieldEditor
from ui.integration_setup.choice_editor import ChoiceEditor

__all__ = ["CardChoices"]

NAMES: Final = (
    "target_table",
    "match_field",
    "control_field",
    "post_processing_codeunit",
    "category_code",
)
_NOTHING: Final[Choice] = ("", "")


class CardChoices(QObject):
    """Makes those fields, and offers what fits to the integration that is shown.

    Signals:
        table_chosen: a person has chosen another table.
    """

    table_chosen = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, ChoiceEditor] = {}

    def make(self, name: str, *, read_only: bool) -> FieldEditor | None:
        """The editor of a field; None where it is not chosen."""
        if name not in NAMES:
            return None
        editor = ChoiceEditor(Integration.rule(name), read_only=read_only)
        self._editors[name] = editor
        if name == "target_table":
            editor.offer(target_choices())
            editor.committed.connect(self._on_table)
        return editor

    def show_table(self, table: str, mapped: Sequence[Choice] = ()) -> None:
        """Offer the fields of a table.

        Args:
            mapped: the fields that the integration fills; records are found by one of them. Empty offers all.
        """
        self._editors["match_field"].offer(list(mapped) or key_choices(table))
        self._editors["control_field"].offer([_NOTHING, *total_choices(table)])

    def show_choices(self, choices: Choices) -> None:
        """Offer the codeunits and categories of the company."""
        self._editors["post_processing_codeunit"].offer([("", "Nothing follows"), *choices.codeunits])
        self._editors["category_code"].offer([_NOTHING, *choices.categories])

    def _on_table(self, _name: str) -> None:
        self.table_chosen.emit(str(self._editors["target_table"].combo.currentData() or ""))


def limit_hint(values: Values) -> str:
    """What the number of "Stop at Errors" means under the policy of an integration."""
    policy = values.get("error_policy")
    if policy == ErrorPolicy.STOP_AT_NUMBER:
        return "The import stops when so many records have an error"
    if policy == ErrorPolicy.STOP_AT_PERCENT:
        return "The import stops when so many of 100 records have an error"
    return ""
